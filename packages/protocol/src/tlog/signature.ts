import { joinBytes, utf8Bytes } from '../base/index.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { algorithmBytes } from './crypto.ts';
import type { TlogCrypto } from './crypto.ts';
import { signatureKinds } from './key.ts';
import type { VerifierKey } from './key.ts';
import { malformed, prefixedText, u64Bytes } from './text.ts';

const timeBytes = 8;

/**
 * The bytes a key signs of a note with this text.
 *
 * @param timeSeconds - POSIX time the signature is to state, up to 2^53−1; of no meaning to a key of kind `note`.
 * @throws {ComityError} `LEDGER_MALFORMED` when an ML-DSA-44 key is to sign what is no checkpoint.
 */
export function signedBytes(key: VerifierKey, text: string, timeSeconds: number): Uint8Array {
  switch (key.kind) {
    case 'note':
      return utf8Bytes(text);
    case 'cosignature-ed25519':
      return utf8Bytes(`cosignature/v1\ntime ${timeSeconds}\n${text}`);
    case 'cosignature-ml-dsa-44': {
      const { origin, size, root } = parseCheckpoint(text);
      return joinBytes(
        utf8Bytes('subtree/v1\n\0'),
        prefixedText(key.name),
        u64Bytes(timeSeconds),
        prefixedText(origin),
        u64Bytes(0), // the tree from its beginning
        u64Bytes(size),
        root,
      );
    }
  }
}

/**
 * The bytes behind the key id in a signature line: the algorithm's signature over {@link signedBytes}, and before it the time where
 * the kind has one.
 *
 * @throws {ComityError} `LEDGER_MALFORMED` when a signer gave something of another length.
 */
export function signatureBytes(key: VerifierKey, signature: Uint8Array, timeSeconds: number): Uint8Array {
  const { algorithm, isTimed } = signatureKinds[key.kind];
  if (signature.length !== algorithmBytes[algorithm].signature) {
    throw malformed(`Cannot use what ${key.name} signed: ${signature.length} bytes are no signature of ${algorithm}`);
  }
  return isTimed ? joinBytes(u64Bytes(timeSeconds), signature) : signature;
}

/** What a valid signature states besides its text. */
export interface Verified {
  /** POSIX time in seconds; 0 where the signer states none; undefined where the kind has none. */
  readonly timeSeconds: number | undefined;
}

/** Verifies a signature as it stands in a signature line; undefined when it is none of this key over this text. */
export function verifySignature(
  key: VerifierKey,
  text: string,
  bytes: Uint8Array,
  crypto: TlogCrypto,
): Verified | undefined {
  const { algorithm, isTimed } = signatureKinds[key.kind];
  const offset = isTimed ? timeBytes : 0;
  if (bytes.length !== offset + algorithmBytes[algorithm].signature) return undefined;
  const time = isTimed ? readTime(bytes) : undefined;
  if (time !== undefined && !Number.isSafeInteger(time)) return undefined;
  const message = signedBytes(key, text, time ?? 0);
  const claim = { algorithm, publicKey: key.publicKey, message, signature: bytes.subarray(offset) };
  return crypto.verify(claim) ? { timeSeconds: time } : undefined;
}

function readTime(bytes: Uint8Array): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0));
}
