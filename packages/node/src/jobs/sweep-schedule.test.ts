import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseRowId } from '@comity/protocol/base';
import { parseStixObject } from '@comity/protocol/stix';
import { createIntel, intelSchema } from '../intel/index.ts';
import type { Candidate, Intel, IntelSource } from '../intel/index.ts';
import { openStore } from '../store/index.ts';
import { startSweepSchedule } from './sweep-schedule.ts';
import { settle, VirtualTime } from './virtual-time.ts';

const root = mkdtempSync(join(tmpdir(), 'comity-sweep-'));
after(() => rmSync(root, { recursive: true, force: true }));
const secondMs = 1000;
const minuteMs = 60 * secondMs;
const feed: IntelSource = {
  id: parseRowId('src-sweep0001'),
  name: 'feed',
  kind: 'feed',
  reliability: 'B',
  defaultTlp: 'green',
};

interface Setup {
  readonly time: VirtualTime;
  readonly intel: Intel;
  /** Imports an indicator that counts between two times, ms from now. */
  readonly take: (name: string, fromMs: number, untilMs: number) => Promise<void>;
  readonly screened: () => string[];
  readonly close: () => Promise<void>;
}

async function setup(): Promise<Setup> {
  const time = new VirtualTime();
  const clock = (): number => time.ms;
  const store = await openStore({ dir: mkdtempSync(join(root, 'data-')), schemas: [intelSchema] }, { clock });
  const intel = await createIntel(store, { clock, uuid: randomUUID });
  const at = (ms: number): string => new Date(time.ms + ms).toISOString();
  const candidate = (name: string, fromMs: number, untilMs: number): Candidate => ({
    place: 'x',
    object: parseStixObject(
      JSON.stringify({
        type: 'indicator',
        spec_version: '2.1',
        id: `indicator--${randomUUID()}`,
        created: at(0),
        modified: at(0),
        pattern: `[domain-name:value = '${name}.example']`,
        pattern_type: 'stix',
        valid_from: at(fromMs),
        valid_until: at(untilMs),
      }),
      'test',
    ),
  });
  return {
    time,
    intel,
    take: async (...args) => {
      const run = await intel.openImport(feed, { format: 'stix', name: 'test' });
      await run.admit([candidate(...args)]);
      await run.finish();
      await settle();
    },
    screened: () => [...intel.feed.activeValues().values].map(({ value }) => value.value.replace('.example', '')),
    close: async () => {
      await intel.close();
      await store.close();
    },
  };
}

test('what is valid until a moment is screened until then, what is valid from one from then on, to the second', async () => {
  const { time, intel, take, screened, close } = await setup();
  const schedule = startSweepSchedule({
    intel,
    clock: () => time.ms,
    timers: time,
    onError: (error) => assert.ifError(error),
  });
  await time.advance(10 * secondMs);
  await take('ends', 0, 90 * secondMs);
  await take('begins', 100 * secondMs, 10 * minuteMs);
  await time.advance(89 * secondMs);
  assert.deepEqual(screened(), ['ends']);
  await time.advance(1 * secondMs);
  assert.deepEqual(screened(), []);
  await time.advance(9 * secondMs);
  assert.deepEqual(screened(), []);
  await time.advance(1 * secondMs);
  assert.deepEqual(screened(), ['begins']);
  await time.advance(10 * minuteMs);
  assert.deepEqual(screened(), []);
  await schedule.stop();
  await close();
});

test('sweeps are a second apart at least and five minutes at most, and none runs after the stop', async () => {
  const time = new VirtualTime();
  const started = time.ms;
  const sweeps: number[] = [];
  const due: number[] = [];
  let tellImport = (): void => undefined;
  const schedule = startSweepSchedule({
    intel: {
      sweep: async () => {
        sweeps.push((time.ms - started) / secondMs);
        return 0;
      },
      nextChangeUs: () => due[0],
      onImport: (fn) => {
        tellImport = fn;
        return () => undefined;
      },
    },
    clock: () => time.ms,
    timers: time,
    onError: (error) => assert.ifError(error),
  });
  await time.advance(0);
  assert.deepEqual(sweeps, [0], 'what came due while nobody looked');
  due.push(time.ms * 1000);
  tellImport();
  await time.advance(3.5 * secondMs);
  assert.deepEqual(sweeps, [0, 1, 2, 3], 'something that stays due spins no faster');
  due.length = 0;
  for (let minute = 0; minute < 11; minute += 1) {
    tellImport();
    await time.advance(minuteMs);
  }
  assert.deepEqual(sweeps.slice(4), [303, 603]);
  await schedule.stop();
  await time.advance(20 * minuteMs);
  assert.equal(sweeps.length, 6);
});

test('a sweep that fails is told and the next comes', async () => {
  const time = new VirtualTime();
  const errors: unknown[] = [];
  const schedule = startSweepSchedule({
    intel: {
      sweep: () => Promise.reject(new Error('planted')),
      nextChangeUs: () => {
        throw new Error('planted');
      },
      onImport: () => () => undefined,
    },
    clock: () => time.ms,
    timers: time,
    onError: (error) => errors.push(error),
  });
  await time.advance(11 * minuteMs);
  assert.equal(errors.length, 6, 'three sweeps, and the look after each');
  await schedule.stop();
});
