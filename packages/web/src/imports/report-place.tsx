import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { JSX } from 'react';
import type { ImportReportView, ImportRow } from '@comity/protocol/api';
import { node } from '../app/node.ts';
import { Place } from '../app/place.tsx';
import { Section } from '../kit/beside.tsx';
import { TlpChip } from '../kit/chips.tsx';
import { EmptyPlace } from '../kit/empty-place.tsx';
import { Icon } from '../kit/icon.tsx';
import { Moment } from '../kit/moment.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { RowList } from '../kit/row-list.tsx';
import type { Column } from '../kit/row-list.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { Trail } from '../kit/trail.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { ValueText } from '../kit/value-text.tsx';
import { visibleText } from '../words/visible-text.ts';
import { ReportFindings } from './report-findings.tsx';
import { useWords } from '../words/use-words.ts';
import type { Words } from '../words/use-words.ts';
import { ImportStatus } from './import-status.tsx';

const route = getRouteApi('/imports/$id');
const outcomes = [
  { outcome: 'taken', figure: 'taken' },
  { outcome: 'duplicate', figure: 'duplicate' },
  { outcome: 'held-back', figure: 'heldBack' },
  { outcome: 'rejected', figure: 'rejected' },
  { outcome: 'conflict', figure: 'conflicts' },
] as const;

/** What became of everything in one import: nothing is dropped in silence. */
export default function ReportPlace(): JSX.Element {
  const { say } = useWords();
  const { id } = route.useParams();
  const report = useQuery({
    queryKey: ['import', id],
    queryFn: ({ signal }) => node.getImport({ params: { id } }, { signal }),
    refetchInterval: ({ state }) => (state.data?.status === 'running' ? 1000 : false),
  });
  const name = visibleText(report.data?.name ?? say('report.label'));
  return (
    <Place title={name} heading={<Trail from="imports" name={name} />} fills>
      {report.isPending && <Skeleton />}
      {report.isError && <ProblemNote error={report.error} onRetry={() => void report.refetch()} />}
      {report.data && <Report report={report.data} />}
    </Place>
  );
}

function Report({ report }: { readonly report: ImportReportView }): JSX.Element {
  const { say, figures } = useWords();
  const { outcome } = route.useSearch();
  return (
    <>
      <div className="report-line">
        <ImportStatus report={report} />
        <span className="muted">{report.format}</span>
        {report.bytesRead > 0 && <span className="muted figures">{figures.bytes(report.bytesRead)}</span>}
        <Moment at={report.startedAt} />
        <Link to="/intel" search={{ source: report.source.id }}>
          {say('report.seeSource', { name: report.source.name })}
        </Link>
        <span className="muted">{`${report.source.reliability} · ${say(`reliability.${report.source.reliability}`)}`}</span>
        <TlpChip tlp={report.source.defaultTlp} />
      </div>
      {report.error !== undefined && (
        <p className="problem">
          <Icon name="warning" />
          <Untrusted text={report.error} />
        </p>
      )}
      <nav className="outcomes" aria-label={say('report.outcomes')}>
        {outcomes
          .filter(({ outcome: kind }) => kind !== 'conflict' || report.conflicts > 0)
          .map((one) => (
            <Link
              key={one.outcome}
              to="/imports/$id"
              params={{ id: report.id }}
              search={outcome === one.outcome ? {} : { outcome: one.outcome }}
              className={outcome === one.outcome ? 'outcome outcome-on' : 'outcome'}
              aria-current={outcome === one.outcome ? 'true' : undefined}
            >
              <span
                className={`outcome-figure figures n-${one.figure} ${report[one.figure] === 0 ? 'n-none muted' : ''}`}
              >
                {figures.count(report[one.figure])}
              </span>
              <span>{say(`report.${one.figure}`)}</span>
              <span className="muted small">{say(`report.${one.figure}.text`)}</span>
              {one.outcome === 'taken' && report.unscreened > 0 && (
                <span className="small">{say('report.unscreened', { count: report.unscreened })}</span>
              )}
            </Link>
          ))}
      </nav>
      {report.losses.length > 0 && (
        <Section title={say('report.losses')}>
          <ul className="losses">
            {report.losses.map((loss) => (
              <li key={`${loss.field} ${loss.reason}`}>
                <b className="figures">{figures.count(loss.count)}</b>
                <code>
                  <Untrusted text={loss.field} />
                </code>
                <span className="muted">
                  <Untrusted text={loss.reason} />
                </span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <ReportFindings report={report} />
      <Rows report={report} outcome={outcome} />
    </>
  );
}

interface RowsProps {
  readonly report: ImportReportView;
  readonly outcome: ImportRow['outcome'] | undefined;
}

function Rows({ report, outcome }: RowsProps): JSX.Element {
  const words = useWords();
  const { say } = words;
  const navigate = useNavigate();
  const found = useInfiniteQuery({
    queryKey: ['import-rows', report.id, outcome, report.status],
    queryFn: ({ pageParam, signal }) =>
      node.importRows({ params: { id: report.id }, query: { outcome, cursor: pageParam, limit: 200 } }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
  });
  const rows = useMemo(() => found.data?.pages.flatMap((page) => page.rows) ?? [], [found.data]);
  const { fetchNextPage, isFetchingNextPage } = found;
  if (found.isError) return <ProblemNote error={found.error} onRetry={() => void found.refetch()} />;
  if (found.isPending) return <Skeleton />;
  return (
    <RowList
      label={say('report.rows')}
      layout="rows-report"
      rows={rows}
      keyOf={(row) => `${row.place} ${row.objectId ?? row.value ?? ''} ${row.reason}`}
      columns={rowColumns(words)}
      onOpen={(row) => {
        // Of a rejected object nothing need be kept.
        if (row.objectId !== undefined && row.outcome === 'held-back')
          void navigate({ to: '/intel', search: { open: row.objectId } });
      }}
      hasMore={found.hasNextPage}
      onMore={() => {
        if (!isFetchingNextPage) void fetchNextPage();
      }}
      empty={<EmptyPlace title={say('report.noRows')}>{say('report.noRows.text')}</EmptyPlace>}
    />
  );
}

const outcomeIcons = {
  taken: 'check',
  duplicate: 'copy',
  'held-back': 'shield',
  rejected: 'warning',
  conflict: 'warning',
} as const;

function rowColumns({ say }: Words): readonly Column<ImportRow>[] {
  return [
    {
      name: 'place',
      header: say('report.place'),
      cell: (row) => <code className="clip">{visibleText(row.place)}</code>,
    },
    {
      name: 'outcome',
      header: say('report.outcome'),
      cell: (row) => (
        <span className={`status outcome-${row.outcome}`}>
          <Icon name={outcomeIcons[row.outcome]} />
          {say(`outcome.${row.outcome}`)}
        </span>
      ),
    },
    {
      name: 'value',
      header: say('match.value'),
      cell: (row) => {
        if (row.value !== undefined) return <ValueText value={row.value} />;
        return row.objectId !== undefined && <ValueText value={row.objectId} silent />;
      },
    },
    {
      name: 'reason',
      header: say('report.reason'),
      cell: (row) => (
        <span className="reason">
          <Untrusted text={row.reason} />
        </span>
      ),
    },
  ];
}
