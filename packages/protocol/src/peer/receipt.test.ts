import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64Of, asOwnError, limits, timestampOfUs } from '../base/index.ts';
import type { ErrorCode } from '../base/index.ts';
import { parseBase64 } from '../tlog/index.ts';
import {
  inventSalt,
  makeBatch,
  makeLoan,
  makeMember,
  makeObject,
  makeReceipt,
  makeRecall,
  makeStatement,
  nativeCrypto,
  statedUs,
} from '../../../testkit/src/index.ts';
import {
  clockSkewUs,
  isReceiptSignedBy,
  parseReceipt,
  receiptBytes,
  receiptRefusals,
  refuseReceipt,
  sentItem,
} from './index.ts';
import type { Item, Receipt, ReceiptContext, ReceiptLine, ReceiptRefusal, SignedReceipt } from './index.ts';

const [alder, birch, cedar] = [makeMember('alder'), makeMember('birch'), makeMember('cedar')];
const envelope = { v: 1, sequence: 1, from: alder.id, to: cedar.id, salt: inventSalt(1) } as const;
const lent = makeStatement(alder, makeObject(1));
const recalled = makeStatement(alder, makeObject(2), { state: 'recalled', version: 7 } as object);
const given: readonly Item[] = [
  makeLoan(alder, cedar, lent),
  makeRecall(alder, cedar, recalled),
  { ...envelope, kind: 'ended', origin: birch.id, id: lent.statement.id, reason: 'law' },
  { ...envelope, kind: 'renewed', until: '2026-12-27T07:00:00.000Z' },
];
const made = makeBatch(alder, cedar, given, { first: 5 });
const good = makeReceipt(cedar, alder, made);
const { lines } = good.receipt;

function refused(signed: SignedReceipt = good, context: Partial<ReceiptContext> = {}): ReceiptRefusal | 'believed' {
  const of: ReceiptContext = {
    me: alder.id,
    receiver: cedar.id,
    keys: [birch.publicKey, cedar.publicKey],
    nowUs: statedUs + 60_000_000,
    content: made.act.content,
    origin: alder.origin,
    index: made.batch.index,
    items: made.items.map(sentItem),
    ...context,
  };
  return refuseReceipt(signed, of, nativeCrypto) ?? 'believed';
}
/** A receipt that says something else, signed by its receiver. */
const receiptOf = (changed: Partial<Receipt>): SignedReceipt => makeReceipt(cedar, alder, made, changed);
const withLine = (at: number, changed: Partial<ReceiptLine>): SignedReceipt =>
  receiptOf({ lines: lines.with(at, { ...lines[at]!, ...changed }) });
const flipped = (base64: string, at: number): string => {
  const bytes = parseBase64(base64, 'it');
  return base64Of(bytes.with(at, bytes[at]! ^ 1));
};
function codeOf(text: string): ErrorCode | undefined {
  try {
    parseReceipt(text, 'line 1 of the receipts');
    return undefined;
  } catch (error) {
    return asOwnError(error).code;
  }
}
const codeOfReceipt = (changed: object): ErrorCode | undefined =>
  codeOf(JSON.stringify({ ...good, receipt: { ...good.receipt, ...changed } }));
const codeOfLine = (changed: object): ErrorCode | undefined => codeOfReceipt({ lines: [{ ...lines[0]!, ...changed }] });

test('a receipt is read as it was written, in its form alone', () => {
  assert.deepEqual(parseReceipt(JSON.stringify(good), 'it'), good);
  for (const changed of [
    { v: 2 },
    { from: 'cedar' },
    { at: '2026-11-27T07:00:00Z' },
    { content: 'AAAA' },
    { lines: [] },
    { x: 1 },
  ])
    assert.equal(codeOfReceipt(changed), 'PEER_MALFORMED', JSON.stringify(changed));
  assert.equal(codeOfReceipt({ lines: Array.from({ length: 257 }, () => lines[0]) }), 'PEER_MALFORMED');
  assert.equal(codeOf('{'), 'JSON_MALFORMED');
  assert.equal(codeOf(`"${'x'.repeat(limits.requestBodyBytesMax)}"`), 'INPUT_TOO_LARGE');
});

test('what is refused says why, and what is applied has nothing to explain', () => {
  assert.equal(codeOfLine({}), undefined);
  assert.equal(codeOfLine({ effect: 'stored', reason: 'held-back' }), undefined);
  assert.equal(codeOfLine({ effect: 'refused', reason: 'widened' }), undefined);
  assert.equal(codeOfLine({ effect: 'refused' }), 'PEER_MALFORMED');
  assert.equal(codeOfLine({ effect: 'applied', reason: 'held-back' }), 'PEER_MALFORMED');
  assert.equal(codeOfLine({ effect: 'refused', reason: 'we do not like it' }), 'PEER_MALFORMED');
  assert.equal(codeOfLine({ effect: 'done' }), 'PEER_MALFORMED');
});

