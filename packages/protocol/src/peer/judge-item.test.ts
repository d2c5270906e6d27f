import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timestampOfUs } from '../base/index.ts';
import type { MemberId } from '../base/index.ts';
import {
  makeLoan,
  makeMember,
  makeObject,
  makeRecall,
  makeStatement,
  makeTerms,
  nativeCrypto,
  signStatement,
  statedUs,
} from '../../../testkit/src/index.ts';
import type { MadeMember } from '../../../testkit/src/index.ts';
import { clockSkewUs, isSignedBy, itemRefusals, judgeItem } from './index.ts';
import type { Item, ItemContext, ItemRefusal, LentItem, SignedStatement, Statement } from './index.ts';
import { itemSchema } from './item.ts';

type Recalled = Extract<Statement, { state: 'recalled' }>;
const [alder, birch, cedar, dogwood] = ['alder', 'birch', 'cedar', 'dogwood'].map(makeMember) as [
  MadeMember,
  MadeMember,
  MadeMember,
  MadeMember,
];
const known = new Map([alder, birch, cedar].map(({ id, publicKey }) => [id, [publicKey]]));
const object = makeObject(1);
const stated = makeStatement(alder, object);
const recall = makeStatement<Recalled>(alder, object, { state: 'recalled', version: 2 });
const later = timestampOfUs(statedUs + 1000);

/** Lent by its origin to cedar. */
const direct = makeLoan(alder, cedar, stated);
/** Passed on by birch. */
const relayed = makeLoan(birch, cedar, stated);
const renewal: Item = { ...envelopeOf(direct), kind: 'renewed', until: later };
const end: Item = { ...envelopeOf(direct), kind: 'ended', origin: alder.id, id: stated.statement.id, reason: 'law' };

function envelopeOf({
  v,
  sequence,
  from,
  to,
  salt,
}: LentItem): Pick<LentItem, 'v' | 'sequence' | 'from' | 'to' | 'salt'> {
  return { v, sequence, from, to, salt };
}
/** A loan whose statement says something else, signed by its origin. */
function restated(changed: Partial<LentItem['statement']>, of: LentItem = direct): LentItem {
  const statement = { ...of.statement, ...changed };
  return { ...of, statement, signature: signStatement(alder, statement) };
}
const isSigned: ItemContext['isSigned'] = (signed, keys) => isSignedBy(signed, keys, nativeCrypto);
/** What comes of an item at cedar's: `take`, `again`, `evidence` or the reason it is refused for. */
function judged(item: Item, changed: Partial<ItemContext> = {}, text: string | undefined = object): string {
  const context: ItemContext = {
    me: cedar.id,
    sender: item.from,
    nowUs: statedUs,
    messageKeysOf: (member) => known.get(member),
    isSuspended: () => false,
    isSigned,
    known: undefined,
    lent: undefined,
    ...changed,
  };
  const judgement = judgeItem(item, item.kind === 'lent' ? text : undefined, context, nativeCrypto.sha256);
  return judgement.kind === 'refuse' ? judgement.reason : judgement.kind;
}
const suspended =
  (...members: MadeMember[]): ItemContext['isSuspended'] =>
  (member) =>
    members.some(({ id }) => id === member);
const isItem = (item: object): boolean => itemSchema.safeParse(item).success;

test('what an origin lends, passes through a relay, ends, renews and recalls is taken', () => {
  const items = [direct, relayed, end, renewal, makeRecall(alder, cedar, recall), makeRecall(birch, cedar, recall)];
  for (const item of items) {
    assert.deepEqual(itemSchema.parse(JSON.parse(JSON.stringify(item))), item);
    assert.equal(judged(item), 'take', item.kind);
  }
});

