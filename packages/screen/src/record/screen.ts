import { limits } from '@comity/protocol/base';
import { beginsManyLines, detectFormat, getFormat, sampleOf } from '../formats/index.ts';
import type { FormatName, Framing, RecordReader } from '../formats/index.ts';
import { HitList, scan } from '../match/index.ts';
import type { Table } from '../table/index.ts';
import { LineFramer } from './line-framer.ts';
import type { ScreenSink } from './match.ts';
import { ObjectFramer } from './object-framer.ts';
import { cutBefore } from './oversized.ts';
import { PendingBytes } from './pending-bytes.ts';
import { RecordJudge } from './record-judge.ts';
import { ToldMatches } from './told-matches.ts';

/** What a screen that starts in the middle of an input must know; plain JSON. */
export interface ResumeState {
  readonly format: FormatName;
  readonly framing: Framing;
  /** Header lines that name the fields of later records; may be empty. */
  readonly header: string;
  /** Lines before the place to resume at. */
  readonly lines: number;
  /** Bytes before that place that belong to its line, when that is longer than `limits.recordBytesMax`. */
  readonly inside?: number;
}

/** How an input is read. */
export interface ScreenOptions {
  /** Forces the format; recognised from the first lines when absent or `auto`. */
  readonly format?: FormatName | 'auto';
  /** State of an earlier screen: push the bytes from its `offset` on. */
  readonly resume?: ResumeState;
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
  /** Undefined until the format is decided. */
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
  const sample = new PendingBytes();

  const decide = (bytes: Uint8Array): Running => {
    const facts = sampleOf(bytes);
    const forced = options.format ?? 'auto';
    const format = forced === 'auto' ? detectFormat(facts) : getFormat(forced);
    return createRunning(currentTable, sink, {
      format: format.name,
      framing: format.framing(facts),
      header: '',
      lines: 0,
    });
  };
  if (options.resume !== undefined) running = createRunning(table, sink, options.resume);

  return {
    push(chunk) {
      if (running !== undefined) {
        running.push(chunk);
        return;
      }
      sample.append(chunk, 0, chunk.length);
      // Only whole lines tell, so a piece of one changes nothing.
      const mayTell = sample.length >= sampleBytesMax || (chunk.includes(0x0a) && tellsFormat(sample.view()));
      if (!mayTell) return;
      const bytes = sample.take();
      running = decide(bytes);
      running.push(bytes);
    },
    end() {
      if (running === undefined) {
        const bytes = sample.take();
        running = decide(bytes);
        running.push(bytes);
      }
      running.end();
    },
    useTable(other) {
      currentTable = other;
      running?.useTable(other);
    },
    get offset() {
      return running?.offset() ?? 0;
    },
    get lines() {
      return running?.counts.lines ?? 0;
    },
    get records() {
      return running?.counts.records ?? 0;
    },
    get oversized() {
      return running?.counts.oversized ?? 0;
    },
    get format() {
      return running?.state().format;
    },
    get state() {
      return running?.state();
    },
  };
}

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

/** A screen whose format is decided. */
interface Running {
  push(chunk: Uint8Array): void;
  end(): void;
  useTable(table: Table): void;
  offset(): number;
  state(): ResumeState;
  readonly counts: Readonly<Counts>;
}

interface Counts {
  lines: number;
  records: number;
  oversized: number;
}

function createRunning(table: Table, sink: ScreenSink, from: ResumeState): Running {
  const reader = getFormat(from.format).createReader();
  takeHeaders(reader, from.header);
  const judge = new RecordJudge(table, reader);
  const counts: Counts = { lines: from.lines, records: 0, oversized: 0 };
  const told = new ToldMatches();
  const framed =
    from.framing === 'lines'
      ? frameLines(judge, reader, counts, told, sink, from.inside ?? 0)
      : frameObjects(judge, reader, counts, told, sink);
  return {
    push: framed.push,
    end: framed.end,
    offset: framed.offset,
    counts,
    useTable(other) {
      judge.table = other;
      told.clear();
    },
    state: () => {
      const inside = framed.inside();
      return {
        format: from.format,
        framing: from.framing,
        header: reader.header(),
        lines: counts.lines,
        ...(inside > 0 ? { inside } : {}),
      };
    },
  };
}

function takeHeaders(reader: RecordReader, header: string): void {
  for (const line of header.split('\n')) {
    const bytes = Buffer.from(line, 'latin1');
    if (bytes.length > 0) reader.takeHeader(bytes, 0, bytes.length);
  }
}

interface Framed {
  readonly push: (chunk: Uint8Array) => void;
  readonly end: () => void;
  readonly offset: () => number;
  /** Bytes before `offset` that belong to the record it lies in. */
  readonly inside: () => number;
}

