import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { asOwnError, canonicalJson, limits, timestampOfUs, utf8Bytes } from '../base/index.ts';
import type { JsonValue } from '../base/index.ts';
import { createSigner, makeProposal, makeVotes, nativeCrypto } from '../../../testkit/src/index.ts';
import { isQuorum, printVerifierKey } from '../tlog/index.ts';
import {
  charterHash,
  electorateOf,
  membersMax,
  newcomerOf,
  nextCharter,
  parseCharter,
  parseProposal,
  proposalHash,
  sharingRulesOf,
  subjectOf,
  witnessPolicyOf,
} from './index.ts';
import type { Action, Charter } from './index.ts';

const { sha256 } = nativeCrypto;
const votes = makeVotes(5, 1);
const { genesis } = votes;
const [first] = genesis.members as [Charter['members'][number]];
const stranger = votes.voters[5]!.id;
const text = canonicalJson(genesis as JsonValue);
const next = (action: Action, charter = genesis): Charter | undefined => nextCharter(charter, { action }, sha256);

function codeOf(read: () => unknown): string {
  try {
    read();
    return '';
  } catch (error) {
    return asOwnError(error).code;
  }
}

test('a charter and a proposal are read as they were written, and what they are called is the hash of that', () => {
  assert.deepEqual(parseCharter(text), genesis);
  assert.deepEqual(parseCharter(utf8Bytes(text)), genesis);
  const proposal = makeProposal(genesis, { action: { type: 'amend', name: 'Other' } }, votes.voters.slice(0, 1));
  assert.deepEqual(parseProposal(canonicalJson(proposal as JsonValue)), proposal);
  assert.notEqual(proposalHash(proposal, sha256), proposalHash({ ...proposal, round: 1 }, sha256));
});

test('a charter in another form, with something not named, unsorted or twice, or too long is refused', () => {
  const changed = (change: Partial<Record<keyof Charter, unknown>>): string =>
    codeOf(() => parseCharter(canonicalJson({ ...genesis, ...change } as JsonValue)));
  assert.equal(changed({}), '');
  for (const change of [
    { law: 'permit' },
    { number: 1 },
    { federation: 'ab'.repeat(32) },
    { members: [] },
    { members: [...genesis.members].reverse() },
    { members: [first, first] },
    { witnesses: { ...genesis.witnesses, quorum: 4 } },
    { expiresAt: '2027-01-01' },
    { name: ' spaced' },
    { name: 'turned \u202e round' },
    { sharing: [{ ...genesis.sharing[0], actions: ['show'] }] },
    { rules: { ...genesis.rules, share: genesis.rules.amend } },
    {
      rules: {
        ...genesis.rules,
        amend: { ...genesis.rules.amend, share: { numerator: 1, denominator: 1, more: true } },
      },
    },
  ])
    assert.equal(changed(change), 'CHARTER_MALFORMED', JSON.stringify(change));
  assert.equal(
    codeOf(() => parseCharter(` ${text}`)),
    'CHARTER_MALFORMED',
  );
  assert.equal(
    codeOf(() => parseCharter('{')),
    'JSON_MALFORMED',
  );
  assert.equal(
    codeOf(() => parseCharter(Uint8Array.of(0xff))),
    'ENCODING_MALFORMED',
  );
  assert.equal(
    codeOf(() => parseCharter(new Uint8Array(limits.charterBytesMax + 1))),
    'INPUT_TOO_LARGE',
  );
  fc.assert(
    fc.property(fc.json(), (json) => {
      assert.notEqual(
        codeOf(() => parseCharter(json)),
        '',
      );
      assert.notEqual(
        codeOf(() => parseProposal(json)),
        '',
      );
    }),
  );
});

test('a proposal is of a time that passes, and has a target if and only if it makes a charter', () => {
  const proposal = makeProposal(genesis, { action: { type: 'amend', name: 'Other' } }, votes.voters.slice(0, 1));
  const code = (change: object, drop?: 'target'): string => {
    const { [drop ?? ('none' as 'target')]: _, ...kept } = { ...proposal, ...change };
    return codeOf(() => parseProposal(canonicalJson(kept as JsonValue)));
  };
  assert.equal(code({}), '');
  assert.equal(code({ closesAt: proposal.opensAt }), 'CHARTER_MALFORMED');
  assert.equal(code({}, 'target'), 'CHARTER_MALFORMED');
  const action = { type: 'emergency', member: first.member, until: proposal.closesAt };
  assert.equal(code({ action }), 'CHARTER_MALFORMED');
  assert.equal(code({ action }, 'target'), '');
  assert.equal(code({ action, absent: [] }, 'target'), 'CHARTER_MALFORMED');
  assert.equal(code({ rationale: 'Because' }), 'CHARTER_MALFORMED');
  assert.equal(code({ left: [{ member: first.member, act: 'x' }] }), 'CHARTER_MALFORMED');
});

