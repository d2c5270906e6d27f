import { ComityError } from '@comity/protocol/base';
import { createScreen, formats, Table } from '@comity/screen';
import { readIntelligence } from '../../packages/node/src/connectors/index.ts';
import { createRandom } from '../../packages/testkit/src/index.ts';
import type { Random } from '../../packages/testkit/src/index.ts';
import { mutate } from './mutate.ts';
import { mutateJson } from './mutate-json.ts';
import type { Seed } from './seeds.ts';
import { usePattern } from './use-pattern.ts';
import { useRules } from './use-rules.ts';
import { useStix } from './use-stix.ts';
import { useTime } from './use-time.ts';

export interface FuzzOptions {
  readonly count: number;
  readonly seed: number;
  /** Longest time of the processor one mutant may take: a machine that is busy with other things makes no fault. */
  readonly mutantMsMax: number;
  /** Called after each mutant with how many there were. */
  readonly onMutant?: (count: number) => void;
}

interface FuzzFault {
  /** Number of the mutant: the same seed and number make the same bytes. */
  readonly number: number;
  readonly start: string;
  readonly reason: string;
  readonly bytes: Uint8Array;
}

export interface FuzzResult {
  readonly mutants: number;
  readonly items: number;
  readonly rejected: number;
  readonly slowestMs: number;
  readonly faults: readonly FuzzFault[];
}

/** What is done with a mutant; throws what the code under test throws. */
export type Use = (bytes: Uint8Array, random: Random, name: string) => Promise<{ items: number; rejected: number }>;

/** What reads each kind of seed in the product. */
export const productUses: Readonly<Record<Seed['use'], Use>> = {
  intelligence: useIntelligence,
  pattern: usePattern,
  records: useRecords,
  rules: useRules,
  stix: useStix,
  time: useTime,
};

/** How often each is drawn: documents of STIX and patterns most, what takes long for what it finds less. */
const shares: readonly (readonly [Seed['use'], number])[] = [
  ['stix', 6],
  ['pattern', 6],
  ['intelligence', 5],
  ['records', 2],
  ['time', 1],
];
const draws = shares.flatMap(([use, share]) => Array.from({ length: share }, () => use));

/** Faults after which a run stops: a broken parser says the same thing a thousand times. */
const faultsMax = 20;

/**
 * Feeds mutants of the seeds to the parsers. A fault is any error that is not a {@link ComityError}, an error without a
 * message, and a mutant that took too long.
 */
export async function fuzz(
  seeds: readonly Seed[],
  uses: Readonly<Record<Seed['use'], Use>>,
  options: FuzzOptions,
): Promise<FuzzResult> {
  const faults: FuzzFault[] = [];
  let items = 0;
  let rejected = 0;
  let slowestMs = 0;
  let number = 0;
  const byUse = Map.groupBy(seeds, ({ use }) => use);
  for (; number < options.count && faults.length < faultsMax; number += 1) {
    const first = await runOne(byUse, uses, options, number);
    // A collection of garbage that others left is no fault: what is slow is slow twice.
    const { start, bytes, outcome } = first;
    const tookMs =
      first.tookMs > options.mutantMsMax ? (await runOne(byUse, uses, options, number)).tookMs : first.tookMs;
    items += outcome.items;
    rejected += outcome.rejected;
    slowestMs = Math.max(slowestMs, tookMs);
    const reason = first.reason ?? (tookMs > options.mutantMsMax ? `it took ${Math.round(tookMs)} ms` : undefined);
    if (reason !== undefined) faults.push({ number, start, reason, bytes });
    options.onMutant?.(number + 1);
  }
  return { mutants: number, items, rejected, slowestMs, faults };
}

interface One {
  readonly start: string;
  readonly bytes: Uint8Array;
  readonly outcome: { readonly items: number; readonly rejected: number };
  readonly reason: string | undefined;
  readonly tookMs: number;
}

async function runOne(
  byUse: ReadonlyMap<Seed['use'], readonly Seed[]>,
  uses: Readonly<Record<Seed['use'], Use>>,
  options: FuzzOptions,
  number: number,
): Promise<One> {
  // A generator of its own for each mutant, so that a fault is found again by its number alone.
  const random = createRandom((options.seed ^ Math.imul(number + 1, 0x9e3779b1)) >>> 0);
  const alike = byUse.get(random.pick(draws)) ?? [];
  const seed = random.pick(alike);
  const isJson = seed.use === 'stix' && random.below(4) > 0;
  const bytes = isJson
    ? Buffer.from(mutateJson(Buffer.from(seed.bytes).toString('utf8'), random), 'utf8')
    : mutate(seed.bytes, random.pick(alike).bytes, random);
  const began = cpuMs();
  let outcome = { items: 0, rejected: 0 };
  let reason: string | undefined;
  try {
    outcome = await uses[seed.use](bytes, random, seed.name);
  } catch (error) {
    if (!(error instanceof ComityError))
      reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    else if (error.message === '') reason = `an error ${error.code} without a message`;
    else outcome = { items: 0, rejected: 1 };
  }
  return { start: seed.name, bytes, outcome, reason, tookMs: cpuMs() - began };
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

async function useIntelligence(bytes: Uint8Array, random: Random, name: string): ReturnType<Use> {
  let items = 0;
  let rejected = 0;
  const input = { name: random.below(4) === 0 ? `${name}.csv` : name, chunks: inChunks(bytes, random) };
  for await (const item of readIntelligence(input)) {
    items += 1;
    if (item.kind !== 'rejected') continue;
    rejected += 1;
    if (!(item.error instanceof ComityError)) throw new Error(`a rejection with a foreign error at ${item.place}`);
    if (item.place === '') throw new Error(`a rejection without a place: ${item.error.message}`);
  }
  return { items, rejected };
}

async function* inChunks(bytes: Uint8Array, random: Random): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length;) {
    const length = 1 + random.below(random.below(3) === 0 ? 8 : 4096);
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

const table = Table.build([
  { value: { kind: 'domain', value: 'evil.example' }, ref: 1 },
  { value: { kind: 'ipv4', value: '192.0.2.0/24' }, ref: 2 },
  { value: { kind: 'ipv4', value: '198.51.100.7', port: 53 }, ref: 3 },
  { value: { kind: 'url', value: 'evil.example/a' }, ref: 4 },
  { value: { kind: 'sha1', value: 'da39a3ee5e6b4b0d3255bfef95601890afd80709' }, ref: 5 },
]);

function useRecords(bytes: Uint8Array, random: Random): ReturnType<Use> {
  let items = 0;
  const format = random.below(2) === 0 ? 'auto' : random.pick(formats).name;
  const screen = createScreen(table, { format }, { match: () => void (items += 1) });
  for (let at = 0; at < bytes.length;) {
    const length = 1 + random.below(2048);
    screen.push(bytes.subarray(at, at + length));
    at += length;
  }
  screen.end();
  if (screen.offset > bytes.length) throw new Error(`the screen judged ${screen.offset} bytes of ${bytes.length}`);
  return Promise.resolve({ items, rejected: 0 });
}
