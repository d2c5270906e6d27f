import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import test from 'node:test';
import { TLSSocket } from 'node:tls';
import { isEncrypted } from './is-encrypted.ts';

const url = 'https://exchange.example';
const plain = new Socket();
const secure = new TLSSocket(new Socket());
const at = (headers: Record<string, string>, socket: Socket = plain, proxyUrl: string | undefined = url) =>
  isEncrypted({ headers, socket }, proxyUrl);

test('over TLS a request is encrypted, without it and without a proxy it is not, whatever it says', () => {
  assert.equal(isEncrypted({ headers: {}, socket: secure }, undefined), true);
  for (const headers of [{}, { 'x-forwarded-proto': 'https' }, { host: 'exchange.example' }])
    assert.equal(isEncrypted({ headers, socket: plain }, undefined), false);
});

test('behind a proxy with TLS what came under its name is encrypted, or what the proxy says so of', () => {
  assert.equal(at({ host: 'Exchange.example' }), true);
  assert.equal(at({ host: '127.0.0.1:8642', 'x-forwarded-proto': 'https' }), true);
  assert.equal(at({ host: '127.0.0.1:8642', forwarded: 'for=192.0.2.7;proto=https;by=192.0.2.1' }), true);
  assert.equal(at({ host: '127.0.0.1:8642', forwarded: 'proto="https"' }), true);
  assert.equal(at({ host: 'exchange.example:8443' }, plain, 'https://exchange.example:8443'), true);
});

test('past the proxy it is not, nor when a proxy says that its client came in the clear', () => {
  assert.equal(at({ host: '192.0.2.9:8642' }), false);
  assert.equal(at({}), false);
  assert.equal(at({ host: 'exchange.example' }, plain, 'http://exchange.example'), false);
  for (const socket of [plain, secure]) {
    assert.equal(at({ host: 'exchange.example', 'x-forwarded-proto': 'http' }, socket), false);
    assert.equal(at({ host: 'exchange.example', 'x-forwarded-proto': 'https, http' }, socket), false);
    assert.equal(at({ host: 'exchange.example', forwarded: 'for=192.0.2.7;proto=http' }, socket), false);
  }
});
