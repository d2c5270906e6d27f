import { keySeedOf, SeenKeys, SeenTable } from '../../packages/screen/src/seen/index.ts';
import { HitList, scan } from '../../packages/screen/src/match/index.ts';
import { createScreen } from '../../packages/screen/src/record/index.ts';
import { Table } from '../../packages/screen/src/table/index.ts';
import { inventIndicators, inventLogs, inventTraffic } from '../../packages/testkit/src/corpus/index.ts';
import { cpuSecondsOf, median, round } from '../screen/measure.ts';

const SEED = 42;
const CHUNK_BYTES = 256 * 1024;

/** What noting values costs the matcher and the whole screening of records, MB a CPU second; each with the share of the rate that is left. */
export function measureCost(isQuick: boolean): Record<string, unknown> {
  const traffic = inventTraffic(SEED);
  const values = [...inventIndicators(100_000, SEED + 1, traffic.hosts.slice(0, 200))];
  const table = Table.build(
    values.map((value, ref) => ({ value, ref })),
    { seed: SEED },
  );
  const planted = values.slice(0, 1000);
  const bytes = isQuick ? 4_000_000 : 40_000_000;
  const logs = Buffer.concat([...inventLogs(traffic, { bytes, seed: SEED + 2, linesPerPlanted: 10_000, planted })]);
  const seed = keySeedOf(Buffer.alloc(16, SEED));
  const known = new SeenTable(seed);
  const newTable = (): SeenKeys => new SeenKeys(seed, new SeenTable(seed));

  const scanAll = (seen?: SeenKeys): void => {
    const hits = new HitList();
    for (let at = 0; at < logs.length; at += CHUNK_BYTES) {
      hits.reset();
      scan(table, logs, at, Math.min(logs.length, at + CHUNK_BYTES), hits, seen);
    }
    seen?.flush();
  };
  const screenAll = (seen?: SeenKeys): void => {
    const screen = createScreen(
      table,
      { format: 'raw', ...(seen === undefined ? {} : { seen }) },
      { match: () => undefined },
    );
    for (let at = 0; at < logs.length; at += CHUNK_BYTES) screen.push(logs.subarray(at, at + CHUNK_BYTES));
    screen.end();
  };
  const works: Record<string, () => void> = {
    matcher: () => scanAll(),
    matcher_noting_known: () => scanAll(new SeenKeys(seed, known)),
    matcher_noting_new: () => scanAll(newTable()),
    records: () => screenAll(),
    records_noting_known: () => screenAll(new SeenKeys(seed, known)),
    records_noting_new: () => screenAll(newTable()),
  };
  const rates = new Map(Object.keys(works).map((name): [string, number[]] => [name, []]));
  // By turns, so that other work on the machine slows all of them alike; the first round is compiled while it runs.
  for (let run = 0; run < (isQuick ? 3 : 8); run++) {
    for (const [name, work] of Object.entries(works)) {
      const rate = logs.length / 1e6 / cpuSecondsOf(work);
      if (run > 0) rates.get(name)!.push(rate);
    }
  }
  const rateOf = (name: string): number => median(rates.get(name)!);
  return Object.fromEntries(
    Object.keys(works).map((name) => [
      name,
      { mb_per_cpu_s: round(rateOf(name)), of_rate: round(rateOf(name) / rateOf(name.replace(/_.*/, ''))) },
    ]),
  );
}
