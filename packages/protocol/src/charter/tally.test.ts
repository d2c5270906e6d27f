import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  madeTimes,
  makeDecision,
  makeHead,
  makeProposal,
  makeStamp,
  makeVotes,
  nameAll,
  nativeCrypto,
  say,
} from '../../../testkit/src/index.ts';
import type { CharterChange, MadeBallot, MadeVotes } from '../../../testkit/src/index.ts';
import { charterHash, findText, nameAct, parseDecision, proposalHash, tally, textDigest } from './index.ts';
import type { Action, Charter, Choice, Decision, DecisionFault, Proposal, Proposed, Tally } from './index.ts';

const { sha256 } = nativeCrypto;
const choices = (votes: MadeVotes, words: readonly Choice[]): MadeBallot[] =>
  words.map((choice, index) => ({ voter: votes.voters[index]!, choice }));
const yes = (votes: MadeVotes, count: number): MadeBallot[] =>
  choices(votes, Array.from<Choice>({ length: count }).fill('yes'));
const rename: Proposed = { action: { type: 'amend', name: 'Another Name' } };

/** A federation and a tally of what its members said to a proposal. */
function vote(
  given: {
    readonly count?: number;
    readonly charter?: CharterChange;
    readonly proposed?: (votes: MadeVotes) => Proposed;
    readonly sponsors?: number;
    readonly proposal?: Partial<Proposal>;
    readonly ballots?: (votes: MadeVotes) => MadeBallot[];
    readonly change?: (decision: Decision, votes: MadeVotes) => Decision;
  } = {},
): Tally & { readonly votes: MadeVotes; readonly decision: Decision } {
  const votes = makeVotes(given.count ?? 5, 1, given.charter);
  const proposed = given.proposed?.(votes) ?? rename;
  const sponsors = votes.voters.slice(0, given.sponsors ?? 1);
  const proposal = makeProposal(votes.genesis, proposed, sponsors, given.proposal);
  const made = makeDecision(votes, proposal, given.ballots?.(votes) ?? yes(votes, 5));
  const decision = given.change?.(made, votes) ?? made;
  const read = parseDecision(JSON.stringify(decision));
  return { ...tally(votes.genesis, read, votes.roll, nativeCrypto), votes, decision };
}
const faultsOf = (given: Parameters<typeof vote>[0]): readonly DecisionFault[] => vote(given).faults;
const refusedOf = (counted: Tally): string[] => counted.count.refused.map(({ fault }) => fault);

test('what enough say yes to, and confirm, passes and makes the charter that was proposed', () => {
  const { outcome, faults, next, votes, count, remarks, electorate, confirmers, decision } = vote();
  assert.deepEqual([outcome, faults, remarks], ['passed', [], []]);
  assert.equal(next?.charter.name, 'Another Name');
  assert.equal(next.hash, decision.proposal.target);
  assert.deepEqual(
    [next.charter.number, next.charter.previous, next.charter.federation],
    [1, charterHash(votes.genesis, sha256), charterHash(votes.genesis, sha256)],
  );
  // Four of five: with one that speaks double, three and three could be two.
  assert.deepEqual([electorate.needed, electorate.confirming, electorate.tolerated], [4, 4, 1]);
  assert.deepEqual([count.yes, count.no, count.abstain, confirmers.size], [5, 0, 0, 5]);
});

test('what carried and is not confirmed is not decided; what did not carry is not decided by being confirmed', () => {
  const few = vote({ ballots: (votes) => yes(votes, 3) });
  assert.equal(few.outcome, 'open');
  const votes = makeVotes(5);
  const proposal = makeProposal(votes.genesis, rename, votes.voters.slice(0, 1));
  const half = makeDecision(votes, proposal, yes(votes, 5), votes.voters.slice(0, 3));
  assert.equal(tally(votes.genesis, half, votes.roll, nativeCrypto).outcome, 'carried');
  const unwilling = makeDecision(votes, proposal, yes(votes, 3), votes.voters);
  assert.equal(tally(votes.genesis, unwilling, votes.roll, nativeCrypto).outcome, 'open');
});

