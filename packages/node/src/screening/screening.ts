import type { Match } from '@comity/protocol/api';
import type { Clock, StixId } from '@comity/protocol/base';
import type { StixObject } from '@comity/protocol/stix';
import type { Value, ValueKind } from '@comity/protocol/values';
import type { HuntReport } from './seen/hunt-report.ts';
import type { SeenStats } from './seen/seen-values.ts';
import type { Connection, Store } from '../store/index.ts';
import type { MatchFilter, MatchPage, PlacedMatch, ScreeningMatch } from './match.ts';
import type { NewRecordSource, PushOutcome, RecordSource } from './record-source.ts';
import type { SweptMatch } from './sweep-matches.ts';
import type { TableFigures } from './worker-messages.ts';

export interface ScreeningOptions {
  /** The node's data folder: the spool of uploads lies in it, and no source may read it. */
  readonly dir: string;
  /** Default 1: the node shares its machine with what it watches. */
  readonly workers?: number;
  /** How often followed files are looked at, in ms. Default 200. */
  readonly pollMs?: number;
  /** How long a file that lost its name (rotation) is still read, in ms. Default 5,000. */
  readonly rotationGraceMs?: number;
  /** How long a last line without line end may stand before it is judged as it is, in ms. Default 60,000. */
  readonly partialLineMs?: number;
  /** Matches kept; the oldest go first. Default 1,000,000. */
  readonly matchesMax?: number;
  /** Days a match is kept. Default 365. */
  readonly matchAgeDaysMax?: number;
  /**
   * Days what sources show is noted and kept for hunts; 0 deletes what was noted. When absent nothing is noted, and what was noted is
   * asked and kept for 30 days.
   */
  readonly seenDays?: number;
  /** Bytes of it that are kept, the oldest days going first. Default 2 GiB. */
  readonly seenBytesMax?: number;
  /** How long after a change of the listed values hunts for them begin, in ms. Default 2,000. */
  readonly huntDelayMs?: number;
}

/** What is known about a listed value now: the indicator behind a match. */
export type MatchIndicator = Match['indicator'];

export interface HuntOptions {
  /** Hours that end before are not asked; ms since the Unix epoch. */
  readonly sinceMs?: number;
  /** Whether the records are looked for where they are still there: as long as reading these files takes. */
  readonly confirms?: boolean;
}

export interface ScreeningDeps {
  readonly store: Store;
  readonly clock: Clock;
  /** URL of a module that exports `openValueReader` (`ValueReaderModule`); each worker imports it. */
  readonly valueReaderModule: string;
  /** Calls `listener` after each committed change of what is screened for; returns how to stop. */
  readonly onDelta: (listener: () => void) => () => void;
  /** Called in each transaction that deletes matches for their age or number. */
  readonly onSweep?: (db: Connection, swept: readonly SweptMatch[]) => void;
  /** The indicators behind listed values as they stand now, also when withdrawn since; unknown numbers are left out. */
  readonly describe: (refs: readonly number[]) => Promise<ReadonlyMap<number, MatchIndicator>>;
}

export interface Screening {
  /** Starts the workers and every source that is not paused. Resolves once a table is loaded. */
  start(): Promise<void>;
  /** Stops reading, commits what was judged, ends the workers. Nothing is lost: offsets are kept. */
  close(): Promise<void>;

  /** @throws {ComityError} `ARGUMENT_INVALID`, `FILE_UNREADABLE` (a folder that is not there) or `CONFLICT` (same kind and location). */
  addSource(source: NewRecordSource): Promise<RecordSource>;
  sources(): readonly RecordSource[];
  findSource(id: string): RecordSource | undefined;
  renameSource(id: string, name: string): Promise<RecordSource>;
  pauseSource(id: string): Promise<RecordSource>;
  resumeSource(id: string): Promise<RecordSource>;
  /** Stops and forgets a source; its matches stay. */
  removeSource(id: string): Promise<void>;

  /**
   * Screens records handed to an `http` source; resolves once every whole and final partial line is judged and durable.
   *
   * @param options.batchId - at most 200 characters; the same body pushed again under the same id within a week is judged
   *   once and answered with the same counts.
   * @throws {ComityError} `NOT_FOUND`, `CONFLICT` (paused, not of kind `http`, or the same batch is under way),
   *   `IDEMPOTENCY_KEY_REUSED` (another body under the same id), `TOO_MANY_REQUESTS` (the queue is full).
   */
  push(
    id: string,
    body: Uint8Array | AsyncIterable<Uint8Array>,
    options?: { readonly batchId?: string },
  ): Promise<PushOutcome>;

  /**
   * Screens one file now: spooled durably, judged, then removed; kept as a source of kind `upload`.
   *
   * Resolves once the file is spooled; `done` resolves once it is judged. A crash in between goes on at the next start.
   */
  screenUpload(
    name: string,
    body: AsyncIterable<Uint8Array>,
    options?: { readonly format?: string; readonly bytesMax?: number },
  ): Promise<{ readonly source: RecordSource; readonly done: Promise<RecordSource> }>;

  matches(filter?: MatchFilter): Promise<MatchPage>;
  findMatch(id: string): Promise<ScreeningMatch | undefined>;
  /** Matches after a position (0: from the first) in the order they were found, at most `limit`. */
  matchesAfter(position: number, limit: number): Promise<readonly PlacedMatch[]>;
  /** How many matches there are after a position; counted up to 100,000. */
  matchesWaiting(position: number, alarmsOnly: boolean): number;
  /** Position of the newest match that was ever found: after it come those found from now on. */
  newestMatch(): number;
  /** How often and when last a value was seen, for its card. */
  seenValue(kind: ValueKind, value: string): { readonly count: number; readonly lastAt?: string };
  /** How many matches the listed values have together. */
  matchCount(refs: readonly number[]): number;
  /** Matches of the last 24 hours by hour, oldest first, the running hour last. */
  matchesPerHour(): { readonly last24h: number; readonly alarms24h: number; readonly perHour: readonly number[] };
  /**
   * Where and when values were seen, listed or not, by hour and source.
   *
   * @throws {ComityError} `CONFLICT` when nothing seen is kept, `DATA_UNWRITABLE` when it cannot be looked at.
   */
  hunt(values: readonly Value[], options?: HuntOptions): Promise<HuntReport>;
  /** What is kept of what was seen; undefined when nothing is. */
  seenStats(): SeenStats | undefined;
  rates(): { readonly recordsPerSecond: number; readonly bytesPerSecond: number };
  table(): TableFigures;

  /** New matches, newest last, at most 100 a call and four calls a second; `more`: how many of them were left out. */
  onMatch(listener: (matches: readonly ScreeningMatch[], more: number) => void): () => void;
  /** A source changed its status, or its counts at most once a second. */
  onSource(listener: (source: RecordSource) => void): () => void;

  /** Deletes matches beyond age and count, a bounded number a call; returns how many. Runs by itself every ten minutes. */
  sweep(): Promise<number>;

  /**
   * What may leave the house about an indicator's matches: the indicator, first and last time to the hour, how often.
   *
   * No address, name, record or source of the owner is in it. Undefined without a match. `id`: a fresh random one.
   */
  minimisedSighting(indicatorId: StixId, refs: readonly number[], id: StixId): StixObject | undefined;
}
