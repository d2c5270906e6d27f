import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '@comity/protocol/base';
import type { FromWalk, ToWalk, WalkData } from './thread-messages.ts';
import { walkFiles } from './walk-files.ts';
import type { WalkStep } from './walk-files.ts';

/** Steps of a message, and messages that may wait to be taken: the walk is never far ahead of the reading. */
const batchSteps = 256;
const untakenMax = 4;

const port = parentPort;
assert(port !== null, 'a walk runs on a thread of its own');
const walk = walkFiles((workerData as WalkData).paths);
let untaken = 0;

function walkOn(): void {
  while (untaken < untakenMax) {
    const steps: WalkStep[] = [];
    let isLast = false;
    while (steps.length < batchSteps && !isLast) {
      const next = walk.next();
      if (next.done === true) isLast = true;
      else steps.push(next.value);
    }
    untaken++;
    port?.postMessage({ steps, isLast } satisfies FromWalk);
    if (isLast) {
      port?.close();
      return;
    }
  }
}

port.on('message', (message: ToWalk) => {
  if (message === 'taken') untaken--;
  walkOn();
});
walkOn();
