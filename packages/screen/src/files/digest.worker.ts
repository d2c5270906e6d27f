import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '@comity/protocol/base';
import { digestFile } from './digest-file.ts';
import type { FileOutcome } from './outcome.ts';
import type { DigestData, FromDigest, ToDigest } from './thread-messages.ts';

const port = parentPort;
assert(port !== null, 'files are read on threads of their own');
const { kinds, limits, readBytes } = workerData as DigestData;
const onRead = (bytes: number): void => void Atomics.add(readBytes, 0, BigInt(bytes));

async function digestAll(paths: ToDigest): Promise<void> {
  const outcomes: FileOutcome[] = [];
  for (const path of paths) outcomes.push(await digestFile(path, { kinds, limits, onRead }));
  port?.postMessage(outcomes satisfies FromDigest);
}

/** Jobs one after another: a job that waits for a decompressor leaves the thread to others, and answers come in order. */
let last = Promise.resolve();
port.on('message', (paths: ToDigest) => {
  // What it throws is a bug; it ends this thread and is thrown where the files are asked for.
  last = last.then(async () => digestAll(paths));
});
