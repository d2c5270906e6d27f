import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '@comity/protocol/base';
import { LogJudge } from './log-judge.ts';
import type { FromLogThread, LogThreadData, ToLogThread } from './thread-messages.ts';

const port = parentPort;
assert(port !== null, 'logs are screened on threads of their own');
const judge = new LogJudge(workerData as LogThreadData, (message: FromLogThread) => {
  port.postMessage(message, message.type === 'records' ? [message.bytes.buffer] : []);
});

/** One after another: a job that waits for a decompressor leaves the thread to others, and jobs are told in order. */
let last = Promise.resolve();
port.on('message', (message: ToLogThread) => {
  // What it throws is a bug; it ends this thread and is thrown where the matches are asked for.
  last = last.then(async () => {
    if (message.type === 'table') judge.useTable(message.memory);
    else await judge.judge(message.job);
  });
});
