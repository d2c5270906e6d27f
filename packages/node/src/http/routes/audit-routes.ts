import { Readable } from 'node:stream';
import { parseTimestampUs } from '@comity/protocol/base';
import type { AuditAct } from '@comity/protocol/api';
import type { AuditBook, AuditFilter } from '../../audit/index.ts';
import { numbersOfCursor } from '../cursor.ts';
import type { Handlers } from '../handler.ts';
import { auditRowView } from '../views/access-view.ts';
import { optional } from '../views/instants.ts';

type AuditRoutes = Pick<Handlers, 'listAudit' | 'exportAudit'>;

export function auditRoutes({ audit }: { readonly audit: Pick<AuditBook, 'list' | 'lines'> }): AuditRoutes {
  return {
    listAudit({ query }) {
      const { cursor, limit } = query;
      const rows = audit.list(filterOf(query), {
        ...(cursor !== undefined && { beforeNumber: numbersOfCursor(cursor, 1)[0] }),
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
