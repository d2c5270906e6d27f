import type { BigIntStats } from 'node:fs';
import { dirname } from 'node:path';
import type { Table } from '@comity/screen';
import { printOf } from './file-print.ts';
import { findStats } from './rotated-files.ts';
import type { RunnerDeps } from './runner.ts';
import { identityOf, keyOf } from './stream-book.ts';
import type { StreamBook } from './stream-book.ts';
import { WholeFile } from './whole-file.ts';
import type { StreamState } from './worker-messages.ts';

/** How long a compressed file must not change before it is read: it may still be written. */
const stableMs = 2000;
/** How long it waits for the file it may have been made of to be let go of. */
const restWaitMs = 60_000;

interface Found {
  path: string;
  modifiedMs: number;
  /** Unchanged since. */
  sinceMs: number;
  isRead: boolean;
  seenAtLook: number;
}

/** The compressed files of a source: each is read whole once, when it has stopped changing, one at a time. */
export class CompressedFiles {
  readonly #format: string;
  readonly #book: StreamBook;
  readonly #deps: RunnerDeps;
  readonly #found = new Map<string, Found>();
  #running: { readonly job: WholeFile; readonly ended: Promise<void> } | undefined;
  #isStopped = false;
  /** What went wrong last, in words. */
  notice: string | undefined;

  constructor(format: string, book: StreamBook, deps: RunnerDeps) {
    this.#format = format;
    this.#book = book;
    this.#deps = deps;
  }

  get count(): number {
    return this.#found.size;
  }

  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  get lagBytes(): number {
    return this.#running?.job.lagBytes ?? 0;
  }

  has(key: string): boolean {
    return this.#found.has(key);
  }

  useTable(table: Table): void {
    this.#running?.job.useTable(table);
  }

  /** A compressed file is at a path in this look. */
  see(key: string, path: string, stats: BigIntStats, look: number): void {
    const modifiedMs = Number(stats.mtimeMs);
    const found = this.#found.get(key);
    if (found === undefined) {
      const known = this.#book.findByIdentity(key);
      const isRead = known?.done === true && known.modifiedMs === modifiedMs;
      this.#found.set(key, { path, modifiedMs, sinceMs: this.#deps.now(), isRead, seenAtLook: look });
      return;
    }
    if (found.modifiedMs !== modifiedMs) {
      Object.assign(found, { modifiedMs, sinceMs: this.#deps.now(), isRead: false });
    }
    found.path = path;
    found.seenAtLook = look;
  }

  /** Starts the next file that is ready. `isLosing`: a followed file of that folder is still being let go of. */
  next(look: number, isFollowed: (key: string) => boolean, isLosing: (folder: string) => boolean): void {
    for (const [key, found] of this.#found) {
      if (found.isRead && found.seenAtLook !== look) this.#found.delete(key);
    }
    if (this.#running !== undefined || this.#isStopped) return;
    for (const [key, found] of this.#found) {
      const stableForMs = this.#deps.now() - found.sinceMs;
      if (found.isRead || stableForMs < stableMs) continue;
      // What rotation compresses is the file just let go of: only then is it known how far that was judged.
      const source = found.path.replace(/\.[^./]*$/, '');
      if (stableForMs < restWaitMs && (isLosing(dirname(found.path)) || findStats(source) !== undefined)) continue;
      found.isRead = true;
      const stats = findStats(found.path);
      if (stats === undefined || keyOf(stats) !== key) continue;
      const { path } = found;
      const job = new WholeFile(
        { path, label: path, format: this.#format },
        { ...this.#deps, streamOf: (name, head) => this.#streamOf(name, head, path, stats, isFollowed) },
      );
      this.#running = { job, ended: this.#run(job, path, stats) };
      return;
    }
  }

  async report(): Promise<void> {
    await this.#running?.job.report();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#running?.job.stop();
    await this.#running?.ended;
  }

  async #run(job: WholeFile, path: string, stats: BigIntStats): Promise<void> {
    try {
      const errors = await job.run();
      if (errors === false) return;
      if (errors[0] !== undefined) this.notice = errors[0].message;
      // Members of an archive are streams of their own; this one says that the archive as it stands was read.
      const own = this.#book.all().findLast((state) => identityOf(state) === keyOf(stats) && state.path === path);
      const state = { ...(own ?? this.#book.begin(path, stats)), modifiedMs: Number(stats.mtimeMs), done: true };
      this.#book.remember(state);
      if (own !== undefined) return;
      await this.#deps.outbox.room();
      if (this.#isStopped) return;
      this.#deps.outbox.send({ stream: String(state.number), state, matches: [], bytes: 0, records: 0 });
    } catch (error) {
      this.notice = `Cannot read ${path}: ${(error as Error).message}`;
    } finally {
      this.#running = undefined;
      this.#deps.wake();
    }
  }

  /**
   * The stream of a compressed file or member: how far it was judged before, or that of a followed file it is the
   * compressed rest of, or a new one.
   */
  #streamOf(
    name: string,
    head: Uint8Array,
    path: string,
    stats: BigIntStats,
    isFollowed: (key: string) => boolean,
  ): StreamState {
    const modifiedMs = Number(stats.mtimeMs);
    const states = this.#book.all();
    const own = states.findLast((state) => identityOf(state) === keyOf(stats) && state.path === name);
    const lost = states.findLast(
      (state) =>
        state.headBytes > 0 &&
        state.headBytes <= head.length &&
        dirname(state.path) === dirname(path) &&
        !isFollowed(identityOf(state)) &&
        printOf(head.subarray(0, state.headBytes)) === state.headPrint,
    );
    const identity = { path: name, device: String(stats.dev), inode: String(stats.ino), modifiedMs };
    if (own?.modifiedMs === modifiedMs) return own;
    const state = lost === undefined ? this.#book.begin(name, stats) : { ...lost, ...identity, done: false };
    this.#book.remember(state);
    return state;
  }
}