test('an item has no place for anything but what its kind says', () => {
  for (const changed of [
    { v: 2 },
    { sequence: 0 },
    { sequence: 2 ** 53 },
    { kind: 'renewed' },
    { salt: 'short' },
    { path: [] },
    { path: Array.from({ length: 9 }, (_, at) => String(at).padStart(64, '0')) },
    { why: ['\ud800'] },
    { why: ['law\u202eneerg'] },
    { why: ['a\nb'] },
    { why: [''] },
    { why: ['x'.repeat(301)] },
    { why: Array.from({ length: 17 }, String) },
    { isStanding: undefined },
    { more: 1 },
  ])
    assert.ok(!isItem({ ...direct, ...changed }), JSON.stringify(changed));
  assert.ok(isItem({ ...direct, why: ['gesetz.grün', '共有'] }));
  assert.ok(!isItem(JSON.parse(`{"__proto__":{},${JSON.stringify(direct).slice(1)}`) as object));
});

test('nothing is recalled by a statement that lends, and nothing lent by one that recalls', () => {
  assert.ok(!isItem({ ...makeRecall(birch, cedar, recall), statement: stated.statement, signature: stated.signature }));
  assert.ok(!isItem({ ...direct, statement: recall.statement, signature: recall.signature }));
});

test('an item is refused for these reasons, in this order', () => {
  const wide = { terms: makeTerms({ tlp: 'clear' }) };
  const faults: readonly [ItemRefusal, LentItem, Partial<ItemContext>?, string?][] = [
    ['not-for-us', { ...direct, to: birch.id }],
    ['not-for-us', direct, { sender: birch.id, isSuspended: suspended(alder) }],
    ['suspended', { ...direct, path: [] }, { isSuspended: suspended(alder) }],
    ['suspended', relayed, { isSuspended: suspended(birch) }],
    ['path-wrong', { ...relayed, path: [birch.id] }, { isSuspended: suspended(alder) }],
    ['suspended', relayed, { isSuspended: suspended(alder), nowUs: statedUs - 2 * clockSkewUs }],
    ['from-the-future', { ...direct, ...wide }, { nowUs: statedUs - clockSkewUs - 1 }],
    ['widened', { ...direct, terms: makeTerms({ tlp: 'clear', audience: [birch.id] }) }],
    [
      'out-of-audience',
      { ...direct, terms: makeTerms({ audience: [birch.id], leaseUntil: later }) },
      { nowUs: statedUs + 1000 },
    ],
    ['lease-over', { ...direct, terms: makeTerms({ leaseUntil: later }) }, { nowUs: statedUs + 1000 }, ''],
    ['unknown-origin', direct, { messageKeysOf: () => undefined }, 'another text'],
    ['bad-signature', { ...direct, signature: recall.signature }, {}, 'another text'],
    ['digest-mismatch', direct, { known: recall }, `${object} `],
    ['older-version', direct, { known: recall }],
  ];
  for (const [reason, item, context, text] of faults) assert.equal(judged(item, context, text), reason, reason);
  const without = judgeItem(
    direct,
    undefined,
    { ...contextOf(direct), messageKeysOf: () => undefined },
    nativeCrypto.sha256,
  );
  assert.deepEqual(without, { kind: 'refuse', reason: 'object-missing' });
  const looked = new Set<ItemRefusal>([
    ...faults.map(([reason]) => reason),
    'object-missing',
    'malformed',
    'contradiction',
  ]);
  assert.deepEqual([...itemRefusals].sort(), [...looked].sort());
});

function contextOf({ from }: LentItem): ItemContext {
  const messageKeysOf = (member: MemberId): Uint8Array[] | undefined => known.get(member);
  const isSuspended = (): boolean => false;
  return {
    me: cedar.id,
    sender: from,
    nowUs: statedUs,
    messageKeysOf,
    isSuspended,
    isSigned,
    known: undefined,
    lent: undefined,
  };
}

