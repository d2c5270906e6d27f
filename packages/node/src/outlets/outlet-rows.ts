import { parseRowId } from '@comity/protocol/base';
import type { MatchForm } from '@comity/protocol/api';
import type { Connection } from '../store/index.ts';
import type { Outlet } from './outlet.ts';

interface OutletRow {
  readonly id: string;
  readonly name: string;
  readonly kind: Outlet['kind'];
  readonly address: string;
  readonly has_authorization: number;
  readonly form: MatchForm;
  readonly recipient: string;
  readonly alarms_only: number;
  readonly allow_private: number;
  readonly enabled: number;
  readonly ca: string | null;
  readonly position: number;
  readonly sent: number;
  readonly withheld: number;
  readonly withheld_by: string;
  readonly lost: number;
  readonly last_sent_us: number | null;
  readonly failure_count: number;
  readonly failing_since_us: number | null;
  readonly last_error: string | null;
  readonly next_try_us: number;
}

const select = `select id, name, kind, address, has_authorization, form, recipient, alarms_only, allow_private, enabled, ca,
  position, sent, withheld, withheld_by, lost, last_sent_us, failure_count, failing_since_us, last_error, next_try_us
  from outlet order by name, id`;

/** Every outlet, by name. */
export function readOutlets(db: Connection): readonly Outlet[] {
  return db.prepare<OutletRow>(select).all().map(outletOf);
}

function outletOf(row: OutletRow): Outlet {
  return {
    id: parseRowId(row.id),
    name: row.name,
    kind: row.kind,
    address: row.address,
    form: row.form,
    recipient: row.recipient,
    alarmsOnly: row.alarms_only === 1,
    allowPrivate: row.allow_private === 1,
    enabled: row.enabled === 1,
    hasAuthorization: row.has_authorization === 1,
    ca: row.ca ?? undefined,
    position: row.position,
    sent: row.sent,
    withheld: row.withheld,
    withheldBy: JSON.parse(row.withheld_by) as Record<string, number>,
    lost: row.lost,
    lastSentUs: row.last_sent_us ?? undefined,
    failureCount: row.failure_count,
    failingSinceUs: row.failing_since_us ?? undefined,
    lastError: row.last_error ?? undefined,
    nextTryUs: row.next_try_us,
  };
}
