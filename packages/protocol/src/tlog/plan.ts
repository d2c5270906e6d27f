import { ComityError } from '../base/index.ts';
import type { Sha256 } from './crypto.ts';
import { emptyRoot, isSubtree, nodeHash, powerBelow, wayTo } from './tree.ts';

/** A hash a log keeps: number `index` of those over 2^`level` entries each, both from 0. */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
}

/**
 * The hashes somebody reads to make a proof or a root: `foldHashes` makes of them what was asked for. So a caller who has tiles on
 * a disk or behind a network reads just these, waiting or not.
 */
export interface HashPlan {
  readonly nodes: readonly TreeNode[];
  /** How many of `nodes`, in their order, each hash of the result is folded of. */
  readonly counts: readonly number[];
}

/** Plan of the root of a tree of `size` entries. */
export function planRoot(size: number): HashPlan {
  assertRange(Number.isSafeInteger(size) && size >= 0, `tree of ${size} entries`);
  return planOf([{ start: 0, end: size }]);
}

/** Plan of the proof that entry `index` is in the tree of `size` entries. */
export function planInclusion(index: number, size: number): HashPlan {
  return planSubtree(index, index + 1, size);
}

/** Plan of the proof that the tree of `fromSize` entries is the beginning of that of `size`. Empty from size 0. */
export function planConsistency(fromSize: number, size: number): HashPlan {
  return fromSize === 0 && size >= 0 ? planOf([]) : planSubtree(0, fromSize, size);
}

/**
 * Plan of the proof that the subtree of entries `start` to `end` is part of the tree of `size`.
 *
 * @throws {ComityError} `ARGUMENT_INVALID` when there is no such subtree in that tree.
 */
export function planSubtree(start: number, end: number, size: number): HashPlan {
  const isThere = isSubtree(start, end) && Number.isSafeInteger(size) && end <= size;
  assertRange(isThere, `entries ${start} to ${end} in a tree of ${size}`);
  const way = wayTo(start, end, size);
  return planOf(way.end.start === start ? way.siblings : [way.end, ...way.siblings]);
}

function planOf(ranges: readonly { readonly start: number; readonly end: number }[]): HashPlan {
  const parts = ranges.map(({ start, end }) => nodesOf(start, end));
  return { nodes: parts.flat(), counts: parts.map(({ length }) => length) };
}

/** The nodes a range is made of that begins where a node of its size does, the largest first. */
function nodesOf(start: number, end: number): TreeNode[] {
  const nodes: TreeNode[] = [];
  let at = start;
  while (at < end) {
    const count = powerBelow(end - at + 1);
    nodes.push({ level: Math.log2(count), index: at / count });
    at += count;
  }
  return nodes;
}

/**
 * What a plan asked for, of the hashes of its nodes in their order: the one root, or the hashes of a proof.
 *
 * @throws {ComityError} `ARGUMENT_INVALID` when the hashes are not as many as the nodes.
 */
export function foldHashes(plan: HashPlan, hashes: readonly Uint8Array[], sha256: Sha256): Uint8Array[] {
  assertRange(hashes.length === plan.nodes.length, `${hashes.length} hashes for ${plan.nodes.length} nodes`);
  let offset = 0;
  return plan.counts.map((count) => {
    const parts = hashes.slice(offset, offset + count);
    offset += count;
    // Without a last there is none at all.
    return parts.length === 0 ? emptyRoot(sha256) : parts.reduceRight((right, left) => nodeHash(left, right, sha256));
  });
}

function assertRange(holds: boolean, what: string): void {
  if (!holds) throw new ComityError('ARGUMENT_INVALID', `Cannot read hashes: there is no such thing as ${what}`);
}
