import type {
  FeedView,
  HeldBackRow,
  ImportReportView,
  ImportRow as ImportRowView,
  KnownGoodListView,
} from '@comity/protocol/api';
import { timestampOfUs } from '@comity/protocol/base';
import type { Feed } from '../../connectors/index.ts';
import type { HeldBackValue, ImportReport, ImportRow, IntelSource, KnownGoodList } from '../../intel/index.ts';
import type { Proposal } from '../access/index.ts';
import { optional, optionalInstant } from './instants.ts';
import { intelSourceView } from './intel-view.ts';
import { withoutPassword } from './without-password.ts';

const statusOf = { running: 'running', finished: 'done', failed: 'failed', interrupted: 'failed' } as const;

/** @param bytesRead - of an import that came through this process; 0 when unknown. */
export function importReportView(report: ImportReport, source: IntelSource, bytesRead: number): ImportReportView {
  const interrupted = report.state === 'interrupted' ? 'The node stopped before the end; import it again' : undefined;
  return {
    id: report.id,
    name: report.name,
    source: intelSourceView(source),
    format: report.format,
    status: statusOf[report.state],
    startedAt: timestampOfUs(report.startedUs),
    ...optionalInstant('finishedAt', report.finishedUs),
    ...optional('error', report.reason ?? interrupted),
    ...report.counts,
    losses: report.losses.map(({ field, count, reason }) => ({ field, count, reason })),
    validated: report.validated,
    findings: [...report.findings],
    bytesRead,
  };
}

export function importRowView(row: ImportRow): ImportRowView {
  const { place, outcome, reason } = row;
  return { place, outcome, reason, ...optional('value', row.value), ...optional('objectId', row.id) };
}

export function heldBackView(row: HeldBackValue, proposal?: Proposal): HeldBackRow {
  const { kind, value, port } = row.value;
  return {
    id: `${kind}:${value}${port === undefined ? '' : `:${port}`}`,
    value: row.value,
    list: row.list,
    entry: row.entry,
    sources: [...row.sources],
    heldAt: timestampOfUs(row.heldUs),
    ...(proposal !== undefined && {
      proposal: { by: proposal.by, at: timestampOfUs(proposal.atUs), reason: proposal.reason },
    }),
  };
}

export function knownGoodView(list: KnownGoodList): KnownGoodListView {
  return {
    name: list.name,
    kind: list.type,
    entries: list.entryCount,
    version: String(list.version),
    builtIn: list.builtIn,
  };
}

function progressView({ objects, pages, addedAfter, isWhole }: NonNullable<Feed['cursor']>) {
  return { objects, pages, ...optionalInstant('reachedAt', addedAfter?.us), isWhole };
}

export function feedView(feed: Feed): FeedView {
  return {
    id: feed.id,
    name: feed.name,
    url: withoutPassword(feed.url),
    format: feed.format,
    intervalMinutes: feed.intervalMinutes,
    reliability: feed.reliability,
    defaultTlp: feed.defaultTlp,
    own: feed.own,
    allowPrivate: feed.allowPrivate,
    enabled: feed.enabled,
    status: feed.status,
    ...optionalInstant('lastPullAt', feed.lastPullUs),
    ...(feed.enabled && { nextPullAt: timestampOfUs(feed.nextPullUs) }),
    ...optional('lastError', feed.lastError),
    ...optional('lastImportId', feed.lastImportId),
    objectCount: feed.objectCount,
    ...optional('collection', feed.collection),
    ...(feed.cursor !== undefined && { progress: progressView(feed.cursor) }),
  };
}
