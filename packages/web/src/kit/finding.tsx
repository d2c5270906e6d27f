import type { JSX } from 'react';
import type { FindingView } from '@comity/protocol/api';
import { useWords } from '../words/use-words.ts';
import { visibleText } from '../words/visible-text.ts';
import { Untrusted } from './untrusted.tsx';

export interface FindingLineProps {
  readonly finding: Pick<FindingView, 'severity' | 'message' | 'section'>;
  /** Where it is; empty for the object itself. */
  readonly place: string;
}

/** One rule of a standard that is broken: how badly, where, what to do, and where it is written. */
export function FindingLine({ finding, place }: FindingLineProps): JSX.Element {
  const { say } = useWords();
  const { severity, message, section } = finding;
  return (
    <span>
      <span className={severity === 'error' ? 'high' : 'muted'}>{say(`finding.${severity}`)}</span>{' '}
      {place !== '' && (
        <bdi className="mono" dir="ltr">
          {visibleText(place)}
        </bdi>
      )}{' '}
      <bdi lang="en">
        <Untrusted text={message} />
      </bdi>{' '}
      <bdi className="muted small">{/^\d/.test(section) ? `§${section}` : visibleText(section)}</bdi>
    </span>
  );
}