test('a path begins with the origin, ends with the sender, names nobody twice, and does not come back', () => {
  const withPath = (...path: MadeMember[]): LentItem => ({ ...relayed, path: path.map(({ id }) => id) });
  const open = { terms: makeTerms({ hops: 0 }) };
  assert.equal(judged({ ...withPath(alder, dogwood, birch), ...open }), 'take');
  for (const item of [
    withPath(birch),
    withPath(alder),
    withPath(birch, alder),
    withPath(dogwood, birch),
    withPath(alder, birch, birch),
    withPath(alder, birch, alder, birch),
    withPath(alder, cedar, birch),
  ])
    assert.equal(judged(item), 'path-wrong', item.path.map((id) => id.slice(0, 4)).join());
  const ours = makeStatement(cedar, object);
  assert.equal(judged(makeLoan(birch, cedar, ours)), 'path-wrong', 'nobody is lent what is their own');
  assert.equal(judged({ ...makeRecall(birch, cedar, recall), path: [birch.id] }), 'path-wrong');
});

test('a relay cannot widen: neither label, hops, lease nor audience, nor make standing what it passes on', () => {
  for (const changed of [
    { terms: makeTerms({ tlp: 'clear', hops: 1 }) },
    { terms: makeTerms({ pap: 'clear', hops: 1 }) },
    { terms: makeTerms({ hops: 2 }) },
    { terms: makeTerms({ hops: 1, leaseUntil: timestampOfUs(statedUs + 31 * 86_400_000_000) }) },
    { isStanding: true },
  ])
    assert.equal(judged({ ...relayed, ...changed }), 'widened', JSON.stringify(changed));
  assert.equal(judged({ ...direct, isStanding: true }), 'take');
  const named = { terms: makeTerms({ audience: [birch.id, cedar.id].sort() }) };
  assert.equal(judged(restated(named, { ...relayed, terms: makeTerms({ hops: 1 }) })), 'widened');
  assert.equal(judged(restated(named, { ...relayed, terms: makeTerms({ hops: 1, audience: [cedar.id] }) })), 'take');
});

test('whoever passes something on must be of those its origin names', () => {
  const item = (...audience: MadeMember[]): LentItem =>
    restated(
      { terms: makeTerms({ audience: audience.map(({ id }) => id).sort() }) },
      {
        ...relayed,
        terms: makeTerms({ hops: 1, audience: [cedar.id] }),
      },
    );
  assert.equal(judged(item(birch, cedar)), 'take');
  assert.equal(judged(item(cedar)), 'out-of-audience');
});

test('what its origin marked AMBER goes to no second member', () => {
  const amber = { terms: makeTerms({ tlp: 'amber' }) };
  const terms = makeTerms({ tlp: 'amber', hops: 1 });
  assert.equal(judged(restated(amber, { ...direct, terms })), 'take');
  assert.equal(judged(restated(amber, { ...relayed, terms })), 'widened');
});

test('an instant may be ahead by what clocks differ, no further; a lease ends at its instant', () => {
  assert.equal(judged(direct, { nowUs: statedUs - clockSkewUs }), 'take');
  assert.equal(judged(makeRecall(alder, cedar, recall), { nowUs: statedUs - clockSkewUs - 1 }), 'from-the-future');
  const item = { ...direct, terms: makeTerms({ leaseUntil: later }) };
  assert.equal(judged(item, { nowUs: statedUs + 999 }), 'take');
  assert.equal(judged(renewal, { nowUs: statedUs + 999 }), 'take');
  assert.equal(judged(renewal, { nowUs: statedUs + 1000 }), 'lease-over');
});

test('nothing is taken of a suspended sender, recalls and ends included: its leases run out', () => {
  for (const item of [direct, end, renewal, makeRecall(alder, cedar, recall)])
    assert.equal(judged(item, { isSuspended: suspended(alder) }), 'suspended', item.kind);
});

