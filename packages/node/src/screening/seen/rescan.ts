import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { openInput, Table } from '@comity/screen';
import type { ResumeState } from '@comity/screen';
import { ComityError } from '@comity/protocol/base';
import { hasPrints } from '../file-print.ts';
import { isFileOf } from '../followed-file.ts';
import { RecordJudge } from '../record-judge.ts';
import { findRotated, findStats, hasBytesOf, hasCompressedHead } from '../rotated-files.ts';
import { identityOf, keyOf } from '../stream-book.ts';
import type { MatchDraft, StreamState } from '../worker-messages.ts';
import type { ScreenedValue } from '../value-reader.ts';
import type { Rescanned, RescanPoint, RescanSource } from './seen-jobs.ts';

const sliceBytes = 256 * 1024;
/** Matches after which a rescan answers and is asked to go on: they are held in memory, and sent to another thread. */
const matchesAtOnce = 2000;

/**
 * Judges again, for some values only, what a source was judged to have shown, as far as its files are still there, rotated
 * generations and compressed ones too. Streams, offsets and format are those of the first time, so a match found both times
 * is one match. Others have their turn after each piece.
 *
 * @param from - Where an earlier answer stopped; undefined: at the beginning.
 */
export async function rescanSource(
  values: readonly ScreenedValue[],
  source: RescanSource,
  from: RescanPoint | undefined,
): Promise<Rescanned> {
  return new Rescan(values, source, from).run();
}

/** Compressed files by path, each with the first of its streams: its place among them. */
type PackedFiles = Map<string, { readonly identity: string; readonly first: number }>;

class Rescan {
  readonly #table: Table;
  readonly #source: RescanSource;
  readonly #from: RescanPoint;
  readonly #found: { stream: string; matches: readonly MatchDraft[] }[] = [];
  /** Streams with bytes of which not all were read. */
  readonly #missing: Set<number>;
  #count = 0;
  #next: RescanPoint | undefined;

  constructor(values: readonly ScreenedValue[], source: RescanSource, from: RescanPoint | undefined) {
    this.#table = Table.build(values);
    this.#source = source;
    const all = source.streams.filter(({ offset }) => offset > 0).map(({ number }) => number);
    this.#from = from ?? { place: 0, offset: 0, lines: 0, resume: '', skipped: 0, missing: all };
    this.#missing = new Set(this.#from.missing);
  }

