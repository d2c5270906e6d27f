import {
  decodeRecord,
  encodeRecord,
  factsAt,
  FLAGS_AT,
  KINDS_AT,
  maskOf,
  recordBytesAt,
  recordFlags,
} from './cache-record.ts';
import type { CacheRecord } from './cache-record.ts';
import type { DigestKind } from './digests.ts';
import { areSameFacts } from './file-facts.ts';
import type { FileFacts } from './file-facts.ts';
import type { DigestedPart } from './outcome.ts';

/** An archive of so many members that its record is longer is read each time. */
const recordBytesMax = 4 * 1024 * 1024;
const slotsMin = 1024;

/** Digests of files by device and inode, for as long as size and times stay the same. In memory; `loadDigestCache` brings it from disk. */
export class DigestCache {
  /** Most bytes that are kept from run to run: a file of ordinary name is some 130. */
  readonly bytesMax: number;
  /** Records one after another, dead ones among them. */
  #bytes: Buffer = Buffer.alloc(0);
  #end = 0;
  /** Open addressing by device and inode; offset in {@link #bytes} / 8 + 1, or 0. */
  #slots = new Uint32Array(slotsMin);
  #count = 0;
  #isChanged = false;
  /** Where the records of this run begin. */
  #newFrom = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  /**
   * Takes records as they were saved.
   *
   * @param records - untrusted; kept, not copied.
   * @returns Undefined when they are not sound.
   */
  static parse(records: Buffer, bytesMax: number): DigestCache | undefined {
    const cache = new DigestCache(bytesMax);
    cache.#bytes = records;
    for (let at = 0; at < records.length;) {
      const bytes = recordBytesAt(records, at, records.length);
      if (bytes === undefined) return undefined;
      records[at + FLAGS_AT]! &= recordFlags.looksInside;
      cache.#link(at);
      at += bytes;
    }
    cache.#end = records.length;
    cache.#newFrom = records.length;
    return cache;
  }

  /** Files it knows. */
  get count(): number {
    return this.#count;
  }

  /** Whether anything was added since it was made or parsed. */
  get isChanged(): boolean {
    return this.#isChanged;
  }

