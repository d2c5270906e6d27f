import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ComityError, hexOf, utf8Bytes } from '../base/index.ts';
import { nativeCrypto } from '../../../testkit/src/index.ts';
import {
  emptyRoot,
  foldHashes,
  isConsistent,
  isIncluded,
  isSubtreeConsistent,
  isSubtreeIncluded,
  leafHash,
  nodeHash,
  planConsistency,
  planInclusion,
  planRoot,
  planSubtree,
} from './index.ts';
import type { HashPlan } from './index.ts';

const { sha256 } = nativeCrypto;
type Hash = Uint8Array;

/** RFC 6962 §2.1, as its text has it. */
function split(count: number): number {
  let k = 1;
  while (k * 2 < count) k *= 2;
  return k;
}
function treeHash(leaves: readonly Hash[]): Hash {
  if (leaves.length === 0) return sha256(new Uint8Array(0));
  if (leaves.length === 1) return leaves[0]!;
  const k = split(leaves.length);
  return sha256(Buffer.concat([Uint8Array.of(1), treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k))]));
}
function pathOf(index: number, leaves: readonly Hash[]): Hash[] {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return index < k
    ? [...pathOf(index, leaves.slice(0, k)), treeHash(leaves.slice(k))]
    : [...pathOf(index - k, leaves.slice(k)), treeHash(leaves.slice(0, k))];
}
function subproof(from: number, leaves: readonly Hash[], isKnown: boolean): Hash[] {
  if (from === leaves.length) return isKnown ? [] : [treeHash(leaves)];
  const k = split(leaves.length);
  return from <= k
    ? [...subproof(from, leaves.slice(0, k), isKnown), treeHash(leaves.slice(k))]
    : [...subproof(from - k, leaves.slice(k), false), treeHash(leaves.slice(0, k))];
}

const leaves = Array.from({ length: 70 }, (_, index) => leafHash(utf8Bytes(`entry ${index}`), sha256));
const roots = Array.from({ length: leaves.length + 1 }, (_, size) => treeHash(leaves.slice(0, size)));

/** What a plan asks for, of a log that keeps every node. */
function made(plan: HashPlan): Hash[] {
  const hashes = plan.nodes.map(({ level, index }) =>
    treeHash(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)),
  );
  return foldHashes(plan, hashes, sha256);
}

