import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import type { Table } from '@comity/screen';
import { PrintTaker, hasPrints, headBytesMax, readAt } from './file-print.ts';
import type { Outbox } from './outbox.ts';
import { RecordJudge } from './record-judge.ts';
import type { StreamState } from './worker-messages.ts';

/** Bytes of one read. */
const sliceBytes = 256 * 1024;
/** Bytes judged before a batch is sent though nothing matched. */
const quietBytesMax = 8 * 1024 * 1024;
/** How long progress without a match may stay unreported: what a crash reads again at most. */
const quietMsMax = 1000;
/** Matches that make a batch at once. */
const draftsMax = 400;

/** First bytes of a file joined at its end that are looked at for format and field names. */
const joinHeadBytes = 64 * 1024;

const slice = Buffer.allocUnsafe(sliceBytes);

export interface FileDeps {
  readonly table: () => Table;
  readonly outbox: Outbox;
  /** Name of a format, or `auto`. */
  readonly format: string;
  /** ms that never go back. */
  readonly now: () => number;
  /** The first bytes of a new stream were read; nothing of it is reported yet. */
  readonly onBegun: () => void;
}

/** What a step of reading found. `replaced`: the bytes judged are no longer those of the file. */
export type StepResult = 'more' | 'idle' | 'full' | 'replaced';

/**
 * One growing file, read from where its stream was judged to.
 *
 * The descriptor stays open while the file grows, so a file that is renamed or deleted is still read to its end;
 * `sleep` closes it after a while of silence, and everything is known again from the stream's state.
 */
export class FollowedFile {
  path: string;
  /** When it last grew, by `now`. */
  grewAtMs: number;
  #state: StreamState;
  readonly #deps: FileDeps;
  #open: { fd: number; judge: RecordJudge; prints: PrintTaker; position: number } | undefined;
  #sizeBytes = 0;
  #looked: { sizeBytes: number; changedMs: number } | undefined;
  #sent: { offset: number; atMs: number };
  #partialJudgedAt = -1;
  #hasNews = false;
  /** Bytes read, a partial last line included; outlives the descriptor. */
  #readTo: number;
  /** Time of the file when it was last read to its end. */
  #modifiedMs: number;

  constructor(state: StreamState, deps: FileDeps) {
    this.path = state.path;
    this.#state = state;
    this.#deps = deps;
    this.grewAtMs = deps.now();
    this.#readTo = state.offset;
    this.#modifiedMs = state.modifiedMs;
    this.#sent = { offset: state.offset, atMs: deps.now() };
  }

  get state(): StreamState {
    return this.#state;
  }

