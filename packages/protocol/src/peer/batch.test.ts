import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { base64Of, canonicalJson } from '../base/index.ts';
import type { JsonValue } from '../base/index.ts';
import { isOpenedBy, printEntry } from '../acts/index.ts';
import { parseBase64 } from '../tlog/index.ts';
import {
  inventSalt,
  makeBatch,
  makeLoan,
  makeMember,
  makeObject,
  makeRecall,
  makeStatement,
  nativeCrypto,
} from '../../../testkit/src/index.ts';
import { batchContent, batchItemsMax, batchRoot, itemText, receivedContent, refuseBatch } from './index.ts';
import type { Batch, BatchContext, Item } from './index.ts';
import { batchSchema } from './batch.ts';
import { itemSchema } from './item.ts';

const { sha256 } = nativeCrypto;
const [alder, birch, cedar] = [makeMember('alder'), makeMember('birch'), makeMember('cedar')];
const given: readonly Item[] = [
  makeLoan(alder, cedar, makeStatement(alder, makeObject(1))),
  makeRecall(alder, cedar, makeStatement(alder, makeObject(2), { state: 'recalled' } as object)),
  {
    v: 1,
    sequence: 1,
    from: alder.id,
    to: cedar.id,
    salt: inventSalt(1),
    kind: 'renewed',
    until: '2026-12-27T07:00:00.000Z',
  },
];
const made = makeBatch(alder, cedar, given, { first: 5 });

function refused(changed: Partial<Batch> = {}, items = made.items, context: Partial<BatchContext> = {}): string {
  const { size, root } = made.log;
  const of = { from: alder.id, to: cedar.id, after: 4, size, root, ...context };
  return refuseBatch({ ...made.batch, ...changed }, items, of, sha256) ?? 'proven';
}
const flipped = (base64: string, at: number): string => {
  const bytes = parseBase64(base64, 'it');
  return base64Of(bytes.with(at, bytes[at]! ^ 1));
};

test('a batch is proven when the sender’s ledger commits to all of it, for this receiver', () => {
  assert.ok(batchSchema.safeParse(made.batch).success);
  assert.equal(refused(), 'proven');
  assert.equal(refused({}, made.items, { after: 0 }), 'proven', 'between batches there may be gaps');
  for (const count of [1, 2, batchItemsMax]) {
    const items = Array.from({ length: count }, () => given[0]!);
    const { batch, items: sent, log } = makeBatch(alder, cedar, items);
    const context = { from: alder.id, to: cedar.id, after: 0, size: log.size, root: log.root };
    assert.equal(refuseBatch(batch, sent, context, sha256), undefined, `${count} items`);
  }
});

test('the items are all there, in order, and none of them came before', () => {
  const [one, two, three] = made.items as [Item, Item, Item];
  assert.equal(refused({}, [one, two]), 'sequence-wrong');
  assert.equal(refused({}, []), 'sequence-wrong');
  assert.equal(refused({}, [two, one, three]), 'sequence-wrong');
  assert.equal(refused({}, [one, one, three]), 'sequence-wrong');
  assert.equal(refused({ count: 2 }), 'sequence-wrong');
  assert.equal(refused({ first: 6 }), 'sequence-wrong');
  assert.equal(refused({}, made.items, { after: 5 }), 'sequence-wrong');
  assert.equal(refused({ count: 2 }, [one, two]), 'commitment-wrong', 'the act says how many there are');
});

test('a batch for one receiver proves nothing to another, nor of another sender', () => {
  assert.equal(refused({}, made.items, { to: birch.id }), 'commitment-wrong');
  assert.equal(refused({}, made.items, { from: birch.id }), 'commitment-wrong');
  const readdressed = made.items.map((item) => ({ ...item, to: birch.id }));
  assert.equal(refused({}, readdressed, { to: birch.id }), 'commitment-wrong');
});

