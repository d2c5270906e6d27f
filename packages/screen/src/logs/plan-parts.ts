import type { FormatName } from '../formats/index.ts';
import { createScreen, RawGuess } from '../record/index.ts';
import type { FoundFormat, ResumeState } from '../record/index.ts';
import { Table } from '../table/index.ts';
import type { Part, ReadSizes } from './part.ts';

/** A file to be cut. */
export interface CutSource {
  readonly sizeBytes: number;
  /** Up to so many bytes from an offset, fewer only at the end; valid until the next call. Throws what reading throws. */
  read(at: number, bytes: number): Uint8Array;
}

/**
 * Cuts a file into parts that, judged each by itself, have the matches of the whole.
 *
 * Everything a screen learns from bytes it has seen is found out here beforehand: the format from the first lines, the header with
 * the names of columns, and for raw text the place where a format begins after all, looked for in the same chunks in which a screen
 * of the whole would look. A header that changes later is not foreseen: whoever puts the parts together compares the state a part
 * ended in with the one the next began in. JSON objects that span lines are not cut.
 */
export function* planParts(
  source: CutSource,
  format: FormatName | 'auto',
  sizes: ReadSizes,
): Generator<Part, void, undefined> {
  let found: FoundFormat | undefined;
  for (;;) {
    const begin: number = found?.at ?? 0;
    const asFound: ResumeState | undefined = found && {
      format: found.format,
      framing: found.framing,
      header: '',
      lines: 0,
    };
    const { state, bytes, end: seenEnd } = beginningOf(source, begin, asFound ?? format, sizes.chunkBytes);
    if (state === undefined || state.framing === 'objects') {
      yield { start: begin, end: Number.POSITIVE_INFINITY, resume: asFound };
      return;
    }
    const isGuessed = found === undefined && format === 'auto' && state.format === 'raw';
    const search = isGuessed ? new LateFormat(source, bytes, sizes.chunkBytes) : undefined;
    let start = begin;
    let resume = isGuessed ? { ...state, lines: 0 } : asFound;
    let end = alignedUp(Math.max(seenEnd, begin + sizes.partBytes), sizes.chunkBytes);
    for (;;) {
      found = search?.lookTo(end);
      if (found !== undefined) break;
      if (end >= source.sizeBytes) {
        yield { start, end: Number.POSITIVE_INFINITY, resume };
        return;
      }
      yield { start, end, resume };
      start = end;
      resume = { ...state, lines: 1 };
      end += sizes.partBytes;
    }
    if (found.at > start) yield { start, end: found.at, resume };
  }
}

/** What a screen knows as soon as it knows the format, and the bytes up to there; no state when the file ends before. */
function beginningOf(
  source: CutSource,
  begin: number,
  as: ResumeState | FormatName | 'auto',
  chunkBytes: number,
): { readonly state: ResumeState | undefined; readonly bytes: Uint8Array; readonly end: number } {
  const options = typeof as === 'string' ? { format: as } : { format: as.format, resume: as };
  const screen = createScreen(Table.build([]), options, { match: () => undefined });
  const chunks: Uint8Array[] = [];
  let at = begin;
  let isKnown = false;
  while (!isKnown && at < source.sizeBytes) {
    const chunk = source.read(at, alignedUp(at + 1, chunkBytes) - at);
    if (chunk.length === 0) break;
    screen.push(chunk);
    chunks.push(Uint8Array.from(chunk));
    at += chunk.length;
    isKnown = screen.state !== undefined;
  }
  return { state: isKnown ? screen.state : undefined, bytes: Buffer.concat(chunks), end: at };
}

/** Where raw text turns out to be of a format, found as a screen of the whole finds it. */
class LateFormat {
  readonly #source: CutSource;
  readonly #chunkBytes: number;
  readonly #guess = new RawGuess(true);
  /** Everything before has gone by. */
  #at: number;

  constructor(source: CutSource, first: Uint8Array, chunkBytes: number) {
    this.#source = source;
    this.#chunkBytes = chunkBytes;
    // What the screen that read it found there is in its state already.
    this.#guess.look(first);
    this.#at = first.length;
  }

  /** Looks at what is due up to an offset, a multiple of the chunks. */
  lookTo(end: number): FoundFormat | undefined {
    const limit = Math.min(end, this.#source.sizeBytes);
    for (;;) {
      const due = Math.max(this.#at, alignedUp(this.#guess.dueAt, this.#chunkBytes));
      if (due >= limit) return undefined;
      if (due > this.#at) this.#guess.skip(due - this.#at, this.#source.read(due - 1, 1)[0] === 0x0a);
      const chunk = this.#source.read(due, this.#chunkBytes);
      const found = this.#guess.look(chunk);
      this.#at = due + Math.max(1, chunk.length);
      if (found !== undefined) return { ...found, at: due + found.at };
    }
  }
}

function alignedUp(offset: number, unit: number): number {
  return Math.ceil(offset / unit) * unit;
}
