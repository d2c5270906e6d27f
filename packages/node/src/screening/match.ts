import type { Match } from '@comity/protocol/api';
import { ComityError, quote } from '@comity/protocol/base';
import type { RowId } from '@comity/protocol/base';
import type { ValueKind } from '@comity/protocol/values';

/**
 * A match as the API shows it, and what only the node itself needs.
 *
 * `record` and every value in it are untrusted text: control characters are kept here and escaped by who shows them.
 * `line` is 0 when lines were not counted because the source was joined at its end.
 */
export interface ScreeningMatch extends Match {
  readonly id: RowId & string;
  /** Byte offset of the record in its file or stream, after decompression. */
  readonly offset: number;
  /** Time the record itself states, when it could be read cheaply. */
  readonly recordedAt?: string;
  /** State of the table that judged the record. */
  readonly sequence: number;
  /** Number of the listed value, for the one who keeps the indicators. */
  readonly ref: number;
}

/** A match with its place in the order in which they were found: what comes later has a greater one. */
export interface PlacedMatch {
  readonly position: number;
  readonly match: ScreeningMatch;
}

export interface MatchFilter {
  readonly source?: string;
  readonly kind?: ValueKind;
  /** The value as the record showed it, in normal form. */
  readonly value?: string;
  /** Numbers of listed values: any of them. */
  readonly refs?: readonly number[];
  readonly alarm?: boolean;
  /** Only matches seen at or after this instant; ms since the Unix epoch. */
  readonly sinceMs?: number;
  /** Part of the record or the value. */
  readonly text?: string;
  readonly cursor?: string;
  /** 1 to 500; default 100. */
  readonly limit?: number;
}

export interface MatchPage {
  readonly rows: readonly ScreeningMatch[];
  /**
   * Where the next page begins. A search by `text` looks at a bounded number of rows a call, so a page may hold fewer
   * rows than asked, even none, and still have a next one.
   */
  readonly next?: string;
}

/** The id of a match as its row number shows it; sorts as matches were seen. */
export function matchIdOf(row: number): RowId & string {
  return `match-${row.toString(36).padStart(10, '0')}` as RowId;
}

/** @throws {ComityError} `ID_MALFORMED`. */
export function parseMatchId(text: string): number {
  if (!/^match-[0-9a-z]{10}$/.test(text))
    throw new ComityError('ID_MALFORMED', `Cannot use ${quote(text)} as the id of a match`);
  const row = Number.parseInt(text.slice('match-'.length), 36);
  if (!Number.isSafeInteger(row))
    throw new ComityError('ID_MALFORMED', `Cannot use ${quote(text)} as the id of a match`);
  return row;
}
