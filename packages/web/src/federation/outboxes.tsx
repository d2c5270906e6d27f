import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import { node } from '../app/node.ts';
import { sessionQuery } from '../app/shared-queries.ts';
import { Button } from '../kit/button.tsx';
import { Icon } from '../kit/icon.tsx';
import { Moment } from '../kit/moment.tsx';
import { notify } from '../kit/notices.ts';
import { ProblemNote, notifyProblem } from '../kit/problem-note.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import { federationChanged, peersQuery } from './federation-queries.ts';

/** The outbox of each member: what waits in it, and why where it does not go on. */
export function Outboxes(): JSX.Element {
  const words = useWords();
  const { say } = words;
  const peers = useQuery(peersQuery);
  const mayWrite = useQuery(sessionQuery).data?.scopes.includes('write') ?? false;
  const sync = useMutation({
    mutationFn: async () => {
      let count = 0;
      for (const { id } of peers.data?.rows ?? []) count += (await node.syncPeer({ params: { id } })).taken;
      return count;
    },
    onSuccess: (count) => notify({ text: say('exchange.done.all', { count }) }),
    onError: (error) => notifyProblem(error, words),
    onSettled: federationChanged,
  });
  const rows = peers.data?.rows ?? [];
  return (
    <section className="section">
      <div className="fed-head">
        <h2>{say('exchange.outboxes')}</h2>
        {mayWrite && rows.length > 0 && (
          <Button look="quiet" icon="refresh" isDisabled={sync.isPending} onPress={() => sync.mutate()}>
            {say('exchange.now')}
          </Button>
        )}
      </div>
      {peers.isPending && <Skeleton />}
      {peers.isError && <ProblemNote error={peers.error} onRetry={() => void peers.refetch()} />}
      {peers.data && rows.length === 0 && (
        <p className="muted">
          {say('exchange.nobody')} <Link to="/federation">{say('fed.members')}</Link>
        </p>
      )}
      <ul className="fed-objects">
        {rows.map(({ id, name, waiting, used, lastPullAt, failure, reached }) => (
          <li key={id}>
            <Link to="/federation/members/$id" params={{ id }} className="clip">
              <bdi>{visibleText(name)}</bdi>
            </Link>
            <span className={waiting === 0 ? 'status verdict-good' : 'status status-waiting'}>
              <Icon name={waiting === 0 ? 'check' : 'clock'} />
              {say('exchange.waiting', { count: waiting })}
            </span>
            <span className="muted">{say('exchange.lends', { count: used.objects })}</span>
            <span className="muted small">
              {say('exchange.lastPull')} {lastPullAt === undefined ? say('exchange.never') : <Moment at={lastPullAt} />}
            </span>
            {failure && (
              <span className="status high" title={visibleText(failure.message)}>
                <Icon name="warning" />
                <bdi className="clip" lang="en">
                  {visibleText(failure.message)}
                </bdi>
              </span>
            )}
            {reached.map(({ limit }) => (
              <span key={limit} className="status high">
                <Icon name="warning" />
                {say(`quota.${limit}`)}
              </span>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}
