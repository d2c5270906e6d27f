import assert from 'node:assert/strict';
import test from 'node:test';
import { ComityError } from '../base/index.ts';
import { createClient, readEventStream, subscribe } from './index.ts';
import type { StreamEvent } from './index.ts';

interface Sent {
  url: string;
  init: RequestInit;
}

function clientAnswering(answer: (sent: Sent) => Response) {
  const sent: Sent[] = [];
  const fetch: typeof globalThis.fetch = async (url, init = {}) => {
    assert.ok(typeof url === 'string');
    sent.push({ url, init });
    return answer({ url, init });
  };
  return { sent, client: createClient({ baseUrl: 'http://node.example', token: 'secret' }, { fetch }) };
}

const bytesOf = async function* (...chunks: string[]) {
  for (const chunk of chunks) yield new TextEncoder().encode(chunk);
};

async function eventsOf(...chunks: string[]): Promise<StreamEvent[]> {
  const seen: StreamEvent[] = [];
  for await (const event of readEventStream(bytesOf(...chunks))) seen.push(event);
  return seen;
}

test('a call puts parameters, query, body and token where the route has them', async () => {
  const { sent, client } = clientAnswering(() => Response.json({ released: 1, unknown: [] }));
  const answer = await client.release({ body: { values: ['evil.example'], reason: 'ours' } });
  assert.deepEqual(answer, { released: 1, unknown: [] });
  await client.getIntel({ params: { id: 'indicator--a/b' } });
  await client.searchIntel({ query: { text: 'a b&c', limit: 5, state: undefined } });
  assert.deepEqual(
    sent.map(({ url, init }) => `${init.method} ${url}`),
    [
      'POST http://node.example/api/v1/held-back/release',
      'GET http://node.example/api/v1/intel/indicator--a%2Fb',
      'GET http://node.example/api/v1/intel?text=a+b%26c&limit=5',
    ],
  );
  assert.equal(sent[0]?.init.body, '{"values":["evil.example"],"reason":"ours"}');
  assert.equal(new Headers(sent[0]?.init.headers).get('authorization'), 'Bearer secret');
});

test('an answer that is a problem becomes the error it was, with code, message and details', async () => {
  const { client } = clientAnswering(() =>
    Response.json(
      {
        type: 'about:blank',
        title: 't',
        status: 404,
        code: 'NOT_FOUND',
        detail: 'Cannot find x',
        details: { id: 'x' },
      },
      { status: 404 },
    ),
  );
  await assert.rejects(client.getIntel({ params: { id: 'x' } }), (error) => {
    assert.ok(error instanceof ComityError);
    assert.deepEqual([error.code, error.message, error.details], ['NOT_FOUND', 'Cannot find x', { id: 'x' }]);
    return true;
  });
});

test('an answer that is no problem document is REMOTE_FAILED, no answer is NODE_UNREACHABLE', async () => {
  const proxy = clientAnswering(() => new Response('<html>Bad gateway', { status: 502 }));
  await assert.rejects(proxy.client.overview(), { code: 'REMOTE_FAILED' });
  const unknownCode = clientAnswering(() =>
    Response.json({ type: '', title: '', status: 400, code: 'constructor', detail: '' }, { status: 400 }),
  );
  await assert.rejects(unknownCode.client.overview(), { code: 'REMOTE_FAILED' });
  const cut = clientAnswering(() => {
    const body = new ReadableStream({ start: (controller) => controller.error(new TypeError('terminated')) });
    return new Response(body, { status: 500 });
  });
  await assert.rejects(cut.client.overview(), { code: 'REMOTE_FAILED' });
  const dead = clientAnswering(() => {
    throw new TypeError('fetch failed');
  });
  await assert.rejects(dead.client.overview(), { code: 'NODE_UNREACHABLE' });
});

test('bytes are sent as they are, a stream half duplex, under the key of the sender', async () => {
  const { sent, client } = clientAnswering(() => Response.json({ records: 1, matches: 0 }));
  await client.pushRecords({ params: { id: 'src-1' }, body: 'a line\n', idempotencyKey: 'a"b' });
  const headers = { headers: { 'content-type': 'text/plain' } };
  await client.pushRecords({ params: { id: 'src-1' }, body: new Blob(['a line\n']).stream() }, headers);
  assert.deepEqual(
    sent.map(({ init }) => [
      new Headers(init.headers).get('content-type'),
      new Headers(init.headers).get('idempotency-key'),
      'duplex' in init && init.duplex,
    ]),
    [
      ['application/octet-stream', String.raw`"a\"b"`, false],
      ['text/plain', null, 'half'],
    ],
  );
  assert.equal(sent[0]?.init.body, 'a line\n');
});

test('what has no answer gives undefined; a parameter that is missing is told before anything is sent', async () => {
  const { sent, client } = clientAnswering(() => new Response(null, { status: 204 }));
  assert.equal(await client.deleteSource({ params: { id: 'src-1' } }), undefined);
  const without = {} as { id: string };
  await assert.rejects(client.deleteSource({ params: without }), {
    code: 'ARGUMENT_INVALID',
    message: 'Cannot call /api/v1/sources/:id: id is missing',
  });
  assert.equal(sent.length, 1);
});

