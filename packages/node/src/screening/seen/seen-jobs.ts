import type { HuntAnswer, SeenPlace, SeenRetention, Tended } from '@comity/screen';
import type { Value } from '@comity/protocol/values';
import type { MatchDraft, StreamState } from '../worker-messages.ts';
import type { ScreenedValue } from '../value-reader.ts';
import type { JournalRow } from './seen-journal.ts';

/** What the thread for seen values is started with. */
export interface SeenWorkerData {
  /** Data folder of the node. */
  readonly dir: string;
  readonly seenDir: string;
  readonly valueReaderModule: string;
}

/** A source whose files are still to be read, as far as they are there. */
export interface RescanSource {
  readonly source: number;
  /** Name of a format, or `auto`. */
  readonly format: string;
  readonly streams: readonly StreamState[];
}

/** What a job is asked, by name. */
export interface SeenQuestions {
  /** Makes runs of notes that stand only in the store. */
  readonly recover: { readonly rows: readonly JournalRow[] };
  /** Merges and deletes what is due. */
  readonly tend: { readonly retention: SeenRetention; readonly nowMs: number };
  readonly ask: { readonly values: readonly Value[]; readonly sinceHour: number | undefined };
  /** Asks for the next values that became active behind one state of the listed values, up to another. */
  readonly follow: { readonly sequence: number; readonly through: number };
  /** Looks again at the bytes of a source that are still there. */
  readonly rescan: {
    readonly values: readonly ScreenedValue[];
    readonly source: RescanSource;
    readonly from: RescanPoint | undefined;
  };
}

/** A place of a listed value. */
export interface HuntedPlace extends Omit<SeenPlace, 'index'> {
  readonly value: ScreenedValue;
}

export interface FollowAnswer {
  /** State of the listed values this is of. */
  readonly sequence: number;
  /** Whether there may be more behind it. */
  readonly hasMore: boolean;
  /** How many values were asked for. */
  readonly asked: number;
  readonly places: readonly HuntedPlace[];
  readonly left: number;
  readonly damaged: HuntAnswer['damaged'];
}

/** Where a rescan of a source goes on. */
export interface RescanPoint {
  /** Of the streams one after the other, then of the compressed files. */
  readonly place: number;
  /** Of a stream: what a judge that reads on is given. */
  readonly offset: number;
  readonly lines: number | undefined;
  readonly resume: string;
  /** Of a compressed file, which is read from its beginning again: matches found in it so far. */
  readonly skipped: number;
  /** Streams with bytes of which not all were read so far. */
  readonly missing: readonly number[];
}

/** What was found again in the bytes of one source, up to a point. */
export interface Rescanned {
  /** By stream. */
  readonly found: readonly { readonly stream: string; readonly matches: readonly MatchDraft[] }[];
  /** Where to go on; undefined: all was read. */
  readonly next: RescanPoint | undefined;
  /** At the end: whether every byte the source is known to have shown was there and read. What was not found then is not in them. */
  readonly isWhole: boolean;
}

/** What a job answers, by name. */
export interface SeenAnswers {
  readonly recover: null;
  readonly tend: Tended;
  readonly ask: HuntAnswer;
  readonly follow: FollowAnswer;
  readonly rescan: Rescanned;
}

export type SeenJob = keyof SeenQuestions;

export interface SeenRequest {
  readonly id: number;
  readonly job: SeenJob;
  readonly question: SeenQuestions[SeenJob];
}

export type SeenReply =
  | { readonly id: number; readonly answer: SeenAnswers[SeenJob] }
  /** `code`: of the error of the system or of `ComityError`; without one it is a bug, and ended the thread. */
  | { readonly id: number; readonly error: string };