test('lists in an action are sorted and name nothing twice', () => {
  const article = (id: string) => ({ id, digest: 'ef'.repeat(32), entrenched: false }) as const;
  const blocklist = (...ids: string[]) => ({
    type: 'blocklist',
    blocklist: { criteria: ids.map((id) => ({ id, says: 'Seen by two' })), membersMin: 2, daysMax: 9 },
  });
  const articles = (set: string[], remove: string[]) => ({
    type: 'amend',
    articles: { set: set.map(article), remove },
  });
  const code = (action: object): string =>
    codeOf(() => {
      const proposal = makeProposal(genesis, { action: action as Action }, votes.voters.slice(0, 1), {
        target: 'ab'.repeat(32),
      });
      parseProposal(canonicalJson(proposal as JsonValue));
    });
  assert.equal(code(blocklist('a', 'b')), '');
  assert.equal(code(articles(['a', 'b'], ['c', 'd'])), '');
  for (const action of [blocklist('b', 'a'), blocklist('a', 'a'), articles(['b', 'a'], []), articles([], ['a', 'a'])])
    assert.equal(code(action), 'CHARTER_MALFORMED', JSON.stringify(action));
});

test('each action makes of a charter what it says and nothing else', () => {
  const amended = next({
    type: 'amend',
    name: 'Other',
    rules: { admit: genesis.rules.amend },
    articles: { set: [{ id: 'aims', digest: 'ef'.repeat(32), entrenched: false }], remove: [] },
    leases: { indicatorDaysMax: 7, reportDaysMax: 14 },
    termDays: 300,
    emergencyDaysMax: 7,
  })!;
  assert.deepEqual([amended.name, amended.rules.admit, amended.termDays], ['Other', genesis.rules.amend, 300]);
  assert.deepEqual(
    amended.articles.map(({ id }) => id),
    ['aims', 'handling', 'never'],
  );
  assert.equal(amended.rules.expel, genesis.rules.expel);
  assert.equal(
    codeOf(() => parseCharter(canonicalJson(amended as JsonValue))),
    '',
  );

  const entrenched = next({
    type: 'amend-entrenched',
    articles: { set: [], remove: ['never'] },
    rule: genesis.rules.amend,
    colludingMax: 3,
  })!;
  assert.deepEqual([entrenched.articles.length, entrenched.colludingMax], [1, 3]);
  assert.equal(entrenched.rules['amend-entrenched'], genesis.rules.amend);
  assert.deepEqual(next({ type: 'amend-entrenched', colludingMax: 0 })?.articles, genesis.articles);

  const admitted = next({ type: 'admit', member: stranger })!;
  assert.equal(admitted.members.length, 6);
  assert.deepEqual(
    admitted.members.find(({ member }) => member === stranger),
    {
      member: stranger,
      status: 'active',
      missed: 0,
      since: 1,
    },
  );
  const suspended = next({ type: 'suspend', member: first.member })!;
  assert.equal(suspended.members[0]?.status, 'suspended');
  const recovered = next({ type: 'recover', member: first.member, successor: stranger }, suspended)!;
  assert.equal(recovered.members.find(({ member }) => member === stranger)?.status, 'suspended');
  assert.ok(!recovered.members.some(({ member }) => member === first.member));
  assert.equal(next({ type: 'reinstate', member: first.member }, suspended)?.members[0]?.status, 'active');
  assert.equal(next({ type: 'expel', member: first.member })?.members.length, 4);
  const blocklist = { criteria: [], membersMin: 3, daysMax: 7 };
  assert.deepEqual(next({ type: 'blocklist', blocklist })?.blocklist, blocklist);
  assert.equal(next({ type: 'reaffirm', terms: 2 })?.expiresAt, '2030-03-11T00:00:00.000Z');
  const forked = { ...genesis, forkedFrom: { federation: 'ab'.repeat(32), number: 7, charter: 'cd'.repeat(32) } };
  assert.equal(next({ type: 'reaffirm', terms: 1 }, forked)?.forkedFrom, undefined);
});

