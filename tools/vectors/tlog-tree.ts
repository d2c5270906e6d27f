import { hexOf } from '@comity/protocol/base';
import {
  isConsistent,
  isIncluded,
  isSubtreeConsistent,
  isSubtreeIncluded,
  leafHash,
  nodeHash,
  parseTilePath,
  printTilePath,
  rootOfHashes,
  emptyRoot,
} from '@comity/protocol/tlog';
import { nativeCrypto } from '../../packages/testkit/src/index.ts';
import { scoreOf } from './suite.ts';
import type { Score } from './suite.ts';
import { bytesOf, readSet } from './tlog-set.ts';

const { sha256 } = nativeCrypto;

interface MerkleCase {
  readonly file: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
  readonly root: string;
  readonly root1: string;
  readonly root2: string;
  readonly leafHash: string;
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly size1: number;
  readonly size2: number;
  readonly start: number;
  readonly end: number;
  readonly size: number;
}

/**
 * Cases that are to be accepted although their roots are words of 12 bytes, not hashes: whoever asks for hashes of 32 bytes
 * first refuses them.
 */
const wordsForRoots: ReadonlySet<string> = new Set([
  'consistency/additional/sizes-are-equal-one-and-proof-is-empty.json',
  'subtreeconsistency/additional/sizes-are-equal-one-and-proof-is-empty.json',
  ...['sizes-are-equal-one-', 'sizes-are-equal-zero-', ''].map(
    (sizes) =>
      `subtreeconsistency/additional/subtree-is-empty-${sizes}subtree-root-valid-tree-root-random-proof-is-empty.json`,
  ),
]);

const judges = {
  'merkle-inclusion': (each: MerkleCase, proof: readonly Uint8Array[]) =>
    isIncluded(
      { index: each.leafIdx, leafHash: bytesOf(each.leafHash), size: each.treeSize, root: bytesOf(each.root), proof },
      sha256,
    ),
  'merkle-consistency': (each: MerkleCase, proof: readonly Uint8Array[]) =>
    isConsistent(
      { fromSize: each.size1, fromRoot: bytesOf(each.root1), size: each.size2, root: bytesOf(each.root2), proof },
      sha256,
    ),
  'merkle-subtreeinclusion': (
    { leafIdx: index, start, end, leafHash, root }: MerkleCase,
    proof: readonly Uint8Array[],
  ) => isSubtreeIncluded({ index, start, end, leafHash: bytesOf(leafHash), root: bytesOf(root), proof }, sha256),
  'merkle-subtreeconsistency': ({ start, end, size, root1, root2 }: MerkleCase, proof: readonly Uint8Array[]) =>
    isSubtreeConsistent({ start, end, size, hash: bytesOf(root1), root: bytesOf(root2), proof }, sha256),
} as const;

const totals = {
  'merkle-inclusion': 98,
  'merkle-consistency': 97,
  'merkle-subtreeinclusion': 204,
  'merkle-subtreeconsistency': 114,
} as const satisfies Record<keyof typeof judges, number>;

/** Proofs that must be accepted and proofs that must not, and each bit of the good ones flipped. */
export function merkleScores(): Score[] {
  return (Object.keys(judges) as (keyof typeof judges)[]).flatMap((set) => {
    const cases = (readSet(set) as MerkleCase[]).filter(({ file }) => !wordsForRoots.has(file));
    const judge = judges[set];
    const plain = scoreOf(`tlog ${set}`, cases, totals[set], (each) => {
      const isAccepted = judge(each, (each.proof ?? []).map(bytesOf));
      return isAccepted === !each.wantErr ? undefined : `${each.file}: ${isAccepted ? 'accepted' : 'refused'}`;
    });
    return [
      plain,
      flippedScore(
        set,
        cases.filter(({ wantErr, proof }) => !wantErr && (proof ?? []).length > 0),
      ),
    ];
  });
}

function flippedScore(set: keyof typeof judges, good: readonly MerkleCase[]): Score {
  const flips = good.flatMap((each) =>
    (each.proof ?? []).flatMap((_, hash) => bits.map((bit) => ({ each, hash, bit }))),
  );
  return scoreOf(`tlog ${set}, flipped bits refused`, flips, flips.length, ({ each, hash, bit }) => {
    const proof = (each.proof ?? []).map(bytesOf);
    const bytes = proof[hash]!;
    proof[hash] = bytes.with(bit >> 3, bytes[bit >> 3]! ^ (1 << (bit & 7)));
    return judges[set](each, proof) ? `${each.file}: accepted with bit ${bit} of hash ${hash} flipped` : undefined;
  });
}

const bits = Array.from({ length: 256 }, (_, bit) => bit);

/** The tree of eight entries of RFC 6962’s own implementation: every leaf, node and root. */
export function treeScore(): Score {
  const { leafInputsHex, nodeHashesHex, rootHashesHexBySize } = readSet('rfc6962-tree8') as {
    leafInputsHex: string[];
    nodeHashesHex: string[][];
    rootHashesHexBySize: string[];
  };
  const leaves = leafInputsHex.map((hex) => leafHash(Buffer.from(hex, 'hex'), sha256));
  const levels = [leaves];
  while (levels.at(-1)!.length > 1) {
    const below = levels.at(-1)!;
    levels.push(
      Array.from({ length: below.length / 2 }, (_, at) => nodeHash(below[2 * at]!, below[2 * at + 1]!, sha256)),
    );
  }
  const roots = rootHashesHexBySize.map((_, size) =>
    size === 0 ? emptyRoot(sha256) : rootOfHashes(leaves.slice(0, size), sha256),
  );
  const cases = [
    ...nodeHashesHex.flatMap((level, at) => level.map((hex, index) => ({ hex, ours: levels[at]?.[index] }))),
    ...rootHashesHexBySize.map((hex, size) => ({ hex, ours: roots[size] })),
  ];
  return scoreOf('tlog hashes of a tree of eight', cases, 24, ({ hex, ours }) =>
    ours !== undefined && hexOf(ours) === hex ? undefined : `${hex} is ${ours === undefined ? 'missing' : hexOf(ours)}`,
  );
}

interface PathCase {
  readonly xmodPath: string;
  readonly valid: boolean;
  readonly H: number;
  readonly L: number;
  readonly N: number;
  readonly W: number;
}

/**
 * Paths as the module of Go has them, `tile/8/<L>/…` and `tile/8/data/…`, brought to C2SP’s form. Tiles there have other heights too: what
 * is full there is full here.
 */
export function pathScore(): Score {
  return scoreOf('tlog tile paths', readSet('tile-paths-xmod') as PathCase[], 8, ({ xmodPath, valid, H, L, N, W }) => {
    const path = xmodPath.replace(/^tile\/\d+\//, 'tile/').replace('tile/data/', 'tile/entries/');
    const expected = { level: L === -1 ? 'entries' : L, index: N, width: W === 2 ** H ? 256 : W };
    try {
      const tile = parseTilePath(path);
      const isSame = printTilePath(tile) === path && JSON.stringify(tile) === JSON.stringify(expected);
      return valid && isSame ? undefined : `${path}: read as ${JSON.stringify(tile)}`;
    } catch (error) {
      return valid ? `${path}: ${String(error)}` : undefined;
    }
  });
}