test('abstention is no yes, a no must say why, and each ballot that does not count has its reason', () => {
  const abstained = vote({ ballots: (votes) => choices(votes, ['yes', 'yes', 'yes', 'abstain', 'abstain']) });
  assert.equal(abstained.outcome, 'open');
  assert.deepEqual([abstained.count.yes, abstained.count.abstain], [3, 2]);
  const [late, unseen] = [{ seenAt: madeTimes.closes + 1 }, { unseen: true }];
  const refused = vote({
    ballots: (votes) => {
      const [first, second, third, fourth, fifth] = yes(votes, 5) as [
        MadeBallot,
        MadeBallot,
        MadeBallot,
        MadeBallot,
        MadeBallot,
      ];
      return [
        { ...first, ...late },
        { ...second, ...unseen },
        { ...third, hidden: true },
        { ...fourth, choice: 'no' },
        fifth,
      ];
    },
  });
  assert.deepEqual(refusedOf(refused), ['late', 'not-witnessed', 'unproven']);
  assert.deepEqual([refused.count.yes, refused.count.no], [1, 1]);
});

test('a no without a reason does not count, and a reason is found by its digest', () => {
  const votes = makeVotes(5);
  const proposal = makeProposal(votes.genesis, rename, votes.voters.slice(0, 1));
  const hash = proposalHash(proposal, sha256);
  const made = makeDecision(votes, proposal, choices(votes, ['no', 'yes']));
  const voter = votes.voters[2]!;
  const silent = say(voter, { type: 'ballot', content: { choice: 'no', proposal: hash } }, hash);
  const acts = [...made.acts, silent];
  const place = acts.length - 1;
  const decision = {
    ...made,
    acts,
    heads: [...made.heads, makeHead(voter, silent, place, hash)],
    stamps: [...made.stamps, makeStamp(votes, voter, place, acts, { seconds: madeTimes.votes, proposal: hash })],
  };
  const { count } = tally(votes.genesis, decision, votes.roll, nativeCrypto);
  assert.deepEqual(count.refused, [{ member: voter.id, name: nameAct(silent, hash, sha256).name, fault: 'no-reason' }]);
  const reason = count.counted.find(({ choice }) => choice === 'no')?.reason ?? '';
  assert.equal(findText(decision, reason, sha256), 'I would rather not');
  assert.equal(findText(decision, 'ab'.repeat(32), sha256), undefined);
  const { texts: _, ...erased } = decision;
  assert.equal(findText(erased, reason, sha256), undefined);
  assert.equal(textDigest(decision.texts![0]!, sha256), proposal.rationale);
});

test('the last ballot of a voter holds, in whichever order they are shown; one shown twice counts once', () => {
  for (const [choice, counted] of [
    ['no', 4],
    ['yes', 5],
  ] as const) {
    const both = vote({
      ballots: (votes) => {
        const [first, ...rest] = yes(votes, 5) as [MadeBallot, ...MadeBallot[]];
        return [{ ...first, choice: choice === 'no' ? 'yes' : 'no' }, ...rest, { ...first, choice }];
      },
    });
    assert.deepEqual([both.count.yes, refusedOf(both)], [counted, ['replaced']]);
  }
  // The same, in reverse, later by its time alone, and by nothing but its name.
  for (const seconds of [madeTimes.votes + 60, madeTimes.votes]) {
    const votes = makeVotes(5);
    const proposal = makeProposal(votes.genesis, rename, votes.voters.slice(0, 1));
    const hash = proposalHash(proposal, sha256);
    const made = makeDecision(votes, proposal, yes(votes, 5));
    const voter = votes.voters[4]!;
    const second = say(voter, { type: 'ballot', content: { choice: 'abstain', proposal: hash } }, hash);
    const third = say(voter, { type: 'ballot', content: { choice: 'abstain', proposal: hash } }, hash);
    const acts = [...made.acts, second, third, second];
    const named = nameAll(acts, hash);
    const places = [acts.length - 3, acts.length - 2];
    const decision: Decision = {
      ...made,
      acts,
      heads: [...made.heads, makeHead(voter, third, places[1]!, hash)],
      stamps: [...made.stamps, makeStamp(votes, voter, places, acts, { seconds, proposal: hash })],
    };
    const counted = tally(votes.genesis, decision, votes.roll, nativeCrypto);
    assert.equal(counted.count.refused.filter(({ fault }) => fault === 'repeated').length, 1);
    const expected = JSON.stringify(counted.count.counted);
    const turned = { ...decision, acts: [...decision.acts].reverse() };
    const place = (of: number): number => acts.length - 1 - of;
    const reversed: Decision = {
      ...turned,
      acts: turned.acts.map((act) =>
        typeof act.content.previous === 'number'
          ? ({
              ...act,
              content: { ...act.content, previous: named[act.content.previous]!.name },
            } as typeof act)
          : act,
      ),
      heads: decision.heads.map((head) => ({ ...head, act: place(head.act) })),
      stamps: decision.stamps.map((stamp) => ({
        ...stamp,
        of:
          typeof stamp.of === 'number'
            ? place(stamp.of)
            : { ...stamp.of, acts: stamp.of.acts.map((of) => (typeof of === 'number' ? place(of) : of)) },
      })),
    };
    const again = tally(votes.genesis, reversed, votes.roll, nativeCrypto);
    assert.equal(JSON.stringify(again.count.counted), expected);
    assert.equal(again.outcome, counted.outcome);
  }
});

