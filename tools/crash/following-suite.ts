import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Table } from '../../packages/screen/src/index.ts';
import { FileTracker } from '../../packages/node/src/screening/file-tracker.ts';
import { Outbox, Traffic } from '../../packages/node/src/screening/outbox.ts';
import type { Batch, StreamState } from '../../packages/node/src/screening/worker-messages.ts';
import { createRandom } from '../../packages/testkit/src/index.ts';
import type { Random } from '../../packages/testkit/src/index.ts';
import { compareMatches } from './compare-matches.ts';
import type { CrashOptions, CrashResult, CrashSuite } from './crash-suite.ts';
import type { WriterData } from './log-writer.worker.ts';

/** Deaths of one log: with more, the generations it keeps would not do. */
const killsALog = 100;
const lifeMs = 40;
const deathMs = 30;
/** How long the last life goes on once the log has stopped growing. */
const settledMs = 2500;
const writerPausesMs = [13, 26, 39, 52];

/**
 * Following a log survives the death of whoever follows it, many times a second: one process, no database, and a log that
 * grows and is rotated on a thread of its own. What was reported and not yet on record when it dies is gone.
 */
export const followingSuite: CrashSuite = {
  name: 'following',
  run: async ({ kills, seed, say }) => {
    const faults: string[] = [];
    let faultCount = 0;
    let checked = 0;
    for (let done = 0; done < kills; done += killsALog) {
      const log = await runLog({ kills: Math.min(killsALog, kills - done), seed: seed + done, say });
      faults.push(...log.faults);
      faultCount += log.faultCount;
      checked += log.matches;
    }
    return { kills, checked: `${checked} matches`, faults: faults.slice(0, 20), faultCount } satisfies CrashResult;
  },
};

async function runLog({ kills, seed, say }: CrashOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'comity-crash-following-'));
  const random = createRandom(seed);
  const pauseMs = random.pick(writerPausesMs);
  const workerData: WriterData = { folder, name: 'app.log', seed, pauseMs };
  const recorded = new Recorded(join(folder, 'app.log'), random);
  const writer = new Worker(new URL('./log-writer.worker.ts', import.meta.url), { workerData });
  try {
    await once(writer, 'message');
    for (let kill = 0; kill < kills; kill++) {
      await recorded.live(random.below(lifeMs), 'and die');
      await setTimeout(random.below(deathMs));
    }
    writer.postMessage('end');
    const [written] = (await once(writer, 'message')) as [string[]];
    await recorded.live(settledMs, 'to the end');
    const compared = compareMatches(written, recorded.values, new Set());
    if (compared.faultCount === 0) rmSync(folder, { recursive: true, force: true });
    else say(`following: the log of seed ${seed} is kept in ${folder}`);
    return { ...compared, matches: written.length };
  } finally {
    await writer.terminate();
  }
}

/** What is on record of one log, whoever follows it now. */
class Recorded {
  /** One entry a match. */
  readonly values: string[] = [];
  readonly #file: string;
  readonly #random: Random;
  readonly #createdMs = Date.now() - 1000;
  readonly #streams = new Map<number, StreamState>();
  readonly #seen = new Set<string>();
  readonly #table = Table.build(
    ['evil.example', 'late.example'].map((value, ref) => ({ value: { kind: 'domain', value }, ref })),
    { seed: 1 },
  );

  constructor(file: string, random: Random) {
    this.#file = file;
    this.#random = random;
  }

  async live(durationMs: number, how: 'and die' | 'to the end'): Promise<void> {
    const reported: Batch[] = [];
    const traffic = new Traffic(
      (message) => message.type === 'batch' && reported.push(message.batch),
      () => 0,
    );
    const outbox = new Outbox(1, 1, traffic);
    const tracker = this.#track(outbox);
    const endMs = performance.now() + durationMs;
    while (performance.now() < endMs) {
      const hasMore = tracker.step();
      // Some of it is on record at once, some later or never; always in order.
      const count = how === 'to the end' ? reported.length : this.#random.below(4);
      for (const batch of reported.splice(0, this.#random.below(3) === 0 && how === 'and die' ? 0 : count)) {
        this.#commit(batch);
        outbox.committed(batch.epoch, batch.number);
      }
      await (hasMore ? setImmediate() : setTimeout(1));
    }
  }

  #track(outbox: Outbox): FileTracker {
    const streams = [...this.#streams.values()].toSorted((a, b) => a.number - b.number);
    const nextStream = Math.max(0, ...this.#streams.keys()) + 1;
    const place = {
      source: 1,
      epoch: 1,
      kind: 'file',
      location: this.#file,
      label: this.#file,
      format: 'auto',
    } as const;
    const spec = { ...place, nextStream, createdMs: this.#createdMs, streams };
    const times = { pollMs: 5, rotationGraceMs: 100, partialLineMs: 60_000 };
    return new FileTracker(
      { spec, times, list: () => [this.#file] },
      { table: () => this.#table, outbox, now: () => performance.now(), wake: () => undefined },
    );
  }

  /** As the store does: a match that is on record already stays one. */
  #commit({ stream, state, matches }: Batch): void {
    if (state !== undefined) this.#streams.set(state.number, state);
    for (const { offset, value } of matches) {
      const place = `${stream} ${offset} ${value}`;
      if (this.#seen.has(place)) continue;
      this.#seen.add(place);
      this.values.push(value);
    }
  }
}
