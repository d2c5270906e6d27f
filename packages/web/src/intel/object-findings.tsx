import { useState } from 'react';
import type { JSX } from 'react';
import type { FindingView, IntelObjectView } from '@comity/protocol/api';
import { Section } from '../kit/beside.tsx';
import { Button } from '../kit/button.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { useWords } from '../words/use-words.ts';
import { visibleText } from '../words/visible-text.ts';

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
            <Severity severity={finding.severity} />{' '}
            {finding.path !== '' && (
              <bdi className="mono" dir="ltr">
                {visibleText(finding.path)}
              </bdi>
            )}{' '}
            <span lang="en">
              <Untrusted text={finding.message} />
            </span>{' '}
            <span className="muted small" dir="ltr">
              {/^\d/.test(finding.section) ? `§${finding.section}` : visibleText(finding.section)}
            </span>
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

export function Severity({ severity }: { readonly severity: FindingView['severity'] }): JSX.Element {
  const { say } = useWords();
  return <span className={severity === 'error' ? 'high' : 'muted'}>{say(`finding.${severity}`)}</span>;
}
