import { ComityError } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';
import type { Store } from '../store/index.ts';
import type { Committed } from './commit-batch.ts';
import { CommitQueue } from './commit-queue.ts';
import { KeyedPushes } from './keyed-pushes.ts';
import type { PushBody } from './keyed-pushes.ts';
import { LiveSource } from './live-source.ts';
import { PushDesk } from './push-desk.ts';
import type { PushOutcome } from './record-source.ts';
import { findSource, isEnded, listStreams, setSourceState, sourceIdOf } from './source-rows.ts';
import type { SourceRow } from './source-rows.ts';
import type { Batch, FromWorker, TableFigures, WorkerData } from './worker-messages.ts';
import { WorkerThread } from './worker-thread.ts';
import type { JournalCuts } from './seen/journal-cuts.ts';

/** Before a thread that broke down, or a source whose commit failed, begins anew. */
const retryMs = 1000;
/** How long a source may take to report when it is stopped. */
const stopMs = 10_000;

export interface SourceHostOptions {
  readonly workers: number;
  readonly workerData: WorkerData;
}

export interface SourceHostDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly onDelta: (listener: () => void) => () => void;
  /** New matches are durable. */
  readonly onMatches: (rows: readonly number[]) => void;
  readonly onSource: (source: LiveSource) => void;
  /** An upload is judged. */
  readonly onDone: (source: LiveSource) => void;
  /** Is told which notes of what was seen are durable; undefined when nothing is noted. */
  readonly cuts: () => JournalCuts | undefined;
  readonly onSeenTrouble: (trouble: string) => void;
  /** Every thread has its table, of that state of the listed values or a later one; nothing is judged yet. */
  readonly beforeSources: (sequence: number) => Promise<void>;
  /** A thread has another table. */
  readonly onTable: () => void;
}

interface Thread {
  worker: WorkerThread;
  table: TableFigures;
}

const noTable: TableFigures = { sequence: 0, values: 0, bytes: 0, patterns: 0, patternsUnusable: 0 };

/** Runs the sources on their threads, commits what they find, and brings back what breaks down. */
export class SourceHost {
  readonly pushes = new PushDesk();
  readonly #keyed: KeyedPushes;
  readonly sources = new Map<number, LiveSource>();
  readonly #options: SourceHostOptions;
  readonly #deps: SourceHostDeps;
  readonly #queue: CommitQueue;
  readonly #threads: Thread[] = [];
  /** Sources whose thread was told to stop them. */
  readonly #stopping = new Map<string, () => void>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Threads that were told to make runs of what they noted, by the number of the request. */
  readonly #spilling = new Map<number, { readonly index: number; readonly done: () => void }>();
  #spillNumber = 0;
  #unlisten: (() => void) | undefined;
  #isClosing = false;
  #pushNumber = 0;

