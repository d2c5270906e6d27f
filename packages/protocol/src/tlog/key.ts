import { joinBytes, base64Of, ComityError, hexOf, quote, utf8Bytes } from '../base/index.ts';
import { algorithmBytes } from './crypto.ts';
import type { Sha256, SignatureAlgorithm } from './crypto.ts';
import { areBytesEqual, malformed, parseBase64, textOf } from './text.ts';

/**
 * What a key signs: `note` the text itself (type 01), the others a checkpoint with a time (types 04 and 06 of
 * C2SP tlog-cosignature).
 */
export const signatureKinds = {
  note: { type: 0x01, algorithm: 'ed25519', isTimed: false },
  'cosignature-ed25519': { type: 0x04, algorithm: 'ed25519', isTimed: true },
  'cosignature-ml-dsa-44': { type: 0x06, algorithm: 'ml-dsa-44', isTimed: true },
} as const satisfies Record<string, { type: number; algorithm: SignatureAlgorithm; isTimed: boolean }>;

/** One of {@link signatureKinds}. */
export type SignatureKind = keyof typeof signatureKinds;

/** A key somebody signs notes with, under a name. */
export interface VerifierKey {
  /** 1 to 255 bytes of UTF-8 without spaces and plus signs. */
  readonly name: string;
  /** Eight lower-case hexadecimal digits; with the name it says which key made a signature. */
  readonly keyId: string;
  readonly kind: SignatureKind;
  readonly publicKey: Uint8Array;
}

/** Longest name of a key, and longest origin: their length is one byte where ML-DSA-44 signs. */
export const nameBytesMax = 255;

/** Types that exist and that nobody here needs, for the message. */
const foreignTypes: Readonly<Record<number, string>> = { 0x02: 'ECDSA', 0x05: 'RFC 6962 tree heads' };
const verifierKeyCharsMax = 4096;

// Spaces as Go's `unicode.IsSpace` has them, which the specification goes by: `\s` lacks U+0085 and has U+FEFF.
const space = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** Whether `name` may stand in a signature line. */
export function isKeyName(name: string): boolean {
  return name !== '' && !space.test(name) && !name.includes('+');
}

/**
 * A key of its parts, with the id that belongs to it.
 *
 * @throws {ComityError} `LEDGER_MALFORMED` for a name that may not be one or a key of the wrong length.
 */
export function makeVerifierKey(parts: Omit<VerifierKey, 'keyId'>, sha256: Sha256): VerifierKey {
  const { name, kind, publicKey } = parts;
  const { type, algorithm } = signatureKinds[kind];
  const bytes = algorithmBytes[algorithm].publicKey;
  if (!isKeyName(name) || utf8Bytes(name).length > nameBytesMax || !name.isWellFormed()) {
    throw malformed(
      `Cannot use ${quote(name)} as the name of a key: 1 to ${nameBytesMax} bytes without spaces and "+"`,
    );
  }
  if (publicKey.length !== bytes) {
    throw malformed(`Cannot use the key of ${quote(name)}: ${publicKey.length} bytes, ${algorithm} has ${bytes}`);
  }
  const named = joinBytes(utf8Bytes(`${name}\n`), Uint8Array.of(type), publicKey);
  return { name, kind, publicKey, keyId: hexOf(sha256(named).subarray(0, 4)) };
}

/**
 * Reads a verifier key: `name+id+base64` (C2SP signed-note, _Verifier keys_).
 *
 * @throws {ComityError} `LEDGER_MALFORMED` when a part is not in its one form, when the id is not that of name and key, and for a
 *   type that is not verified here.
 */
export function parseVerifierKey(text: string, sha256: Sha256): VerifierKey {
  const [name = '', keyId = '', ...rest] = textOf(text, verifierKeyCharsMax, 'verifier key').split('+');
  if (rest.length === 0) throw malformed(`Cannot read verifier key ${quote(text)}: it is not name+id+base64`);
  // Base64 has plus signs of its own.
  const [type, ...bytes] = parseBase64(rest.join('+'), `verifier key of ${quote(name)}`);
  const kind = kindOfType(type);
  if (kind === undefined)
    throw malformed(`Cannot use the key of ${quote(name)}: ${typeName(type)} is not verified here`);
  const key = makeVerifierKey({ name, kind, publicKey: Uint8Array.from(bytes) }, sha256);
  if (key.keyId === keyId) return key;
  throw malformed(`Cannot use the key of ${quote(name)}: its id is ${key.keyId}, not ${quote(keyId)}`);
}

/** `name+id+base64` of a key. */
export function printVerifierKey({ name, keyId, kind, publicKey }: VerifierKey): string {
  return `${name}+${keyId}+${base64Of(joinBytes(Uint8Array.of(signatureKinds[kind].type), publicKey))}`;
}

function kindOfType(type: number | undefined): SignatureKind | undefined {
  return (Object.keys(signatureKinds) as SignatureKind[]).find((kind) => signatureKinds[kind].type === type);
}

function typeName(type: number | undefined): string {
  if (type === undefined) return 'no type';
  const name = foreignTypes[type];
  return `type ${hexOf(Uint8Array.of(type))}${name === undefined ? '' : ` (${name})`}`;
}

/** What tells a key from all others in signature lines: name and id. */
export function signerOf({ name, keyId }: Pick<VerifierKey, 'name' | 'keyId'>): string {
  return `${name}+${keyId}`;
}

/** Whether two keys are the same key, whatever their names and kinds. */
export function haveSameKey(one: VerifierKey, other: VerifierKey): boolean {
  return areBytesEqual(one.publicKey, other.publicKey);
}

/** Refuses keys of which two have the same name and id: whose signature it is could not be told. */
export function keysBySigner(keys: readonly VerifierKey[]): ReadonlyMap<string, VerifierKey> {
  const bySigner = new Map(keys.map((key) => [signerOf(key), key]));
  if (bySigner.size === keys.length) return bySigner;
  const twice = keys.find((key) => bySigner.get(signerOf(key)) !== key);
  throw new ComityError(
    'LEDGER_MALFORMED',
    `Cannot use keys: two of them are ${quote(twice === undefined ? '' : signerOf(twice))}`,
  );
}
