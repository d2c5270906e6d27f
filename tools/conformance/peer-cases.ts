import { base64Of, canonicalJson, timestampOfUs } from '@comity/protocol/base';
import type { JsonValue } from '@comity/protocol/base';
import { commit, printEntry } from '@comity/protocol/acts';
import { clockSkewUs, statementBytes } from '@comity/protocol/peer';
import type { Batch, Item, LentItem, Receipt, SignedReceipt, SignedStatement, Statement } from '@comity/protocol/peer';
import {
  inventBytes,
  inventSalt,
  makeBatch,
  makeLoan,
  makeMember,
  makeObject,
  makeReceipt,
  makeRecall,
  makeStatement,
  makeTerms,
  nativeCrypto,
  signStatement,
  statedUs,
} from '../../packages/testkit/src/index.ts';
import type { MadeMember } from '../../packages/testkit/src/index.ts';

type Recalled = Extract<Statement, { state: 'recalled' }>;
const [alder, birch, cedar, dogwood] = ['alder', 'birch', 'cedar', 'dogwood'].map(makeMember) as [
  MadeMember,
  MadeMember,
  MadeMember,
  MadeMember,
];
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const object = makeObject(1);
const stated = makeStatement(alder, object);
const recalled = makeStatement<Recalled>(alder, object, { state: 'recalled', version: 2 });
const direct = makeLoan(alder, cedar, stated);
const relayed = makeLoan(birch, cedar, stated);
const envelope = { v: 1, sequence: 1, from: alder.id, to: cedar.id, salt: inventSalt(1) } as const;
const renewal: Item = { ...envelope, kind: 'renewed', until: timestampOfUs(statedUs + 1000) };

/** One case: what is handed in, and what must come of it. `expect` is written down here, never computed. */
export interface Case {
  readonly name: string;
  readonly expect: string | boolean;
  readonly [field: string]: unknown;
}

/** Entries: bytes in base64, and whether they are one. */
export function entryCases(): Case[] {
  const hash = `${'A'.repeat(43)}=`;
  const head = { v: 1, at: '2026-11-27T07:00:00Z', salt: inventSalt(1) } as const;
  const commitments = { content: hash, recipients: hash, decision: hash };
  const exchange = printEntry({ ...head, form: 'committed', type: 'exchange', ...commitments });
  const text = new TextDecoder().decode(exchange);
  const open = (type: string, content: JsonValue): string => canonicalJson({ ...head, form: 'open', type, content });
  const of = (name: string, entry: string, expect: boolean): Case => ({
    name,
    entry: base64Of(utf8(entry)),
    expect,
  });
  return [
    of('exchange', text, true),
    of('descriptor', open('descriptor', { sequence: 0, digest: 'ab'.repeat(32) }), true),
    of('redaction', open('redaction', { index: 7, reason: 'order', approvals: 2 }), true),
    of('continuation', open('continuation', { origin: 'a.example/ledger/1', size: 9, root: hash }), true),
    of('byte-order mark in front', `\ufeff${text}`, false),
    of('white space', text.replace(':', ': '), false),
    of('newline at the end', `${text}\n`, false),
    of('a number with a fraction', text.replace('"v":1', '"v":1.0'), false),
    of('a key twice', text.replace('"v":1', '"v":2,"v":1'), false),
    of('a key escaped', text.replace('"at"', String.raw`"\u0061t"`), false),
    of('a field more', text.replace('"v":1', '"v":1,"w":""'), false),
    of('__proto__', `{"__proto__":{},${text.slice(1)}`, false),
    of('a time closer than the hour', text.replace('07:00:00Z', '07:01:00Z'), false),
    of('a day that is none', text.replace('2026-11-27', '2026-02-30'), false),
    of('base64 in another form', text.replace(hash, `${'A'.repeat(42)}B=`), false),
    of('free text for an origin', open('continuation', { origin: 'our log', size: 9, root: hash }), false),
    of('a type nobody knows', open('remark', { text: 'hello' }), false),
  ];
}

