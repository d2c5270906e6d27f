import type { JSX } from 'react';
import type { IntelObjectView } from '@comity/protocol/api';
import { Section } from '../kit/beside.tsx';
import { FindingLine } from '../kit/finding.tsx';
import { FirstFew } from '../kit/first-few.tsx';
import { useWords } from '../words/use-words.ts';

/** Findings shown before the rest is asked for. */
const findingsFirst = 3;

/** What the object breaks of the STIX standard; nothing when it breaks nothing. */
export function ObjectFindings({ object }: { readonly object: IntelObjectView }): JSX.Element | null {
  const { say } = useWords();
  const { findings, findingCount } = object;
  if (findingCount === 0) return null;
  return (
    <Section title={say('object.findings', { count: findingCount })}>
      <FirstFew className="findings" count={findingsFirst}>
        {findings.map((finding, index) => (
          <li key={`${finding.code} ${finding.path} ${index}`}>
            <FindingLine finding={finding} place={finding.path} />
          </li>
        ))}
      </FirstFew>
    </Section>
  );
}
