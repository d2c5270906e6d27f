import { randomInt } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { openSeenFolder } from '@comity/screen';
import type { Table } from '@comity/screen';
import { collectAll } from './collect-all.ts';
import { FileTracker } from './file-tracker.ts';
import { listFolder, parseFolder } from './folder-files.ts';
import { Outbox, Traffic } from './outbox.ts';
import { PatternFollower } from './pattern-follower.ts';
import { PushedRecords } from './pushed-records.ts';
import type { Runner, RunnerDeps } from './runner.ts';
import { SyslogListener } from './syslog-listener.ts';
import { SeenDesk } from './seen/seen-notes.ts';
import { TableFollower } from './table-follower.ts';
import { UploadReader } from './upload-reader.ts';
import type { ValueReaderModule } from './value-reader.ts';
import type { FromWorker, SourceSpec, ToWorker, WorkerData } from './worker-messages.ts';

/** How often changes of the table are asked for though nobody said that there are any. */
const askMs = 500;
/** A table smaller than this leaves less behind than a collection is worth, which takes some 10 ms. */
const collectedFromValues = 50_000;

const data = workerData as WorkerData;
const port = parentPort;
if (port === null) throw new Error('Assertion failed: this file runs on a worker thread');

const post = (message: FromWorker): void => port.postMessage(message);
const now = (): number => performance.now();

const { openValueReader } = (await import(data.valueReaderModule)) as ValueReaderModule;
const reader = await openValueReader({ dir: data.dir });
const follower = new TableFollower(reader, randomInt(2 ** 32));
// What loading left behind is not given back by itself: a thread that only screens allocates nothing.
if (follower.table.count >= collectedFromValues) collectAll();
const patterns = new PatternFollower(reader, Date.now);
await patterns.follow();
const traffic = new Traffic(post, () => follower.sequence);
const desk = openDesk();
/** By source; kept until the source has stopped, so that what it waits for while stopping arrives. */
const outboxes = new Map<number, Outbox>();
const running = new Map<number, { readonly runner: Runner; readonly outbox: Outbox; said: string }>();

let isClosed = false;
let wake: (() => void) | undefined;
const wakeUp = (): void => wake?.();

/** Undefined when nothing is to be noted, or the folder for it cannot be used: screening goes on without. */
function openDesk(): SeenDesk | undefined {
  const { seenDir } = data;
  if (seenDir === undefined) return undefined;
  try {
    return new SeenDesk({ dir: seenDir, seed: openSeenFolder(seenDir), clock: Date.now, post });
  } catch (error) {
    post({ type: 'seen-trouble', error: `Cannot keep what is seen: ${(error as Error).message}` });
    return undefined;
  }
}

function sayTable(): void {
  const { table, sequence } = follower;
  const { count, unusable } = patterns;
  post({
    type: 'table',
    sequence,
    values: table.count,
    bytes: table.bytes,
    patterns: count,
    patternsUnusable: unusable,
  });
}

function runnerOf(spec: SourceSpec, deps: RunnerDeps): Runner {
  switch (spec.kind) {
    case 'file':
      return new FileTracker({ spec, times: data, list: () => [spec.location] }, deps);
    case 'folder': {
      const watched = parseFolder(spec.location);
      return new FileTracker({ spec, times: data, list: () => listFolder(watched, data.dir) }, deps);
    }
    case 'syslog-udp':
    case 'syslog-tcp':
      return new SyslogListener(spec, deps);
    case 'http':
      return new PushedRecords(spec, deps);
    case 'upload':
      return new UploadReader(spec, deps);
  }
}

function start(spec: SourceSpec): void {
  const outbox = new Outbox(spec.source, spec.epoch, traffic, desk?.open(spec.source, spec.epoch));
  outboxes.set(spec.source, outbox);
  const deps: RunnerDeps = { table: () => follower.table, patterns, outbox, now, wake: wakeUp };
  running.set(spec.source, { runner: runnerOf(spec, deps), outbox, said: '' });
}

async function stop(source: number, discard: boolean): Promise<void> {
  const entry = running.get(source);
  if (entry === undefined) return;
  running.delete(source);
  if (discard) entry.outbox.forget();
  await entry.runner.stop();
  if (entry.outbox.notes !== undefined) {
    // What is thrown away is judged again; what of it was acknowledged stands in the store.
    if (!discard) entry.outbox.notes.spill();
    desk?.drop(entry.outbox.notes);
  }
  entry.outbox.forget();
  // If this took long, the source was begun anew meanwhile, with another outbox.
  if (outboxes.get(source) === entry.outbox) outboxes.delete(source);
  post({ type: 'stopped', source, epoch: entry.outbox.epoch });
}

async function follow(): Promise<void> {
  const useTable = (table: Table): void => {
    for (const { runner } of running.values()) runner.useTable(table);
  };
  const [hasValues, hasPatterns] = await Promise.all([follower.follow(useTable), patterns.follow()]);
  if (hasValues || hasPatterns) sayTable();
}

async function take(message: Extract<ToWorker, { type: 'push' }>): Promise<void> {
  const runner = running.get(message.source)?.runner;
  if (runner instanceof PushedRecords) await runner.take(message);
  post({ type: 'taken', push: message.push });
}

function hear(message: ToWorker): Promise<void> | void {
  switch (message.type) {
    case 'start':
      return start(message.spec);
    case 'stop':
      return stop(message.source, message.discard);
    case 'committed':
      outboxes.get(message.source)?.committed(message.epoch, message.number);
      return;
    case 'delta':
      return follow();
    case 'spill-seen':
      return spillSeen(message.number);
    case 'push':
      return take(message);
    case 'abandon': {
      const runner = running.get(message.source)?.runner;
      if (runner instanceof PushedRecords) runner.abandon(message.push);
      return;
    }
    case 'close':
      return close();
  }
}

/** Everything judged so far is on its way with its offset, then in runs: whoever asks for it finds its bytes behind these offsets. */
async function spillSeen(number: number): Promise<void> {
  await Promise.all([...running.values()].map(({ runner }) => runner.report()));
  desk?.spillAll();
  post({ type: 'seen-spilled', number });
}

async function close(): Promise<void> {
  isClosed = true;
  await Promise.all([...running.keys()].map((source) => stop(source, false)));
  await reader.close();
  port?.close();
  wakeUp();
}

/** Says how a source stands when that changed. */
function sayStatus(source: number, entry: { readonly runner: Runner; readonly outbox: Outbox; said: string }): void {
  const status = entry.runner.status();
  const said = JSON.stringify(status);
  if (said === entry.said) return;
  entry.said = said;
  post({ type: 'status', source, epoch: entry.outbox.epoch, ...status });
}

port.on('message', (message: ToWorker) => {
  // What a handler throws is a bug or a lost database: it ends this thread, and the main thread starts another from
  // what is committed.
  void Promise.resolve(hear(message)).then(wakeUp);
});
sayTable();

let nextSayMs = 0;
let nextAskMs = now() + askMs;
while (!isClosed) {
  let hasMore = false;
  for (const { runner } of running.values()) hasMore = runner.step() || hasMore;
  if (now() >= nextSayMs) {
    for (const [source, entry] of running) sayStatus(source, entry);
    desk?.tend();
    nextSayMs = now() + data.pollMs;
  }
  if (now() >= nextAskMs) {
    await follow();
    nextAskMs = now() + askMs;
  }
  if (hasMore) {
    await setImmediate();
    continue;
  }
  const { promise, resolve } = Promise.withResolvers<void>();
  wake = resolve;
  const timer = setTimeout(resolve, data.pollMs);
  await promise;
  clearTimeout(timer);
  wake = undefined;
}
