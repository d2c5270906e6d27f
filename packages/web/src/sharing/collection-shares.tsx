import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import { node } from '../app/node.ts';
import { FirstFew } from '../kit/first-few.tsx';
import { Icon } from '../kit/icon.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { Reason } from '../kit/reason.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { useWords } from '../words/use-words.ts';

/** Lines shown before the rest is asked for. */
const linesFirst = 6;

/** Who gets something of a collection, how much of it, and what stands against the rest. */
export function CollectionShares({ id }: { readonly id: string }): JSX.Element {
  const { say } = useWords();
  const shares = useQuery({
    queryKey: ['sharing', 'collection', id],
    queryFn: ({ signal }) => node.explainCollection({ params: { id } }, { signal }),
  });
  if (shares.isError) return <ProblemNote error={shares.error} onRetry={() => void shares.refetch()} />;
  if (shares.data === undefined) return <p className="muted">{say('wait.loading')}</p>;
  const { rows, isWhole, objects } = shares.data;
  return (
    <>
      {rows.length === 0 && <p className="muted">{say('collection.nobody')}</p>}
      <FirstFew className="findings findings-counted" count={linesFirst}>
        {rows.map(({ recipient, name, isInAudience, allowed, reasons }) => {
          const result = isInAudience && allowed > 0 ? 'allow' : 'deny';
          return (
            <li key={recipient}>
              <span className={`status sharing-${result}`}>
                <Icon name={result === 'allow' ? 'check' : 'close'} />
                {say(`sharing.${result}`)}
              </span>
              <span className="nowrap">{isInAudience ? say('collection.gets', { allowed, objects }) : ''}</span>
              <span className="finding-text">
                <Untrusted text={name} />
                {!isInAudience && <span className="muted small">{say('collection.notInAudience')}</span>}
                {isInAudience &&
                  reasons.map(({ reason, objects: count }) => (
                    <span key={`${reason.layer} ${reason.ruleId}`}>
                      <span className="muted small">{say('collection.standsAgainst', { objects: count })}</span>
                      <Reason reason={reason} />
                    </span>
                  ))}
              </span>
            </li>
          );
        })}
      </FirstFew>
      {!isWhole && <p className="muted small">{say('collection.explainedFirst', { objects })}</p>}
    </>
  );
}
