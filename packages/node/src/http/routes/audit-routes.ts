import { Readable } from 'node:stream';
import { ComityError, parseTimestampUs, quote } from '@comity/protocol/base';
import type { AuditAct } from '@comity/protocol/api';
import type { AuditBook, AuditFilter } from '../../audit/index.ts';
import type { Handlers } from '../handler.ts';
import { auditRowView } from '../views/access-view.ts';
import { optional } from '../views/instants.ts';

type AuditRoutes = Pick<Handlers, 'listAudit' | 'exportAudit'>;

export function auditRoutes({ audit }: { readonly audit: Pick<AuditBook, 'list' | 'lines'> }): AuditRoutes {
  return {
    listAudit({ query }) {
      const { cursor, limit } = query;
      const rows = audit.list(filterOf(query), {
        ...(cursor !== undefined && { beforeNumber: parseNumber(cursor) }),
        limit,
      });
      const last = rows.at(-1);
      return {
        rows: rows.map(auditRowView),
        ...(last !== undefined && rows.length === limit && { next: String(last.number) }),
      };
    },
    exportAudit: ({ query }) => ({
      type: 'application/x-ndjson',
      fileName: 'audit.ndjson',
      body: Readable.from(audit.lines(filterOf(query)), { objectMode: false }),
    }),
  };
}

interface AskedFilter {
  readonly act?: AuditAct | undefined;
  readonly by?: string | undefined;
  readonly about?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

function filterOf({ act, by, about, since, until }: AskedFilter): AuditFilter {
  return {
    ...optional('act', act),
    ...optional('by', by),
    ...optional('about', about),
    ...(since !== undefined && { sinceUs: parseTimestampUs(since) }),
    ...(until !== undefined && { untilUs: parseTimestampUs(until) }),
  };
}

function parseNumber(cursor: string): number {
  if (!/^\d{1,15}$/.test(cursor))
    throw new ComityError('ARGUMENT_INVALID', `Cannot go on at ${quote(cursor)}: it is no cursor of ours`);
  return Number(cursor);
}