/** Commitments: `commitment` is that of opening, type, schema and payload, or is not. */
export function commitmentCases(): Case[] {
  const opening = inventBytes(32, 1);
  const committed = { type: 'batch', schema: 'comity/batch-content/v1', payload: utf8('{"count":1}') };
  const commitment = base64Of(commit(opening, committed, nativeCrypto.sha256));
  const of = (name: string, expect: boolean, changed: object = {}): Case => {
    const { type, schema, payload } = committed;
    const handed = { opening: base64Of(opening), type, schema, payload: base64Of(payload), commitment };
    return { name, ...handed, ...changed, expect };
  };
  return [
    of('opened', true),
    of('another type', false, { type: 'received' }),
    of('another schema', false, { schema: 'comity/batch-content/v2' }),
    of('another payload', false, { payload: base64Of(utf8('{"count":2}')) }),
    of('a letter moved from one part to the next', false, { type: 'batchc', schema: 'omity/batch-content/v1' }),
    of('another opening', false, { opening: base64Of(inventBytes(32, 2)) }),
    of('an opening cut short', false, { opening: base64Of(opening.slice(1)) }),
  ];
}

/** Terms: whether `inner` is within `outer` after so many hops. */
export function termsCases(): Case[] {
  const outer = makeTerms({ audience: [alder.id, birch.id].sort() });
  const of = (name: string, expect: boolean, inner: object, hops = 0, within: object = outer): Case => ({
    name,
    inner: { ...within, ...inner },
    outer: within,
    hops,
    expect,
  });
  const amber = makeTerms({ tlp: 'amber' });
  return [
    of('the same', true, {}),
    of('narrower in all', true, { tlp: 'amber+strict', pap: 'red', hops: 0, audience: [birch.id] }),
    of('a wider label', false, { tlp: 'clear' }),
    of('a wider PAP', false, { pap: 'clear' }),
    of('no PAP is AMBER', true, { pap: null }),
    of('PAP:GREEN where none was said', false, { pap: 'green' }, 0, makeTerms({ pap: null })),
    of('a hop too many', false, { hops: 2 }, 1),
    of('the hops that are left', true, { hops: 1 }, 1),
    of('more hops than there were', false, { hops: 0 }, 3),
    of('a millisecond longer', false, { leaseUntil: timestampOfUs(Date.parse(outer.leaseUntil) * 1000 + 1000) }),
    of('everybody instead of some', false, { audience: null }),
    of('one who was not named', false, { audience: [alder.id, cedar.id].sort() }),
    of('AMBER to the first', true, { hops: 1 }, 0, amber),
    of('AMBER to a second', false, { hops: 1 }, 1, amber),
  ];
}

/** Statements: whether the key signed it; `message` is what is signed. */
export function statementCases(): Case[] {
  const of = (name: string, expect: boolean, { statement, signature }: SignedStatement, by = alder): Case => ({
    name,
    statement,
    signature,
    message: base64Of(statementBytes(statement)),
    publicKey: base64Of(by.publicKey),
    expect,
  });
  return [
    of('active', true, stated),
    of('recalled', true, recalled),
    of('another version', false, { ...stated, statement: { ...stated.statement, version: 2 } }),
    of('wider terms', false, { ...stated, statement: { ...stated.statement, terms: makeTerms({ hops: 3 }) } }),
    of('the signature of another', false, { ...stated, signature: recalled.signature }),
    of('the key of another', false, stated, birch),
  ];
}

/** Two statements: whether they cannot both be honest. */
export function contradictionCases(): Case[] {
  const { statement: one } = stated;
  const statedAt = timestampOfUs(statedUs + 1000);
  const of = (name: string, expect: boolean, other: Statement): Case => ({ name, one, other, expect });
  return [
    of('the same twice', false, one),
    of('two contents', true, { ...one, digest: '00'.repeat(32), statedAt }),
    of('two states', true, { ...recalled.statement, version: 1 }),
    of('two terms at once', true, { ...one, terms: makeTerms({ tlp: 'clear' }) }),
    of('terms changed later', false, { ...one, terms: makeTerms({ tlp: 'clear' }), statedAt }),
    of('the next version', false, { ...one, version: 2, digest: '00'.repeat(32) }),
    of('another object', false, makeStatement(alder, makeObject(2)).statement),
  ];
}