test('of two ballots in two stories the same one holds, whichever is shown first', () => {
  const votes = makeVotes(5);
  const proposal = makeProposal(votes.genesis, rename, votes.voters.slice(0, 1));
  const hash = proposalHash(proposal, sha256);
  const made = makeDecision(votes, proposal, yes(votes, 4));
  const ballots = (['yes', 'abstain'] as const).map((choice) =>
    say({ ...votes.voters[4]!, last: undefined }, { type: 'ballot', content: { choice, proposal: hash } }, hash),
  );
  const held = [ballots, [...ballots].reverse()].map((two) => {
    const acts = [...made.acts, ...two];
    const places = [acts.length - 2, acts.length - 1];
    const heads = [...made.heads, ...places.map((place) => makeHead(votes.voters[4]!, acts[place]!, place, hash))];
    const stamp = makeStamp(votes, votes.voters[1]!, places, acts, { seconds: madeTimes.votes, proposal: hash });
    const { count } = tally(
      votes.genesis,
      { ...made, acts, heads, stamps: [...made.stamps, stamp] },
      votes.roll,
      nativeCrypto,
    );
    assert.deepEqual(
      count.refused.map(({ fault }) => fault),
      ['replaced'],
    );
    return count.counted;
  });
  assert.deepEqual(held[0], held[1]);
});

test('strangers, the subject and suspended members decide nothing', () => {
  const stranger = vote({ ballots: (votes) => [...yes(votes, 3), { voter: votes.voters[5]!, choice: 'yes' }] });
  assert.deepEqual([stranger.count.yes, refusedOf(stranger)], [3, ['no-voter']]);
  const expelled = vote({
    proposed: (votes) => ({ action: { type: 'expel', member: votes.voters[0]!.id } }),
    proposal: { opensAt: '2027-01-25T00:00:00.000Z' },
  });
  assert.deepEqual([expelled.outcome, refusedOf(expelled)], ['passed', ['no-voter']]);
  assert.equal(expelled.next?.charter.members.length, 4);
  const { genesis } = makeVotes(5);
  const members = genesis.members.map(
    (each, index) => ({ ...each, status: index === 0 ? 'suspended' : 'active' }) as const,
  );
  const suspended = vote({ charter: { members } });
  assert.deepEqual([suspended.outcome, refusedOf(suspended)], ['passed', ['no-voter']]);
});

test('a ballot about another proposal, or another base, is none on this', () => {
  const votes = makeVotes(5);
  const proposal = makeProposal(votes.genesis, rename, votes.voters.slice(0, 1));
  const other = makeProposal(votes.genesis, { action: { type: 'amend', name: 'Third' } }, votes.voters.slice(0, 1));
  const hash = proposalHash(other, sha256);
  const made = makeDecision(votes, proposal, yes(votes, 3));
  const foreign = makeDecision(votes, other, yes(votes, 5));
  const acts = [
    ...made.acts,
    ...foreign.acts.map(
      (act) => (act.type === 'leaving' ? act : { ...act, content: { ...act.content, proposal: hash } }) as typeof act,
    ),
  ];
  const counted = tally(votes.genesis, { ...made, acts }, votes.roll, nativeCrypto);
  assert.deepEqual(new Set(refusedOf(counted)), new Set(['other-proposal']));
  assert.deepEqual([counted.outcome, counted.count.yes], ['open', 3]);
  const moved = tally({ ...votes.genesis, name: 'Moved On' }, made, votes.roll, nativeCrypto);
  assert.ok(moved.faults.includes('other-federation'));
  const next = vote().next!;
  const base = tally(next.charter, vote().decision, vote().votes.roll, nativeCrypto);
  assert.ok(base.faults.includes('other-base'));
});

