import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { JSX } from 'react';
import type { LedgerActView } from '@comity/protocol/api';
import { node } from '../app/node.ts';
import type { LedgerSearch } from '../app/search.ts';
import { EmptyPlace } from '../kit/empty-place.tsx';
import { Choice } from '../kit/fields.tsx';
import { Icon } from '../kit/icon.tsx';
import { Moment } from '../kit/moment.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { RowList } from '../kit/row-list.tsx';
import type { Column } from '../kit/row-list.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import type { Words } from '../words/use-words.ts';
import { membersQuery, whileShort } from './federation-queries.ts';

const route = getRouteApi('/federation/ledger');
const any = 'any';
const whats = ['any', 'sent', 'received', 'open'] as const;

/** What is asked of the node for what the reader chose: sent and received are exchanges. */
const asked = {
  any: {},
  sent: { type: 'exchange', direction: 'sent' },
  received: { type: 'exchange', direction: 'received' },
  open: { type: 'open' },
} as const;

/** Every act of the ledger, newest first; one that is opened shows beside the list. */
export function LedgerActs(): JSX.Element {
  const words = useWords();
  const { say } = words;
  const search = route.useSearch();
  const navigate = useNavigate();
  const members = useQuery(membersQuery);
  const { what = any, member } = search;
  const acts = useInfiniteQuery({
    queryKey: ['federation', 'acts', what, member],
    queryFn: ({ pageParam, signal }) =>
      node.listLedgerActs({ query: { ...asked[what], member, cursor: pageParam, limit: 200 } }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    placeholderData: (previous) => previous,
    refetchInterval: whileShort,
  });
  const rows = useMemo(() => acts.data?.pages.flatMap((page) => page.rows) ?? [], [acts.data]);
  const go = (change: LedgerSearch): void =>
    void navigate({ to: '/federation/ledger', search: { ...search, ...change }, replace: true });
  return (
    <>
      <div className="filters" role="group" aria-label={say('filter.label')}>
        <Choice
          look="chip"
          label={say('acts.what')}
          idle={what === any}
          value={what}
          items={whats.map((id) => ({ id, name: say(`acts.what.${id}`) }))}
          onChange={(id) => go({ what: id === any ? undefined : id })}
        />
        <Choice
          look="chip"
          label={say('acts.with')}
          idle={member === undefined}
          value={member ?? any}
          items={[
            { id: any, name: say('acts.withAny') },
            ...(members.data?.rows ?? []).map(({ id, name }) => ({ id, name: visibleText(name) })),
          ]}
          onChange={(id) => go({ member: id === any ? undefined : id })}
        />
      </div>
      {acts.isPending && <Skeleton />}
      {acts.isError && <ProblemNote error={acts.error} onRetry={() => void acts.refetch()} />}
      {acts.data && (
        <RowList
          label={say('acts.title')}
          layout="rows-acts"
          rows={rows}
          keyOf={({ index }) => String(index)}
          columns={columns(words)}
          openKey={search.entry === undefined ? undefined : String(search.entry)}
          onOpen={({ index }) => go({ entry: index })}
          hasMore={acts.hasNextPage}
          onMore={() => {
            if (!acts.isFetchingNextPage) void acts.fetchNextPage();
          }}
          empty={<EmptyPlace title={say('acts.none')}>{say('acts.none.text')}</EmptyPlace>}
        />
      )}
    </>
  );
}

function columns({ say, figures }: Words): readonly Column<LedgerActView>[] {
  return [
    { name: 'index', header: say('acts.index'), numeric: true, cell: ({ index }) => figures.count(index) },
    {
      name: 'what',
      header: say('acts.what'),
      cell: (act) => (
        <span className="status">
          <Icon name={act.direction === 'sent' ? 'export' : act.direction === 'received' ? 'imports' : 'recorded'} />
          {whatIs(act, say)}
        </span>
      ),
    },
    {
      name: 'member',
      header: say('acts.with'),
      cell: ({ name }) => name !== undefined && <bdi className="clip">{visibleText(name)}</bdi>,
    },
    {
      name: 'objects',
      header: say('acts.objects'),
      numeric: true,
      cell: ({ objects, type }) => (type === 'exchange' ? figures.count(objects) : ''),
    },
    {
      name: 'published',
      header: say('acts.state'),
      cell: ({ isPublished, isErased }) => (
        <span className={isPublished ? 'status verdict-good' : 'status status-waiting'}>
          <Icon name={isErased ? 'trash' : isPublished ? 'check' : 'clock'} />
          {say(isErased ? 'acts.erased' : isPublished ? 'acts.published' : 'acts.unpublished')}
        </span>
      ),
    },
    { name: 'when', header: say('acts.hour'), cell: ({ at }) => at !== undefined && <Moment at={at} form="clock" /> },
  ];
}

/** What an act is, in words. */
export function whatIs({ type, direction }: Pick<LedgerActView, 'type' | 'direction'>, say: Words['say']): string {
  if (direction !== undefined) return say(`acts.what.${direction}`);
  const known = (['exchange', 'descriptor', 'redaction', 'continuation', 'lookup-key'] as const).find(
    (each) => each === type,
  );
  return say(`acts.type.${known ?? 'other'}`);
}