test('the object is the one that is stated, byte for byte and by its id', () => {
  const texts = [`${object} `, object.replace('Invented', 'invented'), `\ufeff${object}`, ''];
  for (const text of texts) assert.equal(judged(direct, {}, text), 'digest-mismatch', text);
  // U+FFFD is what half a pair becomes in UTF-8, so the two have one digest.
  const lossy = `{"id":"${stated.statement.id}","name":"\ufffd"}`;
  const item = makeLoan(alder, cedar, makeStatement(alder, lossy));
  assert.equal(judged(item, {}, lossy), 'take');
  assert.equal(judged(item, {}, lossy.replace('\ufffd', '\ud800')), 'digest-mismatch');

  const { id } = stated.statement;
  for (const text of [makeObject(2), `{"id":"${id}"`, `["${id}"]`, `"${id}"`, 'null', '{}', `{"id":["${id}"]}`]) {
    const of = makeStatement(alder, object);
    const statement = { ...of.statement, digest: makeStatement(alder, JSON.stringify({ id })).statement.digest };
    assert.equal(judged(restated(statement), {}, JSON.stringify({ id })), 'take');
    const lie = makeStatement(alder, `{"id":"${id}"}`);
    assert.equal(judged(loanOf(text, lie.statement), {}, text), 'malformed', text);
  }
});

/** A loan of a text its origin states under the id of another. */
function loanOf(text: string, like: LentItem['statement']): LentItem {
  const { digest } = digestBy(text);
  return restated({ ...like, digest });
}
function digestBy(text: string): { digest: string } {
  return { digest: Buffer.from(nativeCrypto.sha256(new TextEncoder().encode(text))).toString('hex') };
}

test('the newest statement holds: what is older is refused, whoever passes it on', () => {
  const newer = restated({ version: 2 });
  const sooner = restated({ terms: makeTerms({ tlp: 'amber' }), statedAt: later });
  for (const { statement, signature } of [newer, sooner])
    assert.equal(judged(relayed, { known: { statement, signature } }), 'older-version');
  assert.equal(judged(newer, { known: stated }), 'take');
  assert.equal(judged({ ...sooner, terms: makeTerms({ tlp: 'amber' }) }, { known: stated }), 'take');
  assert.equal(judged(makeRecall(alder, cedar, recall), { known: stated }), 'take');
  assert.equal(judged(restated({ version: 3 }), { known: recall }), 'take', 'lent anew after a recall');
});

test('the same from the same sender is nothing new; from a second one, under other terms or after its end it is', () => {
  const { terms, isStanding } = direct;
  assert.equal(judged(direct, { known: stated, lent: { terms, isStanding } }), 'again');
  assert.equal(judged(direct, { known: stated }), 'take');
  assert.equal(judged(direct, { known: stated, lent: { terms, isStanding: true } }), 'take');
  assert.equal(judged(direct, { known: stated, lent: { terms: makeTerms({ hops: 0 }), isStanding } }), 'take');
  assert.equal(judged(makeRecall(birch, cedar, recall), { known: recall }), 'again');
});

test('an origin that said two things of one version is shown by both, and by no forgery', () => {
  const lie = restated({ digest: digestBy(makeObject(1)).digest, terms: makeTerms({ tlp: 'clear' }) });
  const before: SignedStatement = stated;
  const judgement = judgeItem(lie, object, { ...contextOf(lie), known: before }, nativeCrypto.sha256);
  assert.deepEqual(judgement, {
    kind: 'evidence',
    statements: [before, { statement: lie.statement, signature: lie.signature }],
  });
  assert.equal(judged({ ...lie, signature: stated.signature }, { known: before }), 'bad-signature');
  const early = makeStatement<Recalled>(alder, object, { state: 'recalled', statedAt: later });
  assert.equal(judged(makeRecall(birch, cedar, early), { known: before }), 'evidence', 'though it is later');
});

test('what a key said that is its origin’s no longer holds nothing up: a thief’s version, however high, ends with its key', () => {
  const version = Number.MAX_SAFE_INTEGER - 1;
  const high = restated({ version });
  const stolen = { statement: high.statement, signature: signStatement(dogwood, high.statement) };
  assert.equal(judged(direct, { known: { ...high } }), 'older-version');
  assert.equal(judged(direct, { known: stolen }), 'take');
  const other = { ...stated.statement, digest: '00'.repeat(32) };
  assert.equal(judged(direct, { known: { statement: other, signature: signStatement(dogwood, other) } }), 'take');
});
