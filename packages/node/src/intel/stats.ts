import { parseRowId } from '@comity/protocol/base';
import type { Connection } from '../store/index.ts';
import { countScreened } from './changes.ts';
import { codeOfState, intelStates, tlpOfCode } from './codes.ts';
import { listReports } from './import-reports.ts';
import type { IntelSource, Reliability } from './import.ts';
import type { IntelState, IntelStats, SourceReport } from './intel.ts';

/** Counts over whole indexes: tens of milliseconds at a million objects, so callers keep the answer for a while. */
export function readStats(db: Connection): IntelStats {
  const one = (sql: string, ...params: number[]): number =>
    db.prepare<{ count: number }>(sql).get(...params)?.count ?? 0;
  const byType = db.prepare<{ name: string; count: number }>('select name, objects as count from intel_type').all();
  const indicatorCode =
    db.prepare<{ code: number }>(`select code from intel_type where name = 'indicator'`).get()?.code ?? 0;
  const byState = Object.fromEntries(intelStates.map((state) => [state, 0])) as Record<IntelState, number>;
  for (const state of intelStates) {
    if (state === 'active') continue;
    byState[state] = one(
      'select count(*) as count from intel_object where state = ? and state <> 1 and +type = ?',
      codeOfState(state),
      indicatorCode,
    );
  }
  const indicators = byType.find((type) => type.name === 'indicator')?.count ?? 0;
  const ended = Object.values(byState).reduce((sum, count) => sum + count, 0);
  byState.active = indicators - ended;
  return {
    objects: byType.reduce((sum, type) => sum + type.count, 0),
    byType: Object.fromEntries(byType.map((type) => [type.name, type.count])),
    byState,
    values: one('select coalesce(max(ref), 0) as count from intel_value'),
    screenedValues: countScreened(db),
    heldBackValues: one(
      `select count(*) as count from intel_held h join intel_value v on v.ref = h.value_ref
       where v.listed > 0 and v.released = 0`,
    ),
    sources: one('select count(*) as count from intel_source'),
    imports: one('select count(*) as count from intel_import'),
  };
}

/** Every source with how much it told of. */
export function readSources(db: Connection): SourceReport[] {
  return db
    .prepare<{
      ref: number;
      id: string;
      name: string;
      kind: string;
      url: string | null;
      reliability: string;
      default_tlp: number;
      own: number;
    }>('select ref, id, name, kind, url, reliability, default_tlp, own from intel_source order by name')
    .all()
    .map((row) => {
      const id = parseRowId(row.id);
      const objects = db
        .prepare<{ count: number }>('select count(*) as count from intel_provenance where source_ref = ?')
        .get(row.ref)?.count;
      return {
        id,
        name: row.name,
        kind: row.kind as IntelSource['kind'],
        ...(row.url === null ? {} : { url: row.url }),
        reliability: row.reliability as Reliability,
        defaultTlp: tlpOfCode(row.default_tlp),
        ...(row.own === 1 && { own: true }),
        objects: objects ?? 0,
        lastImport: listReports(db, { beforeRef: Number.MAX_SAFE_INTEGER, limit: 1, source: id })[0]?.report,
      };
    });
}
