import { joinBytes, assert, utf8Bytes } from '../base/index.ts';
import { areBytesEqual } from '../tlog/index.ts';
import type { Sha256 } from '../tlog/index.ts';

/** What a commitment is about. Type and schema are part of it, so that it can never be opened as something else. */
export interface Committed {
  /** What kind of act it belongs to: `batch`. */
  readonly type: string;
  /** Form of the payload, with its version: `comity/batch-content/v1`. */
  readonly schema: string;
  readonly payload: Uint8Array;
}

/** Bytes of an opening: random, one for each commitment, never derived, so that each can be destroyed alone. */
export const openingBytes = 32;

const commitKey = utf8Bytes('comity/commit/v1');
const blockBytes = 64;

/**
 * A commitment: says nothing of the payload to whoever lacks the opening, and cannot be opened as another payload.
 *
 * HMAC-SHA-256 (RFC 2104) under the key `comity/commit/v1` over opening, type, schema and payload, each of the last three behind its
 * length. A plain hash would fall to a dictionary: addresses and names are few.
 *
 * @param opening - {@link openingBytes} random bytes, used for nothing else.
 * @returns 32 bytes.
 */
export function commit(opening: Uint8Array, committed: Committed, sha256: Sha256): Uint8Array {
  // Without a length in front it must be of one length, or a part of it could be read as the type.
  assert(opening.length === openingBytes, `an opening has ${openingBytes} bytes`);
  const { type, schema, payload } = committed;
  return hmacSha256(
    commitKey,
    joinBytes(opening, prefixed(utf8Bytes(type)), prefixed(utf8Bytes(schema)), prefixed(payload)),
    sha256,
  );
}

/** Whether an opening opens a commitment as what is claimed. Hostile in every field. */
export function isOpenedBy(commitment: Uint8Array, opening: Uint8Array, committed: Committed, sha256: Sha256): boolean {
  return opening.length === openingBytes && areBytesEqual(commit(opening, committed, sha256), commitment);
}

/** HMAC (RFC 2104) with SHA-256, for a key of at most one block. */
function hmacSha256(key: Uint8Array, message: Uint8Array, sha256: Sha256): Uint8Array {
  const padded = new Uint8Array(blockBytes);
  padded.set(key);
  const inner = sha256(
    joinBytes(
      padded.map((byte) => byte ^ 0x36),
      message,
    ),
  );
  return sha256(
    joinBytes(
      padded.map((byte) => byte ^ 0x5c),
      inner,
    ),
  );
}

function prefixed(bytes: Uint8Array): Uint8Array {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes.length);
  return joinBytes(length, bytes);
}
