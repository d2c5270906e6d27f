import type { ComityError } from '@comity/protocol/base';
import type { MatchedRecord } from '../record/index.ts';

/** A record with matches. Its bytes are the consumer's own. */
export interface LogMatch extends MatchedRecord {
  readonly type: 'match';
  /** The path as given, joined below a folder; a member of an archive is `archive.zip/member`. */
  readonly file: string;
}

/** Something that could not be read, or not to its end; what was read is screened. */
export interface LogFault {
  readonly type: 'fault';
  readonly file: string;
  readonly error: ComityError;
}

export type LogFinding = LogMatch | LogFault;

/** How far a run is; the numbers only grow. */
export interface LogCounts {
  /** Bytes read from the disk; compressed ones where a file is. Some are read twice where a file was cut in the wrong state. */
  readonly readBytes: number;
  /** Lines, records and records too long of what was told of so far: what comes before the latest finding. */
  readonly lines: number;
  readonly records: number;
  readonly oversized: number;
}
