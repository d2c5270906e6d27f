import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { JsonObject } from '../../packages/protocol/src/base/index.ts';
import { createSigmaEngine, readSigma } from '../../packages/protocol/src/sigma/index.ts';
import type { SigmaDocument, SigmaEvent } from '../../packages/protocol/src/sigma/index.ts';
import { sigmaEventOf } from '../../packages/screen/src/event/index.ts';
import { findShared } from '../../packages/testkit/src/index.ts';
import { cpuSecondsOf, median, round } from '../screen/measure.ts';
import { eventMix, inventEvents } from './invent.ts';
import { measureAzuma } from './peers.ts';
import type { PeerRecord } from './peers.ts';

const SEED = 42;
/** Records the naive way and the peer get. */
const NAIVE_SHARE = 10;
const PEER_RECORDS = 2000;
/** SigmaHQ's rules: a choice without process creation on Windows, and the ones regression tests are about, which are of that. */
const ruleSets = {
  'sigma-rules': ['data/sigma-rules'],
  'with regression rules': ['data/sigma-rules', 'vectors/sigma/rules'],
} as const;

/** Categories of the events for the peer. */
const categories: Readonly<Record<number, string>> = {
  1: 'process_creation',
  3: 'network_connection',
  7: 'image_load',
  11: 'file_event',
  13: 'registry_set,registry_event',
  22: 'dns_query',
};

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** 20 k records, one run, no peers. */
    quick: { type: 'boolean', default: false },
    'no-peers': { type: 'boolean', default: false },
    records: { type: 'string' },
    runs: { type: 'string' },
  },
});
const recordCount = Number(options.records ?? (options.quick ? 20_000 : 100_000));
const runs = Number(options.runs ?? (options.quick ? 1 : 5));

const missing = Object.values(ruleSets)
  .flat()
  .find((folder) => findShared(folder) === undefined);
if (missing !== undefined) {
  process.stderr.write(`SKIPPED bench sigma: foreign data ${missing} is not on this machine\n`);
} else {
  const records = inventEvents(recordCount, SEED);
  const report = {
    sets: Object.fromEntries(Object.entries(ruleSets).map(([name, folders]) => [name, measureSet(folders, records)])),
    records: recordCount,
    record_mix_percent: eventMix,
    seed: SEED,
    machine: `${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
    runs,
  };
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${JSON.stringify(report, undefined, 2)}\n`);
}

/** Records a CPU second with every rule of the folders loaded: through the index, all rules asked, and a peer. */
function measureSet(folders: readonly string[], records: readonly JsonObject[]): object {
  const texts = folders.flatMap((folder) =>
    globSync(join(findShared(folder) ?? folder, '**/*.yml'))
      .sort()
      .map((file) => readFileSync(file, 'utf8')),
  );
  let documents: SigmaDocument[] = [];
  let engine = createSigmaEngine([]);
  const loadS = cpuSecondsOf(() => {
    documents = texts.flatMap((text) => readSigma(text).flatMap(({ document }) => document ?? []));
    engine = createSigmaEngine(documents);
  });
  const { rules } = engine.figures;
  const withMapping = rateOf(records, (record) => engine.advance(sigmaEventOf('windows', { record }), 0).length);
  const { asked, events } = engine.figures;
  const mapped = records.map((record) => sigmaEventOf('windows', { record }));
  const judged = rateOf(mapped, (event) => engine.advance(event, 0).length);
  const naiveEngine = createSigmaEngine(documents, { indexed: false });
  const few: readonly SigmaEvent[] = mapped.slice(0, Math.ceil(mapped.length / NAIVE_SHARE));
  const naive = rateOf(few, (event) => naiveEngine.advance(event, 0).length);
  const same = few.reduce((sum, event) => sum + engine.advance(event, 0).length, 0);
  if (same !== naive.matches) throw new Error(`the index finds ${same}, asking every rule ${naive.matches}`);
  const asPeer = mapped.slice(0, PEER_RECORDS).reduce((sum, event) => sum + engine.advance(event, 0).length, 0);
  return {
    rules,
    load_s: round(loadS),
    records_per_cpu_s: judged.rate,
    with_mapping_per_cpu_s: withMapping.rate,
    rules_asked_per_record: Math.round((asked / events) * 100) / 100,
    matches: judged.matches,
    naive: {
      records_per_cpu_s: naive.rate,
      rules_asked_per_record: Math.round((naiveEngine.figures.asked / naiveEngine.figures.events) * 100) / 100,
      index_is_faster_by: Math.round((judged.rate / naive.rate) * 10) / 10,
    },
    matches_in_what_the_peer_gets: asPeer,
    'python azuma': options.quick || options['no-peers'] ? { skipped: 'not asked for' } : measurePeer(texts, records),
  };
}

function rateOf<T>(
  given: readonly T[],
  judge: (each: T) => number,
): { readonly rate: number; readonly matches: number } {
  let matches = 0;
  const rates = Array.from({ length: runs + 1 }, () => {
    matches = 0;
    const seconds = cpuSecondsOf(() => {
      for (const each of given) matches += judge(each);
    });
    return given.length / seconds;
  });
  return { rate: round(median(rates.slice(1))), matches };
}

/** The peer is given flat records and which rules to ask, so that it is timed for evaluating alone. */
function measurePeer(texts: readonly string[], records: readonly JsonObject[]): object {
  const dir = mkdtempSync(join(tmpdir(), 'comity-bench-'));
  try {
    const given = records.slice(0, PEER_RECORDS).map((record): PeerRecord => {
      const { System: system, EventData: data } = record['Event'] as { System: JsonObject; EventData: JsonObject };
      return {
        category: categories[Number(system['EventID'])] ?? '',
        fields: { ...data, EventID: system['EventID']! },
      };
    });
    return measureAzuma(dir, texts, given);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