function frameLines(
  judge: RecordJudge,
  reader: RecordReader,
  counts: Counts,
  told: ToldMatches,
  sink: ScreenSink,
  startsInside: number,
): Framed {
  const hits = new HitList();
  let judgedOffset = 0;
  let inside = startsInside;

  const report = (bytes: Uint8Array, start: number, end: number, offset: number, isPiece: boolean): void => {
    const matches = isPiece ? judge.judgeRaw(bytes, start, end, told) : judge.judge(bytes, start, end);
    if (matches.length > 0) sink.match({ line: counts.lines + 1, offset, record: bytes.subarray(start, end), matches });
  };

  const lines = (given: Uint8Array, start: number, end: number, offset: number): void => {
    const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
    hits.reset();
    scan(judge.table, bytes, start, end, hits);
    const candidates = hits.start.slice(0, hits.count).sort();
    let nextCandidate = 0;
    let nextEscape = reader.hasEscapes ? findEscape(bytes, start, end) : end;
    // A byte-order mark is no part of the first record.
    const markBytes = offset === 0 && byteOrderMark.equals(bytes.subarray(start, start + 3)) ? 3 : 0;
    for (let lineStart = start + markBytes; lineStart < end;) {
      const found = bytes.indexOf(0x0a, lineStart);
      const next = found < 0 || found >= end ? end : found + 1;
      let lineEnd = found < 0 || found >= end ? end : found;
      if (lineEnd > lineStart && bytes[lineEnd - 1] === 0x0d) lineEnd--;
      const hasCandidate = nextCandidate < candidates.length && candidates[nextCandidate]! < next;
      const hasEscape = nextEscape < next;
      if (lineEnd > lineStart && !reader.takeHeader(bytes, lineStart, lineEnd)) {
        counts.records++;
        const lineOffset = offset + lineStart - start;
        if (lineEnd - lineStart > limits.recordBytesMax) {
          counts.oversized++;
          told.clear();
          for (let from = lineStart; from < lineEnd;) {
            const to =
              lineEnd - from <= limits.recordBytesMax ? lineEnd : cutBefore(bytes, from, from + limits.recordBytesMax);
            report(bytes, from, to, lineOffset, true);
            from = to;
          }
        } else if (hasCandidate || hasEscape) {
          report(bytes, lineStart, lineEnd, lineOffset, false);
        }
      }
      counts.lines++;
      judgedOffset = offset + next - start;
      if (hasCandidate) while (nextCandidate < candidates.length && candidates[nextCandidate]! < next) nextCandidate++;
      if (hasEscape) nextEscape = findEscape(bytes, next, end);
      lineStart = next;
    }
  };

  const framer = new LineFramer(
    {
      lines,
      piece(bytes, start, end, lineOffset, offset, isLast) {
        if (inside === 0) {
          counts.records++;
          counts.oversized++;
          told.clear();
        }
        report(bytes, start, end, lineOffset, true);
        judgedOffset = offset + end - start;
        inside = isLast ? 0 : judgedOffset - lineOffset;
        if (isLast) counts.lines++;
      },
    },
    startsInside,
  );
  return {
    push: (chunk) => framer.push(chunk),
    end: () => framer.end(),
    offset: () => judgedOffset,
    inside: () => inside,
  };
}

function frameObjects(
  judge: RecordJudge,
  reader: RecordReader,
  counts: Counts,
  told: ToldMatches,
  sink: ScreenSink,
): Framed {
  const hits = new HitList();
  let inPieces = false;
  const framer = new ObjectFramer(
    {
      object(bytes, start, end, offset, line) {
        if (reader.takeHeader(bytes, start, end)) return;
        counts.records++;
        hits.reset();
        scan(judge.table, bytes, start, end, hits);
        if (hits.count === 0 && !(reader.hasEscapes && findEscape(bytes, start, end) < end)) return;
        const matches = judge.judge(bytes, start, end);
        if (matches.length > 0) sink.match({ line, offset, record: bytes.subarray(start, end), matches });
      },
      piece(bytes, start, end, offset, line, isLast) {
        if (!inPieces) {
          counts.oversized++;
          told.clear();
        }
        // Counted with the offset: an object in pieces that is cut off by a stop is read again from its start.
        if (isLast) counts.records++;
        inPieces = !isLast;
        for (let from = start; from < end;) {
          const to = end - from <= limits.recordBytesMax ? end : cutBefore(bytes, from, from + limits.recordBytesMax);
          const matches = judge.judgeRaw(bytes, from, to, told);
          if (matches.length > 0) sink.match({ line, offset, record: bytes.subarray(from, to), matches });
          from = to;
        }
      },
    },
    counts.lines + 1,
  );
  const counted = (): void => {
    counts.lines = framer.lines;
  };
  return {
    push(chunk) {
      framer.push(chunk);
      counted();
    },
    end() {
      framer.end();
      counted();
    },
    offset: () => framer.judgedOffset,
    inside: () => 0,
  };
}

/**
 * Offset of the next backslash whose escape stands for a byte that may end a value or belong to one (`\u002e`, `\x2e`,
 * `\n`), or `end`. The escapes of `"`, `\` and `/` leave the bytes of a value together, so the raw look sees it.
 */
function findEscape(bytes: Uint8Array, start: number, end: number): number {
  const view = bytes.subarray(start, end);
  let at = view.indexOf(0x5c);
  while (at >= 0 && at + 1 < view.length) {
    if (hidingEscapes.includes(view[at + 1]!)) return start + at;
    at = view.indexOf(0x5c, at + 1);
  }
  return end;
}

const byteOrderMark = Buffer.from('\ufeff');
const hidingEscapes: Uint8Array = Buffer.from('ubfnrtx');