/** Answers of an outbox: lines, and what they come to: the kinds that were whole, or the number of the line that is refused. */
export function outboxCases(): Case[] {
  const { batch, items, checkpoint } = makeBatch(alder, cedar, [direct, renewal], { first: 5 });
  const request = { from: alder.id, to: cedar.id, after: 4 };
  const head = { kind: 'head', v: 1, ...request, checkpoint };
  const lent = { kind: 'item', item: items[0], object };
  const renewed = { kind: 'item', item: items[1] };
  const end = { kind: 'end', next: 6, isAll: true, seen: [] };
  const of = (name: string, expect: string, lines: readonly (object | string)[]): Case => ({
    name,
    ...request,
    lines: lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))),
    expect,
  });
  const lineOfLent = JSON.stringify(lent);
  return [
    of('whole', 'head batch end', [head, batch, lent, renewed, end]),
    of('nothing new', 'head end', [head, { ...end, next: 4 }]),
    of('cut before its end', 'head batch', [head, batch, lent, renewed]),
    of('cut in a batch', 'head', [head, batch, lent]),
    of('without a head', 'line 1', [batch]),
    of('the head of another answer', 'line 1', [{ ...head, after: 0 }]),
    of('an item too few', 'line 4', [head, batch, lent, end]),
    of('items out of order', 'line 3', [head, batch, renewed, lent]),
    of('a batch again', 'line 5', [head, batch, lent, renewed, batch]),
    of('it goes on elsewhere', 'line 2', [head, { ...end, next: 2 ** 53 - 1 }]),
    of('something after the end', 'line 3', [head, { ...end, next: 4 }, batch]),
    of('an object with what is not lent', 'line 4', [head, batch, lent, { ...renewed, object }]),
    of('a field nobody knows', 'line 1', [{ ...head, note: '' }]),
    of('__proto__ in an item', 'line 3', [head, batch, lineOfLent.replace('{"v"', '{"__proto__":{},"v"')]),
    of('half of a character pair', 'line 3', [head, batch, lineOfLent.replace('law.green', String.raw`law\ud800`)]),
    of('a recall by a statement that lends', 'line 3', [
      head,
      batch,
      { kind: 'item', item: { ...makeRecall(alder, cedar, recalled, { sequence: 5 }), ...stated } },
    ]),
    of('an empty audience', 'line 3', [
      head,
      batch,
      { ...lent, item: { ...items[0]!, terms: { ...makeTerms(), audience: [] } } },
    ]),
    of('RED', 'line 3', [head, batch, { ...lent, item: { ...items[0]!, terms: { ...makeTerms(), tlp: 'red' } } }]),
  ];
}

/** Batches: `proven`, or the reason against them. */
export function batchCases(): Case[] {
  const { batch, items, log } = makeBatch(alder, cedar, [direct, renewal], { first: 5 });
  const context = { from: alder.id, to: cedar.id, after: 4, size: log.size, root: base64Of(log.root) };
  const of = (
    name: string,
    expect: string,
    changed: { batch?: Partial<Batch>; items?: readonly Item[]; context?: Partial<typeof context> } = {},
  ): Case => ({
    name,
    batch: { ...batch, ...changed.batch },
    items: changed.items ?? items,
    ...context,
    ...changed.context,
    expect,
  });
  const other = `${'A'.repeat(43)}=`;
  const [first, second] = items as [Item, Item];
  return [
    of('proven', 'proven'),
    of('after a gap', 'proven', { context: { after: 0 } }),
    of('it came before', 'sequence-wrong', { context: { after: 5 } }),
    of('an item too few', 'sequence-wrong', { items: [first] }),
    of('fewer than the act says', 'commitment-wrong', { batch: { count: 1 }, items: [first] }),
    of('no entry', 'entry-malformed', { batch: { entry: btoa('{}') } }),
    of('for another receiver', 'commitment-wrong', { context: { to: birch.id } }),
    of('an item changed', 'commitment-wrong', { items: [first, { ...second, salt: inventSalt(7) }] }),
    of('another opening', 'commitment-wrong', { batch: { openings: { ...batch.openings, content: other } } }),
    of('another place', 'not-in-ledger', { batch: { index: 4 } }),
    of('another proof', 'not-in-ledger', { batch: { proof: batch.proof.with(0, other) } }),
    of('another tree', 'not-in-ledger', { context: { root: other } }),
  ];
}

