/** What the tests of this subject share; used by tests only. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { parseRowId, parseStixId } from '@comity/protocol/base';
import type { StixId } from '@comity/protocol/base';
import { parseStixObject } from '@comity/protocol/stix';
import type { ListedValue } from '@comity/protocol/values';
import { openStore } from '../store/index.ts';
import type { Store } from '../store/index.ts';
import { createIntel, intelSchema } from './index.ts';
import type { Candidate, ExportGate, Intel, IntelSource, Outcome } from './index.ts';

const root = mkdtempSync(join(tmpdir(), 'comity-intel-'));
after(() => rmSync(root, { recursive: true, force: true }));
export const dayMs = 86_400_000;
let folders = 0;

/** A store and its intelligence in a folder of their own, with a clock the test turns. */
export interface Bench {
  readonly store: Store;
  readonly intel: Intel;
  readonly dir: string;
  nowMs: number;
  close(): Promise<void>;
}

export async function open(dir = join(root, `data-${(folders += 1)}`), nowMs = Date.UTC(2026, 0, 10)): Promise<Bench> {
  const bench = { nowMs };
  const clock = (): number => bench.nowMs;
  const store = await openStore({ dir, schemas: [intelSchema] }, { clock });
  const intel = await createIntel(store, { clock, uuid: () => crypto.randomUUID() });
  return Object.assign(bench, {
    store,
    intel,
    dir,
    close: async () => {
      await intel.close();
      await store.close();
    },
  });
}

export const source = (name: string, rest: Partial<IntelSource> = {}): IntelSource => ({
  id: parseRowId(`src-${name.padEnd(8, '0')}`),
  name,
  kind: 'file',
  reliability: 'B',
  defaultTlp: 'green',
  ...rest,
});
export const alpha = source('alpha');
export const beta = source('beta', { reliability: 'A' });

export async function admit(bench: Bench, from: IntelSource, candidates: readonly Candidate[]): Promise<Outcome[]> {
  const run = await bench.intel.openImport(from, { format: 'test', name: 'test' });
  const outcomes = await run.admit(candidates);
  await run.finish();
  return outcomes;
}
export const listed = (kind: ListedValue['kind'], value: string, port?: number): Candidate => ({
  value: port === undefined ? { kind, value } : { kind, value, port },
  place: 'line 1',
});
export const uuidOf = (number: number): string => `00000000-0000-4000-8000-${number.toString().padStart(12, '0')}`;
export const indicatorId = (number: number): StixId => parseStixId(`indicator--${uuidOf(number)}`);
export const indicator = (number: number, pattern: string, rest: Record<string, unknown> = {}): Candidate => ({
  object: parseStixObject(
    JSON.stringify({
      type: 'indicator',
      spec_version: '2.1',
      id: indicatorId(number),
      created: '2026-01-01T00:00:00.000Z',
      modified: '2026-01-01T00:00:00.000Z',
      pattern,
      pattern_type: 'stix',
      valid_from: '2026-01-01T00:00:00Z',
      ...rest,
    }),
    'test',
  ),
  place: `objects[${number}]`,
});
export const object = (value: Record<string, unknown>): Candidate => ({
  object: parseStixObject(JSON.stringify({ spec_version: '2.1', ...value }), 'test'),
  place: 'objects[0]',
});
export const screened = (bench: Bench): string[] =>
  [...bench.intel.feed.activeValues().values]
    .map(({ value }) => `${value.value}${value.port === undefined ? '' : `:${value.port}`}`)
    .toSorted();
export const kinds = (outcomes: readonly Outcome[]): string[] => outcomes.map((outcome) => outcome.kind);
/** Lets everything through as it is. */
export const openGate: ExportGate = {
  admit: (objects) => objects.map((each) => ({ object: each, text: each.text, definitions: [] })),
  check: () => undefined,
  room: async () => undefined,
  label: undefined,
  forOthers: false,
};
