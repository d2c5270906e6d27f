import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { base64Of, utf8Bytes } from '../base/index.ts';
import { createSigner, nativeCrypto } from '../../../testkit/src/index.ts';
import { contentDigestOf, signRequest, signResponse, verifyRequest, verifyResponse } from './index.ts';
import type { HttpFields, ReceivedRequest, SignatureRefusalReason, SignedBy, SignatureRefusal } from './index.ts';
import { signatureBase } from './signature-input.ts';

const { key, sign } = createSigner('a.example', 'note', 'message key');
const other = createSigner('b.example', 'note', 'another message key');
const signer = { keyId: 'a.1', sign };
const createdSeconds = 1_790_000_000;
const nowMs = createdSeconds * 1000;
const nonce = 'AAAAAAAAAAAAAAAAAAAAAA';
const freshness = { createdSeconds, lifetimeSeconds: 300, nonce };
const { sha256 } = nativeCrypto;
const deps = {
  keyOf: (keyId: string) => (keyId === 'a.1' ? key.publicKey : undefined),
  crypto: nativeCrypto,
};

const targetUri = 'https://b.example/peer/v1/outbox?after=7';
const body = utf8Bytes('{"a":1}\n');
const post = { method: 'POST', targetUri, content: { body, type: 'application/x-ndjson', encoding: 'zstd' } };
const postFields = signRequest(post, signer, freshness, sha256);
const received: ReceivedRequest = { method: 'POST', targetUri, body, fields: { ...postFields } };
const get = { method: 'GET', targetUri };
const gotten: ReceivedRequest = {
  ...get,
  body: new Uint8Array(),
  fields: { ...signRequest(get, signer, freshness, sha256) },
};

function reasonOf(request: ReceivedRequest, atMs = nowMs, with_ = deps): SignatureRefusalReason | 'signed' {
  const verdict = verifyRequest(request, atMs, with_);
  return verdict.kind === 'signed' ? 'signed' : verdict.reason;
}
const withFields = (fields: HttpFields): ReceivedRequest => ({
  ...received,
  fields: { ...received.fields, ...fields },
});

/** A request whose Signature-Input is somebody’s own, signed as it stands. */
function signedAs(input: string, lines: readonly (readonly [string, string])[]): ReceivedRequest {
  const base = signatureBase(lines, input.slice('comity='.length));
  return {
    ...gotten,
    fields: { 'signature-input': input, signature: `comity=:${base64Of(sign(utf8Bytes(base)))}:` },
  };
}
const params = `created=${createdSeconds};expires=${createdSeconds + 300};nonce="${nonce}";keyid="a.1";alg="ed25519";tag="comity/1"`;
const getLines = [
  ['"@method"', 'GET'],
  ['"@target-uri"', targetUri],
] as const;

test('what was signed is verified: a request with content, one without, with empty content', () => {
  const signed: SignedBy = { kind: 'signed', keyId: 'a.1', nonce, expiresSeconds: createdSeconds + 300 };
  assert.deepEqual(verifyRequest(received, nowMs, deps), signed);
  assert.deepEqual(verifyRequest(gotten, nowMs, deps), signed);
  assert.deepEqual(Object.keys(gotten.fields), ['signature-input', 'signature']);
  const empty = { ...get, content: { body: new Uint8Array(), type: 'text/plain' } };
  assert.deepEqual(signRequest(empty, signer, freshness, sha256), signRequest(get, signer, freshness, sha256));
});

test('the signature base is that of the standard (RFC 9421 §2.5, B.2.6)', () => {
  const lines = [
    ['"date"', 'Tue, 20 Apr 2021 02:07:55 GMT'],
    ['"@method"', 'POST'],
    ['"@path"', '/foo'],
    ['"@authority"', 'example.com'],
    ['"content-type"', 'application/json'],
    ['"content-length"', '18'],
  ] as const;
  const list = lines.map(([component]) => component).join(' ');
  const base = signatureBase(lines, `(${list});created=1618884473;keyid="test-key-ed25519"`);
  const signature = 'wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==';
  const bytes = (base64: string) => Uint8Array.from(Buffer.from(base64, 'base64'));
  const publicKey = bytes('JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=');
  const claim = { algorithm: 'ed25519', publicKey, message: utf8Bytes(base), signature: bytes(signature) } as const;
  assert.ok(nativeCrypto.verify(claim));
});

