import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { JSX } from 'react';
import type { ImportReportView } from '@comity/protocol/api';
import { Place } from '../app/place.tsx';
import { importsQuery } from '../app/shared-queries.ts';
import { EmptyPlace } from '../kit/empty-place.tsx';
import { Moment } from '../kit/moment.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { RowList } from '../kit/row-list.tsx';
import type { Column } from '../kit/row-list.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import type { Words } from '../words/use-words.ts';
import { ImportsTabs } from './imports-tabs.tsx';
import { ImportStatus } from './import-status.tsx';
import { TakeIn } from './take-in.tsx';

/** Everything that came in, newest first, each with its report; and the ways to bring more. */
export default function ImportsPlace(): JSX.Element {
  const words = useWords();
  const { say } = words;
  const navigate = useNavigate();
  const imports = useInfiniteQuery(importsQuery);
  const { fetchNextPage, isFetchingNextPage } = imports;
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage]);
  const rows = useMemo(() => imports.data?.pages.flatMap((page) => page.rows) ?? [], [imports.data]);
  return (
    <Place title={say('place.imports')} fills aside={<ImportsTabs />}>
      <TakeIn />
      {imports.isPending && <Skeleton />}
      {imports.isError && <ProblemNote error={imports.error} onRetry={() => void imports.refetch()} />}
      {imports.data && (
        <RowList
          label={say('imports.tab')}
          layout="rows-imports"
          rows={rows}
          keyOf={(report) => report.id}
          columns={importColumns(words)}
          onOpen={(report) => void navigate({ to: '/imports/$id', params: { id: report.id } })}
          hasMore={imports.hasNextPage}
          onMore={more}
          empty={<EmptyPlace title={say('imports.none')}>{say('imports.none.text')}</EmptyPlace>}
        />
      )}
    </Place>
  );
}

function importColumns({ say, figures }: Words): readonly Column<ImportReportView>[] {
  const number = (name: 'taken' | 'duplicate' | 'heldBack' | 'rejected'): Column<ImportReportView> => ({
    name,
    header: say(`report.${name}`),
    numeric: true,
    cell: (report) =>
      report[name] === 0 ? (
        <span className="muted">0</span>
      ) : (
        <span className={`n-${name}`}>{figures.count(report[name])}</span>
      ),
  });
  return [
    {
      name: 'name',
      header: say('report.name'),
      cell: (report) => <bdi className="clip strong">{visibleText(report.name)}</bdi>,
    },
    {
      name: 'format',
      header: say('source.format'),
      cell: (report) => <span className="muted clip">{report.format}</span>,
    },
    { name: 'status', header: say('source.status'), cell: (report) => <ImportStatus report={report} /> },
    number('taken'),
    number('duplicate'),
    number('heldBack'),
    number('rejected'),
    { name: 'when', header: say('report.when'), cell: (report) => <Moment at={report.startedAt} /> },
  ];
}
