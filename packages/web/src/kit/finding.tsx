import type { JSX } from 'react';
import type { FindingView } from '@comity/protocol/api';
import { useWords } from '../words/use-words.ts';
import { visibleText } from '../words/visible-text.ts';
import { Icon } from './icon.tsx';
import { Untrusted } from './untrusted.tsx';

export interface FindingLineProps {
  readonly finding: Pick<FindingView, 'severity' | 'message' | 'section'>;
  /** Where it is; empty for the object itself. */
  readonly place: string;
}

/** One rule of a standard that is broken: how badly, what to do, where, and where it is written. Two cells of a line. */
export function FindingLine({ finding, place }: FindingLineProps): JSX.Element {
  const { say } = useWords();
  const { severity, message, section } = finding;
  return (
    <>
      <span className={`status finding-${severity}`}>
        <Icon name={severity === 'error' ? 'warning' : 'recorded'} />
        {say(`finding.${severity}`)}
      </span>
      <span className="finding-text">
        <span lang="en">
          <Untrusted text={message} />
        </span>
        <span className="finding-where">
          {place !== '' && (
            <bdi className="mono" dir="ltr">
              {visibleText(place)}
            </bdi>
          )}
          <bdi className="nowrap">{/^\d/.test(section) ? `§${section}` : visibleText(section)}</bdi>
        </span>
      </span>
    </>
  );
}