test('the first hashes are those of RFC 6962 §2.1: 00 before an entry, 01 before two hashes, nothing of nothing', () => {
  const digest = (...parts: Uint8Array[]): string => hexOf(sha256(Buffer.concat(parts)));
  assert.equal(hexOf(emptyRoot(sha256)), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  assert.equal(hexOf(leafHash(utf8Bytes('a'), sha256)), digest(Uint8Array.of(0, 97)));
  assert.equal(hexOf(nodeHash(roots[1]!, roots[2]!, sha256)), digest(Uint8Array.of(1), roots[1]!, roots[2]!));
});

test('roots, inclusion and consistency proofs are those of RFC 6962 §2.1 for every size to 70, and verify', () => {
  for (let size = 0; size <= leaves.length; size++) {
    const root = roots[size]!;
    assert.deepEqual(made(planRoot(size)), [root], `root of ${size}`);
    for (let index = 0; index < size; index++) {
      const proof = made(planInclusion(index, size));
      assert.deepEqual(proof, pathOf(index, leaves.slice(0, size)), `${index} in ${size}`);
      assert.ok(isIncluded({ index, leafHash: leaves[index]!, size, root, proof }, sha256));
    }
    for (let fromSize = 1; fromSize <= size; fromSize++) {
      const proof = made(planConsistency(fromSize, size));
      assert.deepEqual(proof, subproof(fromSize, leaves.slice(0, size), true), `${fromSize} to ${size}`);
      assert.ok(isConsistent({ fromSize, fromRoot: roots[fromSize]!, size, root, proof }, sha256));
    }
  }
});

test('every subtree of every tree to 40 is proven, and its entries in it; what is no subtree is not', () => {
  let count = 0;
  for (let start = 0; start < 40; start++) {
    for (let end = start + 1; end <= 40; end++) {
      let power = 1;
      while (power < end - start) power *= 2;
      const hash = treeHash(leaves.slice(start, end));
      if (start % power !== 0) {
        assert.throws(() => planSubtree(start, end, 40), { code: 'ARGUMENT_INVALID' });
        assert.ok(!isSubtreeConsistent({ start, end, hash, size: 40, root: roots[40]!, proof: [] }, sha256));
        assert.ok(
          !isSubtreeIncluded({ index: start, start, end, leafHash: leaves[start]!, root: hash, proof: [] }, sha256),
        );
        continue;
      }
      for (let size = end; size <= 40; size++) {
        const proof = made(planSubtree(start, end, size));
        assert.ok(
          isSubtreeConsistent({ start, end, hash, size, root: roots[size]!, proof }, sha256),
          `${start} ${end} ${size}`,
        );
        count++;
      }
      const index = end - 1;
      const proof = pathOf(index - start, leaves.slice(start, end));
      assert.ok(isSubtreeIncluded({ index, start, end, leafHash: leaves[index]!, root: hash, proof }, sha256));
    }
  }
  assert.ok(count > 2000);
});

test('from nothing to anything there is nothing to prove, and nothing else is accepted', () => {
  const [nothing, one] = [roots[0]!, roots[1]!];
  assert.deepEqual(planConsistency(0, 9), { nodes: [], counts: [] });
  assert.ok(isConsistent({ fromSize: 0, fromRoot: nothing, size: 1, root: one, proof: [] }, sha256));
  assert.ok(isConsistent({ fromSize: 0, fromRoot: nothing, size: 0, root: nothing, proof: [] }, sha256));
  for (const claim of [
    { fromSize: 0, fromRoot: one, size: 1, root: one, proof: [] },
    { fromSize: 0, fromRoot: nothing, size: 1, root: one, proof: [one] },
    { fromSize: 0, fromRoot: nothing, size: 0, root: one, proof: [] },
    { fromSize: -1, fromRoot: nothing, size: 0, root: nothing, proof: [] },
  ])
    assert.ok(!isConsistent(claim, sha256), JSON.stringify(claim));
  assert.ok(!isSubtreeConsistent({ start: 0.5, end: 0.5, hash: nothing, size: 1, root: one, proof: [] }, sha256));
  assert.ok(!isSubtreeConsistent({ start: -1, end: -1, hash: nothing, size: 1, root: one, proof: [] }, sha256));
});

test('what is no number of entries, and what is no hash, is refused before anything is hashed', () => {
  const claim = { index: 3, leafHash: leaves[3]!, size: 7, root: roots[7]!, proof: made(planInclusion(3, 7)) };
  const never = (): never => assert.fail('hashed');
  assert.ok(isIncluded(claim, sha256));
  for (const changed of [
    { index: 7 },
    { index: -1 },
    { index: 0.5 },
    { index: Number.NaN },
    { index: 2 ** 64 },
    { size: 2 ** 53 },
    { size: Number.NaN },
    { size: 3 },
    { size: Number.POSITIVE_INFINITY },
    { proof: [] },
    { proof: [...claim.proof, roots[1]!] },
    { proof: Array.from({ length: 1_000_000 }, () => roots[1]!) },
    { root: claim.root.subarray(1) },
    { leafHash: Uint8Array.of() },
    { proof: claim.proof.map((hash) => Buffer.concat([hash, hash])) },
  ])
    assert.ok(!isIncluded({ ...claim, ...changed }, never), JSON.stringify(changed).slice(0, 80));
});

test('any flipped bit of hash, proof or root, any other place or size, and any hash more or less is refused', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 70 }),
      fc.nat(69),
      fc.nat(255),
      fc.nat(9),
      fc.boolean(),
      (size, drawn, bit, which, isInclusion) => {
        const at = drawn % size;
        const [start, end] = isInclusion ? [at, at + 1] : [0, at + 1];
        const proof = made(planSubtree(start, end, size));
        const hash = treeHash(leaves.slice(start, end));
        const claim = { start, end, hash, size, root: roots[size]!, proof };
        assert.ok(isSubtreeConsistent(claim, sha256));
        const flip = (bytes: Hash): Hash =>
          bytes.map((byte, index) => (index === Math.floor(bit / 8) ? byte ^ (1 << (bit % 8)) : byte));
        const wrong = [
          { ...claim, hash: flip(hash) },
          { ...claim, root: flip(claim.root) },
          { ...claim, proof: proof.toSpliced(0, 1) },
          { ...claim, proof: [...proof, claim.root] },
          { ...claim, proof: [claim.root, ...proof] },
          { ...claim, proof: proof.map((each, index) => (index === which % proof.length ? flip(each) : each)) },
          ...(isInclusion ? [{ ...claim, start: at ^ 1, end: (at ^ 1) + 1 }] : []),
        ];
        for (const each of proof.length === 0 ? wrong.slice(0, 2) : wrong)
          assert.ok(!isSubtreeConsistent(each, sha256));
      },
    ),
    { numRuns: 300 },
  );
});