  /**
   * The parts of a file that was read before and is the same still; undefined when it has to be read, be it for one more
   * kind of digest.
   */
  find(facts: FileFacts, kinds: readonly DigestKind[], looksInside: boolean): readonly DigestedPart[] | undefined {
    const at = this.#find(facts);
    if (at < 0 || !areSameFacts(factsAt(this.#bytes, at), facts)) return undefined;
    const mask = maskOf(kinds);
    const flags = this.#bytes[at + FLAGS_AT]!;
    if ((this.#bytes[at + KINDS_AT]! & mask) !== mask) return undefined;
    if (looksInside && (flags & recordFlags.looksInside) === 0) return undefined;
    this.#bytes[at + FLAGS_AT] = flags | recordFlags.isUsed;
    const { parts } = decodeRecord(this.#bytes, at);
    return looksInside ? parts : parts.slice(0, 1);
  }

  /** Keeps what was read of a file, with what is known of it from before, in place of that. Does nothing when it is full. */
  keep(record: CacheRecord): void {
    const before = this.#find(record.facts);
    const bytes = encodeRecord(before < 0 ? record : merged(record, decodeRecord(this.#bytes, before)));
    if (bytes.length > recordBytesMax || this.#end - this.#newFrom + bytes.length > this.bytesMax) return;
    if (before >= 0) {
      this.#bytes[before + FLAGS_AT]! |= recordFlags.isDead;
      this.#unlink(before, this.#end);
    }
    this.#append(bytes);
    if (before < 0) this.#link(this.#end - bytes.length);
    this.#isChanged = true;
  }

  /** The records to save, {@link bytesMax} of them at most: first those of this run, then the used ones, then the others. */
  *records(): Generator<Buffer, void, undefined> {
    let leftBytes = this.bytesMax;
    for (const { from, to, used } of [
      { from: this.#newFrom, to: this.#end, used: undefined },
      { from: 0, to: this.#newFrom, used: true },
      { from: 0, to: this.#newFrom, used: false },
    ]) {
      for (let at = from; at < to;) {
        const bytes = this.#bytes.readUInt32LE(at);
        const flags = this.#bytes[at + FLAGS_AT]!;
        const isWanted = used === undefined || ((flags & recordFlags.isUsed) !== 0) === used;
        if (isWanted && (flags & recordFlags.isDead) === 0 && bytes <= leftBytes) {
          leftBytes -= bytes;
          yield this.#bytes.subarray(at, at + bytes);
        }
        at += bytes;
      }
    }
  }

  #append(record: Buffer): void {
    if (this.#end + record.length > this.#bytes.length) {
      const grown = Buffer.alloc(Math.max(64 * 1024, Math.ceil((this.#end + record.length) * 1.5)));
      this.#bytes.copy(grown, 0, 0, this.#end);
      this.#bytes = grown;
    }
    record.copy(this.#bytes, this.#end);
    this.#end += record.length;
  }

  /** Offset of the record of a file, be it as it was; -1 when there is none. */
  #find({ dev, ino }: FileFacts): number {
    for (let slot = this.#slotOf(dev, ino); this.#slots[slot] !== 0; slot = this.#next(slot)) {
      const at = (this.#slots[slot]! - 1) * 8;
      if (this.#bytes.readBigInt64LE(at + 16) === ino && this.#bytes.readBigInt64LE(at + 8) === dev) return at;
    }
    return -1;
  }

  /** Files a record under its device and inode; a second one of the same takes the place of the first. */
  #link(at: number): void {
    if (this.#count * 2 >= this.#slots.length) this.#widen();
    const { dev, ino } = factsAt(this.#bytes, at);
    const before = this.#find({ dev, ino } as FileFacts);
    if (before >= 0) {
      this.#bytes[before + FLAGS_AT]! |= recordFlags.isDead;
      this.#unlink(before, at);
      return;
    }
    this.#place(at, dev, ino);
    this.#count++;
  }

  #place(at: number, dev: bigint, ino: bigint): void {
    let slot = this.#slotOf(dev, ino);
    while (this.#slots[slot] !== 0) slot = this.#next(slot);
    this.#slots[slot] = at / 8 + 1;
  }

  /** Lets the slot of one record point to another of the same file. */
  #unlink(before: number, after: number): void {
    const { dev, ino } = factsAt(this.#bytes, before);
    let slot = this.#slotOf(dev, ino);
    while (this.#slots[slot] !== before / 8 + 1) slot = this.#next(slot);
    this.#slots[slot] = after / 8 + 1;
  }

  #widen(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 4);
    for (const slot of old) {
      if (slot === 0) continue;
      const { dev, ino } = factsAt(this.#bytes, (slot - 1) * 8);
      this.#place((slot - 1) * 8, dev, ino);
    }
  }

  #slotOf(dev: bigint, ino: bigint): number {
    const low = Number(BigInt.asUintN(32, ino));
    const high = Number(BigInt.asUintN(32, ino >> 32n)) ^ Math.imul(Number(BigInt.asUintN(32, dev)), 0x9e3779b1);
    const mixed = Math.imul(low ^ high ^ (low >>> 15), 0x85ebca6b);
    return ((mixed ^ (mixed >>> 13)) >>> 0) & (this.#slots.length - 1);
  }

  #next(slot: number): number {
    return (slot + 1) & (this.#slots.length - 1);
  }
}

/** What was read now, and the digests of other kinds that were known of the same bytes. */
function merged(now: CacheRecord, before: CacheRecord): CacheRecord {
  const isSame =
    areSameFacts(now.facts, before.facts) &&
    now.looksInside === before.looksInside &&
    now.parts.length === before.parts.length &&
    now.parts.every(({ member }, index) => member === before.parts[index]?.member);
  if (!isSame) return now;
  return {
    ...now,
    kinds: [...new Set([...now.kinds, ...before.kinds])],
    parts: now.parts.map((part, index) => ({ ...part, digests: { ...before.parts[index]?.digests, ...part.digests } })),
  };
}
