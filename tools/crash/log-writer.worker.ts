import { parentPort, workerData } from 'node:worker_threads';
import { setTimeout } from 'node:timers/promises';
import { createRandom } from '../../packages/testkit/src/index.ts';
import { LogWriter } from './log-writer.ts';

/** A log that grows and is rotated on a thread of its own, until it is told to end; then it says what it wrote. */
export interface WriterData {
  readonly folder: string;
  readonly name: string;
  readonly seed: number;
  /** Between two bursts of it, at most. */
  readonly pauseMs: number;
}

const actsAtOnce = 4;

const port = parentPort;
if (port === null) throw new Error('Assertion failed: this file runs on a worker thread');
const { folder, name, seed, pauseMs } = workerData as WriterData;
const random = createRandom(seed);
const writer = new LogWriter(folder, name, 'line', random);
let isOver = false;
port.once('message', () => (isOver = true));

writer.act();
port.postMessage('begun');
while (!isOver) {
  for (let act = random.below(actsAtOnce); act >= 0; act--) writer.act();
  await setTimeout(random.below(pauseMs));
}
writer.finish();
port.postMessage(writer.written);