test('Content-Digest is SHA-256 of the bytes as they are sent (RFC 9530 B.1)', () => {
  assert.equal(
    contentDigestOf(utf8Bytes('{"hello": "world"}\n'), sha256),
    'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:',
  );
});

test('a change of anything that is signed is seen, and called by its name', () => {
  const changed: [ReceivedRequest, SignatureRefusalReason][] = [
    [{ ...received, method: 'PUT' }, 'tampered'],
    [{ ...received, targetUri: `${targetUri}0` }, 'tampered'],
    [{ ...received, body: utf8Bytes('{"a":2}\n') }, 'bad-digest'],
    [withFields({ 'content-digest': contentDigestOf(utf8Bytes('{"a":2}\n'), sha256) }), 'bad-digest'],
    [withFields({ 'content-digest': undefined }), 'bad-digest'],
    [withFields({ 'content-type': 'text/plain' }), 'tampered'],
    [withFields({ 'content-type': undefined }), 'tampered'],
    [withFields({ 'content-encoding': undefined }), 'malformed'],
    [withFields({ 'content-encoding': 'gzip' }), 'tampered'],
    [{ ...received, body: new Uint8Array() }, 'malformed'],
    [{ ...gotten, body }, 'missing-component'],
    [withFields({ signature: gotten.fields.signature }), 'tampered'],
    [withFields({ 'signature-input': postFields['signature-input'].replace('expires=', 'expires=1') }), 'malformed'],
    [withFields({ 'signature-input': undefined }), 'unsigned'],
    [withFields({ signature: undefined }), 'unsigned'],
  ];
  for (const [request, reason] of changed) assert.equal(reasonOf(request), reason, JSON.stringify(request));
  const ofOther = signRequest(post, { ...signer, sign: other.sign }, freshness, sha256);
  assert.equal(reasonOf(withFields({ ...ofOther })), 'tampered');
  const unknown = signRequest(post, { ...signer, keyId: 'c.1' }, freshness, sha256);
  assert.equal(reasonOf(withFields({ ...unknown })), 'unknown-key');
});

test('a request that was meant for another URL says so, when its sender signed what he called', () => {
  const elsewhere = { ...received, targetUri: 'https://c.example/peer/v1/outbox?after=7' };
  assert.equal(reasonOf(elsewhere), 'tampered');
  const verdict = verifyRequest({ ...elsewhere, calledUri: targetUri }, nowMs, deps);
  assert.deepEqual(verdict, {
    kind: 'refused',
    reason: 'wrong-audience',
    message:
      'it was signed for "https://b.example/peer/v1/outbox?after=7", and this is "https://c.example/peer/v1/outbox?after=7"',
  });
  assert.equal(reasonOf({ ...elsewhere, calledUri: 'https://d.example/' }), 'tampered');
  assert.equal(
    reasonOf({ ...received, calledUri: 'http://127.0.0.1:8642/peer' }),
    'signed',
    'a proxy may name it otherwise',
  );
});

test('a signature holds for its time: a clock may be a minute behind the sender’s, and the last second counts', () => {
  assert.equal(reasonOf(received, nowMs + 300_999), 'signed');
  assert.equal(reasonOf(received, nowMs + 301_000), 'stale');
  assert.equal(reasonOf(received, nowMs - 60_000), 'signed');
  assert.equal(reasonOf(received, nowMs - 61_000), 'future');
});

test('a response is bound to its request, its status and its content (RFC 9421 §2.4)', () => {
  const requestSignature = postFields.signature;
  const response = { status: 200, requestSignature, content: { body, type: 'application/x-ndjson' } };
  const answer = { ...response, body, fields: { ...signResponse(response, signer, freshness, sha256) } };
  const reason = (changed: Partial<typeof answer>): string => {
    const verdict: SignedBy | SignatureRefusal = verifyResponse({ ...answer, ...changed }, nowMs, deps);
    return verdict.kind === 'signed' ? 'signed' : verdict.reason;
  };
  assert.equal(reason({}), 'signed');
  assert.equal(reason({ status: 201 }), 'tampered');
  assert.equal(reason({ requestSignature: gotten.fields.signature ?? '' }), 'tampered');
  assert.equal(reason({ body: utf8Bytes('{}') }), 'bad-digest');
  const none = { status: 204, requestSignature };
  const fields = { ...signResponse(none, signer, freshness, sha256) };
  assert.equal(reason({ ...none, fields, body: new Uint8Array() }), 'signed');
  assert.equal(reasonOf({ ...received, fields: answer.fields }), 'missing-component', 'a response is no request');
});