test('a call that is aborted rejects with the reason of its signal', async () => {
  const stop = new AbortController();
  const { client } = clientAnswering(() => {
    stop.abort(new Error('enough'));
    throw new DOMException('aborted', 'AbortError');
  });
  await assert.rejects(client.overview({}, { signal: stop.signal }), /enough/);
});

test('event streams (WHATWG HTML 9.2.6): fields, comments, several data lines, all line ends', async () => {
  assert.deepEqual(await eventsOf(': hello\nevent: match\nid: 7\ndata: {"a":1}\n\n'), [
    { event: 'match', id: '7', data: '{"a":1}' },
  ]);
  assert.deepEqual(await eventsOf('data: a\r\ndata:b\r\n\r\nid: 1\n\ndata\rdata: c\r\rdata: unfinished\n'), [
    { event: 'message', id: '', data: 'a\nb' },
    { event: 'message', id: '1', data: '\nc' },
  ]);
});

test('event streams read the same however they are cut into chunks', async () => {
  const text = 'id: 1\r\nevent: match\r\ndata: ü€😀\r\n\r\ndata: x\n\n: c\n\ndata: y\r\n\n';
  const whole = await eventsOf(text);
  assert.equal(whole.length, 3);
  const bytes = new TextEncoder().encode(text);
  for (let at = 1; at < bytes.length; at += 1) {
    const cut = async function* () {
      yield bytes.subarray(0, at);
      yield bytes.subarray(at);
    };
    const seen: StreamEvent[] = [];
    for await (const event of readEventStream(cut())) seen.push(event);
    assert.deepEqual(seen, whole, `cut at byte ${at}`);
  }
});

test('an event that never ends is INPUT_TOO_LARGE, not memory', async () => {
  const endless = async function* () {
    for (;;) yield new TextEncoder().encode(`data: ${'x'.repeat(65_536)}\n`);
  };
  await assert.rejects(
    (async () => {
      for await (const event of readEventStream(endless())) assert.fail(event.data);
    })(),
    { code: 'INPUT_TOO_LARGE' },
  );
});

test('a subscription reconnects after the last event it saw and tells when the stream broke', async () => {
  const stop = new AbortController();
  const streams = [
    'id: a-1\nevent: lost\ndata: {"count":0}\n\n',
    'id: a-2\nevent: unheard-of\ndata: {}\n\nid: a-3\nevent: lost\ndata: {"count":2}\n\n',
  ];
  const { client, sent } = clientAnswering(() => new Response(streams.shift() ?? null));
  const states: string[] = [];
  const seen: unknown[] = [];
  const onState = (state: string) => void states.push(state);
  const wait = async (ms: number, signal: AbortSignal) => {
    if (ms < 45_000) return;
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  };
  for await (const event of subscribe(client, { signal: stop.signal, onState }, { wait })) {
    seen.push([event.id, event.data]);
    if (seen.length === 2) stop.abort();
  }
  assert.deepEqual(seen, [
    ['a-1', { count: 0 }],
    ['a-3', { count: 2 }],
  ]);
  assert.deepEqual(states, ['open', 'broken', 'open']);
  assert.equal(new Headers(sent[1]?.init.headers).get('last-event-id'), 'a-1');
});

test('a stream that breaks, is silent or has no body is told as such, and tried again ever later', async () => {
  const stop = new AbortController();
  let tries = 0;
  const { client } = clientAnswering(({ init }) => {
    tries += 1;
    if (tries === 1) return new Response(null);
    const body = new ReadableStream({
      start(controller) {
        if (tries === 2) controller.error(new TypeError('terminated'));
        else init.signal?.addEventListener('abort', () => controller.error(init.signal?.reason));
      },
    });
    return new Response(body);
  });
  const told: unknown[] = [];
  const onState = (state: string, reason?: ComityError) => void told.push(reason?.message ?? state);
  const waits: number[] = [];
  const wait = async (ms: number, signal: AbortSignal) => {
    waits.push(ms);
    // The first silence is one; until then, and for what the stream ends itself, time stands still.
    if (ms === 45_000 && tries < 3) {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    }
    if (ms === 4000) stop.abort();
  };
  for await (const event of subscribe(client, { signal: stop.signal, onState, retryMs: 1000 }, { wait })) {
    assert.fail(event.id);
  }
  assert.deepEqual(told, [
    'Cannot follow events: the answer has no body',
    'open',
    'Cannot follow events: the connection broke',
    'open',
    'Cannot follow events: silence',
  ]);
  assert.deepEqual(waits, [1000, 45_000, 2000, 45_000, 4000]);
});

test('a subscription ends with an error when it is no longer signed in', async () => {
  const { client } = clientAnswering(() =>
    Response.json({ type: '', title: '', status: 401, code: 'NOT_SIGNED_IN', detail: 'Cannot' }, { status: 401 }),
  );
  const run = subscribe(client, { signal: new AbortController().signal }, { wait: async () => undefined });
  await assert.rejects(run.next(), { code: 'NOT_SIGNED_IN' });
});
