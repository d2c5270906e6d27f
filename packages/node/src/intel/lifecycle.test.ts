import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { weighConfidence } from './confidence.ts';
import { decayedAtUs, decayedScore, decayModelOf, decayThreshold, decideLifecycle, reasonOf } from './lifecycle.ts';
import type { LifecycleFacts } from './lifecycle.ts';

const dayUs = 86_400_000_000;
const nowUs = 1_800_000_000_000_000;
const inForce: LifecycleFacts = {
  recalled: undefined,
  revoked: false,
  leaseUntilUs: undefined,
  validFromUs: undefined,
  validUntilUs: undefined,
  lastSeenUs: nowUs,
  decay: { lifetimeDays: 100, decaySpeed: 0.5 },
  allHeld: false,
};

test('the polynomial of MISP: whole when seen, 0 at the end of its lifetime, never rising', () => {
  const model = { lifetimeDays: 100, decaySpeed: 0.5 };
  assert.equal(decayedScore(80, model, nowUs, nowUs), 80);
  assert.equal(decayedScore(80, model, nowUs, nowUs + 50 * dayUs), 60);
  assert.equal(decayedScore(80, model, nowUs, nowUs + 100 * dayUs), 0);
  assert.equal(decayedScore(80, model, nowUs, nowUs + 500 * dayUs), 0);
  assert.equal(decayedScore(80, model, nowUs, nowUs - dayUs), 80);
  fc.assert(
    fc.property(fc.nat(200), fc.nat(200), (a, b) => {
      const [early, late] = [Math.min(a, b), Math.max(a, b)].map((days) =>
        decayedScore(100, model, nowUs, nowUs + days * dayUs),
      );
      return (early ?? 0) >= (late ?? 0);
    }),
  );
});

test('the moment of decay is where the score passes the threshold', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2000 }),
      fc.double({ min: 0.1, max: 5, noNaN: true }),
      (lifetimeDays, decaySpeed) => {
        const model = { lifetimeDays, decaySpeed };
        const at = decayedAtUs(model, nowUs);
        const before = decayedScore(100, model, nowUs, at - 1_000_000);
        const after = decayedScore(100, model, nowUs, at + 1_000_000);
        return before >= decayThreshold * 100 - 0.01 && after <= decayThreshold * 100 + 0.01;
      },
    ),
  );
});

test('of several kinds the longest life counts, and a digest never decays', () => {
  assert.equal(decayModelOf(['ipv4', 'domain'])?.lifetimeDays, 365);
  assert.equal(decayModelOf(['ipv4', 'sha256']), undefined);
  assert.notEqual(decayModelOf([]), undefined);
});

test('the precedence holds for every combination of facts', () => {
  const order = ['recalled', 'revoked', 'lease-ended', 'expired', 'pending', 'decayed', 'held-back', 'active'];
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      (...[recalled, revoked, lease, dated, early, faded, held]) => {
        const facts: LifecycleFacts = {
          recalled: recalled ? { atUs: nowUs, reason: 'wrong' } : undefined,
          revoked,
          leaseUntilUs: lease ? nowUs - 1 : nowUs + dayUs,
          validFromUs: early ? nowUs + 1 : undefined,
          validUntilUs: dated ? nowUs - 1 : undefined,
          lastSeenUs: faded ? nowUs - 1000 * dayUs : nowUs,
          decay: { lifetimeDays: 100, decaySpeed: 0.5 },
          allHeld: held,
        };
        const { state } = decideLifecycle(facts, nowUs);
        // What has not begun has not begun to fade.
        const holds = [recalled, revoked, lease, dated, early, faded && !early, held, true];
        assert.equal(state, order[holds.indexOf(true)]);
        assert.ok(reasonOf(state, { ...facts, toldBy: 'a feed', withdrawn: undefined }).length > 10);
      },
    ),
  );
});

test('decay never cuts short a valid_until that lies ahead', () => {
  const facts = { ...inForce, lastSeenUs: nowUs - 5000 * dayUs, validUntilUs: nowUs + dayUs };
  assert.equal(decideLifecycle(facts, nowUs).state, 'active');
  assert.equal(decideLifecycle(facts, nowUs).nextChangeUs, nowUs + dayUs);
});

test('the next change is when the clock alone will change the state', () => {
  fc.assert(
    fc.property(
      fc.option(fc.nat(400), { nil: undefined }),
      fc.option(fc.nat(400), { nil: undefined }),
      (lease, until) => {
        const at = (days: number | undefined): number | undefined =>
          days === undefined ? undefined : nowUs + (days + 1) * dayUs;
        const facts = { ...inForce, leaseUntilUs: at(lease), validUntilUs: at(until) };
        const { state, nextChangeUs } = decideLifecycle(facts, nowUs);
        assert.equal(state, 'active');
        assert.ok(nextChangeUs !== undefined);
        assert.equal(decideLifecycle(facts, nextChangeUs - 1).state, 'active');
        assert.notEqual(decideLifecycle(facts, nextChangeUs).state, 'active');
      },
    ),
  );
});

test('confidence is weighed by reliability, and a better source never weighs less', () => {
  assert.equal(weighConfidence(80, 'A'), 80);
  assert.equal(weighConfidence(80, 'E'), 20);
  assert.equal(weighConfidence(undefined, 'F'), 30);
  const scale = ['A', 'B', 'C', 'D', 'E'] as const;
  for (const [index, reliability] of scale.slice(1).entries()) {
    assert.ok(weighConfidence(70, scale[index] ?? 'A') > weighConfidence(70, reliability));
  }
});

test('what begins later is not in force before, comes into force by the clock and fades from then on', () => {
  const fromUs = nowUs + 300 * dayUs;
  const facts: LifecycleFacts = { ...inForce, validFromUs: fromUs };
  assert.deepEqual(decideLifecycle(facts, nowUs), { state: 'pending', nextChangeUs: fromUs });
  assert.deepEqual(decideLifecycle(facts, fromUs - 1).state, 'pending');
  assert.deepEqual(decideLifecycle(facts, fromUs).state, 'active', 'though nobody told of it for 300 days');
  assert.match(
    reasonOf('pending', { ...facts, toldBy: '', withdrawn: undefined }),
    /^In force from 2027-11-11 08:00:00 UTC$/,
  );
  const leased = { ...facts, leaseUntilUs: nowUs + dayUs };
  assert.deepEqual(decideLifecycle(leased, nowUs), { state: 'pending', nextChangeUs: nowUs + dayUs });
  assert.equal(decideLifecycle(leased, nowUs + dayUs).state, 'lease-ended');
});
