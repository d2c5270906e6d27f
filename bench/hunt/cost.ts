import { keySeedOf, SeenKeys, SeenTable } from '../../packages/screen/src/seen/index.ts';
import { kernelOn } from '../../packages/screen/src/kernel/index.ts';
import { fastScan, HitList, scan } from '../../packages/screen/src/match/index.ts';
import { createScreen } from '../../packages/screen/src/record/index.ts';
import { Table } from '../../packages/screen/src/table/index.ts';
import { inventIndicators, inventLogs, inventTraffic } from '../../packages/testkit/src/corpus/index.ts';
import { cpuSecondsOf, median, round } from '../screen/measure.ts';

const SEED = 42;
const CHUNK_BYTES = 256 * 1024;
const NEWLINE = 10;
const BRACE = 123;

type Way = 'without' | 'again' | 'new' | 'plain';

/**
 * What noting values costs, MB a CPU second, each with the share of the rate that is left: `raw` is the kernel and the matcher alone,
 * `records` whole screening of the JSON records among the logs. `again`: every value was noted before; `new`: none was; `plain`: as
 * `again`, by the matcher without its kernel.
 */
export function measureCost(isQuick: boolean): Record<string, unknown> {
  const traffic = inventTraffic(SEED);
  const values = [...inventIndicators(100_000, SEED + 1, traffic.hosts.slice(0, 200))];
  const table = Table.build(
    values.map((value, ref) => ({ value, ref })),
    { seed: SEED },
  );
  const planted = values.slice(0, 1000);
  const bytes = isQuick ? 4_000_000 : 40_000_000;
  const mixed = Buffer.concat([...inventLogs(traffic, { bytes, seed: SEED + 2, linesPerPlanted: 10_000, planted })]);
  const kernel = kernelOn(table.set.memory);
  if (kernel === undefined) throw new Error('Cannot measure the kernel: run "npm run build:kernel"');
  const logs = kernel.allocateInput(mixed.length);
  logs.set(mixed);
  const records = jsonLinesOf(mixed);
  const seed = keySeedOf(Buffer.alloc(16, SEED));
  const newKeys = (): SeenKeys => new SeenKeys(seed, new SeenTable(seed));

  const works: Record<string, (seen?: SeenKeys, withoutKernel?: boolean) => void> = {
    raw(seen, withoutKernel = false) {
      const hits = new HitList();
      for (let at = 0; at < logs.length; at += CHUNK_BYTES) {
        hits.reset();
        const end = Math.min(logs.length, at + CHUNK_BYTES);
        if (withoutKernel) scan(table, logs, at, end, hits, seen);
        else fastScan(table, logs, at, end, hits, 'none', seen);
      }
      seen?.flush();
    },
    records(seen, withoutKernel = false) {
      const screen = createScreen(
        table,
        { withoutKernel, ...(seen === undefined ? {} : { seen }) },
        { match: () => undefined },
      );
      for (let at = 0; at < records.length; at += CHUNK_BYTES) screen.push(records.subarray(at, at + CHUNK_BYTES));
      screen.end();
    },
  };
  const sizes: Record<string, number> = { raw: logs.length, records: records.length };
  return Object.fromEntries(
    Object.entries(works).map(([name, work]) => {
      const known = newKeys();
      const rates: Record<Way, number[]> = { without: [], again: [], new: [], plain: [] };
      // By turns, so that other work on the machine slows all alike; the first round is compiled while it runs.
      for (let run = 0; run < (isQuick ? 3 : 7); run++) {
        const rateOf = (act: () => void): number => sizes[name]! / 1e6 / cpuSecondsOf(act);
        const fresh = rateOf(() => work(newKeys()));
        // What was noted for another is in the way of the first look.
        work(known);
        const again = rateOf(() => work(known));
        const without = rateOf(() => work());
        const plain = rateOf(() => work(known, true));
        if (run === 0) continue;
        for (const [way, rate] of Object.entries({ without, again, new: fresh, plain })) rates[way as Way].push(rate);
      }
      const without = median(rates.without);
      const shareOf = (way: Way): object => ({
        mb_per_cpu_s: round(median(rates[way])),
        of_rate: round(median(rates[way]) / without),
      });
      const noting = { noting_again: shareOf('again'), noting_new: shareOf('new'), noting_plain: shareOf('plain') };
      return [name, { mb_per_cpu_s: round(without), ...noting }];
    }),
  );
}

/** Its lines that are JSON objects. */
function jsonLinesOf(text: Buffer): Buffer {
  const lines: Buffer[] = [];
  for (let start = 0; start < text.length;) {
    const end = text.indexOf(NEWLINE, start) + 1 || text.length;
    if (text[start] === BRACE) lines.push(text.subarray(start, end));
    start = end;
  }
  return Buffer.concat(lines);
}
