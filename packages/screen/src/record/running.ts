import { limits } from '@comity/protocol/base';
import { getFormat } from '../formats/index.ts';
import type { FormatName, Framing, RecordReader } from '../formats/index.ts';
import { HitList } from '../match/index.ts';
import type { fastScan } from '../match/index.ts';
import type { SeenKeys } from '../seen/index.ts';
import type { Table } from '../table/index.ts';
import { LineFramer } from './line-framer.ts';
import type { RecordMatch, ScreenSink } from './match.ts';
import { ObjectFramer } from './object-framer.ts';
import { cutBefore } from './oversized.ts';
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

/** A screen whose format is decided. */
export interface Running {
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

/** The raw look at whole records. */
type Look = typeof fastScan;

/**
 * A screen of one format, from its first byte or from where another stopped.
 *
 * @param isBeginning - whether the first byte is the first of the format: only there is a byte-order mark no part of a record.
 */
export function createRunning(
  table: Table,
  look: Look,
  sink: ScreenSink,
  seen: SeenKeys | undefined,
  from: ResumeState,
  isBeginning: boolean,
): Running {
  const reader = getFormat(from.format).createReader();
  takeHeaders(reader, from.header);
  const judge = new RecordJudge(table, reader);
  const counts: Counts = { lines: from.lines, records: 0, oversized: 0 };
  const told = new ToldMatches();
  const framed =
    from.framing === 'lines'
      ? frameLines(judge, look, reader, counts, told, sink, seen, { inside: from.inside ?? 0, isBeginning })
      : frameObjects(judge, look, reader, counts, told, sink, seen);
  return {
    push(chunk) {
      framed.push(chunk);
      seen?.flush();
    },
    end() {
      framed.end();
      seen?.flush();
    },
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

/** Tells a reader the header lines of its input, as `RecordReader.header` gave them. */
export function takeHeaders(reader: RecordReader, header: string): void {
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
  look: Look,
  reader: RecordReader,
  counts: Counts,
  told: ToldMatches,
  sink: ScreenSink,
  seen: SeenKeys | undefined,
  begin: { readonly inside: number; readonly isBeginning: boolean },
): Framed {
  const hits = new HitList();
  let judgedOffset = 0;
  const { isBeginning } = begin;
  let { inside } = begin;

  const report = (
    bytes: Uint8Array,
    start: number,
    end: number,
    offset: number,
    matches: readonly RecordMatch[],
  ): void => {
    if (matches.length > 0) sink.match({ line: counts.lines + 1, offset, record: bytes.subarray(start, end), matches });
  };

  const lines = (given: Uint8Array, start: number, end: number, offset: number): void => {
    const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
    hits.reset();
    look(judge.table, bytes, start, end, hits, reader.gates, seen);
    const candidates = hits.start.slice(0, hits.count).sort();
    let nextCandidate = 0;
    let nextEscape = reader.hasEscapes ? findEscape(bytes, start, end) : end;
    const hasMark = isBeginning && offset === 0 && byteOrderMark.equals(bytes.subarray(start, start + 3));
    for (let lineStart = start + (hasMark ? byteOrderMark.length : 0); lineStart < end;) {
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
            report(bytes, from, to, lineOffset, judge.judgeRaw(bytes, from, to, told));
            from = to;
          }
        } else if (hasCandidate || hasEscape) {
          const matches = judge.judge(bytes, lineStart, lineEnd, hasEscape ? seen : undefined);
          report(bytes, lineStart, lineEnd, lineOffset, matches);
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
        report(bytes, start, end, lineOffset, judge.judgeRaw(bytes, start, end, told, seen));
        judgedOffset = offset + end - start;
        inside = isLast ? 0 : judgedOffset - lineOffset;
        if (isLast) counts.lines++;
      },
    },
    inside,
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
  look: Look,
  reader: RecordReader,
  counts: Counts,
  told: ToldMatches,
  sink: ScreenSink,
  seen: SeenKeys | undefined,
): Framed {
  const hits = new HitList();
  let inPieces = false;
  const framer = new ObjectFramer(
    {
      object(bytes, start, end, offset, line) {
        if (reader.takeHeader(bytes, start, end)) return;
        counts.records++;
        hits.reset();
        // Its lines are not records, so a URL may have its parts in different ones.
        look(judge.table, bytes, start, end, hits, reader.gates === 'none' ? 'none' : 'all', seen);
        const hasEscape = reader.hasEscapes && findEscape(bytes, start, end) < end;
        if (hits.count === 0 && !hasEscape) return;
        const matches = judge.judge(bytes, start, end, hasEscape ? seen : undefined);
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
          const matches = judge.judgeRaw(bytes, from, to, told, seen);
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
