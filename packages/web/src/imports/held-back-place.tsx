import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import type { JSX } from 'react';
import type { HeldBackRow } from '@comity/protocol/api';
import { node } from '../app/node.ts';
import { Place } from '../app/place.tsx';
import type { HeldBackSearch } from '../app/search.ts';
import { Button, IconButton } from '../kit/button.tsx';
import { KindMark } from '../kit/chips.tsx';
import { EmptyPlace } from '../kit/empty-place.tsx';
import { Moment } from '../kit/moment.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { RowList } from '../kit/row-list.tsx';
import type { Column } from '../kit/row-list.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { ValueText } from '../kit/value-text.tsx';
import { visibleText } from '../words/visible-text.ts';
import { SearchBox } from '../intel/search-box.tsx';
import { useWords } from '../words/use-words.ts';
import type { Words } from '../words/use-words.ts';
import { ImportsTabs } from './imports-tabs.tsx';
import { ReleaseDialog } from './release-dialog.tsx';

const route = getRouteApi('/imports/held-back');

/** What the known-good gate holds back, with the list and the entry that did it, until a person decides. */
export default function HeldBackPlace(): JSX.Element {
  const words = useWords();
  const { say } = words;
  const search = route.useSearch();
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<ReadonlyMap<string, HeldBackRow>>(new Map());
  const [releasing, setReleasing] = useState<readonly HeldBackRow[]>([]);
  const held = useInfiniteQuery({
    queryKey: ['held-back', search],
    queryFn: ({ pageParam, signal }) =>
      node.listHeldBack({ query: { ...search, cursor: pageParam, limit: 200 } }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    placeholderData: (previous) => previous,
  });
  const rows = useMemo(() => held.data?.pages.flatMap((page) => page.rows) ?? [], [held.data]);
  const { fetchNextPage, isFetchingNextPage } = held;
  const toggle = (row: HeldBackRow): void => {
    const next = new Map(chosen);
    if (!next.delete(row.id)) next.set(row.id, row);
    setChosen(next);
  };
  const changeText = useCallback(
    (text: string) =>
      void navigate({
        to: '/imports/held-back',
        search: (old: HeldBackSearch) => ({ ...old, text: text === '' ? undefined : text }),
        replace: true,
      }),
    [navigate],
  );
  return (
    <Place title={say('heldBack.title')} heading={say('place.imports')} fills aside={<ImportsTabs />}>
      <div className="intel-tools">
        <SearchBox
          value={search.text ?? ''}
          label={say('heldBack.search')}
          placeholder={say('heldBack.search')}
          onChange={changeText}
        />
        <p className="muted">{say('heldBack.lead')}</p>
        {search.list !== undefined && (
          <Button look="quiet" icon="close" onPress={() => void navigate({ to: '/imports/held-back', search: {} })}>
            {say('heldBack.onList', { list: search.list })}
          </Button>
        )}
      </div>
      {held.isPending && <Skeleton />}
      {held.isError && <ProblemNote error={held.error} onRetry={() => void held.refetch()} />}
      {held.data && (
        <RowList
          label={say('heldBack.title')}
          layout="rows-held"
          rows={rows}
          keyOf={(row) => row.id}
          nameOf={(row) => visibleText(row.value.value)}
          columns={heldColumns(words, (row) => setReleasing([row]))}
          onOpen={(row) => setReleasing([row])}
          chosen={new Set(chosen.keys())}
          onToggle={toggle}
          hasMore={held.hasNextPage}
          onMore={() => {
            if (!isFetchingNextPage) void fetchNextPage();
          }}
          total={held.data.pages[0]?.total}
          empty={<EmptyPlace title={say('heldBack.none')}>{say('heldBack.none.text')}</EmptyPlace>}
        />
      )}
      {chosen.size > 0 && (
        <div className="bulk" role="toolbar" aria-label={say('bulk.label')}>
          <span className="bulk-count">{say('bulk.count', { count: chosen.size })}</span>
          <Button icon="release" onPress={() => setReleasing([...chosen.values()])}>
            {say('bulk.release', { count: chosen.size })}
          </Button>
          <IconButton icon="close" name={say('bulk.clear')} onPress={() => setChosen(new Map())} />
        </div>
      )}
      <ReleaseDialog
        values={releasing.map((row) => row.value.value)}
        isProposed={releasing.some((row) => row.proposal !== undefined)}
        isOpen={releasing.length > 0}
        onClose={() => setReleasing([])}
        onReleased={() => setChosen(new Map())}
      />
    </Place>
  );
}

function heldColumns({ say, figures }: Words, release: (row: HeldBackRow) => void): readonly Column<HeldBackRow>[] {
  return [
    {
      name: 'value',
      header: say('match.value'),
      cell: (row) => <ValueText value={row.value.value} port={row.value.port} />,
    },
    { name: 'kind', header: say('intel.kind'), cell: (row) => <KindMark kind={row.value.kind} /> },
    {
      name: 'list',
      header: say('heldBack.because'),
      cell: ({ list, entry, proposal }) => {
        const wanted = proposal && say('release.wanted', { by: proposal.by, reason: proposal.reason });
        return (
          <div className="held-because">
            <bdi className="clip" title={visibleText(`${list}: ${entry}`)}>
              {visibleText(list)} <code className="muted">{visibleText(entry)}</code>
            </bdi>
            {wanted !== undefined && (
              <bdi className="clip strong" title={wanted}>
                {wanted}
              </bdi>
            )}
          </div>
        );
      },
    },
    {
      name: 'sources',
      header: say('intel.sources'),
      cell: (row) => <bdi className="clip">{figures.list(row.sources)}</bdi>,
    },
    { name: 'when', header: say('heldBack.since'), cell: (row) => <Moment at={row.heldAt} /> },
    {
      name: 'act',
      header: say('heldBack.act'),
      // Enter on the row does the same: a list is one stop of the Tab key, not one a row.
      cell: (row) => (
        <Button look="quiet" excludeFromTabOrder onPress={() => release(row)}>
          {say('act.release')}
        </Button>
      ),
    },
  ];
}
