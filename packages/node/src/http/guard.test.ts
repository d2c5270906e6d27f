import assert from 'node:assert/strict';
import test from 'node:test';
import { assertHost, assertSameOrigin } from './guard.ts';

const accepts = (host: string, boundHost: string, allowedHosts: string[] = []): boolean => {
  try {
    assertHost({ host }, { boundHost, allowedHosts });
    return true;
  } catch (error) {
    assert.equal((error as { code?: unknown }).code, 'NOT_ALLOWED');
    return false;
  }
};

test('a node on loopback answers under the names of loopback only, whatever the port', () => {
  for (const host of ['127.0.0.1:8642', '127.0.0.1', 'localhost:1', 'LOCALHOST', '[::1]:8642']) {
    assert.ok(accepts(host, '127.0.0.1'), host);
  }
  for (const host of [
    '',
    'evil.example',
    'evil.example:8642',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '192.0.2.1',
    '[::1',
    '127.0.0.1:80:80',
  ]) {
    assert.ok(!accepts(host, '127.0.0.1'), host);
  }
});

test('a further name is answered when it is allowed, without regard to case', () => {
  assert.ok(accepts('Comity.example:443', '127.0.0.1', ['comity.EXAMPLE']));
  assert.ok(!accepts('www.comity.example', '127.0.0.1', ['comity.example']));
  for (const allowed of ['[2001:db8::7]', '2001:DB8::7']) assert.ok(accepts('[2001:db8::7]:8642', '::1', [allowed]));
});

test('a node on every address answers under any address, since only names can be rebound', () => {
  assert.ok(accepts('192.0.2.7:8642', '0.0.0.0'));
  assert.ok(accepts('[2001:db8::7]:8642', '::'));
  assert.ok(accepts('localhost', '0.0.0.0'));
  assert.ok(!accepts('evil.example', '0.0.0.0'));
});

test('a node on one address of a network answers under that address only', () => {
  assert.ok(accepts('192.0.2.7:8642', '192.0.2.7'));
  assert.ok(!accepts('localhost', '192.0.2.7'));
});

test('requests of other sites are refused by Origin and by Sec-Fetch-Site; programs send neither', () => {
  const host = '127.0.0.1:8642';
  const allowed = [
    {},
    { origin: 'http://127.0.0.1:8642' },
    { 'sec-fetch-site': 'same-origin', origin: 'http://127.0.0.1:8642' },
    { 'sec-fetch-site': 'none' },
  ];
  for (const headers of allowed) assertSameOrigin({ host, ...headers });
  const refused = [
    { origin: 'http://evil.example' },
    { origin: 'http://127.0.0.1:9999' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:8642', 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ];
  for (const headers of refused) assert.throws(() => assertSameOrigin({ host, ...headers }), { code: 'NOT_ALLOWED' });
});
