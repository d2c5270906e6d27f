import type { ValueKind } from '@comity/protocol/values';
import type { RecordSourceKind, RecordSourceStatus } from './record-source.ts';
import type { FreshNotes } from './seen/seen-notes.ts';

/** How far one stream is judged, and how to know it again. Hashes are of bytes that were judged, never of later ones. */
export interface StreamState {
  /** Counted up within the source; part of what makes a match unique. */
  readonly number: number;
  readonly path: string;
  /** JSON of the screen's `ResumeState`: format and field names as its start named them; empty before they are known. */
  readonly resume: string;
  /** Empty for what is no file. */
  readonly device: string;
  readonly inode: string;
  /** The first bytes of the file, at most 1,024 and never beyond `offset`; 0: nothing to know it by yet. */
  readonly headBytes: number;
  readonly headPrint: string;
  /** The 64 bytes (or fewer) that end at this offset, which is at most `offset`. */
  readonly tailAt: number;
  readonly tailPrint: string;
  /** Of the file when last looked at, ms. */
  readonly modifiedMs: number;
  readonly bornMs: number;
  /** Bytes judged: up to the end of a whole line. */
  readonly offset: number;
  /** Lines up to there; undefined when the file was joined at its end. */
  readonly lines: number | undefined;
  /** Judged to its end; nothing more is expected of it. */
  readonly done: boolean;
}

/** A match as the worker makes it, before it has a number and a time. */
export interface MatchDraft {
  readonly offset: number;
  readonly line: number;
  readonly file: string;
  /** µs. */
  readonly recordedUs: number | undefined;
  readonly record: string;
  readonly kind: ValueKind;
  /** As the record showed it, in normal form. */
  readonly value: string;
  /** As it is listed, without port. */
  readonly listed: string;
  /** `pattern`: a STIX pattern or a Sigma rule; `value` is then its title and `listed` the id of its indicator. */
  readonly relation: 'exact' | 'subdomain' | 'cidr' | 'prefix' | 'pattern';
  readonly port: 'same' | 'other' | 'unknown' | undefined;
  /** Empty when the record has no fields. */
  readonly field: string;
  readonly ref: number;
}

/** The push a batch belongs to. */
interface PushMark {
  readonly id: number;
  /** What its sender calls it; a push sent again under the same key is judged once. */
  readonly key: string | undefined;
  /** Whether this is its last batch. */
  readonly last: boolean;
  /** Of the last batch of a push with a key: SHA-256 of the whole body, hex. */
  readonly print: string | undefined;
}

/** What a worker judged of one stream since its last batch: committed in one transaction or not at all. */
export interface Batch {
  readonly source: number;
  /** Which start of the source the batch belongs to: one of an earlier start is thrown away. */
  readonly epoch: number;
  /** Counts up within the epoch; acknowledged once durable. */
  readonly number: number;
  /** Key of the stream in the match table. */
  readonly stream: string;
  /** The stream's new state; absent for pushes. */
  readonly state: StreamState | undefined;
  readonly matches: readonly MatchDraft[];
  readonly bytes: number;
  readonly records: number;
  readonly dropped: number;
  readonly sequence: number;
  readonly push: PushMark | undefined;
  /** The source is judged to its end (an upload). */
  readonly sourceDone: boolean;
  /** With `sourceDone`: what of it could not be read. */
  readonly error: string | undefined;
  /** Values the source showed for the first time in their hour, up to here at least. */
  readonly seen: readonly FreshNotes[];
}

export interface SourceSpec {
  readonly source: number;
  readonly epoch: number;
  readonly kind: RecordSourceKind;
  readonly location: string;
  /** Name to show for the bytes of an upload. */
  readonly label: string;
  readonly format: string;
  readonly nextStream: number;
  /** When the source was added, ms: what was written before in older generations of a file is not asked for. */
  readonly createdMs: number;
  readonly streams: readonly StreamState[];
}

export interface WorkerData {
  readonly dir: string;
  readonly valueReaderModule: string;
  /** Where what is seen is noted; undefined: nowhere. */
  readonly seenDir: string | undefined;
  readonly pollMs: number;
  readonly rotationGraceMs: number;
  readonly partialLineMs: number;
}

/** What a worker holds records against. */
export interface TableFigures {
  readonly sequence: number;
  readonly values: number;
  readonly bytes: number;
  /** Patterns that are asked of records, and those in force that cannot be. */
  readonly patterns: number;
  readonly patternsUnusable: number;
}

export type ToWorker =
  | { readonly type: 'start'; readonly spec: SourceSpec }
  /** `discard`: what is under way will not be committed, the source begins anew from what is. */
  | { readonly type: 'stop'; readonly source: number; readonly discard: boolean }
  | { readonly type: 'committed'; readonly source: number; readonly epoch: number; readonly number: number }
  | { readonly type: 'delta' }
  /** Send what was judged so far, and make a run of what was noted; answered by `seen-spilled`. */
  | { readonly type: 'spill-seen'; readonly number: number }
  | {
      readonly type: 'push';
      readonly source: number;
      readonly epoch: number;
      readonly push: number;
      readonly stream: string;
      readonly key: string | undefined;
      /** A piece of the body; undefined at its end. */
      readonly chunk: Uint8Array | undefined;
      /** With the end of a push that has a key: SHA-256 of the whole body, hex. */
      readonly print: string | undefined;
    }
  | { readonly type: 'abandon'; readonly source: number; readonly push: number }
  | { readonly type: 'close' };

export type FromWorker =
  | ({ readonly type: 'table' } & TableFigures)
  | { readonly type: 'batch'; readonly batch: Batch }
  | {
      readonly type: 'status';
      readonly source: number;
      readonly epoch: number;
      readonly status: RecordSourceStatus;
      readonly error: string | undefined;
      readonly lagBytes: number | undefined;
      readonly filesOpen: number;
    }
  /** The chunk of a push was taken: the next may come. */
  | { readonly type: 'taken'; readonly push: number }
  /** What the batches up to one noted is in a run. */
  | { readonly type: 'seen-kept'; readonly source: number; readonly epoch: number; readonly through: number }
  | { readonly type: 'seen-spilled'; readonly number: number }
  /** What was seen cannot be written. */
  | { readonly type: 'seen-trouble'; readonly error: string }
  /** The source reads no more; every batch before this message was posted. */
  | { readonly type: 'stopped'; readonly source: number; readonly epoch: number };
