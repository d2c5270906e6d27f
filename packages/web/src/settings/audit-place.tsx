import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { JSX } from 'react';
import { auditActs } from '@comity/protocol/api';
import type { AuditAct, AuditRowView } from '@comity/protocol/api';
import { node } from '../app/node.ts';
import { Place } from '../app/place.tsx';
import { EmptyPlace } from '../kit/empty-place.tsx';
import { Choice } from '../kit/fields.tsx';
import { Moment } from '../kit/moment.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { RowList } from '../kit/row-list.tsx';
import type { Column } from '../kit/row-list.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { SearchBox } from '../intel/search-box.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import type { Words } from '../words/use-words.ts';
import { SettingsTabs } from './settings-tabs.tsx';

const route = getRouteApi('/settings/audit');
const acts = Object.keys(auditActs) as AuditAct[];

/** Who did what, newest first. */
export default function AuditPlace(): JSX.Element {
  const words = useWords();
  const { say } = words;
  const search = route.useSearch();
  const navigate = useNavigate();
  const trail = useInfiniteQuery({
    queryKey: ['audit', search],
    queryFn: ({ pageParam, signal }) =>
      node.listAudit({ query: { ...search, cursor: pageParam, limit: 200 } }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    placeholderData: (previous) => previous,
  });
  const rows = useMemo(() => trail.data?.pages.flatMap((page) => page.rows) ?? [], [trail.data]);
  const narrow = (change: { readonly act?: AuditAct | undefined; readonly by?: string | undefined }): void =>
    void navigate({ to: '/settings/audit', search: { ...search, ...change }, replace: true });
  const narrowed = new URLSearchParams();
  for (const [name, value] of Object.entries({ act: search.act, by: search.by })) if (value) narrowed.set(name, value);
  return (
    <Place title={say('audit.title')} heading={say('place.settings')} fills aside={<SettingsTabs />}>
      <div className="intel-tools">
        <SearchBox
          value={search.by ?? ''}
          label={say('audit.by')}
          placeholder={say('audit.account')}
          onChange={(by) => narrow({ by: by.trim() === '' ? undefined : by.trim() })}
        />
        <div className="audit-tools">
          <Choice
            label={say('audit.act')}
            look="chip"
            idle={search.act === undefined}
            value={search.act ?? 'any'}
            items={[{ id: 'any', name: say('audit.any') }, ...acts.map((id) => ({ id, name: id }))]}
            onChange={(chosen) => narrow({ act: acts.find((act) => act === chosen) })}
          />
          <a href={`/api/v1/audit/export?${narrowed.toString()}`} download>
            {say('audit.save')}
          </a>
        </div>
      </div>
      {trail.isPending && <Skeleton />}
      {trail.isError && <ProblemNote error={trail.error} onRetry={() => void trail.refetch()} />}
      {trail.data && (
        <RowList
          label={say('audit.title')}
          layout="rows-audit"
          rows={rows}
          keyOf={(row) => String(row.number)}
          columns={columns(words)}
          hasMore={trail.hasNextPage}
          onMore={() => {
            if (!trail.isFetchingNextPage) void trail.fetchNextPage();
          }}
          empty={<EmptyPlace title={say('audit.none')}>{say('audit.none.text')}</EmptyPlace>}
        />
      )}
    </Place>
  );
}

function columns({ say }: Words): readonly Column<AuditRowView>[] {
  const text = (shown: string): JSX.Element => (
    <bdi className="clip" title={visibleText(shown)}>
      {visibleText(shown)}
    </bdi>
  );
  return [
    { name: 'time', header: say('audit.at'), cell: (row) => <Moment at={row.at} form="clock" /> },
    { name: 'act', header: say('audit.act'), cell: (row) => <code dir="ltr">{row.act}</code> },
    { name: 'by', header: say('audit.by'), cell: (row) => text(row.by) },
    { name: 'about', header: say('audit.about'), cell: (row) => text(row.about) },
    {
      name: 'details',
      header: say('audit.details'),
      cell: ({ details, via }) =>
        text([via, ...Object.entries(details).map(([name, value]) => `${name}=${value}`)].join(' ')),
    },
  ];
}