/** Root an inclusion proof leads to (RFC 9162 §2.1.3.2), with numbers of any size. */
function rootByRfc(index: number, size: number, hash: Hash, proof: readonly Hash[]): Hash | undefined {
  let [fn, sn, r] = [BigInt(index), BigInt(size) - 1n, hash];
  for (const p of proof) {
    if (sn === 0n) return undefined;
    if (fn % 2n === 1n || fn === sn) {
      r = nodeHash(p, r, sha256);
      while (fn % 2n === 0n && fn !== 0n) [fn, sn] = [fn / 2n, sn / 2n];
    } else r = nodeHash(r, p, sha256);
    [fn, sn] = [fn / 2n, sn / 2n];
  }
  return sn === 0n ? r : undefined;
}

test('trees of up to 2^53−1 entries: the way is that of RFC 9162 §2.1.3.2, without an error of 32 bits', () => {
  const largest = Number.MAX_SAFE_INTEGER;
  fc.assert(
    fc.property(
      fc.integer({ min: 2 ** 31 - 3, max: largest }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (size, at) => {
        const index = Math.floor(at * size);
        const count = planInclusion(index, size).counts.length;
        const proof = Array.from({ length: count }, (_, each) => leaves[1 + (each % 69)]!);
        const root = rootByRfc(index, size, leaves[0]!, proof);
        assert.ok(root !== undefined, `${index} ${size}: ${count} hashes`);
        assert.ok(isIncluded({ index, leafHash: leaves[0]!, size, root, proof }, sha256));
        assert.ok(
          !isIncluded({ index: index + (index % 2 === 0 ? 1 : -1), leafHash: leaves[0]!, size, root, proof }, sha256),
        );
      },
    ),
    { numRuns: 200 },
  );
  assert.equal(planInclusion(0, largest).counts.length, 53);
  assert.deepEqual(planRoot(largest).nodes.at(0), { level: 52, index: 0 });
  assert.deepEqual(planRoot(largest).nodes.at(-1), { level: 0, index: largest - 1 });
  assert.deepEqual(planSubtree(2 ** 52, largest, largest).nodes.length, 1);
  assert.deepEqual(planConsistency(2 ** 52, largest).counts, [52]);
});

test('a plan for what is not there is refused, and so are hashes that are not as many as it asks for', () => {
  for (const plan of [
    () => planRoot(-1),
    () => planRoot(2 ** 53),
    () => planInclusion(5, 5),
    () => planInclusion(-1, 5),
    () => planInclusion(0, Number.NaN),
    () => planConsistency(6, 5),
    () => planConsistency(0, -1),
    () => foldHashes(planRoot(3), [leaves[0]!], sha256),
  ])
    assert.throws(plan, (error) => error instanceof ComityError && error.code === 'ARGUMENT_INVALID');
});
