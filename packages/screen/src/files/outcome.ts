import { ComityError } from '@comity/protocol/base';
import type { ErrorCode } from '@comity/protocol/base';
import type { Digests } from './digests.ts';
import type { FileFacts } from './file-facts.ts';

/** Bytes with digests: a file, or a member of it. */
export interface DigestedPart {
  /** Place inside the file: `inner.zip/x.exe`; absent for the file itself. Untrusted. */
  readonly member?: string;
  readonly digests: Digests;
}

/** Something that could not be read, in a form that crosses threads. */
export interface Fault {
  readonly member?: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What became of one file. */
export type FileOutcome =
  | {
      readonly kind: 'digested';
      /** As the file was before and after it was read. */
      readonly facts: FileFacts;
      readonly parts: readonly DigestedPart[];
      /** Members that could not be read, the first few, and how many there are. */
      readonly faults: readonly Fault[];
      readonly faultCount: number;
    }
  | { readonly kind: 'failed'; readonly fault: Fault }
  /** It was there when its folder was read and is no more. */
  | { readonly kind: 'gone' }
  /** A pipe, device or socket took its place. */
  | { readonly kind: 'special' };

/** @throws what is no {@link ComityError}: a bug. */
export function faultOf(error: unknown, member?: string): Fault {
  if (!(error instanceof ComityError)) throw error;
  const { code, message } = error;
  return member === undefined ? { code, message } : { member, code, message };
}