/** Items: `take`, `again`, `evidence`, or the reason against them. */
export function itemCases(): Case[] {
  const keys = Object.fromEntries([alder, birch].map(({ id, publicKey }) => [id, [base64Of(publicKey)]]));
  const of = (name: string, expect: string, item: Item, changed: object = {}): Case => ({
    name,
    item,
    object: item.kind === 'lent' ? object : null,
    me: cedar.id,
    sender: item.from,
    now: timestampOfUs(statedUs),
    keys,
    suspended: [],
    known: null,
    lent: null,
    ...changed,
    expect,
  });
  const restated = (changed: Partial<LentItem['statement']>, item = direct): LentItem => {
    const statement = { ...item.statement, ...changed };
    return { ...item, statement, signature: signStatement(alder, statement) };
  };
  const signed = ({ statement, signature }: LentItem): SignedStatement => ({ statement, signature });
  const { terms, isStanding } = direct;
  const named = { terms: makeTerms({ audience: [birch.id, cedar.id].sort() }) };
  const amber = { terms: makeTerms({ tlp: 'amber' }) };
  const ended = { ...envelope, kind: 'ended', origin: alder.id, id: stated.statement.id, reason: 'law' } as const;
  const high = restated({ version: 2 ** 53 - 2 });
  const second = makeObject(2);
  return [
    of('lent by its origin', 'take', direct),
    of('passed on', 'take', relayed),
    of('recalled', 'take', makeRecall(birch, cedar, recalled)),
    of('renewed', 'take', renewal),
    of('renewed until now', 'lease-over', renewal, { now: timestampOfUs(statedUs + 1000) }),
    of('for another', 'not-for-us', { ...direct, to: birch.id }),
    of('from another', 'not-for-us', direct, { sender: birch.id }),
    of('the sender is suspended', 'suspended', relayed, { suspended: [birch.id] }),
    of('the origin is suspended', 'suspended', relayed, { suspended: [alder.id] }),
    of('a path without its origin', 'path-wrong', { ...relayed, path: [birch.id] }),
    of('a path in a circle', 'path-wrong', { ...relayed, path: [alder.id, cedar.id, birch.id] }),
    of('five minutes ahead', 'take', direct, { now: timestampOfUs(statedUs - clockSkewUs) }),
    of('more than that', 'from-the-future', direct, { now: timestampOfUs(statedUs - clockSkewUs - 1000) }),
    of('a wider label', 'widened', { ...relayed, terms: makeTerms({ tlp: 'clear', hops: 1 }) }),
    of('a hop too many', 'widened', { ...relayed, terms: makeTerms({ hops: 2 }) }),
    of('AMBER passed on', 'widened', restated(amber, { ...relayed, terms: makeTerms({ tlp: 'amber', hops: 1 }) })),
    of('passed on as standing', 'widened', { ...relayed, isStanding: true }),
    of('not for us', 'out-of-audience', { ...direct, terms: makeTerms({ audience: [birch.id] }) }),
    of(
      'passed on by whom it was not for',
      'out-of-audience',
      restated(
        { terms: makeTerms({ audience: [cedar.id] }) },
        { ...relayed, terms: makeTerms({ hops: 1, audience: [cedar.id] }) },
      ),
    ),
    of(
      'passed on by whom it was for',
      'take',
      restated(named, { ...relayed, terms: makeTerms({ hops: 1, audience: [cedar.id] }) }),
    ),
    of('the lease is over', 'lease-over', direct, { now: terms.leaseUntil }),
    of('no object', 'object-missing', direct, { object: null }),
    of('nobody knows its origin', 'unknown-origin', direct, { keys: {} }),
    of('signed by another', 'bad-signature', { ...direct, signature: signStatement(birch, stated.statement) }),
    of('another object', 'digest-mismatch', direct, { object: `${object} ` }),
    of('an object of another id', 'malformed', restated({ digest: makeStatement(alder, second).statement.digest }), {
      object: second,
    }),
    of('two contents', 'evidence', direct, { known: signed(restated({ digest: '00'.repeat(32) })) }),
    of('a newer version is known', 'older-version', direct, { known: recalled }),
    of('a newer version is known, of a key that is no longer its origin’s', 'take', direct, {
      known: { ...signed(high), signature: signStatement(dogwood, high.statement) },
    }),
    of('a newer version', 'take', restated({ version: 2 }), { known: stated }),
    of('the same again', 'again', direct, { known: stated, lent: { terms, isStanding } }),
    of('the same from a second sender', 'take', relayed, { known: stated }),
    of('the same under other terms', 'take', direct, { known: stated, lent: { terms: makeTerms(), isStanding } }),
    of('the recall again', 'again', makeRecall(birch, cedar, recalled), { known: recalled }),
    of('ended', 'take', ended),
  ];
}

