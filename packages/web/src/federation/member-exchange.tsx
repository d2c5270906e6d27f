import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { JSX } from 'react';
import type { MemberView, PeerView } from '@comity/protocol/api';
import { node } from '../app/node.ts';
import { sessionQuery } from '../app/shared-queries.ts';
import { Facts, Section } from '../kit/beside.tsx';
import { Button } from '../kit/button.tsx';
import { TlpChip } from '../kit/chips.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Moment } from '../kit/moment.tsx';
import { notify } from '../kit/notices.ts';
import { ProblemNote, notifyProblem } from '../kit/problem-note.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { useMayGovern } from '../sharing/sharing-queries.ts';
import { useWords } from '../words/use-words.ts';
import { federationChanged, givenQuery, loansQuery, peersQuery } from './federation-queries.ts';
import { HandlingForm } from './handling-form.tsx';
import { Notice } from './member-marks.tsx';
import { ObjectTitle } from './object-title.tsx';
import { LeaseEnds } from './lease-ends.tsx';
import { ReceiptSays } from './receipt-says.tsx';

/** Objects of each direction that a member's page shows. */
const few = 6;

/** What goes to a member and comes from it, and under which conditions. */
export function MemberExchange({ member }: { readonly member: MemberView }): JSX.Element {
  const { say } = useWords();
  const peers = useQuery(peersQuery);
  const peer = peers.data?.rows.find(({ id }) => id === member.id);
  return (
    <>
      <Section title={say('exchange.between')}>
        {peers.isError && <ProblemNote error={peers.error} onRetry={() => void peers.refetch()} />}
        {peer ? <Standing peer={peer} /> : <p className="muted">{say('exchange.notNow')}</p>}
      </Section>
      <Given id={member.id} />
      <Lent id={member.id} />
    </>
  );
}

function Standing({ peer }: { readonly peer: PeerView }): JSX.Element {
  const words = useWords();
  const { say, figures } = words;
  const mayGovern = useMayGovern();
  const mayWrite = useQuery(sessionQuery).data?.scopes.includes('write') ?? false;
  const [isChanging, setChanging] = useState(false);
  const sync = useMutation({
    mutationFn: () => node.syncPeer({ params: { id: peer.id } }),
    onSuccess: ({ taken }) => notify({ text: say('exchange.done', { count: taken, name: peer.name }) }),
    onError: (error) => notifyProblem(error, words, peer.name),
    onSettled: federationChanged,
  });
  const { handling, failure, reached } = peer;
  return (
    <>
      {failure && (
        <Notice tone="warning">
          <p>
            {say('exchange.failed')} <Moment at={failure.at} />
          </p>
          <p className="muted" lang="en">
            <Untrusted text={failure.message} />
          </p>
        </Notice>
      )}
      {reached.map(({ limit, until }) => (
        <Notice key={limit} tone="warning">
          <p>
            {say(`quota.${limit}`)} {until !== undefined && <Moment at={until} />}
          </p>
        </Notice>
      ))}
      <Facts
        facts={[
          [say('exchange.toThem'), say('exchange.waiting', { count: peer.waiting })],
          [say('exchange.toUs'), say('exchange.lends', { count: peer.used.objects })],
          [
            say('exchange.lastPull'),
            peer.lastPullAt === undefined ? (
              say('exchange.never')
            ) : (
              <Moment key="pull" at={peer.lastPullAt} form="both" />
            ),
          ],
          [say('exchange.due'), figures.count(peer.receiptsDue)],
          [
            say('exchange.terms'),
            <span key="terms" className="fed-terms">
              <TlpChip tlp={handling.tlp} />
              {say('handling.hops.times', { count: handling.hops })} ·{' '}
              {say('handling.lease', {
                days: figures.count(handling.indicatorDays),
                reports: figures.count(handling.reportDays),
              })}
            </span>,
          ],
        ]}
      />
      <p className="section-foot">
        {mayWrite && (
          <Button icon="refresh" isDisabled={sync.isPending} onPress={() => sync.mutate()}>
            {say('exchange.now')}
          </Button>
        )}
        {mayGovern && (
          <Button look="quiet" icon="edit" onPress={() => setChanging(true)}>
            {say('handling.change')}
          </Button>
        )}
      </p>
      <Dialog title={say('handling.change')} isOpen={isChanging} onClose={() => setChanging(false)}>
        <HandlingForm peer={peer} onDone={() => setChanging(false)} />
      </Dialog>
    </>
  );
}

function Given({ id }: { readonly id: string }): JSX.Element {
  const { say } = useWords();
  const given = useInfiniteQuery(givenQuery({ member: id }, few));
  const rows = given.data?.pages[0]?.rows ?? [];
  return (
    <Section title={say('exchange.given')}>
      {given.isError && <ProblemNote error={given.error} onRetry={() => void given.refetch()} />}
      {given.data && rows.length === 0 && <p className="muted">{say('exchange.given.none')}</p>}
      <ul className="fed-objects">
        {rows.map((row) => (
          <li key={row.object}>
            <ObjectTitle of={row} />
            <span className="muted">{say(`exchange.state.${row.state}`)}</span>
            <ReceiptSays of={row} />
            {row.state === 'lent' && <LeaseEnds at={row.leaseUntil} />}
          </li>
        ))}
      </ul>
      {rows.length > 0 && (
        <p className="section-foot">
          <Link to="/federation/exchange" search={{ member: id }}>
            {say('exchange.all')}
          </Link>
        </p>
      )}
    </Section>
  );
}

function Lent({ id }: { readonly id: string }): JSX.Element {
  const { say } = useWords();
  const loans = useQuery(loansQuery(id, few));
  const rows = loans.data?.rows ?? [];
  return (
    <Section title={say('exchange.lent')}>
      {loans.isError && <ProblemNote error={loans.error} onRetry={() => void loans.refetch()} />}
      {loans.data && rows.length === 0 && <p className="muted">{say('exchange.lent.none')}</p>}
      <ul className="fed-objects">
        {rows.map((row) => (
          <li key={`${row.object} ${row.origin}`}>
            <ObjectTitle of={row} />
            <TlpChip tlp={row.tlp} />
            <span className="muted">
              {row.origin === row.member ? say('exchange.itsOwn') : say('exchange.from', { name: row.originName })}
            </span>
            <LeaseEnds at={row.leaseUntil} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