test('what cannot be done to a charter makes none', () => {
  const article = { id: 'never', digest: 'ef'.repeat(32), entrenched: false } as const;
  const key = createSigner('a.example', 'note', 'a').key;
  const timed = createSigner('a.example', 'cosignature-ed25519', 'a').key;
  const witnesses = (...keys: string[]) => ({ of: [{ name: 'a', keys }], quorum: 1 });
  const full = {
    ...genesis,
    members: Array.from({ length: membersMax }, (_, index) => ({
      ...first,
      member: index.toString(16).padStart(64, '0'),
    })),
  };
  for (const [action, charter] of [
    [{ type: 'admit', member: first.member }],
    [{ type: 'expel', member: stranger }],
    [{ type: 'recover', member: stranger, successor: first.member }],
    [{ type: 'recover', member: first.member, successor: genesis.members[1]!.member }],
    [{ type: 'recover', member: first.member, successor: first.member }],
    [{ type: 'suspend', member: stranger }],
    [{ type: 'reinstate', member: first.member }],
    [{ type: 'amend', articles: { set: [article], remove: [] } }],
    [{ type: 'amend', articles: { set: [], remove: ['never'] } }],
    [{ type: 'amend', articles: { set: [], remove: ['unknown'] } }],
    [{ type: 'amend', articles: { set: [], remove: ['handling'] } }],
    [{ type: 'amend', witnesses: witnesses('junk') }],
    [{ type: 'amend', witnesses: witnesses(printVerifierKey(key)) }],
    [{ type: 'amend', witnesses: witnesses(printVerifierKey(timed), printVerifierKey(timed)) }],
    [{ type: 'emergency', member: first.member, until: genesis.expiresAt }],
    [{ type: 'admit', member: stranger }, full],
    [
      { type: 'expel', member: first.member },
      { ...genesis, members: [first] },
    ],
    [
      { type: 'reaffirm', terms: 9 },
      { ...genesis, expiresAt: '9999-01-01T00:00:00.000Z' },
    ],
  ] as [Action, Charter?][])
    assert.equal(next(action, charter), undefined, JSON.stringify(action));
  assert.notEqual(next({ type: 'amend', witnesses: witnesses(printVerifierKey(timed)) }), undefined);
  assert.ok(timestampOfUs(0) < genesis.expiresAt);
});

test('an action is about somebody or nobody, and somebody comes with it or nobody', () => {
  assert.equal(subjectOf({ type: 'expel', member: stranger }), stranger);
  assert.equal(subjectOf({ type: 'reaffirm', terms: 1 }), undefined);
  assert.equal(newcomerOf({ type: 'admit', member: stranger }), stranger);
  assert.equal(newcomerOf({ type: 'recover', member: first.member, successor: stranger }), stranger);
  assert.equal(newcomerOf({ type: 'expel', member: stranger }), undefined);
});

test('rules on sharing and the policy of witnesses come of the charter', () => {
  assert.deepEqual(sharingRulesOf(genesis, sha256), {
    hash: charterHash(genesis, sha256),
    rules: [
      { id: 'no-press', says: 'Nothing is published', citation: 'handling', actions: ['publish'], kinds: ['public'] },
    ],
  });
  const policy = witnessPolicyOf(genesis, [], sha256);
  const keys = votes.witnesses.map(({ key }) => key);
  assert.deepEqual(
    [1, 2, 3].map((count) => isQuorum(policy, keys.slice(0, count))),
    [false, true, true],
  );
});

const actions = fc.constantFrom<Action>(
  { type: 'amend', name: 'Other' },
  { type: 'amend-entrenched', colludingMax: 1 },
  { type: 'admit', member: 'f'.repeat(64) },
  { type: 'reaffirm', terms: 1 },
);
const federations = fc.record({
  count: fc.integer({ min: 1, max: 60 }),
  inactive: fc.integer({ min: 0, max: 20 }),
  colludingMax: fc.integer({ min: 0, max: 10 }),
  expelled: fc.boolean(),
  gone: fc.integer({ min: 0, max: 5 }),
});

test('any two quorums on one base share more voters than may speak double, whatever is proposed and whoever is away', () => {
  fc.assert(
    fc.property(federations, actions, actions, ({ count, inactive, colludingMax, expelled, gone }, one, other) => {
      const id = (index: number): string => index.toString(16).padStart(64, '0');
      const members = Array.from({ length: count + inactive }, (_, index) => ({
        ...first,
        member: id(index),
        missed: index < count ? 0 : 2,
      }));
      const charter = { ...genesis, members, colludingMax };
      const left = new Set(Array.from({ length: Math.min(gone, count - 1) }, (_, index) => id(count - 1 - index)));
      const two = expelled ? ({ type: 'expel', member: id(0) } as const) : other;
      const [mine, others] = [
        electorateOf(charter, makeProposal(charter, { action: one }, []), new Set()),
        electorateOf(charter, makeProposal(charter, { action: two }, []), left),
      ];
      // Whoever left gave its word to say nothing: of those the first quorum has none.
      const all = new Set([...mine.voters, ...others.voters].filter((member) => !left.has(member)));
      const shared = mine.confirming + others.confirming - all.size;
      assert.ok(shared > Math.min(mine.tolerated, others.tolerated), `${shared} of ${all.size}`);
      assert.ok(mine.needed >= mine.confirming && others.needed >= others.confirming);
    }),
  );
});
