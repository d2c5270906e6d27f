import type { BigIntStats } from 'node:fs';
import { dirname } from 'node:path';
import type { Table } from '@comity/screen';
import { CompressedFiles } from './compressed-files.ts';
import { FollowedFile, isFileOf } from './followed-file.ts';
import {
  findMissed,
  findRotated,
  findStats,
  hasBytesOf,
  hasCompressedHead,
  copyTeller,
  siblingsOf,
} from './rotated-files.ts';
import type { Sibling } from './rotated-files.ts';
import type { Runner, RunnerDeps, RunnerStatus, RunnerTimes } from './runner.ts';
import { StreamBook, identityOf, keyOf } from './stream-book.ts';
import type { SourceSpec, StreamState } from './worker-messages.ts';

/** A silent file's descriptor is closed after this long. */
const sleepAfterMs = 30_000;
/** Slices read in a row before other sources have their turn. */
const slicesPerStep = 4;

interface Tracked {
  readonly file: FollowedFile;
  seenAtLook: number;
  /** When its name was first found to lead elsewhere. */
  lostAtMs: number | undefined;
}

export interface FileTrackerOptions {
  readonly spec: SourceSpec;
  readonly times: RunnerTimes;
  /** The paths to follow now; throws the system's error when the place cannot be looked at. */
  readonly list: () => readonly string[];
}

/** Follows one file or those of a folder by identity: through renames, truncation and copies, whatever their names. */
export class FileTracker implements Runner {
  readonly #options: FileTrackerOptions;
  readonly #deps: RunnerDeps;
  /** By device and inode. */
  readonly #tracked = new Map<string, Tracked>();
  /** Files that look like a copy of one that is followed, and since when: the first look at which they did. */
  readonly #copies = new Map<string, number>();
  /** Since when generations of the file are looked for again, because some of them look like copies. */
  #undecidedMs: number | undefined;
  readonly #book: StreamBook;
  readonly #compressed: CompressedFiles;
  #nextLookMs = 0;
  #look = 0;
  #isRecovered = false;
  #busy: FollowedFile[] = [];
  #error: string | undefined;
  #notice: string | undefined;
  /** Followed files that cannot be read as things stand, and why. */
  readonly #unreadable = new Map<FollowedFile, string>();

  constructor(options: FileTrackerOptions, deps: RunnerDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#book = new StreamBook(options.spec);
    this.#compressed = new CompressedFiles(options.spec.format, this.#book, deps);
  }

