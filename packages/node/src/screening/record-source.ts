import type { RecordSourceView } from '@comity/protocol/api';
import type { RowId } from '@comity/protocol/base';

/**
 * What is screened.
 *
 * - `file`: followed like `tail -F`; may not exist yet. A compressed file is read whole once.
 * - `folder`: every file below it, or those a glob names (`/var/log/zeek/*.log`); growing files are followed,
 *   compressed ones read whole once.
 * - `syslog-udp`, `syslog-tcp`: `port`, `address:port` or `[address]:port`; loopback when no address is given.
 * - `http`: records pushed to us; standard input of a command arrives this way too.
 * - `upload`: one file dropped on the page, spooled to the data folder until it is judged.
 */
export type RecordSourceKind = RecordSourceView['kind'];
export type RecordSourceStatus = RecordSourceView['status'];

export interface NewRecordSource {
  readonly kind: Exclude<RecordSourceKind, 'upload'>;
  /** Shown; default: the location, or the kind. */
  readonly name?: string;
  /** Path, `path/glob`, or address and port; empty for `http`. */
  readonly location?: string;
  /** Name of a record format, or `auto`. */
  readonly format?: string;
  /** Where to begin in files that exist already; a file that appears later is read from its start. Default `start`. */
  readonly from?: 'start' | 'end';
}

/** A source as the API shows it, and what only the node itself needs. */
export interface RecordSource extends RecordSourceView {
  readonly id: RowId & string;
  readonly from: 'start' | 'end';
  /** Files, connections or pushes that are open at this moment. */
  readonly filesOpen: number;
}

/** What a push was answered with: everything in it is judged and durable. */
export interface PushOutcome {
  readonly records: number;
  /** Matches found in it. */
  readonly matches: number;
}
