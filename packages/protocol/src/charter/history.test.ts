import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { printEntry } from '../acts/index.ts';
import { asOwnError, canonicalJson, utf8Bytes } from '../base/index.ts';
import type { JsonValue } from '../base/index.ts';
import { leafHash, printVerifierKey } from '../tlog/index.ts';
import type { SignatureClaim } from '../tlog/index.ts';
import { signDescriptor, verifyDescriptorChain } from '../members/index.ts';
import type { Descriptor } from '../members/index.ts';
import {
  fullBody,
  governance,
  idOf,
  logPq,
  message,
  ofNote,
  signerOf,
  textOf,
  witness,
  log,
} from '../members/descriptors-for-tests.ts';
import { makeDecision, makeHistory, makeProposal, makeVotes, nativeCrypto, say } from '../../../testkit/src/index.ts';
import type { MadeVotes } from '../../../testkit/src/index.ts';
import {
  charterHash,
  nameAct,
  nextCharter,
  parseHistory,
  printHistory,
  rollOf,
  tally,
  verifyAhead,
  verifyChain,
  verifyHistory,
} from './index.ts';
import type { Charter, Decision, History } from './index.ts';

const { sha256 } = nativeCrypto;

/** So many decisions after each other; heads stand in the last alone. */
function decide(votes: MadeVotes, count: number): { decisions: Decision[]; last: Charter } {
  let last = votes.genesis;
  const decisions = Array.from({ length: count }, (_, index) => {
    const proposed = { action: { type: 'amend', name: `Name ${index}` } } as const;
    const proposal = makeProposal(last, proposed, votes.voters.slice(0, 1));
    const ballots = votes.voters.map((voter) => ({ voter, choice: 'yes' }) as const);
    const decision = makeDecision(votes, proposal, ballots);
    last = nextCharter(last, proposed, sha256)!;
    return index === count - 1 ? decision : { ...decision, heads: [] };
  });
  return { decisions, last };
}

const votes = makeVotes(4);
const { decisions, last } = decide(votes, 3);

test('a history is replayed from the first charter, each decision under the charter the one before made', () => {
  const replay = verifyChain(votes.genesis, decisions, votes.roll, nativeCrypto);
  assert.deepEqual([replay.isWhole, replay.current.hash], [true, charterHash(last, sha256)]);
  assert.equal(replay.federation, charterHash(votes.genesis, sha256));
  assert.deepEqual(
    replay.tallies.map(({ outcome }) => outcome),
    ['passed', 'passed', 'passed'],
  );
  assert.equal(
    tally(votes.genesis, decisions[0]!, votes.roll, nativeCrypto).outcome,
    'invalid',
    'alone it has no heads',
  );
});

test('an emergency in a history is counted, and the charter stays', () => {
  const federation = makeVotes(4);
  const action = { type: 'emergency', member: federation.voters[3]!.id, until: '2027-04-20T00:00:00.000Z' } as const;
  const proposal = makeProposal(federation.genesis, { action }, federation.voters.slice(0, 1));
  const ballots = federation.voters.slice(0, 3).map((voter) => ({ voter, choice: 'yes' }) as const);
  const decision = makeDecision(federation, proposal, ballots);
  const { isWhole, current, tallies } = verifyChain(federation.genesis, [decision], federation.roll, nativeCrypto);
  assert.deepEqual([isWhole, current.charter.number, tallies[0]!.suspension?.member], [true, 0, action.member]);
});

test('a history that is cut, reordered, doubled or has a decision of another chain stops where it breaks', () => {
  const [first, second, third] = decisions as [Decision, Decision, Decision];
  for (const [given, counted] of [
    [[second, first, third], 1],
    [[first, third], 1],
    [[first, first, second, third], 2],
    [[first, { ...second, acts: second.acts.slice(0, 4) }, third], 1],
  ] as const) {
    const { isWhole, tallies, current } = verifyChain(votes.genesis, given, votes.roll, nativeCrypto);
    assert.deepEqual([isWhole, tallies.length], [false, counted]);
    assert.equal(current.charter.number, counted - 1);
  }
  const cut = verifyChain(votes.genesis, [first, second], votes.roll, nativeCrypto);
  assert.equal(cut.isWhole, false, 'its heads were in the part that was cut off');
});