  step(): boolean {
    if (this.#deps.now() >= this.#nextLookMs) this.#lookAround();
    const file = this.#busy[0];
    if (file === undefined) return false;
    for (let slices = 0; slices < slicesPerStep; slices++) {
      const result = this.#stepFile(file);
      if (result === 'more') continue;
      if (result === 'full') return false;
      this.#busy.shift();
      return this.#busy.length > 0;
    }
    // Of several growing files none waits for another to end.
    this.#busy.push(...this.#busy.splice(0, 1));
    return true;
  }

  status(): RunnerStatus {
    let lagBytes = this.#compressed.lagBytes;
    let filesOpen = 0;
    for (const tracked of this.#tracked.values()) {
      lagBytes += tracked.file.lagBytes;
      if (tracked.file.isOpen) filesOpen += 1;
    }
    const isFull = this.#deps.outbox.isFull && (this.#busy.length > 0 || this.#compressed.isBusy);
    const error = this.#error ?? this.#unreadable.values().next().value;
    const isIdle = this.#tracked.size + this.#compressed.count === 0;
    const status = error !== undefined ? 'failing' : isFull ? 'full' : isIdle ? 'waiting' : 'running';
    return { status, error: error ?? this.#notice ?? this.#compressed.notice, lagBytes, filesOpen };
  }

  useTable(table: Table): void {
    for (const tracked of this.#tracked.values()) tracked.file.useTable(table);
    this.#compressed.useTable(table);
  }

  report(): Promise<void> {
    for (const tracked of this.#tracked.values()) tracked.file.report();
    return this.#compressed.report();
  }

  async stop(): Promise<void> {
    for (const tracked of this.#tracked.values()) tracked.file.sleep();
    await this.#compressed.stop();
  }

  #lookAround(): void {
    const startedMs = this.#deps.now();
    this.#look += 1;
    try {
      const paths = this.#options.list();
      // Files that are known come first: a new one may be a copy of one of them.
      const strangers = paths.filter((path) => !this.#lookAt(path, false));
      if (!this.#isRecovered) this.#recover();
      for (const path of strangers) this.#lookAt(path, true);
      this.#isRecovered = true;
      if (this.#undecidedMs !== undefined) this.#followMissed(this.#options.spec.location, this.#undecidedMs);
      this.#error = undefined;
      for (const [key, tracked] of this.#tracked) this.#tend(key, tracked);
      const followed = new Set([...this.#tracked.values()].map(({ file }) => file));
      for (const file of this.#unreadable.keys()) if (!followed.has(file)) this.#unreadable.delete(file);
    } catch (error) {
      this.#error = `Cannot follow ${this.#options.spec.location}: ${(error as Error).message}`;
    }
    this.#compressed.next(
      this.#look,
      (key) => this.#tracked.has(key),
      (folder) => [...this.#tracked.values()].some((t) => t.lostAtMs !== undefined && dirname(t.file.path) === folder),
    );
    // Looking takes at most a twentieth of the time, however many files there are.
    const tookMs = this.#deps.now() - startedMs;
    this.#nextLookMs = this.#deps.now() + Math.max(this.#options.times.pollMs, tookMs * 20);
  }

  /** Looks at one path; false when a stranger is there and `meetsStrangers` is not set. */
  #lookAt(path: string, meetsStrangers: boolean): boolean {
    const stats = findStats(path);
    if (stats === undefined) return true;
    if (!stats.isFile()) throw new Error(`${path} is no regular file`);
    const key = keyOf(stats);
    const tracked = this.#tracked.get(key);
    if (tracked === undefined) {
      if (!meetsStrangers && this.#book.findByIdentity(key) === undefined) return false;
      this.#meet(key, path, stats);
      return true;
    }
    // A file with two names keeps the one it was met by.
    if (tracked.file.path !== path && tracked.seenAtLook !== this.#look) {
      const old = findStats(tracked.file.path);
      if (old === undefined || keyOf(old) !== key) tracked.file.rename(path);
    }
    tracked.seenAtLook = this.#look;
    tracked.lostAtMs = undefined;
    tracked.file.see(stats);
    return true;
  }

  /** A file that is not followed yet: one from before a restart, one we know by another identity, or a new one. */
  #meet(key: string, path: string, stats: BigIntStats): void {
    if (this.#compressed.has(key) || (stats.size >= 4n && hasCompressedHead(path))) {
      this.#compressed.see(key, path, stats, this.#look);
      return;
    }
    const known = this.#book.findByIdentity(key);
    if (known !== undefined) {
      this.#follow({ ...known, path, done: false }, stats);
      return;
    }
    if (this.#options.spec.kind === 'file') this.#catchUp(path);
    else if (this.#mayBeCopy(key, path, stats)) return;
    this.#follow(this.#book.begin(path, stats), stats);
  }

  /**
   * Whether a new file begins and goes on like one that is followed: logrotate's copytruncate makes such a copy just before
   * it empties the file. Then the copy is read on where the file was judged to; when nothing is emptied for a while, it is a
   * file of its own that happens to have the same bytes.
   */
  #mayBeCopy(key: string, path: string, stats: BigIntStats): boolean {
    const sinceMs = this.#copies.get(key);
    const isOver = sinceMs !== undefined && this.#deps.now() - sinceMs >= this.#options.times.rotationGraceMs;
    const isCopyOf = copyTeller({ path, stats });
    const isCopy = [...this.#tracked.values()].some(
      ({ file }) =>
        dirname(file.path) === dirname(path) &&
        isCopyOf(file.judged) &&
        (!isOver || !hasBytesOf(file.path, file.judged)),
    );
    if (!isCopy) this.#copies.delete(key);
    else if (sinceMs === undefined) this.#copies.set(key, this.#deps.now());
    return isCopy;
  }

  /** After a restart: streams whose file has lost its name meanwhile are found under another, or compressed. */
  #recover(): void {
    const followed = new Set([...this.#tracked.values()].map(({ file }) => file.state.number));
    for (const state of this.#book.all()) {
      if (state.done || state.inode === '' || followed.has(state.number)) continue;
      if (this.#compressed.has(identityOf(state))) continue;
      const now = findRotated(state, state.path);
      if (now !== undefined) {
        if (!this.#tracked.has(keyOf(now.stats))) this.#adopt(state, now);
        continue;
      }
      this.#notice = `${state.path} is gone; it was screened up to byte ${state.offset}`;
      for (const packed of siblingsOf(state.path)) {
        const isOlder = Number(packed.stats.mtimeMs) < state.modifiedMs;
        if (isOlder || this.#tracked.has(keyOf(packed.stats)) || !hasCompressedHead(packed.path)) continue;
        this.#meet(keyOf(packed.stats), packed.path, packed.stats);
      }
    }
    if (this.#options.spec.kind === 'file') this.#catchUp(this.#options.spec.location);
  }

  /** A stream goes on in another file: its renamed one, or a copy of it. On record before anything else is. */
  #adopt(state: StreamState, file: Sibling): void {
    const { path, stats } = file;
    this.#follow({ ...state, path, device: String(stats.dev), inode: String(stats.ino) }, stats).register();
  }

  /** The name of a followed file leads to another file: generations in between must not be skipped. */
  #catchUp(path: string): void {
    // Killed before anything of it was on record, the source still knows since when it is to look.
    const states = this.#book.all();
    const lastMs = states.at(-1)?.modifiedMs ?? this.#options.spec.createdMs;
    const openMs = states.filter(({ done }) => !done).map(({ modifiedMs }) => modifiedMs);
    this.#followMissed(path, Math.min(lastMs, ...openMs));
  }

  /** Follows the generations of a log nobody looked at that were written to since an instant. */
  #followMissed(path: string, sinceMs: number): void {
    const isKnown = (sibling: Sibling): boolean =>
      this.#tracked.has(keyOf(sibling.stats)) || Number(sibling.stats.size) <= (this.#judgedOf(sibling)?.offset ?? 0);
    let hasCopies = false;
    for (const missed of findMissed(path, sinceMs, isKnown)) {
      const { path: sibling, stats } = missed;
      const state = this.#judgedOf(missed);
      if (state !== undefined) this.#follow({ ...state, path: sibling, done: false }, stats);
      else if (this.#mayBeCopy(keyOf(stats), sibling, stats)) hasCopies = true;
      else this.#followNew(missed);
    }
    // What may be a copy is decided on later, from the same instant on.
    this.#undecidedMs = hasCopies ? sinceMs : undefined;
  }

  /** A generation that is no followed file: what is left of one that was let go of, or one of which nothing was judged. */
  #followNew(sibling: Sibling): void {
    const size = Number(sibling.stats.size);
    const isCopyOf = copyTeller(sibling);
    const original = this.#book.all().findLast((state) => state.done && size >= state.offset && isCopyOf(state));
    if (original === undefined) this.#follow(this.#book.begin(sibling.path, sibling.stats), sibling.stats);
    else if (size > original.offset) this.#adopt({ ...original, done: false }, sibling);
  }

  /**
   * The stream of which something was judged that a file is, by identity and bytes. A stream of an empty file says nothing of one that
   * was given its identity later.
   */
  #judgedOf({ path, stats }: Sibling): StreamState | undefined {
    const state = this.#book.findByIdentity(keyOf(stats));
    return state !== undefined && state.offset > 0 && hasBytesOf(path, state) ? state : undefined;
  }

  #follow(state: StreamState, stats: BigIntStats): FollowedFile {
    this.#book.remember(state);
    const { kind, format } = this.#options.spec;
    const file = new FollowedFile(state, {
      ...this.#deps,
      format,
      onBegun: () => {
        // It may have been copied and emptied after it was met and before it was read: what it held then lies in a copy that
        // is younger than what is on record of it, and does not begin with what was read now.
        if (kind === 'file') this.#catchUp(file.path);
      },
    });
    // Each generation of a rotated file is on record before a byte of the next is judged: after a crash none between
    // two known ones is overlooked.
    if (kind === 'file' && state.offset === 0) file.register();
    file.see(stats);
    this.#tracked.set(keyOf(stats), { file, seenAtLook: this.#look, lostAtMs: undefined });
    return file;
  }

  /** Decides what to do with a file after a look: read, put to sleep, or finish because its name is gone. */
  #tend(key: string, tracked: Tracked): void {
    const { file } = tracked;
    const silentMs = this.#deps.now() - file.grewAtMs;
    if (tracked.seenAtLook !== this.#look) this.#lose(key, tracked);
    if (!this.#tracked.has(key)) return;
    if (file.hasNews && !this.#busy.includes(file)) this.#busy.push(file);
    if (file.hasPartialLine && silentMs >= this.#options.times.partialLineMs) file.judgePartialLine();
    else file.reportIfDue();
    if (file.isOpen && silentMs >= Math.max(sleepAfterMs, this.#options.times.partialLineMs * 2)) file.sleep();
  }

  #lose(key: string, tracked: Tracked): void {
    const { file } = tracked;
    if (tracked.lostAtMs === undefined) {
      tracked.lostAtMs = this.#deps.now();
      if (!file.isOpen && !this.#findAgain(key, tracked)) {
        this.#tracked.delete(key);
        file.giveUp();
        this.#book.remember(file.state);
        // Said, because it may have held more than was judged.
        this.#notice = `${file.path} is gone; it was screened up to byte ${file.state.offset}`;
        return;
      }
    }
    const silentMs = this.#deps.now() - Math.max(tracked.lostAtMs, file.grewAtMs);
    if (silentMs >= this.#options.times.rotationGraceMs && !file.hasNews && !this.#deps.outbox.isFull) {
      this.#finish(key, file);
    } else {
      file.seeUnnamed();
    }
  }

  #findAgain(key: string, tracked: Tracked): boolean {
    const { file } = tracked;
    const now = findRotated(file.state, file.path);
    if (now === undefined) return false;
    const nowKey = keyOf(now.stats);
    if (nowKey !== key && this.#tracked.has(nowKey)) return false;
    file.moveTo(now.path, now.stats);
    file.register();
    if (nowKey === key) return true;
    // Found as a copy, it is another file: what it was has been emptied and is a generation of its own, under whatever name.
    this.#tracked.delete(key);
    this.#tracked.set(nowKey, tracked);
    const emptied = siblingsOf(file.path).find(({ stats }) => keyOf(stats) === key);
    if (emptied !== undefined) this.#follow(this.#book.begin(emptied.path, emptied.stats), emptied.stats);
    return true;
  }

  #finish(key: string, file: FollowedFile): void {
    this.#attempt(file, () => {
      file.finish();
      return 'idle';
    });
    this.#book.remember(file.state);
    this.#tracked.delete(key);
  }

  #stepFile(file: FollowedFile): 'more' | 'idle' | 'full' {
    const result = this.#attempt(file, () => file.step());
    this.#book.remember(file.state);
    if (result !== 'replaced') return result;
    // Truncated and written anew, or the identity was given to another file: what was left of the old bytes may lie in
    // a copy made just before (logrotate's copytruncate); the new bytes are a stream of their own.
    const key = [...this.#tracked].find(([, tracked]) => tracked.file === file)?.[0];
    if (key !== undefined) this.#replace(key, file);
    return 'idle';
  }

  #replace(key: string, file: FollowedFile): void {
    const { path, state } = file;
    file.report();
    file.close();
    this.#tracked.delete(key);
    const stats = findStats(path);
    const isSameFile = stats !== undefined && keyOf(stats) === key && isFileOf(stats, state);
    if (isSameFile && file.state.offset === 0) {
      // Nothing of it was judged, so the stream begins with what the file holds now.
      this.#follow(file.state, stats);
      return;
    }
    const rest = findRotated(file.state, path);
    if (rest !== undefined && !this.#tracked.has(keyOf(rest.stats))) {
      this.#adopt(file.state, rest);
    } else {
      file.giveUp();
      this.#book.remember(file.state);
    }
    if (isSameFile) {
      if (this.#options.spec.kind === 'file') this.#catchUp(path);
      this.#follow(this.#book.begin(path, stats), stats);
    }
  }

  #attempt(file: FollowedFile, act: () => ReturnType<FollowedFile['step']>): ReturnType<FollowedFile['step']> {
    try {
      const result = act();
      if (result !== 'full') this.#unreadable.delete(file);
      return result;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      // Vanished between the look and the reading: the next look says where it went.
      if (code !== 'ENOENT') this.#unreadable.set(file, `Cannot read ${file.path}: ${message}`);
      file.close();
      file.seeNothing();
      return 'idle';
    }
  }
}
