import type { Sha256 } from './crypto.ts';
import { areBytesEqual, hashBytes } from './text.ts';

/** Hash of an entry (RFC 6962 §2.1): SHA-256 of 00 and its bytes. */
export function leafHash(entry: Uint8Array, sha256: Sha256): Uint8Array {
  const bytes = new Uint8Array(entry.length + 1);
  bytes.set(entry, 1);
  return sha256(bytes);
}

/** Hash over two hashes (RFC 6962 §2.1): SHA-256 of 01 and both. */
export function nodeHash(left: Uint8Array, right: Uint8Array, sha256: Sha256): Uint8Array {
  const bytes = new Uint8Array(1 + 2 * hashBytes);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 1 + hashBytes);
  return sha256(bytes);
}

/** Root of the tree without entries: SHA-256 of nothing. */
export function emptyRoot(sha256: Sha256): Uint8Array {
  return sha256(new Uint8Array(0));
}

/** What stands beside the way from a root down to a subtree: entries `start` to `end`, the latter not included. */
interface Sibling {
  readonly start: number;
  readonly end: number;
  /** `both`: it stands to the left and belongs to the subtree too, whose end is not that of a node. */
  readonly side: 'left' | 'right' | 'both';
}

/** The way from the root of `size` entries to a subtree, its lowest sibling first. */
export interface Way {
  readonly siblings: readonly Sibling[];
  /** What the way ends at: the subtree itself, or the last part of it that is a node. */
  readonly end: { readonly start: number; readonly end: number };
}

/**
 * Whether entries `start` to `end` are a subtree: `start` is a multiple of the least power of two that holds them
 * (draft-ietf-plants-merkle-tree-certs §4.1). Of a tree from its beginning, any.
 */
export function isSubtree(start: number, end: number): boolean {
  if (![start, end].every(Number.isSafeInteger) || start < 0 || start >= end) return false;
  return start % (2 * powerBelow(end - start)) === 0;
}

/** Largest power of two below a count of two or more; a half for one. By multiplication: shifts end at 32 bits. */
export function powerBelow(count: number): number {
  let power = 0.5;
  while (2 * power < count) power *= 2;
  return power;
}

/**
 * The way to a subtree: what a proof consists of, whether it is made or checked. An entry, and a tree as it once was, are
 * subtrees too, so this is the one place where the shape of a tree is told.
 *
 * @param start - with `end` a subtree ({@link isSubtree}) within `size`.
 */
export function wayTo(start: number, end: number, size: number): Way {
  const siblings: Sibling[] = [];
  let [first, low, high] = [start, 0, size];
  while (low !== first || high !== end) {
    const middle = low + powerBelow(high - low);
    if (end <= middle) {
      siblings.push({ start: middle, end: high, side: 'right' });
      high = middle;
    } else {
      siblings.push({ start: low, end: middle, side: first < middle ? 'both' : 'left' });
      first = Math.max(first, middle);
      low = middle;
    }
  }
  return { siblings: siblings.reverse(), end: { start: first, end } };
}

/** A claim that a subtree, entries `start` to `end`, is part of the tree of `size` entries. */
export interface SubtreeClaim {
  readonly start: number;
  readonly end: number;
  readonly hash: Uint8Array;
  readonly size: number;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/**
 * Whether a proof shows that a subtree is part of a tree (draft-ietf-plants-merkle-tree-certs §4.4).
 *
 * Hostile in every field. The empty subtree is part of any tree and shows nothing.
 */
export function isSubtreeConsistent(claim: SubtreeClaim, sha256: Sha256): boolean {
  const { start, end, hash, size, root, proof } = claim;
  if (![hash, root, ...proof].every(({ length }) => length === hashBytes)) return false;
  if (![start, end, size].every(Number.isSafeInteger) || start < 0 || end > size) return false;
  if (start === end) return proof.length === 0 && areBytesEqual(hash, emptyRoot(sha256));
  if (!isSubtree(start, end)) return false;
  const way = wayTo(start, end, size);
  const isWhole = way.end.start === start;
  const given = isWhole ? [hash, ...proof] : proof;
  if (given.length !== way.siblings.length + 1) return false;
  let [part, whole] = [given[0]!, given[0]!];
  for (const [index, { side }] of way.siblings.entries()) {
    const sibling = given[index + 1]!;
    whole = side === 'right' ? nodeHash(whole, sibling, sha256) : nodeHash(sibling, whole, sha256);
    if (side === 'both') part = nodeHash(sibling, part, sha256);
  }
  return areBytesEqual(part, hash) && areBytesEqual(whole, root);
}

/** A claim that the tree of `fromSize` entries is the beginning of the tree of `size` entries. */
export interface ConsistencyClaim {
  readonly fromSize: number;
  readonly fromRoot: Uint8Array;
  readonly size: number;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/**
 * Whether a proof shows that a tree only grew (RFC 6962 §2.1.2). Hostile in every field. From size 0 there is nothing to
 * show, and no proof.
 */
export function isConsistent(claim: ConsistencyClaim, sha256: Sha256): boolean {
  const { fromSize, fromRoot, size, root, proof } = claim;
  if (size === 0 && !areBytesEqual(root, emptyRoot(sha256))) return false;
  return isSubtreeConsistent({ start: 0, end: fromSize, hash: fromRoot, size, root, proof }, sha256);
}

/** A claim that an entry stands at `index` (from 0) in the tree of `size` entries. */
export interface InclusionClaim {
  readonly index: number;
  readonly leafHash: Uint8Array;
  readonly size: number;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** Whether a proof shows that an entry is in a tree at that place (RFC 6962 §2.1.1). Hostile in every field. */
export function isIncluded(claim: InclusionClaim, sha256: Sha256): boolean {
  const { index, leafHash: hash, size, root, proof } = claim;
  return isSubtreeConsistent({ start: index, end: index + 1, hash, size, root, proof }, sha256);
}

/** A claim that an entry stands at `index` of the tree, in its subtree of entries `start` to `end`. */
export interface SubtreeInclusionClaim extends Omit<InclusionClaim, 'size'> {
  readonly start: number;
  readonly end: number;
}

/** Whether a proof shows that an entry is in a subtree (draft-ietf-plants-merkle-tree-certs §4.3). Hostile in every field. */
export function isSubtreeIncluded(claim: SubtreeInclusionClaim, sha256: Sha256): boolean {
  const { start, end, index } = claim;
  return isSubtree(start, end) && isIncluded({ ...claim, index: index - start, size: end - start }, sha256);
}