test('a proposal must keep to its rule in time, sponsors, notice and effect', () => {
  const soon = '2027-01-16T00:00:00.000Z';
  assert.deepEqual(faultsOf({ proposal: { closesAt: soon } }), ['window-too-short']);
  assert.deepEqual(faultsOf({ proposal: { effectiveAt: soon } }), ['effective-too-early']);
  assert.deepEqual(faultsOf({ charter: { expiresAt: '2027-02-01T00:00:00.000Z' } }), ['expired']);
  const admit = (votes: MadeVotes): Proposed => ({ action: { type: 'admit', member: votes.voters[5]!.id } });
  assert.deepEqual(faultsOf({ proposed: admit, ballots: (votes) => yes(votes, 6) }), ['too-few-sponsors']);
  assert.deepEqual(faultsOf({ proposed: admit, sponsors: 2, ballots: (votes) => yes(votes, 5) }), ['not-accepted']);
  const admitted = vote({
    proposed: admit,
    sponsors: 2,
    ballots: (votes) => yes(votes, 6),
    proposal: { effectiveAt: '2027-01-15T08:00:00.000Z' },
  });
  assert.deepEqual([admitted.outcome, admitted.count.yes, admitted.next?.charter.members.length], ['passed', 5, 6]);
  assert.deepEqual(faultsOf({ proposal: { sponsors: ['ab'.repeat(32)] } }), ['unknown-sponsor']);
  assert.deepEqual(faultsOf({ change: (made) => ({ ...made, acts: [] }) }), ['unsponsored']);
  assert.deepEqual(faultsOf({ change: (made) => ({ ...made, stamps: made.stamps.slice(1) }) }), ['not-announced']);
  const expel = (votes: MadeVotes): Proposed => ({ action: { type: 'expel', member: votes.voters[4]!.id } });
  const notice = madeTimes.announced + 6 * 86_400;
  assert.deepEqual(
    faultsOf({ proposed: expel, proposal: { opensAt: new Date(notice * 1000).toISOString() } }),
    ['not-announced'],
    'the one it is about has time to reply before the vote is opened',
  );
});

test('what a proposal installs is what its action makes of the base, and only what can be done is', () => {
  assert.deepEqual(faultsOf({ proposal: { target: 'ab'.repeat(32) } }), ['wrong-target']);
  const stranger = (type: 'expel' | 'suspend' | 'reinstate') => (): Proposed => ({
    action: { type, member: 'ab'.repeat(32) },
  });
  for (const type of ['expel', 'suspend', 'reinstate'] as const) {
    const target = 'cd'.repeat(32);
    assert.ok(faultsOf({ proposed: stranger(type), proposal: { target } }).includes('not-applicable'), type);
  }
});

test('whoever left is struck off by an act of its own, and is no voter if it left under this charter, bound to nothing', () => {
  const leave = (bound: boolean, isShown = true) => {
    const votes = makeVotes(5);
    const base = charterHash(votes.genesis, sha256);
    const leaver = votes.voters[4]!;
    const said = { charter: base, federation: base, ...(bound ? { bound: 'ab'.repeat(32) } : {}) };
    const act = say(leaver, { type: 'leaving', content: said }, '');
    const left = [{ member: leaver.id, act: nameAct(act, '', sha256).name }];
    const proposal = makeProposal(votes.genesis, { ...rename, left }, votes.voters.slice(0, 1));
    const made = makeDecision(votes, proposal, yes(votes, 4));
    const hash = proposalHash(proposal, sha256);
    const acts = [...made.acts, act];
    const heads = [...made.heads, makeHead(leaver, act, acts.length - 1, hash)];
    return tally(votes.genesis, isShown ? { ...made, acts, heads } : made, votes.roll, nativeCrypto);
  };
  const free = leave(false);
  assert.deepEqual([free.outcome, free.electorate.voters.size, free.electorate.needed], ['passed', 4, 3]);
  assert.equal(free.next?.charter.members.length, 4);
  const held = leave(true);
  assert.deepEqual([held.outcome, held.electorate.voters.size, held.electorate.needed], ['passed', 5, 4]);
  assert.deepEqual(leave(false, false).faults, ['not-left']);
});

