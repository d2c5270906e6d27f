import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalJson, ComityError, utf8Bytes } from '../base/index.ts';
import type { ErrorCode, JsonValue } from '../base/index.ts';
import { nativeCrypto } from '../../../testkit/src/index.ts';
import { printVerifierKey } from '../tlog/index.ts';
import {
  first,
  fullBody,
  governance,
  idOf,
  log,
  logPq,
  message,
  next,
  ofNote,
  plainBody,
  signerOf,
  textOf,
  witness,
} from './descriptors-for-tests.ts';
import { keyIdOf, parseDescriptor, signDescriptor, timeOfDescriptor } from './index.ts';
import { printMessageKeyName, recogniseMessageKeyName } from './index.ts';

const { sha256 } = nativeCrypto;
const allSigners = [governance, message, ...[log, logPq, witness].map(ofNote)];
const full = signDescriptor(fullBody, allSigners, sha256);

function refuses(text: string | Uint8Array, code: ErrorCode, pattern?: RegExp): void {
  assert.throws(
    () => parseDescriptor(text, sha256),
    (error) => {
      assert.ok(error instanceof ComityError, String(error));
      assert.equal(error.code, code, error.message);
      if (pattern !== undefined) assert.match(error.message, pattern);
      return true;
    },
  );
}
const write = (body: object, signatures: object = {}): string => canonicalJson({ body, signatures } as JsonValue);
const refusesBody = (body: object, pattern: RegExp): void => refuses(write(body), 'MEMBER_MALFORMED', pattern);
const changed = (change: object): object => ({ ...fullBody, ...change });

test('a member is the hash of the first descriptor of its node; every later one names it (§3)', () => {
  const hash = createHash('sha256')
    .update(canonicalJson(plainBody as JsonValue))
    .digest('hex');
  assert.deepEqual([first.hash, first.member], [hash, hash]);
  const second = next(first, { name: 'Renamed' });
  assert.equal(second.member, hash);
  assert.notEqual(second.hash, hash);
  assert.deepEqual(parseDescriptor(second.text, sha256), second);
});

test('a descriptor says each of its keys, its role and what it signed (§2)', () => {
  assert.deepEqual(
    full.keys.map(({ role, algorithm }) => `${role} ${algorithm}`),
    ['governance ed25519', 'message ed25519', 'ledger ed25519', 'ledger ml-dsa-44', 'witness ed25519'],
  );
  assert.deepEqual(new Set(full.signatures.keys()), new Set(full.keys.map(({ id }) => id)));
  assert.deepEqual(parseDescriptor(utf8Bytes(full.text), sha256), full);
});

test('one text is read for each descriptor: canonical JSON of known properties (§2)', () => {
  for (const text of [`${first.text}\n`, JSON.stringify(JSON.parse(first.text), undefined, 1)])
    refuses(text, 'MEMBER_MALFORMED', /canonical/);
  refuses(first.text.replace('"sequence":0', '"sequence":-0'), 'MEMBER_MALFORMED', /canonical/);
  refusesBody({ ...plainBody, more: 1 }, /body: Unrecognized key/);
  refuses(canonicalJson({ body: plainBody as JsonValue, signatures: {}, more: 1 }), 'MEMBER_MALFORMED');
  refuses(write(plainBody, { x: 'AA==' }), 'MEMBER_MALFORMED');
  refuses(write(plainBody, { [first.hash]: 'AA' }), 'MEMBER_MALFORMED', /is not base64/);
  refuses('[]', 'MEMBER_MALFORMED', /it: Invalid input/);
  refuses('{', 'JSON_MALFORMED');
  refuses(' '.repeat(32 * 1024 + 1), 'INPUT_TOO_LARGE');
  refuses(Uint8Array.of(0xff), 'ENCODING_MALFORMED');
  refuses('['.repeat(32 * 1024), 'JSON_MALFORMED');
});

test('the first, and no other, has neither member nor previous (§3)', () => {
  for (const body of [
    { ...plainBody, member: first.member },
    { ...plainBody, previous: first.hash },
    { ...plainBody, sequence: 1 },
    { ...plainBody, sequence: 1, member: first.member },
  ])
    refusesBody(body, /neither member nor previous/);
});