test('an act to one receiver is about nothing for another, nor of another sender', () => {
  for (const changed of [{ to: birch.id }, { from: birch.id }]) {
    const { batch, items, log } = makeBatch(alder, cedar, [{ ...given[0]!, ...changed }]);
    const context = { from: alder.id, to: cedar.id, after: 0, size: log.size, root: log.root };
    assert.equal(refuseBatch(batch, items, context, sha256), 'commitment-wrong');
  }
});

test('an act is the entry of an exchange, in its one form', () => {
  const open = printEntry({
    v: 1,
    at: made.act.at,
    salt: made.act.salt,
    form: 'open',
    type: 'redaction',
    content: { index: 1, reason: 'order', approvals: 1 },
  });
  for (const entry of [
    '',
    'A',
    btoa('{}'),
    base64Of(open),
    `${made.batch.entry}AAAA`,
    btoa(`${atob(made.batch.entry)} `),
  ])
    assert.equal(refused({ entry }), 'entry-malformed', entry);
});

test('any field of any item changed is not what the ledger commits to', () => {
  fc.assert(
    fc.property(fc.nat(made.items.length - 1), fc.nat(), (which, field) => {
      const item = made.items[which]! as unknown as Record<string, JsonValue>;
      const keys = Object.keys(item).filter((key) => key !== 'kind' && key !== 'sequence');
      const key = keys[field % keys.length]!;
      const changed = { ...item, [key]: canonicalJson(item[key]!) } as unknown as Item;
      assert.equal(refused({}, made.items.with(which, changed)), 'commitment-wrong', key);
    }),
  );
});

test('any byte of entry, opening or proof flipped, and any other place or tree, is refused', () => {
  for (let at = 0; at < atob(made.batch.entry).length; at++)
    assert.notEqual(refused({ entry: flipped(made.batch.entry, at) }), 'proven', `entry, byte ${at}`);
  for (const part of ['content', 'recipients'] as const)
    for (let at = 0; at < 32; at++) {
      const openings = { ...made.batch.openings, [part]: flipped(made.batch.openings[part], at) };
      assert.equal(refused({ openings }), 'commitment-wrong', `opening of ${part}, byte ${at}`);
    }
  const { proof, index } = made.batch;
  for (const [which, hash] of proof.entries())
    for (let at = 0; at < 32; at++)
      assert.equal(
        refused({ proof: proof.with(which, flipped(hash, at)) }),
        'not-in-ledger',
        `hash ${which}, byte ${at}`,
      );
  assert.equal(refused({ proof: proof.slice(1) }), 'not-in-ledger');
  assert.equal(refused({ proof: [...proof, proof[0]!] }), 'not-in-ledger');
  assert.equal(refused({ index: index + 1 }), 'not-in-ledger');
  assert.equal(refused({ index: Number.MAX_SAFE_INTEGER }), 'not-in-ledger');
  const { root, size } = made.log;
  for (const context of [
    { size: size + 1 },
    { size: 0 },
    { root: root.with(0, root[0]! ^ 1) },
    { root: root.slice(1) },
  ])
    assert.equal(refused({}, made.items, context), 'not-in-ledger');
});

test('openings of content and recipients cannot stand for each other', () => {
  const { content, recipients } = made.batch.openings;
  assert.equal(refused({ openings: { content: recipients, recipients: content } }), 'commitment-wrong');
});

test('an act of having received cannot be opened as one of having sent', () => {
  const about = { content: made.act.content, origin: alder.origin, index: 5 };
  const sent = batchContent({ first: 5, count: 3, root: batchRoot(made.items.map(itemText), sha256) });
  const commitment = parseBase64(made.act.content, 'it');
  const opening = parseBase64(made.batch.openings.content, 'it');
  assert.ok(isOpenedBy(commitment, opening, sent, sha256));
  assert.ok(!isOpenedBy(commitment, opening, { ...receivedContent(about), payload: sent.payload }, sha256));
});

test('items read and written again are the same leaves (RFC 8785)', () => {
  for (const item of made.items) {
    const shuffled = Object.fromEntries(Object.entries(item).reverse());
    assert.deepEqual(itemText(itemSchema.parse(shuffled)), itemText(item));
  }
});
