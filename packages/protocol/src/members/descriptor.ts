import {
  canonicalJson,
  ComityError,
  hexOf,
  limits,
  parseMemberId,
  parseUtf8,
  quote,
  utf8Bytes,
} from '../base/index.ts';
import { parseJson, recogniseBase64, base64Of } from '../base/index.ts';
import type { JsonValue, MemberId } from '../base/index.ts';
import { parseVerifierKey, signatureKinds } from '../tlog/index.ts';
import type { Sha256, SignatureAlgorithm, SignatureKind } from '../tlog/index.ts';
import { descriptorDocument, timeUs } from './descriptor-form.ts';
import type { DescriptorBody } from './descriptor-form.ts';
import { malformed } from './fault.ts';
import { keyIdOf } from './key-id.ts';
import type { KeyId } from './key-id.ts';

/** What a key of a descriptor is for. A key has one role. */
export type KeyRole = 'governance' | 'message' | 'ledger' | 'witness';

/** A key that signs, of a descriptor. */
export interface MemberKey {
  readonly id: KeyId;
  readonly role: KeyRole;
  readonly algorithm: SignatureAlgorithm;
  readonly publicKey: Uint8Array;
}

/** A descriptor that was read. Nothing of it is verified: that is for `verifyDescriptorChain`. */
export interface Descriptor {
  /** Canonical JSON, as it is published, stored and passed on. */
  readonly text: string;
  readonly body: DescriptorBody;
  /** SHA-256 of the canonical JSON of the body, in lower-case hexadecimal. */
  readonly hash: string;
  /** The member it says it is of: its own hash in the first, what `member` says in all others. */
  readonly member: MemberId;
  /** Every key of the body that signs. */
  readonly keys: readonly MemberKey[];
  readonly signatures: ReadonlyMap<KeyId, Uint8Array>;
}

/**
 * Reads a descriptor: canonical JSON and nothing else, so that two readers who agree on the hash have read the same.
 *
 * @param input - hostile; at most `limits.descriptorBytesMax` bytes.
 * @throws {ComityError} `MEMBER_MALFORMED` with the place, `INPUT_TOO_LARGE`, `JSON_MALFORMED`, `ENCODING_MALFORMED`.
 */
export function parseDescriptor(input: string | Uint8Array, sha256: Sha256): Descriptor {
  const bytes = typeof input === 'string' ? utf8Bytes(input) : input;
  if (bytes.length > limits.descriptorBytesMax)
    throw new ComityError(
      'INPUT_TOO_LARGE',
      `Cannot read descriptor: ${bytes.length} bytes, at most ${limits.descriptorBytesMax} are read`,
    );
  const text = parseUtf8(bytes, 'descriptor');
  const json = parseJson(text, limits.descriptorBytesMax, 'descriptor');
  if (canonicalJson(json) !== text) throw malformed('Cannot read descriptor: it is not canonical JSON (RFC 8785)');
  const read = descriptorDocument.safeParse(json);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw malformed(`Cannot read descriptor: ${issue?.path.join('.') || 'it'}: ${issue?.message ?? ''}`);
  }
  const { body, signatures } = read.data;
  return { ...ofBody(body, sha256), text, signatures: signaturesOf(signatures) };
}

/** A body and what comes of it. */
function ofBody(body: DescriptorBody, sha256: Sha256): Omit<Descriptor, 'text' | 'signatures'> {
  const isFirst = body.sequence === 0;
  if (isFirst !== (body.member === undefined) || isFirst !== (body.previous === undefined))
    throw malformed(`Cannot read descriptor: the first, and no other, has neither member nor previous`);
  const hash = hexOf(sha256(utf8Bytes(canonicalJson(body as JsonValue))));
  return { body, hash, member: parseMemberId(body.member ?? hash), keys: keysOf(body, sha256) };
}

function signaturesOf(entries: Readonly<Record<string, string>>): ReadonlyMap<KeyId, Uint8Array> {
  return new Map(
    Object.entries(entries).map(([id, base64]) => {
      const bytes = recogniseBase64(base64);
      if (bytes === undefined) throw malformed(`Cannot read descriptor: the signature of ${id} is not base64`);
      return [id as KeyId, bytes] as const;
    }),
  );
}

/** Kinds of keys a log signs with, and a witness (docs/spec/ledger.md §3). */
const kindsOf = {
  ledger: ['note', 'cosignature-ml-dsa-44'],
  witness: ['cosignature-ed25519', 'cosignature-ml-dsa-44'],
} as const satisfies Record<string, readonly SignatureKind[]>;

/** @throws {ComityError} `MEMBER_MALFORMED` for a key of a wrong kind, or one that stands twice. */
function keysOf(body: DescriptorBody, sha256: Sha256): MemberKey[] {
  const plain = (role: 'governance' | 'message', base64: string): MemberKey => {
    const publicKey = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
    return { id: keyIdOf(publicKey, sha256), role, algorithm: 'ed25519', publicKey };
  };
  const keys = [
    plain('governance', body.keys.governance),
    ...body.keys.message.map((base64) => plain('message', base64)),
    ...(body.ledger?.keys ?? []).map((text) => verifierKey('ledger', text, sha256)),
    ...(body.witness?.keys ?? []).map((text) => verifierKey('witness', text, sha256)),
  ];
  const ids = new Set<string>([body.keys.nextGovernance, ...keys.map(({ id }) => id)]);
  if (ids.size !== keys.length + 1)
    throw malformed('Cannot read descriptor: a key stands in it twice, and a key has one role');
  return keys;
}

function verifierKey(role: 'ledger' | 'witness', text: string, sha256: Sha256): MemberKey {
  const { name, kind, publicKey } = parseVerifierKey(text, sha256);
  if (!kindsOf[role].some((each) => each === kind))
    throw malformed(`Cannot read descriptor: the key of ${quote(name)} is not one a ${role} signs with`);
  return { id: keyIdOf(publicKey, sha256), role, algorithm: signatureKinds[kind].algorithm, publicKey };
}

/** Whoever can sign with a key: in this process, in another, on a device. */
export interface MemberSigner {
  readonly publicKey: Uint8Array;
  /** The algorithm's signature over `message`. */
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/**
 * Signs a descriptor.
 *
 * @param body - is checked as one from outside would be.
 * @param signers - of every key in it, and of the former governance key where it is held still; any order.
 * @returns what is published.
 * @throws {ComityError} as {@link parseDescriptor}.
 */
export function signDescriptor(body: DescriptorBody, signers: readonly MemberSigner[], sha256: Sha256): Descriptor {
  const { hash } = ofBody(body, sha256);
  const message = signedMessage(hash);
  const signatures = Object.fromEntries(
    signers.map(({ publicKey, sign }) => [keyIdOf(publicKey, sha256), base64Of(sign(message))]),
  );
  return parseDescriptor(canonicalJson({ body, signatures } as JsonValue), sha256);
}

/** What keys sign of a descriptor. No checkpoint, no cosignature and no message between nodes has this form. */
export function signedMessage(hash: string): Uint8Array {
  return utf8Bytes(`comity/node/1\n${hash}\n`);
}

/** Whether a descriptor is in force at an instant: `ended` and `not-yet` say why not. A clock may be five minutes behind. */
export function timeOfDescriptor({ body }: Descriptor, nowMs: number): 'in-force' | 'ended' | 'not-yet' {
  const nowUs = nowMs * 1000;
  if (timeUs(body.expiresAt) <= nowUs) return 'ended';
  return timeUs(body.issuedAt) > nowUs + clockBehindUs ? 'not-yet' : 'in-force';
}

const clockBehindUs = 300_000_000;