test('an emergency suspends by a third and more yes than no, for some days, and makes no charter', () => {
  const until = '2027-04-20T00:00:00.000Z';
  const emergency = (votes: MadeVotes): Proposed => ({
    action: { type: 'emergency', member: votes.voters[4]!.id, until },
  });
  const ballots = (words: readonly Choice[]) => (votes: MadeVotes) => choices(votes, words);
  const passed = vote({ proposed: emergency, ballots: ballots(['yes', 'yes', 'no']) });
  assert.deepEqual([passed.outcome, passed.next, passed.electorate.needed], ['passed', undefined, 2]);
  assert.deepEqual(passed.suspension, { member: passed.votes.voters[4]!.id, until });
  assert.equal(vote({ proposed: emergency, ballots: ballots(['yes', 'yes', 'no', 'no']) }).outcome, 'open');
  assert.equal(vote({ proposed: emergency, ballots: ballots(['yes']) }).outcome, 'open');
  const long = (votes: MadeVotes): Proposed => ({
    action: { type: 'emergency', member: votes.voters[4]!.id, until: '2027-05-20T00:00:00.000Z' },
  });
  assert.deepEqual(faultsOf({ proposed: long }), ['not-applicable']);
  const nobody = (): Proposed => ({ action: { type: 'emergency', member: 'ab'.repeat(32), until } });
  assert.deepEqual(faultsOf({ proposed: nobody }), ['not-applicable']);
});

test('whoever missed two decisions is off the active list, by two thirds of the others; never too many at once', () => {
  const { genesis } = makeVotes(5);
  const missed = (count: number) => genesis.members.map((each, index) => ({ ...each, missed: index < count ? 1 : 0 }));
  const ids = genesis.members.map(({ member }) => member);
  const off = vote({ charter: { members: missed(2) }, proposed: () => ({ ...rename, absent: ids.slice(0, 2) }) });
  assert.equal(off.outcome, 'passed');
  assert.deepEqual(
    off.next?.charter.members.map((each) => each.missed),
    [2, 2, 0, 0, 0],
  );
  const many = vote({ charter: { members: missed(3) }, proposed: () => ({ ...rename, absent: ids.slice(0, 3) }) });
  assert.deepEqual(many.faults, ['too-few-active']);
  const suspended = genesis.members.map(
    (each, index) => ({ ...each, status: index === 0 ? 'suspended' : 'active' }) as const,
  );
  const kept = vote({ charter: { members: suspended }, proposed: () => ({ ...rename, absent: ids.slice(0, 2) }) });
  assert.deepEqual(
    kept.next?.charter.members.map((each) => each.missed),
    [0, 1, 0, 0, 0],
    'who may not vote misses none',
  );
  const present = vote({ charter: { members: missed(2) }, proposed: () => ({ ...rename, absent: [] }) });
  assert.deepEqual(
    present.next?.charter.members.map((each) => each.missed),
    [0, 0, 0, 0, 0],
  );
  const unrecorded = vote({ charter: { members: missed(2) } });
  assert.deepEqual(
    unrecorded.next?.charter.members.map((each) => each.missed),
    [1, 1, 0, 0, 0],
  );
});