test('components and parameters come in any order; each stands once and none stands besides', () => {
  const turned = params.split(';').toReversed().join(';');
  const backwards = getLines.toReversed();
  assert.equal(reasonOf(signedAs(`comity=("@method" "@target-uri");${turned}`, getLines)), 'signed');
  assert.equal(reasonOf(signedAs(`comity=("@target-uri" "@method");${params}`, backwards)), 'signed');
  const twice = [...getLines, getLines[0]];
  const more = [...getLines, ['"date"', 'now'] as const];
  const refused: [string, readonly (readonly [string, string])[], SignatureRefusalReason][] = [
    [`comity=("@method" "@target-uri" "@method");${params}`, twice, 'malformed'],
    [`comity=("@method" "@target-uri" "date");${params}`, more, 'malformed'],
    [`comity=("@method");${params}`, getLines.slice(0, 1), 'missing-component'],
    [`comity=();${params}`, [], 'missing-component'],
    [`comity=("@method" "@target-uri");${params};created=1`, getLines, 'malformed'],
    [`comity=("@method" "@target-uri");${params};more="1"`, getLines, 'malformed'],
    [`comity=("@method" "@target-uri");${params.replace('comity/1', 'comity/2')}`, getLines, 'malformed'],
    [
      `comity=("@method" "@target-uri");${params.replace(`created=${createdSeconds}`, `created="${createdSeconds}"`)}`,
      getLines,
      'malformed',
    ],
    [`comity=("@method" "@target-uri");${params.replace(/;alg="ed25519"/, '')}`, getLines, 'malformed'],
    [
      `comity=("@method" "@target-uri");${params.replace(/expires=\d+/, `expires=${createdSeconds + 301}`)}`,
      getLines,
      'malformed',
    ],
    [
      `comity=("@method" "@target-uri");${params.replace(/expires=\d+/, `expires=${createdSeconds}`)}`,
      getLines,
      'malformed',
    ],
    [`comity=("@method" "@target-uri" );${params}`, getLines, 'malformed'],
    [`comity=("@method"  "@target-uri");${params}`, getLines, 'malformed'],
    [`comity=("@method"."@target-uri");${params}`, getLines, 'malformed'],
    [`comity=("@method" "@target-uri"); ${params}`, getLines, 'malformed'],
    [`comity=("@method" "@target-uri"`, getLines, 'malformed'],
    [`sig1=("@method" "@target-uri");${params}`, getLines, 'malformed'],
    [`comity=("@method" "@target-uri");${params};x="${'x'.repeat(1024)}"`, getLines, 'malformed'],
  ];
  for (const [input, lines, reason] of refused) assert.equal(reasonOf(signedAs(input, lines)), reason, input);
});

test('Signature is one member of 64 bytes in the one form of base64', () => {
  const [, base64 = ''] = /:(.*):/.exec(postFields.signature) ?? [];
  for (const signature of [
    base64,
    `comity=:${base64.slice(4)}:`,
    `comity=:${base64}:, sig1=:${base64}:`,
    'comity=:%:',
    '',
  ])
    assert.equal(reasonOf(withFields({ signature })), 'malformed', signature);
});

test('whatever stands in the fields, the answer is a refusal and never an error', () => {
  const part = fc.oneof(fc.string(), fc.constantFrom(...postFields['signature-input'].split(/(?=[;" ()=])/)));
  const field = fc.array(part, { maxLength: 24 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(field, field, fc.string(), (input, signature, digest) => {
      const fields = { 'signature-input': `comity=(${input}`, signature, 'content-digest': digest };
      assert.notEqual(reasonOf({ ...received, fields }), 'signed');
    }),
  );
  for (const input of [`comity=(${'"a"'.repeat(340)}`, `comity=()${';a=1'.repeat(250)}`, `comity=${'('.repeat(1000)}`])
    assert.equal(reasonOf(withFields({ 'signature-input': input })), 'malformed');
});

test('who signs with a nonce, a key id or a lifetime that nobody would read has a bug', () => {
  for (const wrong of [{ nonce: 'short' }, { lifetimeSeconds: 301 }, { lifetimeSeconds: 0 }, { createdSeconds: 0.5 }])
    assert.throws(() => signRequest(get, signer, { ...freshness, ...wrong }, sha256), /Assertion failed/);
  assert.throws(() => signRequest(get, { ...signer, keyId: 'a"b' }, freshness, sha256), /Assertion failed/);
});
