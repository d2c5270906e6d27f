import { hash } from 'node:crypto';

/** Random bytes from the operating system, or from a seed in tests. */
export type RandomBytes = (count: number) => Uint8Array;

/** A new secret of 256 bits, in the letters of a URL. */
export function newSecret(prefix: string, randomBytes: RandomBytes): string {
  return prefix + Buffer.from(randomBytes(32)).toString('base64url');
}

/**
 * What is kept of a secret. A plain digest is enough for 256 random bits, nobody can try them all; the look-up by
 * digest also takes the same time whatever the guess.
 */
export function hashSecret(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}
