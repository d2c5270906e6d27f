import type { JSX } from 'react';
import type { LawView } from '@comity/protocol/api';
import { Icon } from '../kit/icon.tsx';
import { TextBlock } from '../kit/text-block.tsx';
import { Lines, Untrusted } from '../kit/untrusted.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';

/** The policies of a law as rules one can read; the Cedar text of each is one press away. */
export function LawRules({ rules }: { readonly rules: LawView['rules'] }): JSX.Element {
  const { say } = useWords();
  return (
    <ol className="law-rules" aria-label={say('law.rules')}>
      {rules.map(({ id, effect, says, citation, text }) => (
        <li key={id} className="law-rule">
          <span className={`status law-${effect}`}>
            <Icon name={effect === 'permit' ? 'check' : 'revoked'} />
            {say(`law.${effect}`)}
          </span>
          <div className="law-rule-text">
            <p lang="en">
              <Untrusted text={says} />
            </p>
            <p className="muted small" lang="en">
              <Untrusted text={citation} />
            </p>
            <details>
              <summary>
                <bdi className="mono" dir="ltr">
                  {visibleText(id)}
                </bdi>
              </summary>
              <TextBlock look="record">
                <Lines text={text} />
              </TextBlock>
            </details>
          </div>
        </li>
      ))}
    </ol>
  );
}
