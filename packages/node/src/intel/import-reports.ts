import { parseRowId } from '@comity/protocol/base';
import type { RowId, StixId } from '@comity/protocol/base';
import type { Connection } from '../store/index.ts';
import { stixIdOfKey } from './codes.ts';
import type { ImportReport, ImportRow, ImportState } from './import.ts';
import { readFindings } from './standard-check.ts';

interface ReportRow {
  ref: number;
  id: string;
  source_id: string;
  source_name: string;
  name: string;
  format: string;
  state: string;
  started_us: number;
  finished_us: number | null;
  reason: string | null;
  taken: number;
  unscreened: number;
  conflicts: number;
  duplicate: number;
  held_back: number;
  rejected: number;
  validated: number;
  rows_not_kept: number;
}

const reportColumns = `i.ref, i.id, s.id as source_id, s.name as source_name, i.name, i.format, i.state, i.started_us,
  i.finished_us, i.reason, i.taken, i.unscreened, i.conflicts, i.duplicate, i.held_back, i.rejected, i.rows_not_kept, i.validated
  from intel_import i join intel_source s on s.ref = i.source_ref`;

export function readReport(db: Connection, ref: number): ImportReport | undefined {
  const row = db.prepare<ReportRow>(`select ${reportColumns} where i.ref = ?`).get(ref);
  return row === undefined ? undefined : reportOf(db, row);
}

export function readReportById(db: Connection, id: RowId): ImportReport | undefined {
  const row = db.prepare<ReportRow>(`select ${reportColumns} where i.id = ?`).get(id);
  return row === undefined ? undefined : reportOf(db, row);
}

export function findSentImport(db: Connection, key: string): { report: ImportReport; print: string } | undefined {
  const found = db
    .prepare<{ ref: number; print: string }>('select ref, print from intel_import where key = ? and print is not null')
    .get(key);
  const report = found && readReport(db, found.ref);
  return report && { report, print: found.print };
}

export function listReports(
  db: Connection,
  query: { readonly beforeRef: number; readonly limit: number; readonly source: RowId | undefined },
): { ref: number; report: ImportReport }[] {
  return db
    .prepare<ReportRow>(
      `select ${reportColumns} where i.ref < ? and (? is null or s.id = ?) order by i.ref desc limit ?`,
    )
    .all(query.beforeRef, query.source ?? null, query.source ?? null, query.limit)
    .map((row) => ({ ref: row.ref, report: reportOf(db, row) }));
}

function reportOf(db: Connection, row: ReportRow): ImportReport {
  return {
    id: parseRowId(row.id),
    source: { id: parseRowId(row.source_id), name: row.source_name },
    name: row.name,
    format: row.format,
    state: row.state as ImportState,
    startedUs: row.started_us,
    finishedUs: row.finished_us ?? undefined,
    reason: row.reason ?? undefined,
    counts: {
      taken: row.taken,
      unscreened: row.unscreened,
      conflicts: row.conflicts,
      duplicate: row.duplicate,
      heldBack: row.held_back,
      rejected: row.rejected,
    },
    losses: db
      .prepare<{ field: string; count: number; reason: string }>(
        'select field, count, reason from intel_import_loss where import_ref = ? order by count desc, field limit 1000',
      )
      .all(row.ref),
    validated: row.validated,
    findings: readFindings(db, row.ref),
    rowsNotKept: row.rows_not_kept,
  };
}

export function readImportRows(
  db: Connection,
  id: RowId,
  query: { readonly after: number; readonly limit: number; readonly outcome: ImportRow['outcome'] | undefined },
): ImportRow[] {
  return db
    .prepare<{
      number: number;
      outcome: ImportRow['outcome'];
      place: string;
      code: string | null;
      reason: string;
      value: string | null;
      given_id: StixId | null;
      key: Uint8Array | null;
    }>(
      `select r.number, r.outcome, r.place, r.code, r.reason, r.value, r.given_id, o.key
       from intel_import_row r left join intel_object o on o.ref = r.object_ref
       where r.import_ref = (select ref from intel_import where id = ?) and r.number > ?
         and (? is null or r.outcome = ?)
       order by r.number limit ?`,
    )
    .all(id, query.after, query.outcome ?? null, query.outcome ?? null, query.limit)
    .map((row) => ({
      number: row.number,
      outcome: row.outcome,
      place: row.place,
      code: row.code ?? undefined,
      reason: row.reason,
      value: row.value ?? undefined,
      id: row.key === null ? (row.given_id ?? undefined) : stixIdOfKey(row.key),
    }));
}
