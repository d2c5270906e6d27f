import { useState } from 'react';
import type { JSX } from 'react';
import type { IntelObjectView } from '@comity/protocol/api';
import { Section } from '../kit/beside.tsx';
import { Button } from '../kit/button.tsx';
import { FindingLine } from '../kit/finding.tsx';
import { useWords } from '../words/use-words.ts';

/** Findings shown before the rest is asked for. */
const findingsFirst = 3;

/** What the object breaks of the STIX standard; nothing when it breaks nothing. */
export function ObjectFindings({ object }: { readonly object: IntelObjectView }): JSX.Element | null {
  const { say } = useWords();
  const [all, setAll] = useState(false);
  const { findings, findingCount } = object;
  if (findingCount === 0) return null;
  const shown = all ? findings : findings.slice(0, findingsFirst);
  return (
    <Section title={say('object.findings', { count: findingCount })}>
      <ul className="findings">
        {shown.map((finding, index) => (
          <li key={`${finding.code} ${finding.path} ${index}`}>
            <FindingLine finding={finding} place={finding.path} />
          </li>
        ))}
      </ul>
      {findings.length > shown.length && (
        <Button look="quiet" icon="down" onPress={() => setAll(true)}>
          {say('list.rest', { count: findings.length - shown.length })}
        </Button>
      )}
    </Section>
  );
}
