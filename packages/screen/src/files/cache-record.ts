import { allDigestKinds, digestBytes } from './digests.ts';
import type { DigestKind, Digests } from './digests.ts';
import type { FileFacts } from './file-facts.ts';
import type { DigestedPart } from './outcome.ts';

/**
 * One file in the cache, little-endian, a multiple of 8 bytes:
 *
 * ```
 *  0  u32  bytes of the record        4  u8  kinds, bit n for the nth    5  u8  flags    6  u16 0
 *  8  i64  device   16 inode   24 size   32 mtime, ns   40 ctime, ns
 * 48  u32  members  52  u32 0
 * 56  digests of the file, in the order of the kinds; then for each member: u32 bytes of its name, name (UTF-8), digests
 * ```
 */
export interface CacheRecord {
  readonly facts: FileFacts;
  readonly kinds: readonly DigestKind[];
  /** Whether archives were looked into; else there are no members. */
  readonly looksInside: boolean;
  readonly parts: readonly DigestedPart[];
}

const RECORD_HEAD_BYTES = 56;
/** Bits of the flags that are written to disk; the others are the business of a run. */
export const recordFlags = { looksInside: 1, isUsed: 2, isDead: 4 } as const;
export const KINDS_AT = 4;
export const FLAGS_AT = 5;
const knownKinds = (1 << allDigestKinds.length) - 1;

/** Kinds as bits: bit n for the nth of {@link allDigestKinds}. */
export function maskOf(kinds: readonly DigestKind[]): number {
  return kinds.reduce((mask, kind) => mask | (1 << allDigestKinds.indexOf(kind)), 0);
}

function kindsOf(mask: number): DigestKind[] {
  return allDigestKinds.filter((_, index) => (mask & (1 << index)) !== 0);
}

/** The bytes of a record; its first part is the file itself, and each has a digest of every kind. */
export function encodeRecord({ facts, kinds, looksInside, parts }: CacheRecord): Buffer {
  const ordered = kindsOf(maskOf(kinds));
  const digestsOf = (digests: Digests): Buffer =>
    Buffer.from(ordered.map((kind) => digests[kind] ?? '').join(''), 'hex');
  const [file, ...members] = parts;
  const pieces = [Buffer.alloc(RECORD_HEAD_BYTES), digestsOf(file?.digests ?? {})];
  for (const { member = '', digests } of members) {
    const name = Buffer.from(member);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(name.length);
    pieces.push(length, name, digestsOf(digests));
  }
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const record = Buffer.concat(pieces, Math.ceil(bytes / 8) * 8);
  record.writeUInt32LE(record.length, 0);
  record[KINDS_AT] = maskOf(kinds);
  record[FLAGS_AT] = looksInside ? recordFlags.looksInside : 0;
  record.writeBigInt64LE(facts.dev, 8);
  record.writeBigInt64LE(facts.ino, 16);
  record.writeBigInt64LE(facts.size, 24);
  record.writeBigInt64LE(facts.mtimeNs, 32);
  record.writeBigInt64LE(facts.ctimeNs, 40);
  record.writeUInt32LE(members.length, 48);
  return record;
}

/** The facts of the record at an offset. */
export function factsAt(bytes: Buffer, at: number): FileFacts {
  return {
    dev: bytes.readBigInt64LE(at + 8),
    ino: bytes.readBigInt64LE(at + 16),
    size: bytes.readBigInt64LE(at + 24),
    mtimeNs: bytes.readBigInt64LE(at + 32),
    ctimeNs: bytes.readBigInt64LE(at + 40),
  };
}

/** The record at an offset of bytes that {@link recordBytesAt} found sound. */
export function decodeRecord(bytes: Buffer, start: number): CacheRecord {
  const kinds = kindsOf(bytes[start + KINDS_AT]!);
  let at = start + RECORD_HEAD_BYTES;
  const takeDigests = (): Digests => {
    const digests: { [K in DigestKind]?: string } = {};
    for (const kind of kinds) {
      digests[kind] = bytes.toString('hex', at, at + digestBytes[kind]);
      at += digestBytes[kind];
    }
    return digests;
  };
  const parts: DigestedPart[] = [{ digests: takeDigests() }];
  const members = bytes.readUInt32LE(start + 48);
  for (let index = 0; index < members; index++) {
    const nameEnd = at + 4 + bytes.readUInt32LE(at);
    const member = bytes.toString('utf8', at + 4, nameEnd);
    at = nameEnd;
    parts.push({ member, digests: takeDigests() });
  }
  const looksInside = (bytes[start + FLAGS_AT]! & recordFlags.looksInside) !== 0;
  return { facts: factsAt(bytes, start), kinds, looksInside, parts };
}

/** Bytes of the record at an offset; undefined when what stands there is none, or reaches beyond `end`. */
export function recordBytesAt(bytes: Buffer, start: number, end: number): number | undefined {
  if (start + RECORD_HEAD_BYTES > end) return undefined;
  const recordBytes = bytes.readUInt32LE(start);
  const mask = bytes[start + KINDS_AT]!;
  const recordEnd = start + recordBytes;
  if (recordBytes % 8 !== 0 || recordEnd > end || mask === 0 || (mask & ~knownKinds) !== 0) return undefined;
  const digestsBytes = kindsOf(mask).reduce((sum, kind) => sum + digestBytes[kind], 0);
  let at = start + RECORD_HEAD_BYTES + digestsBytes;
  for (let members = bytes.readUInt32LE(start + 48); members > 0; members--) {
    if (at + 4 > recordEnd) return undefined;
    at += 4 + bytes.readUInt32LE(at) + digestsBytes;
  }
  return at <= recordEnd && recordEnd - at < 8 ? recordBytes : undefined;
}