test('a receipt is believed when its receiver signed it, its act says the same and its lines fit', () => {
  assert.equal(refused(), 'believed');
  assert.equal(refused(receiptOf({ lines: lines.slice(1, 3) })), 'believed', 'of the rest nothing is told yet');
  assert.equal(refused(withLine(0, { effect: 'refused', reason: 'law' })), 'believed');
  assert.equal(refused(withLine(0, { effect: 'refused', reason: 'quota' })), 'believed');
  assert.equal(refused(withLine(1, { effect: 'stored', reason: 'legal-hold' })), 'believed');
});

test('a receipt is refused for these reasons, in this order', () => {
  const other = makeReceipt(birch, alder, made);
  const early = { nowUs: statedUs + 60_000_000 - clockSkewUs - 1 };
  const faults: readonly [ReceiptRefusal, SignedReceipt, Partial<ReceiptContext>?][] = [
    ['not-for-us', other, { content: lent.signature }],
    ['not-for-us', good, { me: birch.id }],
    ['content-wrong', good, { content: recalled.statement.statedAt, items: [] }],
    ['lines-wrong', good, { items: [], ...early }],
    ['from-the-future', good, { ...early, keys: [] }],
    ['bad-signature', { ...receiptOf({ act: { ...good.receipt.act, entry: '' } }), signature: good.signature }],
    ['entry-malformed', receiptOf({ act: { ...good.receipt.act, entry: '' } })],
    ['commitment-wrong', good, { index: made.batch.index + 1 }],
    ['commitment-wrong', good, { origin: birch.origin }],
    ['commitment-wrong', receiptOf({ act: { ...made.batch, entry: good.receipt.act.entry } })],
  ];
  for (const [reason, receipt, context] of faults) assert.equal(refused(receipt, context), reason, reason);
  assert.deepEqual([...new Set(faults.map(([reason]) => reason))], [...receiptRefusals]);
});

test('the act of a receiver is its own: the sender’s shown back is none', () => {
  const { entry, openings } = made.batch;
  assert.equal(refused(receiptOf({ act: { entry, openings } })), 'commitment-wrong');
});

test('each line is about an item that was sent, in order, none twice, with what can become of it', () => {
  const [one, two] = lines as [ReceiptLine, ReceiptLine];
  for (const wrong of [
    receiptOf({ lines: [two, one] }),
    receiptOf({ lines: [one, one] }),
    withLine(0, { sequence: 4 }),
    withLine(0, { id: recalled.statement.id }),
    withLine(0, { version: 2 }),
    receiptOf({ lines: [{ sequence: 5, effect: 'applied' }] }),
    withLine(1, { effect: 'applied' }),
    withLine(2, { effect: 'applied' }),
    withLine(2, { version: 1 }),
    withLine(3, { effect: 'stored' }),
    withLine(3, { id: lent.statement.id }),
  ])
    assert.equal(refused(wrong), 'lines-wrong', JSON.stringify(wrong.receipt.lines));
});

test('nothing of a signed receipt can be changed, nor a byte of its signature, entry or openings', () => {
  const signed = good.receipt;
  for (const changed of [{ at: timestampOfUs(statedUs) }, { lines: lines.slice(1) }])
    assert.equal(refused({ ...good, receipt: { ...signed, ...changed } }), 'bad-signature');
  for (let at = 0; at < 64; at++)
    assert.equal(refused({ ...good, signature: flipped(good.signature, at) }), 'bad-signature', `byte ${at}`);
  const { entry, openings } = signed.act;
  for (let at = 0; at < atob(entry).length; at++) {
    const receipt = { ...signed, act: { openings, entry: flipped(entry, at) } };
    assert.equal(refused({ ...good, receipt }), 'bad-signature', `byte ${at}`);
  }
  for (const part of ['content', 'recipients'] as const) {
    const act = { entry, openings: { ...openings, [part]: flipped(openings[part], 31) } };
    assert.equal(refused(receiptOf({ act })), 'commitment-wrong', part);
  }
});

test('a signature over a receipt is over nothing else, however it is read', () => {
  assert.ok(isReceiptSignedBy(good, [cedar.publicKey], nativeCrypto));
  assert.ok(!isReceiptSignedBy(good, [alder.publicKey], nativeCrypto));
  assert.ok(!isReceiptSignedBy({ ...good, signature: lent.signature }, [alder.publicKey], nativeCrypto));
  assert.match(new TextDecoder().decode(receiptBytes(good.receipt)), /^comity-receipt\/v1\n\{"act":/);
});
