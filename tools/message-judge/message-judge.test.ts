import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSignatureSync, verifySignature } from 'http-message-sig';
import type { FieldOccurrence, MessageDescriptor } from 'http-message-sig';
import { utf8Bytes } from '@comity/protocol/base';
import {
  contentDigestOf,
  signRequest,
  signResponse,
  verifyRequest,
  verifyResponse,
} from '@comity/protocol/signed-http';
import { createSigner, nativeCrypto } from '../../packages/testkit/src/index.ts';

// RFC 9421 as somebody else wrote it: what we sign it must verify, and we what it signs.

const { key, sign } = createSigner('a.example', 'note', 'message key');
const signer = { keyId: 'a.1', sign };
const freshness = { createdSeconds: 1_790_000_000, lifetimeSeconds: 300, nonce: 'AAAAAAAAAAAAAAAAAAAAAA' };
const { sha256 } = nativeCrypto;
const body = utf8Bytes('{"a":1}\n');
const content = { body, type: 'application/json' };
const request = { method: 'POST', targetUri: 'https://b.example/peer/v1/receipts?x=%20y', content };
const response = { status: 201, content, requestSignature: '' };
const nowMs = 1_790_000_100_000;

const fieldsOf = (fields: object): FieldOccurrence[] =>
  Object.entries(fields).map(([name, value]) => ({ name, value: String(value) }));

async function isVerified(message: MessageDescriptor, requiredComponents: readonly string[]): Promise<boolean> {
  const verifier = {
    algorithm: 'ed25519',
    verify: (data: Uint8Array, signature: Uint8Array) =>
      nativeCrypto.verify({ algorithm: 'ed25519', publicKey: key.publicKey, message: data, signature }),
  };
  const policy = { algorithms: ['ed25519'], requiredComponents, requiredParameters: ['nonce'], now: nowMs / 1000 };
  try {
    await verifySignature(message, { policy, resolveVerifier: () => verifier });
    return true;
  } catch {
    return false;
  }
}

test('what we sign, another implementation of RFC 9421 verifies, and sees a change', async () => {
  const asked = signRequest(request, signer, freshness, sha256);
  const sent: MessageDescriptor = {
    kind: 'request',
    method: 'POST',
    targetUri: request.targetUri,
    fields: fieldsOf(asked),
  };
  const covered = ['@method', '@target-uri', 'content-digest', 'content-type'];
  assert.ok(await isVerified(sent, covered));
  assert.ok(!(await isVerified({ ...sent, method: 'PUT' }, covered)));
  const answered = signResponse({ ...response, requestSignature: asked.signature }, signer, freshness, sha256);
  const given: MessageDescriptor = { kind: 'response', status: 201, fields: fieldsOf(answered), request: sent };
  assert.ok(await isVerified(given, ['@status']));
  assert.ok(!(await isVerified({ ...given, status: 200 }, ['@status'])));
  const other = signRequest({ ...request, method: 'GET' }, signer, freshness, sha256);
  assert.ok(!(await isVerified({ ...given, request: { ...sent, fields: fieldsOf(other) } }, ['@status'])));
});

test('what another implementation signs in our profile, we verify', () => {
  const { createdSeconds: created, nonce } = freshness;
  const parameters = { tag: 'comity/1', alg: 'ed25519', created, expires: created + 300, keyid: 'a.1', nonce };
  const contentFields = { 'content-type': content.type, 'content-digest': contentDigestOf(body, sha256) };
  const signatureOf = (message: MessageDescriptor, components: (string | { name: string; parameters: object })[]) => {
    const options = { label: 'comity', components, parameters, signer: { algorithm: 'ed25519', sign } };
    const { signature, signatureInput } = createSignatureSync(
      message,
      options as Parameters<typeof createSignatureSync>[1],
    );
    return { ...contentFields, signature, 'signature-input': signatureInput };
  };
  const { targetUri } = request;
  const sent = { kind: 'request', method: 'POST', targetUri, fields: fieldsOf(contentFields) } as const;
  const asked = signatureOf(sent, ['content-type', '@target-uri', 'content-digest', '@method']);
  const deps = { keyOf: () => key.publicKey, crypto: nativeCrypto };
  assert.equal(verifyRequest({ method: 'POST', targetUri, body, fields: asked }, nowMs, deps).kind, 'signed');
  const given = {
    kind: 'response',
    status: 201,
    fields: fieldsOf(contentFields),
    request: { ...sent, fields: fieldsOf(asked) },
  } as const;
  const ofRequest = { name: 'signature', parameters: { req: true } };
  const answered = signatureOf(given, ['content-digest', ofRequest, '@status', 'content-type']);
  const received = { status: 201, body, fields: answered, requestSignature: asked.signature };
  assert.equal(verifyResponse(received, nowMs, deps).kind, 'signed');
  assert.equal(verifyResponse({ ...received, status: 200 }, nowMs, deps).kind, 'refused');
});