test('signatures verified ahead are verified once, and a replay says the same', async () => {
  const asked: string[] = [];
  const verifyLater = (claim: SignatureClaim): Promise<boolean> => {
    asked.push(claim.algorithm);
    return Promise.resolve(nativeCrypto.verify(claim));
  };
  const now = (claim: SignatureClaim): boolean => nativeCrypto.verify(claim) && asked.push('now') > 0;
  const crypto = { ...nativeCrypto, verify: now, verifyLater };
  const ahead = await verifyAhead(votes.genesis, decisions, votes.roll, crypto);
  // Of each decision two stamps with three witnesses each, and one head of each of four ledgers.
  assert.equal(asked.length, 3 * 2 * 4 + 4);
  assert.equal(verifyChain(votes.genesis, decisions, votes.roll, ahead).isWhole, true);
  assert.equal(asked.includes('now'), false);
  const [first, ...rest] = decisions as [Decision, ...Decision[]];
  const forged = [
    { ...first, stamps: first.stamps.map((each) => ({ ...each, checkpoint: forge(each.checkpoint) })) },
    ...rest,
  ];
  const seen = await verifyAhead(votes.genesis, forged, votes.roll, crypto);
  const replay = verifyChain(votes.genesis, forged, votes.roll, seen);
  assert.deepEqual(
    replay.tallies[0]!.remarks.map(({ fault }) => fault),
    ['bad-checkpoint', 'bad-checkpoint'],
  );
  // What is not foreseen is verified then: other witnesses, junk, ledgers nobody knows.
  const amended = {
    ...first,
    proposal: { ...first.proposal, action: { type: 'amend', witnesses: votes.genesis.witnesses } },
  } as Decision;
  const junk = {
    ...amended,
    heads: [{ act: 99, index: 0, proof: '', checkpoint: '' }],
    stamps: first.stamps.map((each) => ({ ...each, checkpoint: each.checkpoint.slice(0, 60) })),
  };
  const little = await verifyAhead(votes.genesis, [junk], votes.roll, crypto);
  assert.equal(verifyChain(votes.genesis, decisions, votes.roll, little).isWhole, true);
  assert.equal(asked.includes('now'), true);
});

/** A checkpoint with another signature of its first signer. */
const forge = (note: string): string =>
  note.replace(/(\u2014 \S+ .{20})(.)/u, (_, before: string, sign: string) => `${before}${sign === 'A' ? 'B' : 'A'}`);

test('an act in the ledger of another is none of its member, and neither is what it names as before', () => {
  const [first, ...rest] = decisions as [Decision, ...Decision[]];
  const taken = { ...first, acts: first.acts.map((act) => ({ ...act, member: votes.voters[0]!.id })) };
  const { tallies } = verifyChain(votes.genesis, [taken, ...rest], votes.roll, nativeCrypto);
  assert.notEqual(tallies[0]!.outcome, 'passed');
  // The same acts shown again under another’s name change nothing of what is proven.
  const doubled = {
    ...first,
    acts: [...first.acts, ...first.acts.map((act) => ({ ...act, member: 'ab'.repeat(32) }))],
  };
  const replay = verifyChain(votes.genesis, [doubled, ...rest], votes.roll, nativeCrypto);
  assert.equal(replay.isWhole, true);
});

test('an act has the name its entry has in a ledger', () => {
  const proposal = 'ab'.repeat(32);
  const digest = 'cd'.repeat(32);
  const voter = { ...votes.voters[0]!, last: undefined };
  for (const act of [
    say(voter, { type: 'ballot', content: { choice: 'no', reason: digest, proposal } }, proposal),
    say(voter, { type: 'ballot', content: { choice: 'yes', proposal } }, proposal),
    say(voter, { type: 'sponsorship', content: { proposal } }, proposal),
    say(voter, { type: 'confirmation', content: { proposal } }, proposal),
    say(voter, { type: 'leaving', content: { federation: digest, charter: digest, bound: digest } }, proposal),
  ]) {
    const { member: _, at, salt, type, content } = act;
    const entry = printEntry({ v: 1, at, salt, form: 'open', type, content } as Parameters<typeof printEntry>[0]);
    assert.deepEqual(nameAct(act, proposal, sha256).leaf, leafHash(entry, sha256));
    const { proposal: __, ...shorter } = content as { proposal?: string };
    assert.deepEqual(
      nameAct({ ...act, content: shorter } as typeof act, proposal, sha256).leaf,
      leafHash(entry, sha256),
    );
  }
});

