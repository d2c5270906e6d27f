import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { JSX } from 'react';
import { givenStates } from '@comity/protocol/api';
import type { GivenView } from '@comity/protocol/api';
import { Place } from '../app/place.tsx';
import type { GivenSearch } from '../app/search.ts';
import { Facts, Inspector } from '../kit/beside.tsx';
import { EmptyPlace } from '../kit/empty-place.tsx';
import { Choice } from '../kit/fields.tsx';
import { Moment } from '../kit/moment.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { RowList } from '../kit/row-list.tsx';
import type { Column } from '../kit/row-list.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import type { Words } from '../words/use-words.ts';
import { givenQuery, membersQuery } from './federation-queries.ts';
import { FederationTabs } from './federation-tabs.tsx';
import { ObjectDeliveries } from './object-deliveries.tsx';
import { ObjectTitle } from './object-title.tsx';
import { Outboxes } from './outboxes.tsx';
import { Recalls } from './recalls.tsx';
import { ReceiptSays } from './receipt-says.tsx';

const route = getRouteApi('/federation/exchange');
const any = 'any';

/** What goes to members and what became of it: what waits, what was refused and why, what was taken back. */
export default function ExchangePlace(): JSX.Element {
  const { say } = useWords();
  const search = route.useSearch();
  const { open } = search;
  const navigate = useNavigate();
  const close = useCallback(
    () => void navigate({ to: '/federation/exchange', search: { ...search, open: undefined }, replace: true }),
    [navigate, search],
  );
  return (
    <Place
      title={say('fed.exchange')}
      heading={say('place.federation')}
      aside={<FederationTabs />}
      inspector={
        open === undefined ? undefined : (
          <Inspector title={say('exchange.object')} label={say('exchange.object')} onClose={close}>
            <Facts
              facts={[
                [
                  say('exchange.object'),
                  <Link key="object" to="/intel/$id" params={{ id: open }}>
                    <bdi className="mono break" dir="ltr">
                      {visibleText(open)}
                    </bdi>
                  </Link>,
                ],
              ]}
            />
            <ObjectDeliveries id={open} />
          </Inspector>
        )
      }
    >
      <p className="muted">{say('exchange.lead')}</p>
      <Outboxes />
      <Recalls />
      <section className="section">
        <h2>{say('exchange.objects')}</h2>
        <GivenList />
      </section>
    </Place>
  );
}

function GivenList(): JSX.Element {
  const words = useWords();
  const { say } = words;
  const search = route.useSearch();
  const navigate = useNavigate();
  const members = useQuery(membersQuery);
  const given = useInfiniteQuery({ ...givenQuery(search), placeholderData: (previous) => previous });
  const rows = useMemo(() => given.data?.pages.flatMap((page) => page.rows) ?? [], [given.data]);
  const go = (change: GivenSearch): void =>
    void navigate({ to: '/federation/exchange', search: { ...search, ...change }, replace: true });
  const isNarrowed = search.member !== undefined || search.only !== undefined;
  return (
    <>
      <div className="filters" role="group" aria-label={say('filter.label')}>
        <Choice
          look="chip"
          label={say('exchange.which')}
          idle={search.only === undefined}
          value={search.only ?? any}
          items={[
            { id: any, name: say('exchange.which.any') },
            ...givenStates.map((id) => ({ id, name: say(`exchange.which.${id}`) })),
          ]}
          onChange={(id) => go({ only: givenStates.find((state) => state === id) })}
        />
        <Choice
          look="chip"
          label={say('acts.with')}
          idle={search.member === undefined}
          value={search.member ?? any}
          items={[
            { id: any, name: say('acts.withAny') },
            ...(members.data?.rows ?? []).map(({ id, name }) => ({ id, name: visibleText(name) })),
          ]}
          onChange={(id) => go({ member: id === any ? undefined : id })}
        />
      </div>
      {given.isPending && <Skeleton />}
      {given.isError && <ProblemNote error={given.error} onRetry={() => void given.refetch()} />}
      {given.data && (
        <RowList
          label={say('exchange.objects')}
          layout="rows-given"
          rows={rows}
          keyOf={({ object, member, origin }) => `${object} ${member} ${origin}`}
          columns={columns(words)}
          openKey={
            rows
              .filter(({ object }) => object === search.open)
              .map(({ object, member, origin }) => `${object} ${member} ${origin}`)[0]
          }
          onOpen={({ object }) => go({ open: object })}
          hasMore={given.hasNextPage}
          onMore={() => {
            if (!given.isFetchingNextPage) void given.fetchNextPage();
          }}
          empty={
            isNarrowed ? (
              <EmptyPlace title={say('exchange.none.narrowed')}>{say('exchange.none.narrowed.text')}</EmptyPlace>
            ) : (
              <EmptyPlace title={say('exchange.none')} action={<Link to="/sharing">{say('exchange.none.do')}</Link>}>
                {say('exchange.none.text')}
              </EmptyPlace>
            )
          }
        />
      )}
    </>
  );
}

function columns({ say }: Words): readonly Column<GivenView>[] {
  return [
    { name: 'object', header: say('exchange.object'), cell: (row) => <ObjectTitle of={row} /> },
    { name: 'member', header: say('exchange.to'), cell: ({ name }) => <bdi className="clip">{visibleText(name)}</bdi> },
    { name: 'state', header: say('exchange.stands'), cell: ({ state }) => say(`exchange.state.${state}`) },
    { name: 'says', header: say('exchange.says'), cell: (row) => <ReceiptSays of={row} /> },
    {
      name: 'lease',
      header: say('exchange.leaseEnds'),
      cell: ({ leaseUntil }) => leaseUntil !== undefined && <Moment at={leaseUntil} form="day" />,
    },
    { name: 'when', header: say('exchange.sent'), cell: ({ sentAt }) => <Moment at={sentAt} /> },
  ];
}
