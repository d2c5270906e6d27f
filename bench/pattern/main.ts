import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { JsonObject, JsonValue } from '../../packages/protocol/src/base/index.ts';
import {
  compilePattern,
  createPatternStream,
  observationsOf,
  parsePattern,
} from '../../packages/protocol/src/pattern/index.ts';
import type { Observation } from '../../packages/protocol/src/pattern/index.ts';
import { observationOf } from '../../packages/screen/src/observe/index.ts';
import { cpuSecondsOf, median, round } from '../screen/measure.ts';
import { inventPatterns, inventRecords, patternMix } from './invent.ts';
import { measurePeers } from './peers.ts';

const SEED = 42;
/** Patterns and observations the peers get, and we beside them. */
const PEER_PATTERNS = 200;
const PEER_OBSERVATIONS = 50;

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** 20 k records, one run, no peers. */
    quick: { type: 'boolean', default: false },
    'no-peers': { type: 'boolean', default: false },
    patterns: { type: 'string' },
    records: { type: 'string' },
    runs: { type: 'string' },
  },
});
const patternCount = Number(options.patterns ?? 10_000);
const recordCount = Number(options.records ?? (options.quick ? 20_000 : 200_000));
const runs = Number(options.runs ?? (options.quick ? 1 : 5));

const patterns = inventPatterns(patternCount, SEED);
const records = inventRecords(recordCount, SEED + 1);

const report = {
  parse_per_cpu_s: measureParsing(),
  stream: measureStream(),
  match: measureMatching(),
  patterns: patterns.length,
  pattern_mix_percent: patternMix,
  records: recordCount,
  seed: SEED,
  machine: `${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
  runs,
};
process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : textOf(report));

function measureParsing(): number {
  const rates = Array.from({ length: runs + 1 }, () => {
    let chars = 0;
    const seconds = cpuSecondsOf(() => {
      for (let round = 0; round < 10; round++)
        for (const text of patterns) chars += parsePattern(text).root.kind.length;
    });
    return chars === 0 ? 0 : (patterns.length * 10) / seconds;
  });
  return round(median(rates.slice(1)));
}

/**
 * Records a CPU second with every pattern live, observations made of records as they come; then judging alone. In this
 * order, as a stream keeps no observations and a heap that does costs it CPU.
 */
function measureStream(): object {
  let stream = createPatternStream();
  const addS = cpuSecondsOf(() => addAll(stream));
  let matches = 0;
  const judge = (each: Observation): void => {
    matches += stream.advance(each, each.firstUs).length;
  };
  const rate = (pass: () => void): number => {
    const rates = Array.from({ length: runs + 1 }, () => {
      stream = createPatternStream();
      addAll(stream);
      matches = 0;
      return records.length / cpuSecondsOf(pass);
    });
    return round(median(rates.slice(1)));
  };
  const whole = rate(() => {
    for (const record of records) {
      const observation = observationOf('zeek-json', record, 0);
      if (observation !== undefined) judge(observation);
    }
  });
  const observations = records.flatMap((record) => observationOf('zeek-json', record, 0) ?? []);
  const judged = rate(() => observations.forEach(judge));
  return {
    records_per_cpu_s: judged,
    with_mapping_per_cpu_s: whole,
    add_us_per_pattern: round((addS * 1e6) / patterns.length),
    matches,
    figures: stream.figures,
  };
}

function addAll(stream: ReturnType<typeof createPatternStream>): void {
  for (const [index, text] of patterns.entries()) stream.add(String(index), text);
}

/** Patterns a CPU second, compiled, each asked of the same observations as the OASIS matcher is. */
function measureMatching(): object {
  const step = Math.floor(patterns.length / PEER_PATTERNS);
  const piece = patterns.filter((_, index) => index % step === 0).slice(0, PEER_PATTERNS);
  const objects = observedData(records.slice(0, PEER_OBSERVATIONS));
  const observations = observationsOf(objects);
  const compiled = piece.map((text) => compilePattern(parsePattern(text)));
  let matched = 0;
  const rates = Array.from({ length: runs + 1 }, () => {
    matched = 0;
    const seconds = cpuSecondsOf(() => {
      for (let round = 0; round < 20; round++)
        for (const each of compiled) if (each.match(observations).matched) matched++;
    });
    return (compiled.length * 20) / seconds;
  });
  const dir = mkdtempSync(join(tmpdir(), 'comity-bench-'));
  try {
    const peers =
      options.quick || options['no-peers'] ? { skipped: 'not asked for' } : measurePeers(dir, piece, objects);
    return {
      match_per_cpu_s: round(median(rates.slice(1))),
      matched: matched / 20,
      observations: observations.length,
      'python stix2-patterns and stix2-matcher': peers,
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The observations of records as STIX objects, so that the peers read the same. */
function observedData(from: readonly JsonObject[]): JsonObject[] {
  return from.flatMap((record, index) => {
    const observation = observationOf('zeek-json', record, 0);
    if (observation === undefined) return [];
    const idOf = (name: JsonValue): string => {
      const type = typeof name === 'string' ? observation.objects.get(name)?.['type'] : undefined;
      return `${typeof type === 'string' ? type : 'none'}--${index}-${JSON.stringify(name)}`;
    };
    const objects = [...observation.objects].map(([name, object]): JsonObject => ({
      ...renamed(object, idOf),
      id: idOf(name),
    }));
    const at = new Date(observation.firstUs / 1000).toISOString();
    return [
      {
        type: 'observed-data',
        id: `observed-data--${index}`,
        first_observed: at,
        last_observed: at,
        number_observed: 1,
        object_refs: objects.map(({ id }) => id ?? null),
      },
      ...objects,
    ];
  });
}

function renamed(object: JsonObject, idOf: (name: JsonValue) => string): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => {
      if (key.endsWith('_ref')) return [key, idOf(value)];
      return [key, key.endsWith('_refs') && Array.isArray(value) ? value.map(idOf) : value];
    }),
  );
}

function textOf(whole: object): string {
  const rows = Object.entries(whole).map(([name, value]) => `${name.padEnd(22)} ${JSON.stringify(value)}`);
  return `${rows.join('\n')}\n`;
}
