import { useState } from 'react';
import type { JSX } from 'react';
import type { IntelSearch } from '../app/search.ts';
import { Dialog } from '../kit/dialog.tsx';
import { Choice } from '../kit/fields.tsx';
import { useWords } from '../words/use-words.ts';

const formats = ['stix', 'csv', 'list'] as const;

export interface ExportDialogProps {
  readonly search: IntelSearch;
  readonly total: number | undefined;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** The indicators the filters find, as a file; only those in use unless a state is filtered for. */
export function ExportDialog({ search, total, isOpen, onClose }: ExportDialogProps): JSX.Element {
  const { say } = useWords();
  const [format, setFormat] = useState<(typeof formats)[number]>('stix');
  const { text, kind, state, source, tlp } = search;
  const query = new URLSearchParams({ format });
  for (const [name, value] of Object.entries({ text, kind, state, source, tlp })) if (value) query.set(name, value);
  const dropped = search.seen !== undefined || search.matched !== undefined;
  return (
    <Dialog title={say('intel.export')} isOpen={isOpen} onClose={onClose}>
      <p>{say('export.text', { count: total ?? 0, state: say(`state.${state ?? 'active'}`) })}</p>
      {dropped && <p className="muted">{say('export.dropped')}</p>}
      <Choice
        label={say('export.format')}
        value={format}
        onChange={setFormat}
        items={formats.map((id) => ({ id, name: say(`export.${id}`), hint: say(`export.${id}.text`) }))}
      />
      <p className="muted">{say('export.marking')}</p>
      <footer className="dialog-foot">
        <a className="button button-primary" href={`/api/v1/export?${query.toString()}`} download onClick={onClose}>
          {say('export.save')}
        </a>
      </footer>
    </Dialog>
  );
}