/** Receipts: `believed`, or the reason against them. */
export function receiptCases(): Case[] {
  const made = makeBatch(alder, cedar, [direct, renewal], { first: 5 });
  const good = makeReceipt(cedar, alder, made);
  const sent = [
    { sequence: 5, kind: 'lent', id: stated.statement.id, version: 1 },
    { sequence: 6, kind: 'renewed', id: null, version: null },
  ];
  const of = (name: string, expect: string, receipt: SignedReceipt, changed: object = {}): Case => ({
    name,
    receipt,
    me: alder.id,
    receiver: cedar.id,
    keys: [base64Of(cedar.publicKey)],
    now: good.receipt.at,
    content: made.act.content,
    origin: alder.origin,
    index: made.batch.index,
    sent,
    ...changed,
    expect,
  });
  const changed = (receipt: Partial<Receipt>): SignedReceipt => makeReceipt(cedar, alder, made, receipt);
  const { lines, act } = good.receipt;
  return [
    of('believed', 'believed', good),
    of('a part of the lines', 'believed', changed({ lines: lines.slice(1) })),
    of('one object too many', 'believed', changed({ lines: [{ ...lines[0]!, effect: 'refused', reason: 'quota' }] })),
    of('from another', 'not-for-us', makeReceipt(birch, alder, made)),
    of('of another batch', 'content-wrong', good, { content: `${'A'.repeat(43)}=` }),
    of('lines out of order', 'lines-wrong', changed({ lines: lines.toReversed() })),
    of('a line twice', 'lines-wrong', changed({ lines: [lines[0]!, lines[0]!] })),
    of('another version', 'lines-wrong', changed({ lines: [{ ...lines[0]!, version: 2 }] })),
    of('what cannot become of it', 'lines-wrong', changed({ lines: [{ ...lines[1]!, effect: 'stored' }] })),
    of('ahead of time', 'from-the-future', good, { now: timestampOfUs(statedUs - 2 * clockSkewUs) }),
    of('signed by another', 'bad-signature', good, { keys: [base64Of(birch.publicKey)] }),
    of('no entry', 'entry-malformed', changed({ act: { ...act, entry: '' } })),
    of(
      'the act of the sender',
      'commitment-wrong',
      changed({ act: { entry: made.batch.entry, openings: made.batch.openings } }),
    ),
    of('of another ledger', 'commitment-wrong', good, { origin: birch.origin }),
  ];
}
