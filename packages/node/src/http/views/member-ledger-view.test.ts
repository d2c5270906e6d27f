import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MemberId } from '@comity/protocol/base';
import { printCheckpoint, printNote, signText } from '@comity/protocol/tlog';
import type { VerifierKey } from '@comity/protocol/tlog';
import { createSigner, inventEntries, makeLog } from '@comity/testkit';
import { createAlarms } from '../../ledger/alarms.ts';
import { memberLedgerSummary, memberLedgerView } from './member-ledger-view.ts';

const origin = 'cert.example/ledger/1';
const [owner, one, two] = ['a', 'b', 'c'].map((sign) => sign.repeat(64)) as [MemberId, MemberId, MemberId];
const own = createSigner(origin, 'note', 'log');
const witness = createSigner('one.example/witness', 'cosignature-ed25519', 'one');
const made = makeLog(inventEntries(9, 4));
const text = printCheckpoint({ origin, size: made.size, root: made.root });
const note = printNote({ text, signatures: signText(text, [own, witness], 1_790_000_000) });
const log = {
  member: owner,
  origin,
  url: 'https://cert.example/ledger/1',
  keys: [own.key],
  formerKeys: [],
  allowPrivate: false,
};

function viewWith(of: readonly { readonly member: MemberId; readonly keys: readonly VerifierKey[] }[]) {
  const alarms = createAlarms({ clock: () => 0 });
  alarms.raise('stale', origin, 'old');
  alarms.raise('withheld', owner, 'an act is missing');
  alarms.raise('stale', 'other.example/ledger/1', 'another');
  const seen = {
    origin,
    size: made.size,
    root: made.root,
    note,
    seenUs: 0,
    cosignedSeconds: undefined,
    isProven: true,
  };
  const monitor = { latest: () => seen, isFresh: () => false, isTrusted: () => true, alarms } as unknown as Parameters<
    typeof memberLedgerSummary
  >[1];
  const witnesses = of.map((each) => ({ url: '', monitoringUrl: '', allowPrivate: false, ...each }));
  return {
    view: memberLedgerView(log, { monitor, witnesses, nameOfMember: (member) => member.slice(0, 1) }),
    summary: memberLedgerSummary(log, monitor),
  };
}

test('a member’s ledger is shown with who cosigned it, and with the alarms about it alone', () => {
  const { view, summary } = viewWith([{ member: one, keys: [witness.key] }]);
  assert.deepEqual(view.checked?.cosignatures, [{ name: 'b', at: new Date(1_790_000_000_000).toISOString() }]);
  assert.deepEqual(
    view.alarms.map(({ kind }) => kind),
    ['stale', 'withheld'],
  );
  assert.deepEqual([summary.size, summary.alarms], [9, 1], 'that it is not fresh is told apart');
});

test('a witness with the key of the log spoils nothing but who cosigned', () => {
  const shared = createSigner('two.example/witness', 'cosignature-ed25519', 'log');
  const { view } = viewWith([
    { member: one, keys: [witness.key] },
    { member: two, keys: [shared.key] },
  ]);
  assert.deepEqual([view.checked?.size, view.checked?.cosignatures], [9, []]);
});