test('a key has one role, of a kind that role signs with (§2)', () => {
  const twice = [
    { keys: { ...plainBody.keys, message: [textOf(governance)] } },
    { keys: { ...plainBody.keys, message: [textOf(message), textOf(message)] } },
    { keys: { ...plainBody.keys, nextGovernance: idOf(message) } },
    { keys: { ...plainBody.keys, message: [textOf(ofNote(log))] } },
  ];
  for (const change of twice) refusesBody(changed(change), /stands in it twice/);
  const [ledger, of] = [fullBody.ledger!, fullBody.witness!];
  refusesBody(changed({ ledger: { ...ledger, keys: of.keys } }), /not one a ledger signs with/);
  refusesBody(changed({ witness: { ...of, keys: [printVerifierKey(log.key)] } }), /not one a witness signs with/);
  refuses(write(changed({ ledger: { ...ledger, keys: ['x'] } })), 'LEDGER_MALFORMED');
});

test('what people and machines read of a member has its form (§2)', () => {
  const contact = fullBody.contacts[0]!;
  const withContact = (change: object): object => ({ contacts: [{ ...contact, ...change }] });
  const wrong: object[] = [
    { name: '' },
    { name: ' CERT' },
    { name: 'CERT\nContact: mailto:x@evil.example' },
    { name: 'CERT \u202e' },
    { country: 'at' },
    { sectors: ['Energy'] },
    { url: 'http://cert.example' },
    { url: 'https://cert.example/' },
    { url: 'https://cert.example:443' },
    { url: 'https://u:p@cert.example' },
    { url: 'https://cert.example/?a' },
    { url: 'https://cert.example/#a' },
    { url: 'ftp://cert.example' },
    { url: 'http://127.0.0.1.example' },
    { url: 'cert.example' },
    { issuedAt: '2026-01-01T00:00:00Z' },
    { issuedAt: '2026-02-30T00:00:00.000Z' },
    { expiresAt: '2026-01-01T00:00:00.000Z' },
    { expiresAt: '2027-02-06T00:00:00.000Z' },
    { keys: { ...plainBody.keys, governance: 'AAAA' } },
    { keys: { ...plainBody.keys, message: [] } },
    withContact({ email: undefined, phone: undefined }),
    withContact({ email: 'cert@cert.example, x@evil.example' }),
    withContact({ email: 'cert' }),
    withContact({ phone: '123' }),
    withContact({ languages: ['German'] }),
    withContact({ timeZone: 'Europe/' }),
    withContact({ role: 'press' }),
    withContact({ keys: [{ type: 'openpgp', fingerprint: 'aa' }] }),
    withContact({ keys: [{ type: 'openpgp', fingerprint: 'A'.repeat(40), url: 'http://cert.example/key' }] }),
    withContact({ keys: [{ type: 'openpgp', fingerprint: 'A'.repeat(40), url: 'x' }] }),
  ];
  for (const change of wrong) {
    const plain = JSON.parse(JSON.stringify(changed(change))) as object;
    refuses(write(plain), 'MEMBER_MALFORMED');
  }
  for (const url of ['http://127.0.0.1:8642', 'http://localhost:1', 'http://[::1]:8642/x', 'https://a.example/b/c'])
    assert.equal(signDescriptor({ ...plainBody, url }, [], sha256).body.url, url);
});

test('no text makes the parser throw another error than its own', () => {
  const json = fc.jsonValue().map((value) => canonicalJson(value as JsonValue));
  const near = fc
    .record({ key: fc.constantFrom(...Object.keys(fullBody)), value: fc.jsonValue() })
    .map(({ key, value }) => write({ ...fullBody, [key]: value }));
  fc.assert(
    fc.property(fc.oneof(json, near, fc.string()), (text) => {
      try {
        parseDescriptor(text, sha256);
      } catch (error) {
        assert.ok(error instanceof ComityError, String(error));
      }
    }),
    { numRuns: 300 },
  );
});

test('a descriptor is in force from five minutes before it was issued until it expires (§3)', () => {
  const [from, until] = [Date.UTC(2026, 0, 1), Date.UTC(2026, 6, 1)];
  assert.deepEqual(
    [from - 300_001, from - 300_000, until - 1, until].map((ms) => timeOfDescriptor(first, ms)),
    ['not-yet', 'in-force', 'in-force', 'ended'],
  );
});

test('the key of a message is called by its member and its hash (§5)', () => {
  const name = { member: first.member, key: keyIdOf(signerOf('message').publicKey, sha256) };
  assert.deepEqual(recogniseMessageKeyName(printMessageKeyName(name)), name);
  for (const text of ['', first.member, `${first.member}.x`]) assert.equal(recogniseMessageKeyName(text), undefined);
});
