import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { timestampOfUs } from '../base/index.ts';
import type { MemberId } from '../base/index.ts';
import { paps, tlps } from '../markings/index.ts';
import { makeMember, makeTerms, statedUs } from '../../../testkit/src/index.ts';
import { audienceMax, isAddressedTo, isWithin } from './index.ts';
import type { Terms } from './index.ts';
import { termsSchema } from './terms.ts';

const members = ['alder', 'birch', 'cedar', 'dogwood'].map((name) => makeMember(name).id).sort();
const [alder, birch, cedar] = members as [MemberId, MemberId, MemberId];

const isTerms = (changed: object): boolean => termsSchema.safeParse({ ...makeTerms(), ...changed }).success;
const anyTerms: fc.Arbitrary<Terms> = fc.record({
  tlp: fc.constantFrom(...tlps.filter((tlp) => tlp !== 'red')),
  pap: fc.option(fc.constantFrom(...paps)),
  hops: fc.nat(4),
  leaseUntil: fc.nat(3).map((days) => timestampOfUs(statedUs + days * 86_400_000_000)),
  audience: fc.option(fc.subarray(members, { minLength: 1 })),
});

test('terms have one form: instants to the millisecond in UTC, an audience sorted and nobody twice', () => {
  assert.ok(isTerms({}));
  assert.ok(isTerms({ pap: null, audience: members }));
  for (const changed of [
    { leaseUntil: '2026-12-27T07:00:00Z' },
    { leaseUntil: '2026-12-27T07:00:00.0000Z' },
    { leaseUntil: '2026-12-27T07:00:60.000Z' },
    { leaseUntil: '2026-13-27T07:00:00.000Z' },
    { leaseUntil: '2026-12-27t07:00:00.000z' },
    { leaseUntil: '2026-12-27T08:00:00.000+01:00' },
    { leaseUntil: undefined },
    { audience: members.toReversed() },
    { audience: [alder, alder] },
    { audience: [alder.toUpperCase()] },
    { audience: ['alder'] },
    { audience: Array.from({ length: audienceMax + 1 }, (_, at) => String(at).padStart(64, '0')) },
    { hops: 8 },
    { hops: -1 },
    { hops: 0.5 },
    { pap: undefined },
    { tlp: 'GREEN' },
    { toString: 'x' },
  ])
    assert.ok(!isTerms(changed), JSON.stringify(changed));
});

test('RED is none of the labels: it goes to persons, never to a node', () => {
  assert.ok(!isTerms({ tlp: 'red' }));
});

test('an audience is never empty: nobody could be meant by it, or everybody', () => {
  assert.ok(!isTerms({ audience: [] }));
  assert.ok(isAddressedTo(makeTerms(), cedar));
  assert.ok(isAddressedTo(makeTerms({ audience: [alder, cedar] }), cedar));
  assert.ok(!isAddressedTo(makeTerms({ audience: [alder, birch] }), cedar));
});

test('terms are within others when no label, number, instant or audience is wider', () => {
  const outer = makeTerms({ audience: [alder, birch] });
  const within = (changed: Partial<Terms>, hopsTaken = 0): boolean =>
    isWithin({ ...outer, ...changed }, outer, hopsTaken);
  assert.ok(within({}));
  assert.ok(within({ tlp: 'amber+strict', pap: 'red', hops: 0, audience: [birch] }));
  assert.ok(within({ pap: null }), 'what bears no PAP is handled as AMBER');
  assert.ok(within({ hops: 1 }, 1) && within({ hops: 0 }, 2));
  for (const changed of [
    { tlp: 'clear' },
    { pap: 'clear' },
    { hops: 3 },
    { leaseUntil: timestampOfUs(Date.parse(outer.leaseUntil) * 1000 + 1000) },
    { audience: null },
    { audience: [alder, cedar] },
  ] satisfies Partial<Terms>[])
    assert.ok(!within(changed), JSON.stringify(changed));
  assert.ok(!within({ hops: 2 }, 1) && !within({ hops: 0 }, 3), 'a hop that was taken is gone');
  const unsaid = makeTerms({ pap: null });
  assert.ok(!isWithin(makeTerms({ pap: 'green' }), unsaid, 0), 'nor does a relay say more than its origin did');
});

test('what is AMBER goes to no second member, however many hops its terms name', () => {
  for (const tlp of ['amber', 'amber+strict'] as const) {
    const terms = makeTerms({ tlp });
    assert.ok(isWithin({ ...terms, hops: 1 }, terms, 0));
    assert.ok(!isWithin({ ...terms, hops: 1 }, terms, 1), tlp);
    assert.ok(isWithin(makeTerms({ tlp, hops: 1 }), makeTerms(), 1), 'a relay may make it so for its own receiver');
  }
});

test('narrowing never widens, along any number of relays', () => {
  const isWider = (one: Terms, other: Terms): boolean =>
    tlps.indexOf(one.tlp) < tlps.indexOf(other.tlp) ||
    paps.indexOf(one.pap ?? 'amber') < paps.indexOf(other.pap ?? 'amber') ||
    one.hops > other.hops ||
    Date.parse(one.leaseUntil) > Date.parse(other.leaseUntil) ||
    members.some((member) => isAddressedTo(one, member) && !isAddressedTo(other, member));
  // Few of them: three terms drawn apart from each other are hardly ever within one another.
  const anyChange = fc
    .tuple(anyTerms, fc.subarray(['tlp', 'pap', 'hops', 'leaseUntil', 'audience'] as const))
    .map(([terms, keys]) => Object.fromEntries(keys.map((key) => [key, terms[key]])) as Partial<Terms>);
  let chains = 0;
  fc.assert(
    fc.property(anyTerms, anyChange, anyChange, fc.nat(1), fc.nat(1), (outer, first, second, late, early) => {
      const middle = { ...outer, ...first };
      const inner = { ...middle, ...second };
      assert.ok(isWithin(outer, outer, 0));
      if (isWithin(inner, middle, late)) assert.ok(!isWider(inner, middle));
      if (!isWithin(inner, middle, late) || !isWithin(middle, outer, early)) return;
      chains += 1;
      assert.ok(isWithin(inner, outer, late + early));
    }),
    { numRuns: 5000 },
  );
  assert.ok(chains > 20, `${chains} chains`);
});
