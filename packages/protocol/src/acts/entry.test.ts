import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { asOwnError, canonicalJson, utf8Bytes } from '../base/index.ts';
import type { ErrorCode, JsonObject, JsonValue } from '../base/index.ts';
import { inventSalt } from '../../../testkit/src/index.ts';
import { entryBytesMax, hourOf, openActs, parseEntry, printEntry } from './index.ts';
import type { Entry } from './index.ts';

const hash = `${'A'.repeat(43)}=`;
const head = { v: 1, at: '2026-11-27T07:00:00Z', salt: inventSalt(1) } as const;
const exchange: Entry = {
  ...head,
  form: 'committed',
  type: 'exchange',
  content: hash,
  recipients: hash,
  decision: hash,
};
const open: readonly Entry[] = [
  { ...head, form: 'open', type: 'descriptor', content: { sequence: 1, digest: 'ab'.repeat(32) } },
  { ...head, form: 'open', type: 'redaction', content: { index: 7, reason: 'order', approvals: 2 } },
  { ...head, form: 'open', type: 'continuation', content: { origin: 'a.example/ledger/1', size: 9, root: hash } },
  {
    ...head,
    form: 'open',
    type: 'lookup-key',
    content: { epoch: 2969, key: 'cd'.repeat(32), until: '2026-12-03T06:00:00Z' },
  },
  { ...head, form: 'open', type: 'sponsorship', content: { proposal: 'ef'.repeat(32) } },
  {
    ...head,
    form: 'open',
    type: 'ballot',
    content: {
      proposal: 'ef'.repeat(32),
      choice: 'no',
      reason: 'ab'.repeat(32),
      previous: 'cd'.repeat(32),
    },
  },
  { ...head, form: 'open', type: 'confirmation', content: { proposal: 'ef'.repeat(32) } },
  { ...head, form: 'open', type: 'leaving', content: { federation: 'ab'.repeat(32), charter: 'cd'.repeat(32) } },
  { ...head, form: 'open', type: 'gathering', content: { proposal: 'ef'.repeat(32), root: hash, count: 9 } },
];
const text = canonicalJson(exchange);

function codeOf(bytes: Uint8Array): ErrorCode | undefined {
  try {
    parseEntry(bytes);
    return undefined;
  } catch (error) {
    return asOwnError(error).code;
  }
}
const codeOfText = (of: string): ErrorCode | undefined => codeOf(utf8Bytes(of));
const codeOfEntry = (changed: JsonObject, of: Entry = exchange): ErrorCode | undefined =>
  codeOfText(canonicalJson({ ...of, ...changed } as JsonValue));

test('an act of every kind is read as it was written, and written again it is the same bytes (RFC 8785)', () => {
  assert.deepEqual(open.map(({ type }) => type).sort(), Object.keys(openActs).sort());
  for (const entry of [exchange, ...open]) {
    const bytes = printEntry(entry);
    assert.deepEqual(parseEntry(bytes), entry);
    assert.deepEqual(printEntry(parseEntry(bytes)), bytes);
  }
});

test('an entry in any other form of the same JSON is refused: what two readers hash must be one thing', () => {
  assert.equal(codeOfText(text), undefined);
  for (const other of [
    ` ${text}`,
    `${text}\n`,
    `\ufeff${text}`,
    text.replace('"v":1', '"v":1.0'),
    text.replace('"v":1', '"v":1e0'),
    text.replace('"v":1', '"v":2,"v":1'),
    text.replace('"at"', String.raw`"\u0061t"`),
    JSON.stringify({ ...exchange }),
    text.replaceAll('/', String.raw`\/`).replace('A', String.raw`\u0041`),
  ])
    assert.equal(codeOfText(other), 'LEDGER_MALFORMED', other);
});

