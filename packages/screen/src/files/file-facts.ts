import type { BigIntStats } from 'node:fs';

/**
 * What says that a file is the one that was read before: no program changes a file's bytes without its ctime changing.
 *
 * Times in nanoseconds, as the file system keeps them; the numbers are 64 bits, signed.
 */
export interface FileFacts {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

const signed = (value: bigint): bigint => BigInt.asIntN(64, value);

/** The facts in what stat(2) says. */
export function factsOf(stats: BigIntStats): FileFacts {
  return {
    dev: signed(stats.dev),
    ino: signed(stats.ino),
    size: stats.size,
    mtimeNs: signed(stats.mtimeNs),
    ctimeNs: signed(stats.ctimeNs),
  };
}

/** Whether nothing speaks for a change; {@link areSettled} says whether that proves something. */
export function areSameFacts(one: FileFacts, other: FileFacts): boolean {
  return (
    one.dev === other.dev &&
    one.ino === other.ino &&
    one.size === other.size &&
    one.mtimeNs === other.mtimeNs &&
    one.ctimeNs === other.ctimeNs
  );
}

/** File systems that keep no parts of a second round by two at most; the others tick with the kernel, every 10 ms at worst. */
const coarseTickNs = 2_500_000_000n;
const fineTickNs = 40_000_000n;

/**
 * Whether a change after `atMs` would show in the facts.
 *
 * A file may change twice within one tick of its file system's clock and keep its ctime. So facts whose ctime is hardly
 * older than the moment reading began, or lies after it, prove nothing.
 */
export function areSettled({ ctimeNs }: FileFacts, atMs: number): boolean {
  const tickNs = ctimeNs % 1_000_000_000n === 0n ? coarseTickNs : fineTickNs;
  return ctimeNs + tickNs < BigInt(Math.floor(atMs)) * 1_000_000n;
}
