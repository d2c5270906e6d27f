import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { madeTimes, makeProposal, makeVotes, nativeCrypto } from '../../../testkit/src/index.ts';
import { countBallots, nameAct, proposalHash } from './index.ts';
import type { Choice, Count, SeenAct, VotingAct } from './index.ts';

const { sha256 } = nativeCrypto;
const votes = makeVotes(6);
const proposal = makeProposal(votes.genesis, { action: { type: 'amend', name: 'Other' } }, votes.voters.slice(0, 1));
const hash = proposalHash(proposal, sha256);
const voters = new Set(votes.voters.slice(0, 5).map(({ id }) => id));
const count = (acts: readonly SeenAct[]): Count => countBallots(acts, proposal, hash, voters, undefined);

const drawn = fc.array(
  fc.record({
    voter: fc.nat(5),
    choice: fc.constantFrom<Choice>('yes', 'no', 'abstain'),
    seenAt: fc.constantFrom(undefined, madeTimes.votes, madeTimes.votes + 1, madeTimes.closes + 1),
    isProven: fc.boolean(),
  }),
  { maxLength: 12 },
);

/** Ballots as they are seen; each names the one its voter gave before. */
function seen(ballots: readonly { voter: number; choice: Choice; seenAt: number | undefined; isProven: boolean }[]) {
  const last = new Map<number, string>();
  return ballots.map(({ voter, choice, seenAt, isProven }, index): SeenAct => {
    const previous = last.get(voter);
    const act: VotingAct = {
      type: 'ballot',
      member: votes.voters[voter]!.id,
      at: '2027-01-15T08:00:00Z',
      salt: `${String(index).padStart(22, 'A')}==`,
      content: { choice, reason: 'ab'.repeat(32), ...(previous === undefined ? {} : { previous }) },
    };
    const named = nameAct(act, hash, sha256);
    last.set(voter, named.name);
    return { ...named, isProven, seenAt };
  });
}

test('nobody is counted twice, and every ballot is counted or refused with a reason', () => {
  fc.assert(
    fc.property(drawn, (ballots) => {
      const { yes, no, abstain, counted, refused } = count(seen(ballots));
      assert.equal(yes + no + abstain, counted.length);
      assert.equal(new Set(counted.map(({ member }) => member)).size, counted.length);
      assert.equal(counted.length + refused.length, ballots.length);
      assert.ok(counted.every(({ member }) => voters.has(member)));
    }),
  );
});

test('the order in which ballots are shown does not matter, and one shown again changes nothing', () => {
  fc.assert(
    fc.property(drawn, fc.infiniteStream(fc.nat()), (ballots, keys) => {
      const acts = seen(ballots);
      const expected = count(acts).counted;
      const shuffled = acts
        .map((act) => ({ act, key: keys.next().value as number }))
        .toSorted((one, other) => one.key - other.key)
        .map(({ act }) => act);
      assert.deepEqual(count(shuffled).counted, expected);
      assert.deepEqual(count([...acts, ...shuffled]).counted, expected);
    }),
  );
});

test('a yes of somebody who said nothing adds one, an abstention none, and what does not count takes nothing away', () => {
  fc.assert(
    fc.property(drawn, (ballots) => {
      const others = ballots.filter(({ voter }) => voter !== 0);
      const before = count(seen(others));
      const given = { voter: 0, seenAt: madeTimes.votes, isProven: true };
      assert.equal(count(seen([...others, { ...given, choice: 'yes' }])).yes, before.yes + 1);
      assert.equal(count(seen([...others, { ...given, choice: 'abstain' }])).yes, before.yes);
      const worthless = { ...given, choice: 'no', isProven: false } as const;
      assert.deepEqual(count(seen([...others, worthless])).counted, before.counted);
    }),
  );
});

test('a ballot has the name the specification gives it (docs/spec/charter.md §5)', () => {
  const act: VotingAct = {
    type: 'ballot',
    member: '',
    at: '2027-01-15T08:00:00Z',
    salt: `${'A'.repeat(22)}==`,
    content: { choice: 'yes' },
  };
  assert.equal(
    nameAct(act, 'ab'.repeat(32), sha256).name,
    'bd5d4d464b44a03de9894fe676a2ffaa44bb8d9a549adb0e9d7c7c0b7a3f3501',
  );
});