const first: Descriptor = signDescriptor(
  { ...fullBody, keys: { ...fullBody.keys, oprf: textOf(signerOf('oprf')) } },
  [governance, message, ofNote(log), ofNote(logPq), ofNote(witness)],
  sha256,
);
const { ledger: _, witness: __, ...without } = fullBody;
const second: Descriptor = signDescriptor(
  { ...without, member: first.member, previous: first.hash, sequence: 1 },
  [governance, message],
  sha256,
);
const third: Descriptor = signDescriptor(
  {
    ...without,
    ledger: { origin: 'a.example/ledger/1', url: fullBody.url, keys: [printVerifierKey(log.key)] },
    member: first.member,
    previous: second.hash,
    sequence: 2,
  },
  [governance, message, ofNote(log)],
  sha256,
);

test('a roll has every ledger of a member, with every key it ever had', () => {
  const chain = verifyDescriptorChain([first, second, third], nativeCrypto);
  const [ledger, ...others] = rollOf([chain], nativeCrypto).get(first.member)!;
  assert.deepEqual([ledger?.origin, ledger?.keys.length, others], ['a.example/ledger/1', 2, []]);
  assert.equal(idOf(ofNote(log)).length, 64);
});

const history: History = { genesis: votes.genesis, descriptors: [[first, second]], decisions };
const codeOf = (bytes: Uint8Array): string => {
  try {
    parseHistory(bytes, nativeCrypto);
    return '';
  } catch (error) {
    return asOwnError(error).code;
  }
};

test('a history is one file: read as it was written, and refused with the line when it is none', () => {
  const bytes = printHistory(history);
  assert.deepEqual(parseHistory(bytes, nativeCrypto), history);
  const lines = new TextDecoder().decode(bytes).split('\n');
  assert.equal(codeOf(utf8Bytes(`\n\n${lines.join('\n\n')}`)), '', 'empty lines are passed over');
  assert.equal(codeOf(utf8Bytes(lines.join('\n').trimEnd())), '', 'the last line need not end');
  assert.equal(codeOf(new Uint8Array(0)), 'CHARTER_MALFORMED');
  assert.equal(codeOf(utf8Bytes(lines.slice(1).join('\n'))), 'CHARTER_MALFORMED');
  assert.equal(codeOf(utf8Bytes([...lines, lines[0]].join('\n'))), 'CHARTER_MALFORMED');
  assert.equal(codeOf(utf8Bytes(canonicalJson({ other: 1 }))), 'CHARTER_MALFORMED');
  assert.equal(codeOf(utf8Bytes(`${lines[0]}\n${'x'.repeat(1024 * 1024 + 1)}`)), 'INPUT_TOO_LARGE');
  const huge = Object.defineProperty(new Uint8Array(0), 'length', { value: 256 * 1024 * 1024 + 1 });
  assert.equal(codeOf(huge), 'INPUT_TOO_LARGE');
  fc.assert(fc.property(fc.array(fc.json()), (drawn) => assert.notEqual(codeOf(utf8Bytes(drawn.join('\n'))), '')));
});

test('a history is verified with the descriptors that are in it', () => {
  const whole = parseHistory(makeHistory(votes, decisions), nativeCrypto);
  const { isWhole, current } = verifyHistory(whole, nativeCrypto);
  assert.deepEqual([isWhole, current.hash], [true, charterHash(last, sha256)]);
  const unknown = verifyHistory({ ...whole, descriptors: whole.descriptors.slice(0, 1) }, nativeCrypto);
  assert.equal(unknown.isWhole, false, 'ledgers that are in no descriptor prove nothing');
});

test('whatever bytes of a decision are changed, it makes the charter that was voted for or none', () => {
  const one = decide(makeVotes(4), 1);
  const whole = JSON.stringify(one.decisions[0]);
  const federation = makeVotes(4);
  const target = charterHash(one.last, sha256);
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.constantFrom('0', 'a', '"', '}', '9'), (at, sign) => {
      const text = `${whole.slice(0, at)}${sign}${whole.slice(at + 1)}`;
      let decision: Decision;
      try {
        [decision] = parseHistory(
          utf8Bytes(`${canonicalJson({ genesis: federation.genesis } as JsonValue)}\n{"decision":${text}}`),
          nativeCrypto,
        ).decisions as [Decision];
      } catch (error) {
        asOwnError(error);
        return;
      }
      const { outcome, next } = tally(federation.genesis, decision, federation.roll, nativeCrypto);
      assert.ok(outcome !== 'passed' || next?.hash === target);
    }),
    { numRuns: 200 },
  );
});
