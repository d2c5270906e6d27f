import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import { node } from '../app/node.ts';
import { Section } from '../kit/beside.tsx';
import { FirstFew } from '../kit/first-few.tsx';
import { Icon } from '../kit/icon.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { Reason } from '../kit/reason.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { useWords } from '../words/use-words.ts';

/** Lines shown before the rest is asked for. */
const linesFirst = 6;

/** Who would get the object, who not, and under which rule. */
export function ObjectSharing({ id }: { readonly id: string }): JSX.Element {
  const { say } = useWords();
  const sharing = useQuery({
    queryKey: ['sharing', id],
    queryFn: ({ signal }) => node.explainSharing({ params: { id } }, { signal }),
  });
  return (
    <Section title={say('object.whoGets')}>
      {sharing.isError && <ProblemNote error={sharing.error} onRetry={() => void sharing.refetch()} />}
      {sharing.data && (
        <FirstFew className="findings findings-counted" count={linesFirst}>
          {sharing.data.rows.map(({ recipient, name, action, result, reasons }) => (
            <li key={`${recipient} ${action}`}>
              <span className={`status sharing-${result}`}>
                <Icon name={result === 'allow' ? 'check' : 'close'} />
                {say(`sharing.${result}`)}
              </span>
              <span className="nowrap">{say(`sharing.action.${action}`)}</span>
              <span className="finding-text">
                {recipient === 'owner' || recipient === 'public' ? (
                  say(`sharing.${recipient}`)
                ) : (
                  <Untrusted text={name} />
                )}
                {reasons.map((reason) => (
                  <Reason key={`${reason.layer} ${reason.ruleId}`} reason={reason} />
                ))}
              </span>
            </li>
          ))}
        </FirstFew>
      )}
    </Section>
  );
}
