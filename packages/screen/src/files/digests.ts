import { createHash, hash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import type { ValueKind } from '@comity/protocol/values';

/** The digests files are known by, and how many bytes each has. */
export const digestBytes = { md5: 16, sha1: 20, sha256: 32, sha512: 64 } as const;

/** A kind of digest; one of the kinds of value an indicator lists. */
export type DigestKind = keyof typeof digestBytes;

/** All kinds, in the order their digests are computed, kept and reported. */
export const allDigestKinds = Object.keys(digestBytes) as DigestKind[];

/** Digests of the same bytes, lower-case hexadecimal; only the kinds that were asked for. */
export type Digests = { readonly [K in DigestKind]?: string };

/** Whether values of a kind are digests a file can have. */
export function isDigestKind(kind: ValueKind): kind is DigestKind {
  return Object.hasOwn(digestBytes, kind);
}

/** Digests of bytes that are all there; for small files much cheaper than {@link RunningDigests}. */
export function digestsOf(bytes: Uint8Array, kinds: readonly DigestKind[]): Digests {
  return Object.fromEntries(kinds.map((kind) => [kind, hash(kind, bytes, 'hex')]));
}

/** Digests of several kinds over the same bytes, read once: each chunk is still in the processor's cache for the next kind. */
export class RunningDigests {
  readonly #hashes: readonly (readonly [DigestKind, Hash])[];

  constructor(kinds: readonly DigestKind[]) {
    this.#hashes = kinds.map((kind) => [kind, createHash(kind)]);
  }

  update(chunk: Uint8Array): void {
    for (const [, each] of this.#hashes) each.update(chunk);
  }

  /** The digests; once. */
  finish(): Digests {
    return Object.fromEntries(this.#hashes.map(([kind, each]) => [kind, each.digest('hex')]));
  }
}