  /** The same with what was judged and is not reported yet. */
  get judged(): StreamState {
    const file = this.#open;
    return file === undefined ? this.#state : { ...this.#state, ...file.prints.prints, offset: file.judge.offset };
  }

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  get lagBytes(): number {
    return Math.max(0, this.#sizeBytes - (this.#open?.judge.offset ?? this.#state.offset));
  }

  /**
   * What a look at the folder says of the file. A file emptied and written anew to the same size has no news but its
   * time: that is looked at too.
   */
  see(stats: BigIntStats): void {
    this.#sizeBytes = Number(stats.size);
    this.#hasNews = this.#sizeBytes !== this.#readTo || Number(stats.mtimeMs) !== this.#modifiedMs;
  }

  /** The file is no longer seen by a name of its own: it is read to its end, whatever that is. */
  seeUnnamed(): void {
    this.#hasNews = true;
  }

  /** It cannot be read now: not again before the next look. */
  seeNothing(): void {
    this.#hasNews = false;
  }

  /** Whether there is, or may be, something to read. */
  get hasNews(): boolean {
    return this.#hasNews;
  }

  useTable(table: Table): void {
    this.#open?.judge.useTable(table);
  }

  /** Whether bytes were read that end in no line end yet. */
  get hasPartialLine(): boolean {
    return this.#open !== undefined && this.#open.position > this.#open.judge.offset;
  }

  /**
   * Reads and judges one slice.
   *
   * @throws the system's error when the file cannot be opened or read.
   */
  step(): StepResult {
    if (this.#deps.outbox.isFull) return 'full';
    const file = this.#opened();
    if (file === 'replaced') return 'replaced';
    const stats = fstatSync(file.fd, { bigint: true });
    this.#sizeBytes = Number(stats.size);
    if (this.#sizeBytes < file.position) return 'replaced';
    const changedMs = Number(stats.ctimeMs);
    if (this.#looked?.sizeBytes !== this.#sizeBytes || this.#looked.changedMs !== changedMs) {
      // Something happened to the file: before its new bytes are taken for a continuation, the old ones are looked at.
      if (!file.prints.isOf(file.fd)) return 'replaced';
      this.#looked = { sizeBytes: this.#sizeBytes, changedMs };
    }
    const read = readSync(file.fd, slice, 0, sliceBytes, file.position);
    const isFirst = file.position === 0;
    if (read > 0) {
      const piece = slice.subarray(0, read);
      file.judge.push(piece);
      file.prints.take(piece, file.position, file.judge.offset);
      file.position += read;
      this.#readTo = file.position;
      this.grewAtMs = this.#deps.now();
      if (isFirst) this.#deps.onBegun();
    }
    const quietBytes = file.judge.offset - this.#sent.offset;
    const isDue = quietBytes > 0 && (quietBytes >= quietBytesMax || this.#deps.now() - this.#sent.atMs >= quietMsMax);
    if (file.judge.draftCount >= draftsMax || isDue || (read < sliceBytes && file.judge.draftCount > 0)) {
      this.#send(file, stats, false);
    }
    this.#hasNews = file.position < this.#sizeBytes;
    if (!this.#hasNews) this.#modifiedMs = Number(stats.mtimeMs);
    return this.#hasNews ? 'more' : 'idle';
  }

  /**
   * Judges a line that has no line end yet, though it may still grow: the offset stays before it, so the whole line is
   * judged again when it is complete and what was found now is found only once.
   */
  judgePartialLine(): void {
    const file = this.#open;
    if (file === undefined || !this.hasPartialLine || this.#partialJudgedAt === file.position) return;
    this.#partialJudgedAt = file.position;
    const { offset, lines, resume } = file.judge;
    const judge = new RecordJudge(
      { format: this.#deps.format, file: this.path, resume, offset, lines },
      // Not asked of patterns: some count records, and this one comes again.
      { table: this.#deps.table },
    );
    judge.push(readAt(file.fd, offset, Math.min(file.position - offset, sliceBytes)));
    judge.end();
    const { matches } = judge.take();
    if (matches.length > 0)
      this.#deps.outbox.send({ stream: this.#key, state: undefined, matches, bytes: 0, records: 0 });
  }

  /** Judges what is left as complete, reports and lets go: nothing more will come. */
  finish(): void {
    const file = this.#opened();
    if (file !== 'replaced') {
      file.judge.end();
      this.#send(file, fstatSync(file.fd, { bigint: true }), true);
    } else {
      this.#state = { ...this.#state, done: true };
      this.register();
    }
    this.close();
  }

  /** Reports progress and closes the descriptor; a partial line is read again when the file grows. */
  sleep(): void {
    this.report();
    this.close();
  }

  /** Puts the state of the stream on record as it is. */
  register(): void {
    this.#deps.outbox.send({ stream: this.#key, state: this.#state, matches: [], bytes: 0, records: 0 });
  }

  /** Reports progress that was not reported yet. */
  report(): void {
    const file = this.#open;
    if (file === undefined) return;
    if (
      file.judge.offset > this.#sent.offset ||
      file.judge.draftCount > 0 ||
      file.judge.resume !== this.#state.resume
    ) {
      this.#send(file, fstatSync(file.fd, { bigint: true }), false);
    }
  }

  /** Reports progress without a match once a second. */
  reportIfDue(): void {
    if (this.#deps.now() - this.#sent.atMs >= quietMsMax && !this.#deps.outbox.isFull) this.report();
  }

  /** Marks the stream as judged as far as it can be: the file is gone, or was written anew. */
  giveUp(): void {
    const file = this.#open;
    if (file !== undefined) this.#send(file, undefined, true);
    else {
      this.#state = { ...this.#state, done: true };
      this.register();
    }
    this.close();
  }

  /** The file has a new name. */
  rename(path: string): void {
    this.path = path;
    if (this.#open !== undefined) this.#open.judge.file = path;
    this.#state = { ...this.#state, path };
    this.register();
  }

  /** The bytes of the stream are read on in another file: the renamed one, or a copy. Nothing may be open. */
  moveTo(path: string, stats: BigIntStats): void {
    this.path = path;
    this.#state = { ...this.#state, path, device: String(stats.dev), inode: String(stats.ino) };
  }

  close(): void {
    if (this.#open !== undefined) closeSync(this.#open.fd);
    this.#open = undefined;
    this.#looked = undefined;
  }

  get #key(): string {
    return String(this.#state.number);
  }

  #opened(): { fd: number; judge: RecordJudge; prints: PrintTaker; position: number } | 'replaced' {
    if (this.#open !== undefined) return this.#open;
    const fd = openSync(this.path, 'r');
    const state = this.#state;
    const stats = fstatSync(fd, { bigint: true });
    const isSame = isFileOf(stats, state) && Number(stats.size) >= state.offset && hasPrints(fd, state);
    if (!isSame) {
      closeSync(fd);
      return 'replaced';
    }
    const resume = state.resume === '' && state.offset > 0 ? this.#resumeOfHead(fd) : state.resume;
    const start = { ...state, resume, file: this.path, format: this.#deps.format };
    const judge = new RecordJudge(start, this.#deps, this.#deps.outbox.notes);
    const prints = new PrintTaker(readAt(fd, 0, Math.min(headBytesMax, state.offset)), state);
    this.#open = { fd, judge, prints, position: state.offset };
    return this.#open;
  }

  /** Format and field names of a file that is read from its middle without having been read before. */
  #resumeOfHead(fd: number): string {
    const { offset } = this.#state;
    const head = readAt(fd, 0, Math.min(joinHeadBytes, offset));
    const start = { file: this.path, format: this.#deps.format, offset: 0, lines: 0, resume: '' };
    const judge = new RecordJudge(start, { table: this.#deps.table });
    judge.push(head);
    return judge.resumeFrom(undefined);
  }

  #send(file: { judge: RecordJudge; prints: PrintTaker }, stats: BigIntStats | undefined, done: boolean): void {
    const { matches, records } = file.judge.take();
    const bytes = file.judge.offset - this.#state.offset;
    const old = this.#state;
    const before = old.resume === '' ? { ...old, resume: file.judge.resumeFrom(old.lines) } : old;
    this.#state = {
      ...old,
      ...file.prints.prints,
      resume: file.judge.resume,
      offset: file.judge.offset,
      lines: file.judge.lines,
      modifiedMs: stats === undefined ? this.#state.modifiedMs : Number(stats.mtimeMs),
      done,
    };
    this.#sent = { offset: file.judge.offset, atMs: this.#deps.now() };
    this.#deps.outbox.send({ stream: this.#key, state: this.#state, before, matches, bytes, records });
  }
}

/** Whether a file on disk is the one a stream was read from, by device and inode alone. */
export function isFileOf(stats: BigIntStats, state: Pick<StreamState, 'device' | 'inode'>): boolean {
  return String(stats.dev) === state.device && String(stats.ino) === state.inode;
}

/** The state of a file nothing was read of yet. */
export function newStream(number: number, path: string, stats: BigIntStats | undefined): StreamState {
  return {
    number,
    path,
    resume: '',
    device: stats === undefined ? '' : String(stats.dev),
    inode: stats === undefined ? '' : String(stats.ino),
    headBytes: 0,
    headPrint: '',
    tailAt: 0,
    tailPrint: '',
    modifiedMs: stats === undefined ? 0 : Number(stats.mtimeMs),
    bornMs: stats === undefined ? 0 : Number(stats.birthtimeMs),
    offset: 0,
    lines: 0,
    done: false,
  };
}
