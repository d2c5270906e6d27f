import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { JSX } from 'react';
import type { MemberView, OwnMemberView, PeerView } from '@comity/protocol/api';
import { Place } from '../app/place.tsx';
import { SearchBox } from '../intel/search-box.tsx';
import { Button } from '../kit/button.tsx';
import { EmptyPlace } from '../kit/empty-place.tsx';
import { Icon } from '../kit/icon.tsx';
import { Moment } from '../kit/moment.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { RowList } from '../kit/row-list.tsx';
import type { Column } from '../kit/row-list.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { useMayGovern } from '../sharing/sharing-queries.ts';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import type { Words } from '../words/use-words.ts';
import { BecomeMember } from './become-member.tsx';
import { FederationTabs } from './federation-tabs.tsx';
import { membersQuery, ownMemberQuery, peersQuery } from './federation-queries.ts';
import { Digits, MemberMark, Notice } from './member-marks.tsx';

const route = getRouteApi('/federation');

/** A member with how the exchange with it stands, where there is one. */
interface Row {
  readonly member: MemberView;
  readonly peer: PeerView | undefined;
}

/** Who the members are: this one, the others, and who asks to be one. */
export default function FederationPlace(): JSX.Element {
  const { say } = useWords();
  const self = useQuery(ownMemberQuery);
  return (
    <Place
      title={say('fed.members')}
      heading={say('place.federation')}
      fills={self.data?.member !== undefined}
      aside={<FederationTabs />}
    >
      {self.isPending && <Skeleton />}
      {self.isError && <ProblemNote error={self.error} onRetry={() => void self.refetch()} />}
      {self.data && (self.data.member === undefined ? <BecomeMember /> : <Members self={self.data.member} />)}
    </Place>
  );
}

function Members({ self }: { readonly self: NonNullable<OwnMemberView['member']> }): JSX.Element {
  const words = useWords();
  const { say } = words;
  const { text = '' } = route.useSearch();
  const navigate = useNavigate();
  const members = useQuery(membersQuery);
  const peers = useQuery(peersQuery);
  const mayGovern = useMayGovern();
  const change = useCallback(
    (typed: string) => void navigate({ to: '/federation', search: typed === '' ? {} : { text: typed }, replace: true }),
    [navigate],
  );
  const all = members.data?.rows ?? [];
  const rows = all
    .filter((member) => isFound(member, text))
    .map((member) => ({ member, peer: peers.data?.rows.find(({ id }) => id === member.id) }));
  const ways = mayGovern && (
    <div className="fed-ways">
      <Button look="primary" icon="plus" onPress={() => void navigate({ to: '/federation/invite' })}>
        {say('fed.invite')}
      </Button>
      <Button icon="link" onPress={() => void navigate({ to: '/federation/join' })}>
        {say('fed.join')}
      </Button>
    </div>
  );
  return (
    <>
      <Self self={self} />
      {all
        .filter(({ state }) => state === 'asking')
        .map((member) => (
          <Asking key={member.id} member={member} />
        ))}
      <div className="fed-tools">
        <SearchBox value={text} label={say('fed.search')} placeholder={say('fed.search')} onChange={change} />
        {all.length > 0 && ways}
      </div>
      {members.isPending && <Skeleton />}
      {members.isError && <ProblemNote error={members.error} onRetry={() => void members.refetch()} />}
      {members.data && (
        <RowList
          label={say('fed.members')}
          layout="rows-members"
          rows={rows}
          keyOf={({ member }) => member.id}
          columns={columns(words)}
          onOpen={({ member }) => void navigate({ to: '/federation/members/$id', params: { id: member.id } })}
          empty={
            all.length === 0 ? (
              <EmptyPlace title={say('fed.alone')} action={ways}>
                {say('fed.alone.text')}
              </EmptyPlace>
            ) : (
              <EmptyPlace title={say('fed.notFound')}>{say('fed.notFound.text')}</EmptyPlace>
            )
          }
        />
      )}
    </>
  );
}

