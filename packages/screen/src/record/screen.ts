import { beginsManyLines, detectFormat, getFormat, sampleOf } from '../formats/index.ts';
import type { FormatName } from '../formats/index.ts';
import { fastScan, scan } from '../match/index.ts';
import type { SeenKeys } from '../seen/index.ts';
import type { Table } from '../table/index.ts';
import type { ScreenSink } from './match.ts';
import { PendingBytes } from './pending-bytes.ts';
import { RawGuess } from './raw-guess.ts';
import { createRunning } from './running.ts';
import type { ResumeState, Running } from './running.ts';

/** How an input is read. */
export interface ScreenOptions {
  /** Forces the format; recognised from the first lines when absent or `auto`. */
  readonly format?: FormatName | 'auto';
  /** State of an earlier screen: push the bytes from its `offset` on. */
  readonly resume?: ResumeState;
  /** Whether the matcher looks at everything itself, several times as slow: what the kernel is held against. */
  readonly withoutKernel?: boolean;
  /** Is told every value that could be listed, whole before `push` and `end` return. */
  readonly seen?: SeenKeys;
}

/**
 * Screens one input: bytes in, matches out.
 *
 * Every record is looked at raw first; only one with a candidate, or with an escape that could hide one, is split into
 * fields, which are looked at again, so that a match names its field and knows its port. Not safe to share between inputs.
 */
export interface Screen {
  /** Takes the next bytes, cut anywhere. The chunk is not kept. */
  push(chunk: Uint8Array): void;
  /** The input is over: a last line without line end is judged too. */
  end(): void;
  /** Goes on with another table from the next chunk. */
  useTable(table: Table): void;
  /**
   * Bytes up to the last whole record, or piece of a line too long, that was judged, counted from the first byte pushed:
   * safe to resume from.
   */
  readonly offset: number;
  /** Lines judged, headers and comments included; with `resume`, those before it too. */
  readonly lines: number;
  /** Records judged: lines that are neither empty nor headers, or JSON objects. */
  readonly records: number;
  /** Records longer than `limits.recordBytesMax`, which were screened raw and in pieces. */
  readonly oversized: number;
  /** Undefined until the format is decided; `raw` may become another when later lines tell more. */
  readonly format: FormatName | undefined;
  /** What to keep beside `offset`; undefined until the format is decided. */
  readonly state: ResumeState | undefined;
}

/** The format is decided by the first whole lines, or by this many bytes of a line that does not end. */
const sampleBytesMax = 64 * 1024;

/**
 * A screen for one input.
 *
 * @param table - may be changed while in use; each chunk is judged by what it then holds.
 * @param sink - called during `push` and `end`.
 */
export function createScreen(table: Table, options: ScreenOptions, sink: ScreenSink): Screen {
  let currentTable = table;
  let running: Running | undefined;
  /** Present while the format is `raw` only because nothing was recognised. */
  let guess: RawGuess | undefined;
  /** Of what was judged before the format was decided anew. */
  let before = { offset: 0, records: 0, oversized: 0 };
  const sample = new PendingBytes();

  const forced = options.format ?? 'auto';
  const look = options.withoutKernel === true ? plainScan : fastScan;

  const run = (from: ResumeState, isAtLineStart: boolean, isBeginning: boolean): Running => {
    const { offset } = before;
    const moved: ScreenSink = { match: (found) => sink.match({ ...found, offset: offset + found.offset }) };
    running = createRunning(currentTable, look, offset === 0 ? sink : moved, options.seen, from, isBeginning);
    guess = forced === 'auto' && from.format === 'raw' ? new RawGuess(isAtLineStart) : undefined;
    return running;
  };
  const decide = (bytes: Uint8Array): Running => {
    const facts = sampleOf(bytes);
    const format = forced === 'auto' ? detectFormat(facts) : getFormat(forced);
    return run({ format: format.name, framing: format.framing(facts), header: '', lines: 0 }, true, true);
  };
  /** Judges bytes; where they turn out to be of a format, from there on as that. */
  const judge = (current: Running, bytes: Uint8Array): void => {
    const found = guess?.look(bytes);
    if (found === undefined) {
      current.push(bytes);
      return;
    }
    current.push(bytes.subarray(0, found.at));
    const { lines, records, oversized } = current.counts;
    before = {
      offset: before.offset + current.offset(),
      records: before.records + records,
      oversized: before.oversized + oversized,
    };
    const { format, framing } = found;
    run({ format, framing, header: '', lines }, true, true).push(bytes.subarray(found.at));
  };
  const { resume } = options;
  if (resume !== undefined) run(resume, resume.inside === undefined, resume.lines === 0 && resume.inside === undefined);

  return {
    push(chunk) {
      if (running !== undefined) {
        judge(running, chunk);
        return;
      }
      sample.append(chunk, 0, chunk.length);
      // Only whole lines tell, so a piece of one changes nothing.
      const mayTell = sample.length >= sampleBytesMax || (chunk.includes(0x0a) && tellsFormat(sample.view()));
      if (!mayTell) return;
      const bytes = sample.take();
      judge(decide(bytes), bytes);
    },
    end() {
      if (running === undefined) {
        const bytes = sample.take();
        judge(decide(bytes), bytes);
      }
      running?.end();
    },
    useTable(other) {
      currentTable = other;
      running?.useTable(other);
    },
    get offset() {
      return before.offset + (running?.offset() ?? 0);
    },
    get lines() {
      return running?.counts.lines ?? 0;
    },
    get records() {
      return before.records + (running?.counts.records ?? 0);
    },
    get oversized() {
      return before.oversized + (running?.counts.oversized ?? 0);
    },
    get format() {
      return running?.state().format;
    },
    get state() {
      return running?.state();
    },
  };
}

/** {@link scan} tells all gates, whichever are asked for. */
const plainScan: typeof fastScan = (table, bytes, start, end, hits, _gates, seen) =>
  scan(table, bytes, start, end, hits, seen);

/** Whether enough is there: a line that is no comment, the header of a Zeek log, or an object that spans lines. */
function tellsFormat(bytes: Uint8Array): boolean {
  const lastLineEnd = bytes.lastIndexOf(0x0a);
  if (lastLineEnd < 0) return false;
  const sample = sampleOf(bytes.subarray(0, lastLineEnd + 1));
  const first = sample.lines.find((line) => !line.startsWith('#'));
  if (first === undefined) return sample.lines.some((line) => line.startsWith('#fields'));
  return !beginsManyLines(first) || hasWholeObject(sample.text);
}

/** Whether a JSON object begins and ends in the text; what braces in strings do to that only costs a guess. */
function hasWholeObject(text: string): boolean {
  let depth = 0;
  for (const brace of text.match(/[{}]/g) ?? []) {
    depth += brace === '{' ? 1 : -1;
    if (depth === 0) return true;
  }
  return false;
}
