import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import fc from 'fast-check';
import type { ToldMatch } from '../form/told-match.ts';
import { waitMsAfter } from '../next-try.ts';
import { parseOutletAddress } from '../outlet-address.ts';
import { receiveWebhooks } from '../receivers-for-tests.ts';
import { sendSyslog } from './send-syslog.ts';
import { sendWebhook } from './send-webhook.ts';
import { signedHeaders, signingKeyBytes, writeSigningKey } from './sign-webhook.ts';
import { syslogHead } from './syslog-message.ts';

const never = new AbortController().signal;

test('a signature is over id, time and body, and the id is of what is said (Standard Webhooks 1.0.0)', () => {
  const key = signingKeyBytes('whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz') ?? assert.fail('a key is a key');
  assert.equal(Buffer.from(key).toString(), '012345678901234567890123');
  const headers = signedHeaders('outlet-1', '[]', key, 1_700_000_000_999);
  assert.equal(headers['webhook-timestamp'], '1700000000');
  assert.match(headers['webhook-id'] ?? '', /^msg_[\w-]{27}$/);
  const hmac = createHmac('sha256', '012345678901234567890123').update(`${headers['webhook-id']}.1700000000.[]`);
  assert.equal(headers['webhook-signature'], `v1,${hmac.digest('base64')}`);
  assert.equal(signedHeaders('outlet-1', '[]', key, 0)['webhook-id'], headers['webhook-id']);
  for (const other of [signedHeaders('outlet-2', '[]', key, 0), signedHeaders('outlet-1', '[1]', key, 0)])
    assert.notEqual(other['webhook-id'], headers['webhook-id']);
});

test('a signing key is whsec_ and 24 to 64 bytes in Base64, and nothing else is one', () => {
  for (const length of [24, 32, 64])
    assert.equal(signingKeyBytes(writeSigningKey(new Uint8Array(length)))?.length, length);
  const wrong = [
    writeSigningKey(new Uint8Array(23)),
    writeSigningKey(new Uint8Array(65)),
    'MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz',
  ];
  for (const text of [...wrong, 'whsec_', 'whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwM!!!', ''])
    assert.equal(signingKeyBytes(text), undefined, text);
});

test('the wait after failures doubles from a second to five minutes, is moved by a fifth, and never shorter than was asked for', () => {
  assert.deepEqual(
    [1, 2, 3, 9, 10, 99, 1e6].map((count) => waitMsAfter(count, 0.5)),
    [1000, 2000, 4000, 256_000, 300_000, 300_000, 300_000],
  );
  assert.deepEqual([waitMsAfter(1, 0), waitMsAfter(1, 1)], [800, 1200]);
  assert.deepEqual([waitMsAfter(1, 0.5, 60_000), waitMsAfter(10, 0.5, 60_000)], [60_000, 300_000]);
});

test('Retry-After is read as seconds and as a date, and is bounded (RFC 9110 §10.2.3)', async (context) => {
  const receiver = await receiveWebhooks(context);
  const nowMs = Date.UTC(2026, 0, 1);
  const ask = async (value: string) => {
    receiver.answer = (_, response) => response.writeHead(503, { 'retry-after': value }).end();
    const target = { url: receiver.url, authorization: undefined, allowPrivate: true, ca: undefined };
    const outcome = await sendWebhook(
      target,
      { body: '[]', type: 'a/b', headers: {} },
      { signal: never, timeoutMs: 20_000, nowMs },
    );
    assert.ok(!outcome.isSent);
    return outcome.retryAfterMs;
  };
  assert.equal(await ask('7'), 7000);
  assert.equal(await ask('Thu, 01 Jan 2026 00:01:00 GMT'), 60_000);
  assert.equal(await ask('Wed, 31 Dec 2025 00:00:00 GMT'), 0);
  assert.equal(await ask('999999999'), 3_600_000);
  assert.equal(await ask('soon'), undefined);
});

test('an answer is taken for what its first line says, however long its body is, and a receiver that says nothing is given up', async (context) => {
  const receiver = await receiveWebhooks(context);
  const send = (timeoutMs: number) =>
    sendWebhook(
      { url: receiver.url, authorization: undefined, allowPrivate: true, ca: undefined },
      { body: '[]', type: 'application/json', headers: {} },
      { signal: never, timeoutMs, nowMs: 0 },
    );
  receiver.answer = (_, response) => {
    response.writeHead(200);
    const more = (): void => void (response.destroyed || response.write('x'.repeat(65_536), more));
    more();
  };
  assert.deepEqual(await send(20_000), { isSent: true });
  receiver.answer = () => undefined;
  assert.deepEqual(await send(300), { isSent: false, reason: 'it took too long', wantsLess: true });
});

