import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { makeProposal, makeVotes, nameAll, nativeCrypto, say } from '../../../testkit/src/index.ts';
import type { MadeVoter } from '../../../testkit/src/index.ts';
import { charterHash, findContradictions, nameAct, promiseAgainst, proposalHash } from './index.ts';
import type { Proposal, VotingAct, Word } from './index.ts';

const { sha256 } = nativeCrypto;
const votes = makeVotes(4);
const { genesis } = votes;
const base = charterHash(genesis, sha256);
const propose = (name: string, round: number): Proposal =>
  makeProposal(genesis, { action: { type: 'amend', name } }, votes.voters.slice(0, 1), { round });
const [a, b, c, later, last] = [propose('a', 0), propose('b', 0), propose('c', 1), propose('a', 1), propose('c', 2)];
const emergency = makeProposal(
  genesis,
  { action: { type: 'emergency', member: votes.voters[0]!.id, until: genesis.expiresAt } },
  votes.voters.slice(0, 1),
);
const proposals = new Map([a, b, c, later, last, emergency].map((each) => [proposalHash(each, sha256), each]));
const yes = (proposal: Proposal): Word => ({ kind: 'yes', proposal });
const confirmation = (proposal: Proposal): Word => ({ kind: 'confirmation', proposal });

test('a member may say yes to one charter in a round, and to no other than the one it confirmed last', () => {
  assert.equal(promiseAgainst([], yes(a)), undefined);
  assert.equal(promiseAgainst([yes(a)], yes(a)), undefined, 'again, after a no');
  assert.equal(promiseAgainst([yes(a)], yes(b)), 'other-yes');
  assert.equal(promiseAgainst([yes(a)], yes(c)), undefined, 'a new round');
  assert.equal(promiseAgainst([confirmation(a)], yes(c)), 'confirmed-other');
  assert.equal(promiseAgainst([confirmation(a)], yes(later)), undefined, 'the same charter, proposed again');
  assert.equal(promiseAgainst([confirmation(a)], yes(a)), 'confirmed-this');
  assert.equal(promiseAgainst([confirmation(a), confirmation(c)], yes(last)), undefined);
  assert.equal(promiseAgainst([yes(a), yes(emergency)], yes(emergency)), undefined, 'an emergency binds nobody');
  const elsewhere = { ...b, base: 'ab'.repeat(32) };
  assert.equal(promiseAgainst([yes(elsewhere)], yes(a)), undefined);
});

test('a member confirms what carried unless it spoke for another since', () => {
  assert.equal(promiseAgainst([], confirmation(a)), undefined, 'also who said no');
  assert.equal(promiseAgainst([yes(b)], confirmation(a)), undefined);
  assert.equal(promiseAgainst([yes(c)], confirmation(a)), 'later-yes');
  assert.equal(promiseAgainst([confirmation(b)], confirmation(a)), 'other-confirmation');
  assert.equal(promiseAgainst([confirmation(c)], confirmation(a)), 'other-confirmation');
  assert.equal(promiseAgainst([confirmation(a)], confirmation(c)), undefined);
});

/** Writes what a member said, word by word, as a ledger has it. */
function write(voter: MadeVoter, words: readonly Word[]): VotingAct[] {
  return words.map(({ kind, proposal }) => {
    const hash = proposalHash(proposal as Proposal, sha256);
    return kind === 'confirmation'
      ? say(voter, { type: 'confirmation', content: { proposal: hash } }, hash)
      : say(voter, { type: 'ballot', content: { choice: 'yes', proposal: hash } }, hash);
  });
}
const fresh = (): MadeVoter => ({ ...votes.voters[0]!, last: undefined });
const kindsOf = (acts: readonly VotingAct[], known = proposals): string[] =>
  findContradictions(nameAll(acts, ''), known).map(({ kind }) => kind);

