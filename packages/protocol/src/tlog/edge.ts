import type { Sha256 } from './crypto.ts';
import { foldHashes } from './plan.ts';
import { nodeHash } from './tree.ts';

/**
 * The edge of a tree that has grown by some entries: the hashes its root is folded of, the largest subtree first. It is all a log keeps to
 * go on; what it said before is not read again.
 *
 * @param edge - of the tree of `size` entries: none when that is 0.
 * @param leaves - hashes of the entries that come.
 */
export function growEdge(
  edge: readonly Uint8Array[],
  size: number,
  leaves: readonly Uint8Array[],
  sha256: Sha256,
): Uint8Array[] {
  const grown = [...edge];
  for (const [index, leaf] of leaves.entries()) {
    let hash = leaf;
    // Each binary one at the end of the size is a subtree that this entry makes part of a larger one.
    for (let rest = size + index; rest % 2 === 1; rest = (rest - 1) / 2) hash = nodeHash(grown.pop()!, hash, sha256);
    grown.push(hash);
  }
  return grown;
}

/** Root of the tree with that edge. */
export function rootOfEdge(edge: readonly Uint8Array[], sha256: Sha256): Uint8Array {
  return foldHashes({ nodes: edge.map(() => ({ level: 0, index: 0 })), counts: [edge.length] }, edge, sha256)[0]!;
}
