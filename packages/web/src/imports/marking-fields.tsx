import type { JSX } from 'react';
import type { IntelRow } from '@comity/protocol/api';
import { grades, tlps } from '../app/search.ts';
import { Choice } from '../kit/fields.tsx';
import { useWords } from '../words/use-words.ts';

/** How far a source is trusted, and the marking of what carries none. */
export interface SourceTrust {
  readonly reliability: (typeof grades)[number];
  readonly tlp: IntelRow['tlp'];
}

export interface MarkingFieldsProps {
  readonly trust: SourceTrust;
  readonly onChange: (trust: SourceTrust) => void;
}

export function MarkingFields({ trust, onChange }: MarkingFieldsProps): JSX.Element {
  const { say } = useWords();
  return (
    <div className="form-pair">
      <Choice
        label={say('trust.reliability')}
        value={trust.reliability}
        onChange={(reliability) => onChange({ ...trust, reliability })}
        items={grades.map((id) => ({ id, name: `${id} · ${say(`reliability.${id}`)}` }))}
      />
      <Choice
        label={say('trust.tlp')}
        value={trust.tlp}
        onChange={(tlp) => onChange({ ...trust, tlp })}
        items={tlps.map((id) => ({ id, name: `TLP:${id.toUpperCase()}` }))}
      />
    </div>
  );
}
