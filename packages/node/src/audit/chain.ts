import { createHash } from 'node:crypto';
import { canonicalJson } from '@comity/protocol/base';

/** What a row says, without its place in the chain. */
export interface ChainedContent {
  readonly number: number;
  readonly atUs: number;
  readonly act: string;
  readonly by: string;
  readonly via: string;
  readonly address: string;
  readonly about: string;
  /** JSON text of an object, as it is stored. */
  readonly details: string;
}

/** What stands before the first row. */
export const chainStart = Buffer.alloc(32);

/**
 * The hash a row carries: SHA-256 over the 32 bytes of the hash before it and the row in canonical JSON (RFC 8785). So no row
 * before another can be changed, removed or put in without changing every hash after it.
 */
export function hashRow(before: Uint8Array, content: ChainedContent): Buffer {
  return createHash('sha256')
    .update(before)
    .update(canonicalJson({ ...content }))
    .digest();
}