  async run(): Promise<Rescanned> {
    const { streams } = this.#source;
    const packed: PackedFiles = new Map();
    for (const [place, state] of streams.entries()) {
      if (this.#next === undefined) await this.#readStream(state, place, packed);
    }
    // A file keeps its place when others go meanwhile.
    for (const [path, { identity, first }] of packed) {
      const place = streams.length + first;
      if (this.#next === undefined && place >= this.#from.place) await this.#readPacked(path, identity, place);
    }
    return { found: this.#found, next: this.#next, isWhole: this.#missing.size === 0 };
  }

  async #readStream(state: StreamState, place: number, packed: PackedFiles): Promise<void> {
    if (state.offset === 0 || state.inode === '') return;
    const path = this.#pathOf(state, place, packed);
    if (path === undefined || place < this.#from.place) return;
    try {
      await this.#readPlain(path, state, place);
    } catch (error) {
      // It may be gone since, or closed to us: then it is missing.
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  }

  /** Where the bytes of a stream are now; of those inside a compressed file, that is noted for later. */
  #pathOf(state: StreamState, place: number, packed: PackedFiles): string | undefined {
    try {
      // The path of a member begins with that of its archive.
      for (
        let path = state.path;
        path !== '';
        path = path.slice(0, Math.max(0, path.lastIndexOf('/', path.length - 2)))
      ) {
        const stats = findStats(path);
        if (stats === undefined || !stats.isFile() || !isFileOf(stats, state)) continue;
        if (!hasCompressedHead(path)) return hasBytesOf(path, state) ? path : undefined;
        if (!packed.has(path)) packed.set(path, { identity: identityOf(state), first: place });
        return undefined;
      }
      return findRotated(state, state.path)?.path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      return undefined;
    }
  }

  async #readPlain(path: string, state: StreamState, place: number): Promise<void> {
    const descriptor = openSync(path, 'r');
    try {
      // Rotation may have given the name to another file since, or empty this one while it is read: then it is not this stream.
      if (!hasPrints(descriptor, state)) return;
      const judge = this.#judgeOf(path, state, place);
      const found: MatchDraft[] = [];
      const slice = Buffer.allocUnsafe(sliceBytes);
      const began = judge.offset;
      let at = began;
      // An answer ends behind a record: not inside a long one.
      while (at < state.offset && (this.#count + found.length < matchesAtOnce || judge.offset === began)) {
        const read = readSync(descriptor, slice, 0, Math.min(sliceBytes, state.offset - at), at);
        if (read === 0) return;
        judge.push(slice.subarray(0, read));
        at += read;
        found.push(...judge.take().matches);
        await setImmediate();
      }
      const isRead = at >= state.offset;
      if (isRead) {
        judge.end();
        found.push(...judge.take().matches);
      }
      if (!hasPrints(descriptor, state)) return;
      this.#keep(state, found);
      if (isRead) this.#missing.delete(state.number);
      else this.#stop({ place, offset: judge.offset, lines: judge.lines, resume: judge.resume, skipped: 0 });
    } finally {
      closeSync(descriptor);
    }
  }

  async #readPacked(path: string, identity: string, place: number): Promise<void> {
    const own = this.#source.streams.filter((state) => identityOf(state) === identity);
    const skipped = place === this.#from.place ? this.#from.skipped : 0;
    let met = 0;
    try {
      for await (const input of openInput(path)) {
        const state = own.findLast((each) => each.path === input.name);
        if (state === undefined) continue;
        const judge = this.#judgeOf(input.name, state, undefined);
        const found: MatchDraft[] = [];
        const take = (): void => {
          for (const match of judge.take().matches) {
            const isWanted = met >= skipped && this.#count + found.length < matchesAtOnce;
            if (isWanted) found.push(match);
            if (isWanted || met < skipped) met += 1;
          }
        };
        let at = 0;
        for await (const chunk of input.chunks) {
          const piece = chunk.subarray(0, Math.max(0, state.offset - at));
          judge.push(piece);
          at += piece.length;
          take();
          if (this.#count + found.length >= matchesAtOnce) break;
          await setImmediate();
        }
        const isFull = this.#count + found.length >= matchesAtOnce;
        if (!isFull) judge.end();
        take();
        const now = findStats(path);
        if (now === undefined || keyOf(now) !== identity) return;
        if (isFull || at === state.offset) this.#keep(state, found);
        if (isFull) {
          this.#stop({ place, offset: 0, lines: 0, resume: '', skipped: met });
          return;
        }
        if (at === state.offset) this.#missing.delete(state.number);
      }
    } catch (error) {
      // A damaged file was judged up to its damage the first time too; what is missing of it is missing.
      if (!(error instanceof ComityError) && (error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  }

  /** A judge that reads a stream in the format it had when it was screened: from where an answer stopped, or its beginning. */
  #judgeOf(file: string, { resume }: StreamState, place: number | undefined): RecordJudge {
    const { format } = this.#source;
    const { offset, lines } = this.#from;
    const start =
      place === this.#from.place && offset > 0
        ? { format, file, offset, lines, resume: this.#from.resume }
        : { format, file, offset: 0, lines: 0, resume: fromBeginning(resume) };
    return new RecordJudge(start, { table: () => this.#table });
  }

  #keep(state: StreamState, found: readonly MatchDraft[]): void {
    this.#count += found.length;
    if (found.length > 0) this.#found.push({ stream: String(state.number), matches: found });
  }

  #stop(point: Omit<RescanPoint, 'missing'>): void {
    this.#next = { ...point, missing: [...this.#missing] };
  }
}

/** The state of a screen, as JSON or empty, without what it had read. */
function fromBeginning(resume: string): string {
  if (resume === '') return '';
  const { format, framing } = JSON.parse(resume) as ResumeState;
  return JSON.stringify({ format, framing, header: '', lines: 0 } satisfies ResumeState);
}
