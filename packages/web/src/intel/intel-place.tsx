import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import type { JSX } from 'react';
import type { IntelRow } from '@comity/protocol/api';
import { Place } from '../app/place.tsx';
import type { IntelSearch } from '../app/search.ts';
import { intelQuery } from '../app/shared-queries.ts';
import { Button } from '../kit/button.tsx';
import { EmptyPlace } from '../kit/empty-place.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { RowList } from '../kit/row-list.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { useWords } from '../words/use-words.ts';
import { BulkBar } from './bulk-bar.tsx';
import { ExportDialog } from './export-dialog.tsx';
import { FilterSentence, isFiltered } from './filter-sentence.tsx';
import { intelColumns, nameOfRow } from './intel-columns.tsx';
import { IntelInspector } from './intel-inspector.tsx';
import { SearchBox } from './search-box.tsx';

const route = getRouteApi('/intel');

/** Everything the node knows, as a list of any length with its filters as a sentence. */
export default function IntelPlace(): JSX.Element {
  const words = useWords();
  const { say } = words;
  const search = route.useSearch();
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<ReadonlyMap<string, IntelRow>>(new Map());
  const [exporting, setExporting] = useState(false);
  const change = useCallback(
    (to: Partial<Record<keyof IntelSearch, unknown>>) =>
      void navigate({
        to: '/intel',
        search: (old: IntelSearch) => ({ ...old, ...to }) as IntelSearch,
        replace: 'text' in to,
      }),
    [navigate],
  );
  const found = useInfiniteQuery(intelQuery(search));
  const { fetchNextPage, isFetchingNextPage } = found;
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage]);
  const rows = useMemo(() => found.data?.pages.flatMap((page) => page.rows) ?? [], [found.data]);
  const total = found.data?.pages[0]?.total;
  const toggle = (row: IntelRow): void => {
    const next = new Map(chosen);
    if (!next.delete(row.id)) next.set(row.id, row);
    setChosen(next);
  };
  const close = useCallback(() => change({ open: undefined }), [change]);
  const columns = useMemo(() => intelColumns(words), [words]);
  return (
    <Place
      title={say('place.intel')}
      fills
      aside={
        <Button icon="export" onPress={() => setExporting(true)}>
          {say('intel.export')}
        </Button>
      }
      inspector={search.open !== undefined && <IntelInspector id={search.open} onClose={close} />}
    >
      <div className="intel-tools">
        <SearchBox
          value={search.text ?? ''}
          label={say('intel.search')}
          placeholder={say('intel.search.hint')}
          onChange={(text) => change({ text: text === '' ? undefined : text })}
        />
        <FilterSentence
          search={search}
          onChange={change}
          count={total ?? (found.data && !found.hasNextPage ? rows.length : undefined)}
        />
      </div>
      {found.isPending && <Skeleton lines={12} />}
      {found.isError && <ProblemNote error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && (
        <RowList
          label={say('place.intel')}
          layout="rows-intel"
          rows={rows}
          keyOf={(row) => row.id}
          nameOf={nameOfRow}
          columns={columns}
          openKey={search.open}
          onOpen={(row) => change({ open: row.id })}
          chosen={new Set(chosen.keys())}
          onToggle={toggle}
          hasMore={found.hasNextPage}
          onMore={more}
          total={total}
          empty={<NothingFound search={search} onClear={() => void navigate({ to: '/intel', search: {} })} />}
        />
      )}
      {chosen.size > 0 && <BulkBar rows={[...chosen.values()]} onClear={() => setChosen(new Map())} />}
      <ExportDialog search={search} total={total} isOpen={exporting} onClose={() => setExporting(false)} />
    </Place>
  );
}

interface NothingFoundProps {
  readonly search: IntelSearch;
  readonly onClear: () => void;
}

function NothingFound({ search, onClear }: NothingFoundProps): JSX.Element {
  const { say } = useWords();
  const navigate = useNavigate();
  if (isFiltered(search)) {
    return (
      <EmptyPlace title={say('intel.noneFound')} action={<Button onPress={onClear}>{say('filter.clear')}</Button>}>
        {say('intel.noneFound.text')}
      </EmptyPlace>
    );
  }
  return (
    <EmptyPlace
      title={say('intel.none')}
      action={
        <Button look="primary" onPress={() => void navigate({ to: '/imports' })}>
          {say('intel.none.action')}
        </Button>
      }
    >
      {say('intel.none.text')}
    </EmptyPlace>
  );
}