test('an entry has no place for anything but what its kind says: no further field, no free text, no closer time', () => {
  for (const changed of [
    { note: 'seen at the ministry' },
    { constructor: 'x' },
    { v: 2 },
    { v: '1' },
    { type: 'restricted' },
    { form: 'open' },
    { at: '2026-11-27T07:31:00Z' },
    { at: '2026-02-30T07:00:00Z' },
    { at: '2026-11-27T07:00:00.000Z' },
    { salt: 'AAAA' },
    { salt: `${'A'.repeat(21)}B==` },
    { content: `${'A'.repeat(42)}B=` },
    { content: 'AAAA' },
    { recipients: null },
  ])
    assert.equal(codeOfEntry(changed), 'LEDGER_MALFORMED', JSON.stringify(changed));
  const proto = `{"__proto__":{"note":"seen at the ministry"},${text.slice(1)}`;
  assert.equal(codeOfText(proto), 'LEDGER_MALFORMED');
  const [descriptor, redaction, continuation, , , ballot] = open as [Entry, Entry, Entry, Entry, Entry, Entry];
  for (const [entry, content] of [
    [descriptor, { sequence: 2 ** 53, digest: 'ab'.repeat(32) }],
    [descriptor, { sequence: 1, digest: 'AB'.repeat(32) }],
    [descriptor, { index: 7, reason: 'order', approvals: 2 }],
    [redaction, { index: -1, reason: 'order', approvals: 2 }],
    [redaction, { index: 7, reason: 'because', approvals: 2 }],
    [redaction, { index: 7, reason: 'order', approvals: 0 }],
    [continuation, { origin: 'a log of ours', size: 9, root: hash }],
    [continuation, { origin: 'a+b', size: 9, root: hash }],
    [continuation, { origin: 'ä.example', size: 9, root: hash }],
    [continuation, { origin: 'a'.repeat(256), size: 9, root: hash }],
    [continuation, { origin: 'a.example', size: 0.5, root: hash }],
    [ballot, { proposal: 'ef'.repeat(32), choice: 'block' }],
    [ballot, { proposal: 'ef'.repeat(32), choice: 'no', reason: 'because' }],
  ] as const)
    assert.equal(codeOfEntry({ content }, entry), 'LEDGER_MALFORMED', JSON.stringify(content));
});

test('an entry that is too long, no UTF-8 or no JSON is refused by that name, and none is written that would be', () => {
  assert.equal(codeOfText(`"${'x'.repeat(entryBytesMax)}"`), 'INPUT_TOO_LARGE');
  assert.equal(codeOf(Uint8Array.of(0x7b, 0xff)), 'ENCODING_MALFORMED');
  assert.equal(codeOfText('{'), 'JSON_MALFORMED');
  assert.equal(codeOfText('['.repeat(entryBytesMax)), 'JSON_MALFORMED');
  assert.equal(codeOfText(`${'['.repeat(2048)}${']'.repeat(2048)}`), 'LEDGER_MALFORMED');
  assert.throws(() => printEntry({ ...exchange, at: '2026-11-27T07:31:00Z' }), { code: 'LEDGER_MALFORMED' });
});

test('a reader of entries throws its own errors alone, whatever the bytes', () => {
  const codes = new Set(['LEDGER_MALFORMED', 'ENCODING_MALFORMED', 'JSON_MALFORMED']);
  const read = (bytes: Uint8Array): void => {
    const code = codeOf(bytes);
    assert.ok(code === undefined || codes.has(code), code);
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), read));
  fc.assert(fc.property(fc.json(), (json) => read(utf8Bytes(json))));
});

test('a byte of an entry changed makes another entry or none: never the same one', () => {
  const bytes = printEntry(exchange);
  for (let at = 0; at < bytes.length; at++) {
    const changed = bytes.with(at, bytes[at]! ^ 1);
    if (codeOf(changed) === undefined) assert.notDeepEqual(parseEntry(changed), exchange, `byte ${at}`);
  }
});

test('an instant is told as its hour, no closer', () => {
  const us = Date.UTC(2026, 10, 27, 7, 59, 59, 999) * 1000 + 999;
  assert.equal(hourOf(us), '2026-11-27T07:00:00Z');
  assert.equal(hourOf(us + 1), '2026-11-27T08:00:00Z');
  assert.equal(hourOf(-1), '1969-12-31T23:00:00Z');
});