test('two words no honest member gives convict it, with the names of the two', () => {
  assert.deepEqual(kindsOf(write(fresh(), [yes(a), yes(b)])), ['two-yes']);
  assert.deepEqual(kindsOf(write(fresh(), [confirmation(a), confirmation(b)])), ['two-confirmations']);
  for (const words of [
    [confirmation(a), yes(c)],
    [yes(c), confirmation(a)],
    [confirmation(c), confirmation(a)],
    [confirmation(a), yes(a)],
  ])
    assert.deepEqual(kindsOf(write(fresh(), words)), ['broken-word'], words.map(({ kind }) => kind).join());
  const acts = write(fresh(), [confirmation(a), yes(later), yes(last)]);
  const [found] = findContradictions(nameAll(acts, ''), proposals);
  const named = nameAll(acts, '');
  assert.deepEqual(found, { member: acts[0]!.member, kind: 'broken-word', acts: [named[0]!.name, named[2]!.name] });
  assert.deepEqual(kindsOf(write(fresh(), [yes(a), yes(b)]), new Map()), [], 'nothing is known of what they are about');
});

test('a no and an abstention convict nobody', () => {
  const voter = fresh();
  const hash = proposalHash(b, sha256);
  const mild = say(voter, { type: 'ballot', content: { choice: 'abstain', proposal: hash } }, hash);
  assert.deepEqual(kindsOf([mild, ...write(voter, [yes(a)])]), []);
});

test('two acts that name the same one before them are two stories', () => {
  const [one, other] = [fresh(), fresh()];
  assert.deepEqual(kindsOf([...write(one, [yes(a)]), ...write(other, [yes(a)])]), ['two-stories']);
  assert.deepEqual(kindsOf([...write(one, [confirmation(a)]), ...write(votes.voters[1]!, [confirmation(a)])]), []);
});

test('whoever left says nothing more, and names the word it left with', () => {
  const leave = (voter: MadeVoter, bound?: string): VotingAct => {
    const content = { federation: base, charter: base, ...(bound === undefined ? {} : { bound }) };
    return say(voter, { type: 'leaving', content }, '');
  };
  const silent = fresh();
  assert.deepEqual(kindsOf([...write(silent, [yes(a)]), leave(silent)]), ['after-leaving']);
  const open = fresh();
  assert.deepEqual(kindsOf([...write(open, [yes(a)]), leave(open, a.target)]), []);
  const often = fresh();
  const words = [yes(a), yes(c)];
  assert.equal(promiseAgainst([words[0]!], words[1]!), undefined);
  assert.deepEqual(kindsOf([...write(often, words), leave(often, c.target)]), []);
  const back = fresh();
  assert.deepEqual(kindsOf([leave(back), ...write(back, [yes(emergency)])]), ['after-leaving']);
});

test('whoever keeps its promises is never convicted, and whoever breaks one is by its whole chain', () => {
  const word = fc.record({
    kind: fc.constantFrom<Word['kind']>('yes', 'confirmation'),
    proposal: fc.constantFrom(a, b, c, later, last, emergency),
  });
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), (drawn) => {
      const words = drawn.filter(({ kind, proposal }) => kind === 'yes' || proposal !== emergency);
      const given: Word[] = [];
      let isHonest = true;
      for (const each of words) {
        isHonest &&= promiseAgainst(given, each) === undefined;
        given.push(each);
      }
      const kinds = kindsOf(write(fresh(), given));
      assert.equal(
        kinds.length === 0,
        isHonest,
        JSON.stringify(given.map(({ kind, proposal }) => [kind, proposal.round])),
      );
    }),
  );
});

test('an act that names another by a place where there is none has a name nobody gave', () => {
  const [act] = write(fresh(), [yes(a)]) as [VotingAct];
  const lost = { ...act, content: { ...act.content, previous: 7 } } as VotingAct;
  assert.notEqual(nameAct(lost, '', sha256).name, nameAct(act, '', sha256).name);
});
