import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64Of } from '../base/index.ts';
import { parseEntry, printEntry } from '../acts/index.ts';
import type { ExchangeEntry } from '../acts/index.ts';
import { inventSalt, makeMember, nativeCrypto } from '../../../testkit/src/index.ts';
import {
  batchCommitments,
  batchContent,
  batchDecision,
  batchRecipients,
  openedActSchema,
  openedParts,
  receivedContent,
} from './index.ts';
import type { OpenedAct } from './index.ts';

const { sha256 } = nativeCrypto;
const [alder, cedar] = [makeMember('alder'), makeMember('cedar')];
const openings = {
  content: new Uint8Array(32).fill(1),
  recipients: new Uint8Array(32).fill(2),
  decision: new Uint8Array(32).fill(3),
};
const root = new Uint8Array(32).fill(7);
const decision = { lawHash: 'ab'.repeat(32), rules: ['law/1', 'law/2'] };
const recipients = { from: alder.id, to: cedar.id };
const sent = { first: 5, count: 2, root: base64Of(root) };
const received = { content: base64Of(root), origin: 'alder.example/ledger/1', index: 4 };

function actOf(content: typeof sent | typeof received): { act: ExchangeEntry; opened: OpenedAct } {
  const about = {
    content: 'root' in content ? batchContent({ ...content, root }) : receivedContent(content),
    recipients: batchRecipients(alder.id, cedar.id),
    decision: batchDecision(decision.lawHash, decision.rules),
  };
  const entry = parseEntry(
    printEntry({
      v: 1,
      form: 'committed',
      type: 'exchange',
      at: '2026-05-01T07:00:00Z',
      salt: inventSalt(1),
      ...batchCommitments(openings, about, sha256),
    }),
  );
  assert.ok(entry.form === 'committed');
  const opened = {
    openings: {
      content: base64Of(openings.content),
      recipients: base64Of(openings.recipients),
      decision: base64Of(openings.decision),
    },
    payloads: { content, recipients, decision },
  };
  return { act: entry, opened: openedActSchema.parse(JSON.parse(JSON.stringify(opened))) };
}

test('an act of having sent, and one of having received, opens as what it committed to (ledger.md §12.4)', () => {
  for (const content of [sent, received]) {
    const { act, opened } = actOf(content);
    assert.deepEqual(openedParts(act, opened, sha256), { content: true, recipients: true, decision: true });
  }
});

test('what an act did not commit to does not open it, and each part stands for itself', () => {
  const { act, opened } = actOf(sent);
  const { payloads } = opened;
  const changed = (change: Partial<OpenedAct['payloads']>) =>
    openedParts(act, { ...opened, payloads: { ...payloads, ...change } }, sha256);
  assert.deepEqual(changed({ content: { ...sent, count: 3 } }), { content: false, recipients: true, decision: true });
  assert.deepEqual(changed({ content: received }), { content: false, recipients: true, decision: true });
  assert.deepEqual(changed({ recipients: { from: cedar.id, to: alder.id } }), {
    content: true,
    recipients: false,
    decision: true,
  });
  assert.deepEqual(changed({ decision: { ...decision, rules: [] } }), {
    content: true,
    recipients: true,
    decision: false,
  });
  const swapped = { ...opened.openings, content: opened.openings.decision };
  assert.equal(openedParts(act, { ...opened, openings: swapped }, sha256).content, false);
});

test('an opened act of another form is none', () => {
  const { opened } = actOf(sent);
  for (const wrong of [
    { ...opened, more: 1 },
    { ...opened, openings: { ...opened.openings, content: 'AA==' } },
    { ...opened, payloads: { ...opened.payloads, content: { ...sent, ...received } } },
    { ...opened, payloads: { ...opened.payloads, recipients: { from: alder.id, to: 'nobody' } } },
  ])
    assert.equal(openedActSchema.safeParse(wrong).success, false);
});
