import type { ValueKind } from '@comity/protocol/values';
import type { TableRow } from '../table/index.ts';

/** How the port of a record meets the ports a value is listed with. */
export type PortVerdict = 'same' | 'other' | 'unknown';

/** A listed value met in a field of a record; one for each listed value, field and relation, however often it occurs. */
export interface RecordMatch {
  /** Normal form of what the record shows. */
  readonly value: string;
  readonly kind: ValueKind;
  readonly relation: 'exact' | 'subdomain' | 'cidr' | 'prefix';
  /** The format's own name of the field; absent in text without fields. */
  readonly field?: string;
  /** Normal form of the listed value, without port. */
  readonly indicator: string;
  /** Who lists it, each with the port it is listed for, if any. */
  readonly rows: readonly TableRow[];
  /**
   * Present when every row names a port. `same` when the record's port is one of them; `unknown` when the record names
   * none; `other` raises no alarm.
   */
  readonly port?: PortVerdict;
  /** The ports it is listed with, ascending; present with `port`. */
  readonly listedPorts?: readonly number[];
  /** Where the value stands in `record`, in bytes; absent when it was written with escapes or put together. */
  readonly start?: number;
  readonly end?: number;
}

/** A record with at least one match. */
export interface MatchedRecord {
  /** Line of its first byte, from 1. */
  readonly line: number;
  /**
   * Its first byte, counted from the first byte pushed; negative when the screen resumed inside the record. Record, listed
   * value, field and relation together know a match: of a record in pieces each has the same offset.
   */
  readonly offset: number;
  /**
   * Its bytes without line end, or the piece of a record longer than `limits.recordBytesMax` in which the matches stand; a
   * view that is valid only during the call. Untrusted.
   */
  readonly record: Uint8Array;
  readonly matches: readonly RecordMatch[];
}

/** Where matches go, one call a record (or piece of one), in the order of the input. What it throws passes through `push`. */
export interface ScreenSink {
  match(found: MatchedRecord): void;
}
