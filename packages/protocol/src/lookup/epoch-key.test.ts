import assert from 'node:assert/strict';
import test from 'node:test';
import { makeLog, nativeCrypto } from '../../../testkit/src/index.ts';
import { utf8Bytes } from '../base/index.ts';
import { printEntry } from '../acts/index.ts';
import { planInclusion } from '../tlog/index.ts';
import { epochKeyAct, openShownKey, parseShownKey, printShownKey } from './index.ts';
import type { EpochKey, ShownKey } from './index.ts';

const { sha256 } = nativeCrypto;
const hour = '2026-11-27T07:00:00Z';
const salt = `${'A'.repeat(22)}==`;
const key: EpochKey = {
  epoch: 2969,
  publicKey: Uint8Array.from({ length: 32 }, (_, index) => index),
  untilUs: Date.parse('2026-12-03T06:00:00Z') * 1000,
};
const entries = [
  printEntry({
    v: 1,
    at: hour,
    salt,
    form: 'open',
    type: 'descriptor',
    content: { sequence: 1, digest: 'ab'.repeat(32) },
  }),
  epochKeyAct(key, hour, salt),
  utf8Bytes('an act of a later version'),
];
const log = makeLog(entries);

function show(index: number): ShownKey {
  const proof = log.hashes(planInclusion(index, log.size));
  return { entry: entries[index]!, index, checkpoint: 'a signed note', proof };
}

test('a key that is shown to be in the ledger is the one that was published', () => {
  const shown = parseShownKey(printShownKey(show(1)));
  assert.deepEqual(shown, show(1));
  assert.deepEqual(openShownKey(shown, 2969, log, sha256), key);
});

test('what is not in the ledger, of another epoch, or another act, is refused', () => {
  const other = epochKeyAct({ ...key, publicKey: new Uint8Array(32) }, hour, salt);
  for (const [shown, epoch, why] of [
    [{ ...show(1), entry: other }, 2969, /not shown to be in the ledger/],
    [{ ...show(1), index: 0 }, 2969, /not shown to be in the ledger/],
    [{ ...show(1), proof: [] }, 2969, /not shown to be in the ledger/],
    [show(1), 2970, /no act that publishes it/],
    [show(0), 2969, /no act that publishes it/],
    [show(2), 2969, /no act that publishes it/],
  ] as const)
    assert.throws(() => openShownKey(shown, epoch, log, sha256), { code: 'LOOKUP_UNPROVEN', message: why });
});

test('what is not written as a shown key is refused', () => {
  const text = Buffer.from(printShownKey(show(1))).toString();
  const told = JSON.parse(text) as Record<string, unknown>;
  for (const change of [{ v: 2 }, { index: -1 }, { entry: '*' }, { proof: ['AA=='] }, { checkpoint: '' }, { more: 1 }])
    assert.throws(() => parseShownKey(utf8Bytes(JSON.stringify({ ...told, ...change }))), { code: 'LOOKUP_MALFORMED' });
  for (const bytes of [Uint8Array.of(255), utf8Bytes('{'), utf8Bytes(' '.repeat(800_000))])
    assert.throws(() => parseShownKey(bytes), { code: 'LOOKUP_MALFORMED' });
});
