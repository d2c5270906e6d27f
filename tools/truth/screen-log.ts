import { createScreen, openInput } from '@comity/screen';
import type { RecordMatch, Table } from '@comity/screen';

/** What the engine found in one log. */
export interface LogResult {
  readonly log: string;
  readonly format: string;
  readonly lines: number;
  readonly records: number;
  /** Records in which something is counted in `counts`. */
  readonly recordsWithHit: number;
  /** Records by `indicator`, then by `field|how`. */
  readonly counts: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Records by `indicator`, `field` and port verdict, for values that are listed with ports only. */
  readonly ports: ReadonlyMap<string, number>;
  /** Lists that name an indicator found, as the screen reports them. */
  readonly sources: ReadonlyMap<string, ReadonlySet<number>>;
}

/** Which matches are counted, and under which field. */
export interface Counting {
  isCounted(match: RecordMatch): boolean;
  /** Fields of which a record counts in `recordsWithHit`; all when absent. */
  readonly namedFields?: ReadonlySet<string>;
  /** `token` for a log that the table treats as text; undefined leaves the field as it is. */
  readonly field?: string;
  readonly format?: 'raw';
}

/** Screens one log as `comity screen` does and counts a record once for each indicator, field and relation. */
export async function screenLog(table: Table, path: string, log: string, counting: Counting): Promise<LogResult> {
  const counts = new Map<string, Map<string, number>>();
  const ports = new Map<string, number>();
  const sources = new Map<string, Set<number>>();
  let recordsWithHit = 0;
  const screen = createScreen(
    table,
    { format: counting.format ?? 'auto' },
    {
      match({ matches }) {
        const seen = new Set<string>();
        let isHit = false;
        for (const match of matches) {
          if (!counting.isCounted(match)) continue;
          const field = counting.field ?? match.field ?? 'token';
          const how = `${field}|${match.relation}`;
          if (counting.namedFields?.has(field) ?? true) isHit = true;
          const refs = sources.get(match.indicator) ?? new Set();
          for (const row of match.rows) refs.add(row.ref);
          sources.set(match.indicator, refs);
          if (match.port !== undefined) {
            const port = `${match.indicator} ${match.field ?? 'token'} ${match.port}`;
            ports.set(port, (ports.get(port) ?? 0) + 1);
          }
          if (seen.has(`${match.indicator} ${how}`)) continue;
          seen.add(`${match.indicator} ${how}`);
          const byHow = counts.get(match.indicator) ?? new Map<string, number>();
          byHow.set(how, (byHow.get(how) ?? 0) + 1);
          counts.set(match.indicator, byHow);
        }
        if (isHit) recordsWithHit++;
      },
    },
  );
  for await (const input of openInput(path)) {
    for await (const chunk of input.chunks) screen.push(chunk);
  }
  screen.end();
  return {
    log,
    format: screen.format ?? 'raw',
    lines: screen.lines,
    records: screen.records,
    recordsWithHit,
    counts,
    ports,
    sources,
  };
}
