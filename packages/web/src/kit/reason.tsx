import type { JSX } from 'react';
import { useWords } from '../words/use-words.ts';
import { visibleText } from '../words/visible-text.ts';
import { Untrusted } from './untrusted.tsx';

export interface ReasonProps {
  readonly reason: {
    readonly layer: 'floor' | 'charter' | 'law';
    readonly ruleId: string;
    readonly says: string;
    readonly citation: string;
  };
}

/** Why something is or is not given: the sentence of the rule, which rule of what it is, and where it is written. */
export function Reason({ reason }: ReasonProps): JSX.Element {
  const { say } = useWords();
  const { layer, ruleId, says, citation } = reason;
  return (
    <span className="reason-of">
      <span lang="en">
        <Untrusted text={says} />
      </span>
      <span className="reason-rule">
        <span className="nowrap">
          {say(`reason.${layer}`)}{' '}
          <bdi className="mono" dir="ltr">
            {visibleText(ruleId)}
          </bdi>
        </span>
        {citation !== '' && (
          <span lang="en">
            <Untrusted text={citation} />
          </span>
        )}
      </span>
    </span>
  );
}
