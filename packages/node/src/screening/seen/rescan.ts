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
import type { Rescanned, RescanSource } from './seen-jobs.ts';

const sliceBytes = 256 * 1024;
/** Matches one rescan of a source hands back; more are counted. */
const matchesMax = 2000;

/**
 * Judges again, for some values only, what a source was judged to have shown, as far as its files are still there, rotated
 * generations and compressed ones too. Streams, offsets and format are those of the first time, so a match found both times
 * is one match. Others have their turn after each piece.
 */
export async function rescanSource(values: readonly ScreenedValue[], source: RescanSource): Promise<Rescanned> {
  return new Rescan(values, source).run();
}

class Rescan {
  readonly #table: Table;
  readonly #source: RescanSource;
  readonly #found: { stream: string; matches: readonly MatchDraft[] }[] = [];
  /** Streams with bytes of which not all were read. */
  readonly #missing: Set<number>;
  #bytes = 0;
  #count = 0;
  #left = 0;

  constructor(values: readonly ScreenedValue[], source: RescanSource) {
    this.#table = Table.build(values);
    this.#source = source;
    this.#missing = new Set(source.streams.filter(({ offset }) => offset > 0).map(({ number }) => number));
  }

  async run(): Promise<Rescanned> {
    const packed = new Map<string, string>();
    for (const state of this.#source.streams) {
      if (state.offset === 0 || state.inode === '') continue;
      const path = this.#pathOf(state, packed);
      if (path === undefined) continue;
      try {
        await this.#readPlain(path, state);
      } catch (error) {
        // It may be gone since, or closed to us: then it is missing.
        if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      }
    }
    for (const [path, identity] of packed) await this.#readPacked(path, identity);
    return {
      source: this.#source.source,
      found: this.#found,
      isWhole: this.#missing.size === 0,
      bytes: this.#bytes,
      left: this.#left,
    };
  }

  /** Where the bytes of a stream are now; of those inside a compressed file, that is noted for later. */
  #pathOf(state: StreamState, packed: Map<string, string>): string | undefined {
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
        packed.set(path, identityOf(state));
        return undefined;
      }
      return findRotated(state, state.path)?.path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      return undefined;
    }
  }

  async #readPlain(path: string, state: StreamState): Promise<void> {
    const descriptor = openSync(path, 'r');
    try {
      // Rotation may have given the name to another file since, or empty this one while it is read: then it is not this stream.
      if (!hasPrints(descriptor, state)) return;
      const judge = this.#judgeOf(path, state);
      const found: MatchDraft[] = [];
      const slice = Buffer.allocUnsafe(sliceBytes);
      let at = 0;
      while (at < state.offset) {
        const read = readSync(descriptor, slice, 0, Math.min(sliceBytes, state.offset - at), at);
        if (read === 0) return;
        judge.push(slice.subarray(0, read));
        at += read;
        this.#collect(found, judge);
        await setImmediate();
      }
      judge.end();
      this.#collect(found, judge);
      if (hasPrints(descriptor, state)) this.#keep(state, found, at);
    } finally {
      closeSync(descriptor);
    }
  }

  async #readPacked(path: string, identity: string): Promise<void> {
    const own = this.#source.streams.filter((state) => identityOf(state) === identity);
    try {
      for await (const input of openInput(path)) {
        const state = own.findLast((each) => each.path === input.name);
        if (state === undefined) continue;
        const judge = this.#judgeOf(input.name, state);
        const found: MatchDraft[] = [];
        let at = 0;
        for await (const chunk of input.chunks) {
          const piece = chunk.subarray(0, Math.max(0, state.offset - at));
          judge.push(piece);
          at += piece.length;
          this.#collect(found, judge);
          await setImmediate();
        }
        judge.end();
        this.#collect(found, judge);
        const now = findStats(path);
        if (at === state.offset && now !== undefined && keyOf(now) === identity) this.#keep(state, found, at);
      }
    } catch (error) {
      // A damaged file was judged up to its damage the first time too; what is missing of it is missing.
      if (!(error instanceof ComityError) && (error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  }

  /** A judge that reads a stream from its beginning, in the format it had when it was screened. */
  #judgeOf(file: string, { resume }: StreamState): RecordJudge {
    const start = { format: this.#source.format, file, offset: 0, lines: 0, resume: fromBeginning(resume) };
    return new RecordJudge(start, { table: () => this.#table });
  }

  #collect(found: MatchDraft[], judge: RecordJudge): void {
    if (judge.draftCount === 0) return;
    const { matches } = judge.take();
    const room = Math.max(0, matchesMax - this.#count - found.length);
    found.push(...matches.slice(0, room));
    this.#left += Math.max(0, matches.length - room);
  }

  #keep(state: StreamState, found: readonly MatchDraft[], bytes: number): void {
    this.#missing.delete(state.number);
    this.#bytes += bytes;
    this.#count += found.length;
    if (found.length > 0) this.#found.push({ stream: String(state.number), matches: found });
  }
}

/** The state of a screen, as JSON or empty, without what it had read. */
function fromBeginning(resume: string): string {
  if (resume === '') return '';
  const { format, framing } = JSON.parse(resume) as ResumeState;
  return JSON.stringify({ format, framing, header: '', lines: 0 } satisfies ResumeState);
}
