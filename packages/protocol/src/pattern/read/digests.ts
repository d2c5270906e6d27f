import type { ValueKind } from '../../values/index.ts';
import type { Literal, ObjectPath } from '../tree.ts';

interface DigestShape {
  /** The spelling of STIX 2.1's hash-algorithm-ov (§10.7). */
  readonly name: string;
  /** Lengths in hexadecimal digits; none when the form is not hexadecimal. */
  readonly lengths: readonly number[];
  readonly kind?: ValueKind;
}

/** By upper-case spelling without hyphens. */
const shapes = new Map<string, DigestShape>([
  ['MD5', { name: 'MD5', lengths: [32], kind: 'md5' }],
  ['MD6', { name: 'MD6', lengths: [32, 40, 56, 64, 96, 128] }],
  ['RIPEMD160', { name: 'RIPEMD-160', lengths: [40] }],
  ['SHA1', { name: 'SHA-1', lengths: [40], kind: 'sha1' }],
  ['SHA224', { name: 'SHA-224', lengths: [56] }],
  ['SHA256', { name: 'SHA-256', lengths: [64], kind: 'sha256' }],
  ['SHA384', { name: 'SHA-384', lengths: [96] }],
  ['SHA512', { name: 'SHA-512', lengths: [128], kind: 'sha512' }],
  ['SHA3224', { name: 'SHA3-224', lengths: [56] }],
  ['SHA3256', { name: 'SHA3-256', lengths: [64] }],
  ['SHA3384', { name: 'SHA3-384', lengths: [96] }],
  ['SHA3512', { name: 'SHA3-512', lengths: [128] }],
  ['SSDEEP', { name: 'SSDEEP', lengths: [] }],
  ['WHIRLPOOL', { name: 'WHIRLPOOL', lengths: [128] }],
]);

const hexForm = /^[a-fA-F0-9]+$/;
const ssdeepForm = /^[a-zA-Z0-9/+:.]{1,128}$/;

/** The digest a key of `hashes` names in any spelling (`'SHA-256'`, `SHA256`, `sha256`); undefined for others. */
export function findDigest(key: string): DigestShape | undefined {
  return key.length > 16 ? undefined : shapes.get(key.toUpperCase().replaceAll('-', ''));
}

/** False when the path names a digest and a literal has not the form of its algorithm. */
export function hasDigestShape(path: ObjectPath, literals: readonly Literal[]): boolean {
  if (path.steps.length < 2 || !path.steps.includes('hashes')) return true;
  const key = path.steps.at(-1);
  const shape = typeof key === 'string' ? findDigest(key) : undefined;
  if (shape === undefined) return true;
  for (const { value } of literals) {
    const fits = shape.lengths.length === 0 ? ssdeepForm.test(value) : shape.lengths.includes(value.length);
    if (!fits || (shape.lengths.length > 0 && !hexForm.test(value))) return false;
  }
  return true;
}