test('heads and stamps that show nothing are named with the reason, and what they were for does not count', () => {
  type Change = (made: Decision) => Decision;
  const head =
    (changed: Partial<Decision['heads'][number]>): Change =>
    (made) => ({
      ...made,
      heads: made.heads.map((each, at) => (at === 1 ? { ...each, ...changed } : each)),
    });
  const stamp =
    (changed: Partial<Decision['stamps'][number]>): Change =>
    (made) => ({
      ...made,
      stamps: made.stamps.map((each, at) => (at === 1 ? { ...each, ...changed } : each)),
    });
  const cases: [Change, string][] = [
    [head({ act: 99 }), 'head 1 unknown-act'],
    [head({ checkpoint: 'other.example/ledger/1\n1\n' }), 'head 1 unknown-log'],
    [head({ index: 7 }), 'head 1 not-included'],
    [head({ proof: '' }), 'head 1 not-included'],
    [head({ proof: 'AAAA' }), 'head 1 not-included'],
    [head({ proof: '!' }), 'head 1 not-included'],
    [(made) => head({ checkpoint: made.heads[1]!.checkpoint.replace(/A/, 'B') })(made), 'head 1 bad-checkpoint'],
    [stamp({ of: 99 }), 'stamp 1 unknown-act'],
    [stamp({ of: 0 }), 'stamp 1 not-included'],
    [stamp({ of: 2 }), 'stamp 1 unknown-act'],
    [stamp({ member: 'ab'.repeat(32) }), 'stamp 1 unknown-log'],
    [(made) => stamp({ of: { ...(made.stamps[1]!.of as object), acts: [99] } as never })(made), 'stamp 1 unknown-act'],
    [
      (made) => stamp({ of: { ...(made.stamps[1]!.of as object), acts: [1, 'ab'.repeat(32)] } as never })(made),
      'stamp 1 not-included',
    ],
  ];
  for (const [change, expected] of cases) {
    const { remarks, outcome } = vote({ change });
    assert.deepEqual(
      remarks.map(({ kind, place, fault }) => `${kind} ${place} ${fault}`),
      [expected],
    );
    assert.equal(outcome, expected.startsWith('head') ? 'passed' : 'open');
  }
  const twice = vote({ change: (made) => ({ ...made, heads: [...made.heads, made.heads[0]!] }) });
  assert.deepEqual([twice.outcome, twice.remarks], ['passed', []]);
});

test('a stamp counts witnesses by the times they state: too few, or none stated, show no time', () => {
  const votes = makeVotes(5, 0, { quorum: 2 });
  const proposal = makeProposal(votes.genesis, rename, votes.voters.slice(0, 1));
  const hash = proposalHash(proposal, sha256);
  const made = makeDecision(votes, proposal, yes(votes, 5));
  const names = made.acts.map((act, place) => ({ act, place })).filter(({ act }) => act.type === 'ballot');
  const stampWith = (seconds: number, cosigners: number) => {
    const stamp = makeStamp(
      votes,
      votes.voters[0]!,
      names.map(({ place }) => place),
      made.acts,
      { seconds, proposal: hash, cosigners },
    );
    return tally(votes.genesis, { ...made, stamps: [made.stamps[0]!, stamp] }, votes.roll, nativeCrypto);
  };
  assert.deepEqual(stampWith(madeTimes.votes, 1).remarks, [{ kind: 'stamp', place: 1, fault: 'no-quorum' }]);
  assert.deepEqual(stampWith(0, 3).remarks, [{ kind: 'stamp', place: 1, fault: 'no-quorum' }]);
});

test('no action but those of the closed list can be proposed, and none names what a member does at home', () => {
  const votes = makeVotes(3);
  const base = makeDecision(votes, makeProposal(votes.genesis, rename, votes.voters.slice(0, 1)), []);
  const codeOf = (action: unknown): string => {
    try {
      parseDecision(JSON.stringify({ ...base, proposal: { ...base.proposal, action } }));
      return '';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  assert.equal(codeOf(rename.action), '');
  const sharing: Charter['sharing'][number] = {
    id: 'a',
    says: 'b',
    article: 'handling',
    actions: ['publish'],
    kinds: ['public'],
  };
  assert.equal(codeOf({ type: 'amend', sharing: [sharing] } satisfies Action), '');
  for (const action of [
    { type: 'share', member: 'ab'.repeat(32) },
    { type: 'block', value: 'evil.example' },
    { type: 'delete', object: 'x' },
    { type: 'amend' },
    { type: 'amend-entrenched' },
    { type: 'amend', law: 'permit(principal, action, resource);' },
    { type: 'amend', sharing: [{ ...sharing, actions: ['store'] }] },
    { type: 'amend', sharing: [{ ...sharing, actions: ['block'] }] },
    { type: 'amend', sharing: [{ ...sharing, kinds: ['owner'] }] },
    { type: 'amend', sharing: [{ ...sharing, kinds: ['client'] }] },
    { type: 'amend', rules: { 'amend-entrenched': votes.genesis.rules.amend } },
    { type: 'amend', articles: { set: [{ id: 'a', digest: 'ab'.repeat(32), entrenched: true }], remove: [] } },
  ])
    assert.equal(codeOf(action), 'CHARTER_MALFORMED', JSON.stringify(action));
});
