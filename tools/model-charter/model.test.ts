import assert from 'node:assert/strict';
import { test } from 'node:test';
import { electorateOf, promiseAgainst } from '../../packages/protocol/src/charter/index.ts';
import type { PromiseFault } from '../../packages/protocol/src/charter/index.ts';
import { checkScenario, rules } from './model.ts';
import type { Rules } from './model.ts';
import { scenariosOf } from './scenarios.ts';

/** Rules that were broken with so many members, each once. */
function faultsWith(changed: Partial<Rules>, memberCount: number): string[] {
  const faults = scenariosOf(memberCount).flatMap(
    (scenario) => checkScenario(scenario, { ...rules, ...changed }, false).faults,
  );
  return [...new Set(faults)].toSorted();
}

/** The promise without some of its reasons. */
const forgetting =
  (forgotten: readonly PromiseFault[]): Rules['promise'] =>
  (given, next) => {
    const fault = promiseAgainst(given, next);
    return fault !== undefined && forgotten.includes(fault) ? undefined : fault;
  };

test('no two charters ever come of one, in every state of up to three members, and there is always a way on', () => {
  for (const count of [1, 2, 3]) {
    for (const scenario of scenariosOf(count)) {
      const { states, faults } = checkScenario(scenario, rules, count < 3);
      assert.deepEqual(faults, [], scenario.name);
      assert.ok(states > 0);
    }
  }
});

test('planted fault is seen: a member forgets a word it gave', () => {
  for (const forgotten of [['confirmed-other'], ['later-yes'], ['other-yes', 'other-confirmation']] as const)
    assert.ok(faultsWith({ promise: forgetting(forgotten) }, 4).includes('two charters come of one'), forgotten[0]);
  // Two charters of one round may then both carry, and members that confirm one each are bound for ever.
  assert.deepEqual(faultsWith({ promise: forgetting(['other-yes']) }, 4), ['nothing can be decided any more']);
  // Without this the rules hold, and a liar cannot be told from an honest member.
  assert.deepEqual(faultsWith({ promise: forgetting(['confirmed-this']) }, 3), [
    'two charters come of one, and too few are convicted',
  ]);
});

test('planted fault is seen: what carried is decided without being confirmed', () => {
  const electorate: Rules['electorate'] = (...of) => ({ ...electorateOf(...of), confirming: 0 });
  assert.ok(faultsWith({ electorate }, 3).includes('two charters come of one'));
});

test('planted fault is seen: one fewer must confirm than is safe', () => {
  const electorate: Rules['electorate'] = (...of) => {
    const real = electorateOf(...of);
    return { ...real, needed: Math.min(real.needed, real.confirming - 1), confirming: real.confirming - 1 };
  };
  assert.ok(faultsWith({ electorate }, 4).includes('two charters come of one'));
});

test('planted fault is seen: whoever expels needs only more than half of the others', () => {
  const electorate: Rules['electorate'] = (charter, proposal, gone) => {
    const real = electorateOf(charter, proposal, gone);
    if (proposal.action.type !== 'expel') return real;
    const half = Math.floor(real.voters.size / 2) + 1;
    return { ...real, needed: half, confirming: half };
  };
  assert.ok(faultsWith({ electorate }, 4).includes('two charters come of one'));
});

test('planted fault is seen: who missed a vote is taken from the ballots one was shown', () => {
  const install: Rules['install'] = (charter, proposal, shown) =>
    `${rules.install(charter, proposal, shown)} ${[...shown].toSorted().join(' ')}`;
  assert.deepEqual(faultsWith({ install }, 3), ['what is installed depends on what is shown']);
});

test('planted fault is seen: whoever said yes once is bound for good', () => {
  const promise: Rules['promise'] = (given, next) =>
    next.kind === 'yes' && given.some(({ proposal }) => proposal.target !== next.proposal.target)
      ? 'other-yes'
      : promiseAgainst(given, next);
  assert.ok(faultsWith({ promise }, 4).includes('nothing can be decided any more'));
});