  constructor(options: SourceHostOptions, deps: SourceHostDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#keyed = new KeyedPushes(deps);
    this.#queue = new CommitQueue({
      store: deps.store,
      clock: deps.clock,
      isCurrent: (batch) => this.sources.get(batch.source)?.epoch === batch.epoch,
      onCommitted: (batch, committed, nowUs) => this.#committed(batch, committed, nowUs),
      onFailed: (batches, error) => this.#failed(batches, error),
    });
  }

  get table(): TableFigures {
    return this.#threads[0]?.table ?? noTable;
  }

  /** Starts the threads; resolves once each has its table, then every source that is to run is started. */
  async start(): Promise<void> {
    for (let index = 0; index < this.#options.workers; index++) {
      this.#threads.push({ worker: this.#newWorker(index), table: noTable });
    }
    this.#unlisten = this.#deps.onDelta(() => {
      for (const { worker } of this.#threads) worker.post({ type: 'delta' });
    });
    await Promise.all(this.#threads.map(({ worker }) => worker.ready));
    await this.#deps.beforeSources(this.sequence);
    for (const source of this.sources.values()) this.startSource(source);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#unlisten?.();
    for (const timer of this.#timers) clearTimeout(timer);
    for (const source of this.sources.keys()) this.pushes.fail(source, 'the node is stopping');
    // Whoever waits for notes to become runs has them once the threads are gone.
    await Promise.all(this.#threads.map(({ worker }) => worker.close(stopMs)));
    for (const { done } of this.#spilling.values()) done();
    await this.#queue.idle();
  }

  add(row: SourceRow): LiveSource {
    const source = new LiveSource(row, this.#deps.clock);
    this.sources.set(row.id, source);
    this.startSource(source);
    return source;
  }

  /** Begins a source where its streams stand, on the thread with the fewest sources. */
  startSource(source: LiveSource): void {
    const isWanted = source.row.state === 'on' && source.worker === undefined && !this.#isClosing;
    if (!isWanted || this.#threads.length === 0) return;
    const loads = this.#threads.map((_, index) => [...this.sources.values()].filter((s) => s.worker === index).length);
    const worker = loads.indexOf(Math.min(...loads));
    const { row } = source;
    source.worker = worker;
    source.epoch += 1;
    const streams = listStreams(this.#deps.store.reader, row.id);
    const nextStream = Math.max(row.nextStream, ...streams.map((stream) => stream.number + 1));
    this.#threads[worker]?.worker.post({
      type: 'start',
      spec: {
        source: row.id,
        epoch: source.epoch,
        kind: row.kind,
        location: row.location,
        label: row.name,
        format: row.format,
        nextStream,
        createdMs: row.createdUs / 1000,
        streams,
      },
    });
  }

  /** Whether a start of a source is at work on a thread. */
  isRunning(id: number, epoch: number): boolean {
    const source = this.sources.get(id);
    return source?.worker !== undefined && source.epoch === epoch;
  }

  /** State of the listed values that every thread looks for. */
  get sequence(): number {
    return Math.min(...this.#threads.map(({ table }) => table.sequence));
  }

  /**
   * Resolves once what every thread noted so far is in runs, and all it judged so far is durable; one that breaks down is not waited
   * for: what it judged is judged again.
   */
  async spillSeen(): Promise<void> {
    if (this.#isClosing) return;
    await Promise.all(
      this.#threads.map(async ({ worker }, index) => {
        const number = this.#spillNumber++;
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#spilling.set(number, { index, done: resolve });
        const timer = setTimeout(resolve, stopMs).unref();
        worker.post({ type: 'spill-seen', number });
        await promise;
        clearTimeout(timer);
        this.#spilling.delete(number);
      }),
    );
    await this.#queue.settled();
  }

  /** Stops a source; resolves once all it judged is durable. `discard`: what is under way is judged again later. */
  async stopSource(source: LiveSource, discard: boolean): Promise<void> {
    this.pushes.fail(source.row.id, 'the source was stopped');
    const thread = source.worker === undefined ? undefined : this.#threads[source.worker];
    if (thread !== undefined) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const key = `${source.row.id}/${source.epoch}`;
      this.#stopping.set(key, resolve);
      const timer = setTimeout(resolve, stopMs).unref();
      if (discard) source.epoch += 1;
      thread.worker.post({ type: 'stop', source: source.row.id, discard });
      await promise;
      clearTimeout(timer);
      this.#stopping.delete(key);
      source.worker = undefined;
    }
    if (!discard) await this.#queue.idle();
  }

  /** @throws {ComityError} as `PushDesk.push` and `KeyedPushes.once` do. */
  async push(source: LiveSource, body: PushBody, key: string | undefined): Promise<PushOutcome> {
    const thread = source.worker === undefined ? undefined : this.#threads[source.worker];
    if (thread === undefined) {
      throw new ComityError('CONFLICT', `Cannot take records: source ${sourceIdOf(source.row.id)} is not running`);
    }
    // A number of its own makes each push a stream; it need not outlive a crash, for then the push was not answered and
    // the numbers of the next start lie beyond (they begin with the time of the start).
    const newStream = `p${this.#deps.clock()}-${this.#pushNumber++}`;
    const judge = (stream: string): Promise<PushOutcome> => {
      const target = { source: source.row.id, epoch: source.epoch, stream, key };
      return this.pushes.push(target, body, (message) => thread.worker.post(message));
    };
    return key === undefined
      ? await judge(newStream)
      : await this.#keyed.once({ source: source.row.id, key, newStream }, body, judge);
  }

  #newWorker(index: number): WorkerThread {
    return new WorkerThread(this.#options.workerData, {
      onMessage: (message) => this.#hear(index, message),
      onDown: (error) => this.#threadDown(index, error),
    });
  }

  #hear(index: number, message: FromWorker): void {
    switch (message.type) {
      case 'table': {
        const thread = this.#threads[index];
        if (thread !== undefined) thread.table = message;
        this.#deps.onTable();
        return;
      }
      case 'batch':
        this.#queue.add(message.batch);
        return;
      case 'status': {
        const source = this.sources.get(message.source);
        if (source?.epoch === message.epoch && source.hear(message)) this.#deps.onSource(source);
        return;
      }
      case 'taken':
        this.pushes.taken(message.push);
        return;
      case 'seen-kept':
        this.#deps.cuts()?.kept(message.source, message.epoch, message.through);
        return;
      case 'seen-spilled':
        this.#spilling.get(message.number)?.done();
        return;
      case 'seen-trouble':
        this.#deps.onSeenTrouble(message.error);
        return;
      case 'stopped':
        this.#stopping.get(`${message.source}/${message.epoch}`)?.();
    }
  }

  #committed(batch: Batch, committed: Committed, nowUs: number): void {
    this.#deps.cuts()?.committed(batch.source, batch.epoch, batch.number);
    const source = this.sources.get(batch.source);
    if (source === undefined) return;
    const { worker } = source;
    if (worker !== undefined) {
      const { source: id, epoch, number } = batch;
      this.#threads[worker]?.worker.post({ type: 'committed', source: id, epoch, number });
    }
    const { rows, raised, isRepeat } = committed;
    if (!isRepeat) source.count(batch, rows.length, nowUs);
    this.pushes.committed(batch, committed);
    this.#deps.onMatches([...rows, ...raised]);
    this.#deps.onSource(source);
    if (batch.sourceDone) this.#deps.onDone(source);
  }

  /** The store may or may not have kept the batches: each source goes on from what the store says. */
  #failed(batches: readonly Batch[], error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    for (const id of new Set(batches.map((batch) => batch.source))) {
      const source = this.sources.get(id);
      if (source === undefined) continue;
      source.set('failing', `Cannot keep what was found: ${why}`);
      this.#deps.onSource(source);
      void this.stopSource(source, true).then(() =>
        this.#later(() => {
          source.row = findSource(this.#deps.store.reader, id) ?? source.row;
          this.startSource(source);
        }),
      );
    }
  }

  #threadDown(index: number, error: Error): void {
    for (const source of this.sources.values()) {
      if (source.worker !== index) continue;
      source.worker = undefined;
      source.epoch += 1;
      source.set('failing', `Cannot screen: ${error.message}`);
      this.pushes.fail(source.row.id, 'the screening thread broke down');
      this.#deps.onSource(source);
    }
    for (const stopped of this.#stopping.values()) stopped();
    for (const spilling of this.#spilling.values()) if (spilling.index === index) spilling.done();
    this.#later(() => {
      const thread = this.#threads[index];
      if (thread === undefined) return;
      thread.worker = this.#newWorker(index);
      thread.worker.ready.then(
        () => {
          for (const source of this.sources.values()) this.startSource(source);
        },
        () => undefined,
      );
    });
  }

  #later(act: () => void): void {
    if (this.#isClosing) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#isClosing) act();
    }, retryMs).unref();
    this.#timers.add(timer);
  }

  /** A source is judged to its end, as the store says: it needs no thread any more. */
  async finish(source: LiveSource): Promise<void> {
    const row = findSource(this.#deps.store.reader, source.row.id);
    if (row !== undefined) source.row = row;
    await this.stopSource(source, false);
    source.set(source.row.state === 'failed' ? 'failing' : 'done', source.row.error);
  }

  /** Notes in the store whether a source is to run, then makes it so. */
  async setState(source: LiveSource, state: SourceRow['state']): Promise<void> {
    const nowUs = this.#deps.clock() * 1000;
    if (state !== 'on') await this.stopSource(source, false);
    // While it was stopped it may have been judged to its end: that stands.
    const stored = findSource(this.#deps.store.reader, source.row.id);
    if (stored !== undefined && isEnded(stored) && state !== 'gone') {
      source.row = stored;
      return;
    }
    await this.#deps.store.write((db) => setSourceState(db, source.row.id, state, undefined, nowUs));
    source.row = { ...source.row, state, changedUs: nowUs, error: undefined };
    if (state === 'paused') source.set('paused', undefined);
    if (state === 'on') this.startSource(source);
  }
}