test('no address that is not public is connected to unless it is allowed, by name neither', async (context) => {
  const receiver = await receiveWebhooks(context);
  for (const host of ['127.0.0.1', 'localhost']) {
    const target = {
      url: `http://${host}:${receiver.port}/`,
      authorization: undefined,
      allowPrivate: false,
      ca: undefined,
    };
    const outcome = await sendWebhook(
      target,
      { body: '', type: 'a/b', headers: {} },
      { signal: never, timeoutMs: 20_000, nowMs: 0 },
    );
    assert.match(outcome.isSent ? '' : outcome.reason, /is no public address/, host);
    for (const transport of ['udp', 'tcp', 'tls'] as const) {
      const syslog = { transport, host, port: receiver.port, allowPrivate: false, ca: undefined };
      const answer = await sendSyslog(syslog, ['<1>1 - - - - - -'], { signal: never, timeoutMs: 20_000 });
      assert.match(answer.isSent ? '' : answer.reason, /is no public address/, `${transport} ${host}`);
    }
  }
  assert.deepEqual(receiver.posts, []);
});

test('a stream that is closed, or not read, before all was written is not sent', async (context) => {
  const message = 'x'.repeat(256 * 1024);
  const sendTo = async (take: Parameters<typeof createServer>[1], timeoutMs: number) => {
    const server = createServer(take);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    context.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const target = { transport: 'tcp', host: '127.0.0.1', port, allowPrivate: true, ca: undefined } as const;
    return await sendSyslog(
      target,
      Array.from({ length: 60 }, () => message),
      { signal: never, timeoutMs },
    );
  };
  const closing = await sendTo((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.destroy());
  }, 20_000);
  assert.equal(closing.isSent, false);
  const stuck = await sendTo((socket) => {
    socket.on('error', () => undefined);
    socket.pause();
  }, 1000);
  assert.deepEqual(stuck, { isSent: false, reason: 'it took too long', wantsLess: true });
  const gone = connect(1, '127.0.0.1');
  gone.on('error', () => undefined);
  const refused = { transport: 'tcp', host: '127.0.0.1', port: 1, allowPrivate: true, ca: undefined } as const;
  assert.match(JSON.stringify(await sendSyslog(refused, ['x'], { signal: never, timeoutMs: 20_000 })), /ECONNREFUSED/);
});

test('the head of a message stays one line and one element, whatever is in the match (RFC 5424 §6)', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 400 }),
        fc.string({ unit: fc.constantFrom('a', ']', '"', '\\', '\n', '\u0085', ' ', '=', '[') }),
      ),
      fc.string({ unit: 'binary', maxLength: 100 }),
      (text, host) => {
        const match: ToldMatch = {
          id: text,
          at: '2026-11-20T10:11:12.131Z',
          file: '',
          line: 0,
          record: '',
          value: text,
          kind: 'domain',
          relation: 'exact',
          alarm: true,
          indicator: { id: text, listed: text, label: { tlp: 'amber+strict', pap: 'red' } },
        };
        const head = syslogHead(match, { hostname: host, madeAt: '-' });
        assert.match(
          head,
          /^<116>1 2026-11-20T10:11:12\.131Z [\x21-\x7e]{1,255} comity - match \[comity@32473(?: [a-z]+="(?:[^"\\\]\p{Cc}]|\\["\\\]])*")+\] $/u,
        );
        assert.ok(Buffer.byteLength(head) < 1000);
      },
    ),
  );
});

test('addresses are read whole or not at all', () => {
  assert.deepEqual(parseOutletAddress('syslog', 'TLS://[2001:db8::1]:6514'), {
    kind: 'syslog',
    transport: 'tls',
    host: '2001:db8::1',
    port: 6514,
    encrypted: true,
  });
  const webhook = parseOutletAddress('webhook', 'http://us%40er:p%3Ass@h.example/a?b=c#d');
  assert.deepEqual(webhook, {
    kind: 'webhook',
    url: 'http://h.example/a?b=c',
    authorization: `Basic ${Buffer.from('us@er:p:ss').toString('base64')}`,
    encrypted: false,
  });
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), fc.constantFrom('webhook' as const, 'syslog' as const), (text, kind) => {
      try {
        parseOutletAddress(kind, text);
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'ARGUMENT_INVALID');
      }
    }),
  );
});
