import type { Table } from '@comity/screen';
import type { Outbox } from './outbox.ts';
import type { PatternFollower } from './pattern-follower.ts';
import type { RecordSourceStatus } from './record-source.ts';

/** What a running source says of itself. */
export interface RunnerStatus {
  readonly status: RecordSourceStatus;
  /** Why, in words; also of a fault that is over (`notice`), while the source goes on. */
  readonly error: string | undefined;
  /** Bytes that are there and not judged. */
  readonly lagBytes: number | undefined;
  readonly filesOpen: number;
}

/** One source at work on a worker thread. */
export interface Runner {
  /** Does one bounded piece of work; true when there is more to do at once. Never throws for what the system does. */
  step(): boolean;
  status(): RunnerStatus;
  /** Goes on with a table that was loaded anew. */
  useTable(table: Table): void;
  /** Sends what was judged so far of bytes that can be read again; resolves once it is on its way. */
  report(): Promise<void>;
  /** Reports what was judged and lets everything go; nothing is sent afterwards. */
  stop(): Promise<void>;
}

export interface RunnerDeps {
  readonly table: () => Table;
  /** Undefined: records are held against values alone. */
  readonly patterns?: PatternFollower | undefined;
  readonly outbox: Outbox;
  /** ms that never go back. */
  readonly now: () => number;
  /** Has `step` called soon: something happened outside it. */
  readonly wake: () => void;
}

export interface RunnerTimes {
  readonly pollMs: number;
  /** How long a file that lost its name is still read. */
  readonly rotationGraceMs: number;
  /** How long a last line without line end may stand before it is judged as it is. */
  readonly partialLineMs: number;
}
