import type { DigestKind } from './digests.ts';
import type { FileLimits } from './file-limits.ts';
import type { FileOutcome } from './outcome.ts';
import type { WalkStep } from './walk-files.ts';

/** What the walking thread is begun with. */
export interface WalkData {
  readonly paths: readonly Uint8Array[];
}

/** From the walking thread; it waits until enough of its batches are taken. */
export type FromWalk = { readonly steps: readonly WalkStep[]; readonly isLast: boolean };

/** To the walking thread: a batch was taken. */
export type ToWalk = 'taken';

/** What a digesting thread is begun with. */
export interface DigestData {
  readonly kinds: readonly DigestKind[];
  readonly limits: FileLimits;
  /** One 64-bit number, all threads together: bytes read from the disk. */
  readonly readBytes: BigInt64Array<SharedArrayBuffer>;
}

/** To a digesting thread: files to read, by their paths; one answer each time, with as many outcomes in their order. */
export type ToDigest = readonly Uint8Array[];
export type FromDigest = readonly FileOutcome[];
