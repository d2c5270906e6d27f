import type { FormatName, Framing } from '../formats/index.ts';
import type { Table } from '../table/index.ts';
import type { ScreenSink } from './match.ts';

/** What a screen that starts in the middle of an input must know; plain JSON. */
export interface ResumeState {
  readonly format: FormatName;
  readonly framing: Framing;
  /** Header lines that name the fields of later records; may be empty. */
  readonly header: string;
  /** Lines before the place to resume at. */
  readonly lines: number;
}

export interface ScreenOptions {
  /** Forces the format; recognised from the first lines when absent or `auto`. */
  readonly format?: FormatName | 'auto';
  /** State of an earlier screen: push the bytes from its `offset` on. */
  readonly resume?: ResumeState;
}

/**
 * Screens one input: bytes in, matches out.
 *
 * Every record is looked at raw first; only one with a candidate is split into fields, which are looked at again, so that
 * a match names its field and knows its port. Not safe to share between inputs.
 */
export interface Screen {
  /** Takes the next bytes, cut anywhere. The chunk is not kept. */
  push(chunk: Uint8Array): void;
  /** The input is over: a last line without line end is judged too. */
  end(): void;
  /** Goes on with another table from the next record. */
  useTable(table: Table): void;
  /** Bytes up to the last whole record judged, counted from the first byte pushed: safe to resume from. */
  readonly offset: number;
  /** Lines judged, headers and comments included. */
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

export function createScreen(_table: Table, _options: ScreenOptions, _sink: ScreenSink): Screen {
  throw new Error('not yet');
}
