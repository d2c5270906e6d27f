import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  hunt,
  listRuns,
  openSeenFolder,
  SeenKeys,
  SeenTable,
  tendRuns,
  writeTable,
} from '../../packages/screen/src/seen/index.ts';
import type { KeySeed } from '../../packages/screen/src/seen/index.ts';
import { median, round } from '../screen/measure.ts';
import { measureCost } from './cost.ts';
import { inventQuestions, Site } from './site.ts';

const SEED = 42;
const SHOWN = 50;
const FIRST_DAY = 20_000;
const DAY_MS = 86_400_000;

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** One day of 200,000 values, a small piece of logs. */
    quick: { type: 'boolean', default: false },
    days: { type: 'string' },
    /** Distinct values a day. */
    values: { type: 'string' },
    sources: { type: 'string' },
    indicators: { type: 'string' },
    /** Only what it costs the matcher. */
    cost: { type: 'boolean', default: false },
    'no-cost': { type: 'boolean', default: false },
  },
});
const days = Number(options.days ?? (options.quick ? 1 : 3));
const valuesPerDay = Number(options.values ?? (options.quick ? 200_000 : 1_000_000));
const sources = Number(options.sources ?? 4);
const indicators = Number(options.indicators ?? 1000);

const report: Record<string, unknown> = {
  machine: `${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
};
if (!options.cost) Object.assign(report, runSite());
if (!options['no-cost']) report['screening'] = measureCost(options.quick);
process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${JSON.stringify(report, undefined, 2)}\n`);

function runSite(): Record<string, unknown> {
  const dir = mkdtempSync(join(tmpdir(), 'comity-bench-hunt-'));
  try {
    const seed = openSeenFolder(dir);
    const site = new Site(SEED, valuesPerDay, sources);
    const shown = { value: 0, mergeS: 0, noteS: 0 };
    const startedS = cpuSeconds();
    for (let day = 0; day < days; day++) {
      for (let hour = 0; hour < 24; hour++) shown.value += showHour(dir, seed, site, day, hour);
      const mergedS = cpuSeconds();
      // As it is when the next day begins.
      const steps = tendRuns(dir, seed, { daysMax: 10_000, bytesMax: 1e15 }, (FIRST_DAY + day + 1) * DAY_MS);
      while (steps.next().done !== true);
      shown.mergeS += cpuSeconds() - mergedS;
    }
    const allS = cpuSeconds() - startedS;
    const { runs, damaged } = listRuns(dir, seed);
    const sum = (of: (run: (typeof runs)[number]) => number): number => runs.reduce((total, run) => total + of(run), 0);
    const bytes = sum((run) => run.bytes);
    return {
      days,
      distinct_values_a_day: valuesPerDay,
      sources,
      value_hours: shown.value,
      keys: sum((run) => run.keys),
      key_hours: sum((run) => run.cells),
      mb: round(bytes / 1e6),
      bytes_per_value_hour: round(bytes / shown.value),
      runs: runs.length,
      damaged: damaged.length,
      value_hours_per_cpu_s: round(shown.value / allS),
      merge_share_of_cpu: round(shown.mergeS / allS),
      ...askAll(dir, seed, site),
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Notes what the sources show in an hour; returns how many values that were. */
function showHour(dir: string, seed: KeySeed, site: Site, day: number, hour: number): number {
  let values = 0;
  for (let source = 0; source < sources; source++) {
    const table = new SeenTable(seed);
    const seen = new SeenKeys(seed, table);
    for (const number of site.numbersOf(day, hour, source)) {
      if (values++ % 64 === 0) {
        seen.flush();
        table.minute = Math.floor((values / 64) % 60);
      }
      site.show(seen, number);
    }
    seen.flush();
    writeTable(dir, seed, table, source, (FIRST_DAY + day) * 24 + hour);
  }
  return values;
}

/** Asks for indicators of which some were shown, in a known hour each; says whether they were found there. */
function askAll(dir: string, seed: KeySeed, site: Site): Record<string, unknown> {
  const places = Array.from({ length: SHOWN }, (_, index) => {
    const day = index % days;
    const hour = (index * 7) % 24;
    const source = index % sources;
    const numbers = [...site.numbersOf(day, hour, source)];
    return {
      number: numbers[Math.floor((numbers.length * (index + 1)) / (SHOWN + 2))]!,
      hour: day * 24 + hour,
      source,
    };
  });
  const questions = inventQuestions(
    site,
    places.map(({ number }) => number),
    indicators,
    SEED + 1,
  );
  const times: number[] = [];
  let answer = hunt(dir, seed, []);
  for (let run = 0; run < 5; run++) {
    const startedMs = performance.now();
    answer = hunt(dir, seed, questions);
    times.push((performance.now() - startedMs) / 1000);
  }
  const missed = places.filter(
    ({ hour, source }, index) =>
      !answer.places.some(
        (place) =>
          place.index === index &&
          place.basis === 'value' &&
          place.hour === FIRST_DAY * 24 + hour &&
          place.source === source,
      ),
  );
  const madeUp = answer.places.filter(({ index, basis }) => index >= SHOWN && basis === 'value');
  if (missed.length > 0 || madeUp.length > 0) process.exitCode = 1;
  return {
    indicators,
    answer_s: round(median(times)),
    answer_s_first: round(times[0]!),
    places: answer.places.length,
    shown_and_found: SHOWN - missed.length,
    shown: SHOWN,
    found_but_not_shown: madeUp.length,
  };
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