function isFound(member: MemberView, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  const { name, handle, country = '', sectors, shortId, id, url } = member;
  return [name, handle, country, shortId, id, url, ...sectors].some((each) => each.toLowerCase().includes(wanted));
}

/** This member in a line: what others compare, and what is still to be done for its keys. */
function Self({ self }: { readonly self: NonNullable<OwnMemberView['member']> }): JSX.Element {
  const { say } = useWords();
  return (
    <>
      <div className="fed-self">
        <span className="fed-self-name">
          <span className="muted">{say('fed.self')}</span>{' '}
          <Link to="/federation/members/$id" params={{ id: self.id }}>
            <bdi className="strong">{visibleText(self.name)}</bdi>
          </Link>
        </span>
        <Digits of={self.shortId} id={self.id} />
      </div>
      {self.holdsRecovery && (
        <Notice tone="warning">
          <p>{say('fed.recovery')}</p>
          <p className="muted">
            {say('fed.recovery.do')} <code dir="ltr">comity member export-recovery</code>
          </p>
        </Notice>
      )}
    </>
  );
}

function Asking({ member }: { readonly member: MemberView }): JSX.Element {
  const { say } = useWords();
  return (
    <Notice tone="asks">
      <p>
        {say('fed.asks', { name: member.name })} <Moment at={member.addedAt} />
      </p>
      <p>
        <Link to="/federation/members/$id" params={{ id: member.id }}>
          {say('fed.asks.do')}
        </Link>
      </p>
    </Notice>
  );
}

function columns({ say, figures }: Words): readonly Column<Row>[] {
  return [
    {
      name: 'name',
      header: say('member.name'),
      cell: ({ member }) => (
        <>
          <Link className="clip strong" to="/federation/members/$id" params={{ id: member.id }} tabIndex={-1}>
            <bdi>{visibleText(member.name)}</bdi>
          </Link>
          {member.country !== undefined && <span className="muted">{visibleText(member.country)}</span>}
        </>
      ),
    },
    { name: 'state', header: say('member.state'), cell: ({ member }) => <MemberMark member={member} /> },
    {
      name: 'sectors',
      header: say('member.sectors'),
      cell: ({ member }) => <bdi className="clip">{figures.list(member.sectors)}</bdi>,
    },
    {
      name: 'seen',
      header: say('member.node'),
      cell: ({ member: { seenAt, lastError } }) => (
        <span
          className={lastError === undefined ? 'status' : 'status high'}
          title={lastError && visibleText(lastError)}
        >
          {lastError !== undefined && <Icon name="warning" />}
          {seenAt === undefined ? <span className="muted">{say('member.notSeen')}</span> : <Moment at={seenAt} />}
        </span>
      ),
    },
    { name: 'ledger', header: say('member.ledger'), cell: ({ member }) => <LedgerMark member={member} /> },
    {
      name: 'given',
      header: say('member.waiting'),
      numeric: true,
      cell: ({ peer }) => (peer === undefined ? '' : figures.count(peer.waiting)),
    },
    {
      name: 'lent',
      header: say('member.lends'),
      numeric: true,
      cell: ({ peer }) => (peer === undefined ? '' : figures.count(peer.used.objects)),
    },
  ];
}

/** How a member's ledger looks from here, in a word. */
function LedgerMark({ member: { ledger } }: { readonly member: Pick<MemberView, 'ledger'> }): JSX.Element {
  const { say } = useWords();
  if (ledger === undefined) return <span className="muted">{say('member.ledger.none')}</span>;
  if (!ledger.isTrusted || ledger.alarms > 0) {
    return (
      <span className="status alarm">
        <Icon name="alarm" />
        {ledger.isTrusted ? say('member.alarms', { count: ledger.alarms }) : say('member.ledger.two')}
      </span>
    );
  }
  return (
    <span className="status">
      <Icon name={ledger.isFresh ? 'check' : 'clock'} />
      {ledger.size === undefined
        ? say('member.ledger.unseen')
        : say(ledger.isFresh ? 'member.ledger.fresh' : 'member.ledger.old', { count: ledger.size })}
    </span>
  );
}
