import type { ErrorCode } from '@comity/protocol/base';
import type { FormatName } from '../formats/index.ts';
import type { RecordMatch, ResumeState } from '../record/index.ts';
import type { Part, ReadSizes } from './part.ts';

/** What a thread is begun with. */
export interface LogThreadData {
  readonly sizes: ReadSizes;
  /** So much may be told and not yet taken; the thread waits beyond. In {@link weightOf}. */
  readonly untakenMax: number;
  /** See {@link control}. */
  readonly control: Int32Array<SharedArrayBuffer>;
  /** One number, all threads together: bytes read from the disk. */
  readonly readBytes: BigInt64Array<SharedArrayBuffer>;
}

/** The numbers a thread shares with the one that began it, by their place. */
export const control = {
  /** Told and not yet taken. */
  untaken: 0,
  /** Jobs with a lower number are given up. */
  firstJob: 1,
} as const;

/** Something to screen: a whole input by its path, or a part of an open file. */
export interface LogJob {
  /** Grows with each job. */
  readonly number: number;
  readonly path: string;
  readonly format: FormatName | 'auto';
  readonly part?: Part & { readonly descriptor: number };
}

export type ToLogThread =
  { readonly type: 'table'; readonly memory: WebAssembly.Memory } | { readonly type: 'job'; readonly job: LogJob };

/** A record with matches; its bytes are `[start, end)` of those told with it. */
export interface ToldRecord {
  /** From 1; of a part, counted from its first line. */
  readonly line: number;
  /** In the input. */
  readonly offset: number;
  readonly start: number;
  readonly end: number;
  readonly matches: readonly RecordMatch[];
}

/** What was judged of an input. */
interface InputCounts {
  readonly lines: number;
  readonly records: number;
  readonly oversized: number;
}

export type FromLogThread =
  | {
      readonly type: 'records';
      readonly job: number;
      /** The path, or the place of a member of an archive. */
      readonly file: string;
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly records: readonly ToldRecord[];
      readonly weight: number;
    }
  | {
      readonly type: 'fault';
      readonly job: number;
      readonly file: string;
      readonly code: ErrorCode;
      readonly message: string;
    }
  | {
      readonly type: 'done';
      readonly job: number;
      readonly counts: InputCounts;
      /** Of a part: how it ended. */
      readonly state: ResumeState | undefined;
    };

/** About how many bytes a record and its matches take until they are taken. */
export function weightOf(recordBytes: number, matches: number): number {
  return recordBytes + 256 * (matches + 1);
}
