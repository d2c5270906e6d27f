import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';
import test from 'node:test';
import { subscribe } from '@comity/protocol/client';
import type { LiveEvent } from '@comity/protocol/client';
import { serveNode, until } from '../node-for-tests.ts';
import type { ServedNode } from '../node-for-tests.ts';

/** A request with headers `fetch` would not send. */
function ask(node: ServedNode, path: string, headers: Record<string, string>, method = 'GET') {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    const sent = request(`${node.url}${path}`, { method, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('every answer carries the security headers: page, API, problem, refused host', async (context) => {
  const node = await serveNode(context);
  const answers = [
    await ask(node, '/', {}),
    await ask(node, '/health', {}),
    await ask(node, '/api/v1/overview', {}),
    await ask(node, '/api/v1/no-such-route', {}),
    await ask(node, '/health', { host: 'evil.example' }),
  ];
  for (const { headers } of answers) {
    const policy = String(headers['content-security-policy']);
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ]) {
      assert.ok(policy.includes(part), part);
    }
    assert.ok(!/unsafe|\*|https?:/.test(policy), policy);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
  }
  assert.deepEqual(
    answers.slice(2).map((answer) => answer.status),
    [401, 404, 403],
  );
});

test('a foreign Host is refused even for what is open to all (DNS rebinding)', async (context) => {
  const node = await serveNode(context, { allowedHosts: ['comity.example'] });
  for (const path of ['/', '/health', '/api/v1/openapi.json', '/api/v1/session', '/sign-in']) {
    assert.equal((await ask(node, path, { host: 'evil.example' })).status, 403, path);
  }
  assert.equal((await ask(node, '/health', { host: 'comity.example' })).status, 200);
});

test('signing in: the code works once, the cookie is for this node alone, and signing out ends it', async (context) => {
  const node = await serveNode(context);
  const signIn = () =>
    fetch(`${node.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: node.signInCode }),
    });
  const answer = await signIn();
  const cookie = answer.headers.get('set-cookie') ?? '';
  const { port } = new URL(node.url);
  assert.match(cookie, new RegExp(`^comity_session_${port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`));
  assert.equal((await signIn()).status, 401);

  const headers = { cookie: `other=1; ${cookie.split(';')[0]}` };
  assert.equal((await ask(node, '/api/v1/session', headers)).status, 200);
  assert.equal((await ask(node, '/api/v1/session', { cookie: headers.cookie.replace(port, '1') })).status, 401);
  assert.equal((await ask(node, '/api/v1/session', { ...headers, 'sec-fetch-site': 'cross-site' })).status, 403);
  const out = await ask(node, '/api/v1/session', headers, 'DELETE');
  assert.equal(out.status, 204);
  assert.match(String(out.headers['set-cookie']), /Max-Age=0/);
  assert.equal((await ask(node, '/api/v1/session', headers)).status, 401);
});

test('behind a proxy with TLS the cookie is Secure, the link has the public address and its name is answered', async (context) => {
  const node = await serveNode(context, { publicUrl: 'https://comity.example' });
  const { url } = await node.client.createSignIn();
  assert.match(url, /^https:\/\/comity\.example\/sign-in#code=/);
  const answer = await fetch(`${node.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: url.replace(/.*#code=/, '') }),
  });
  assert.match(
    answer.headers.get('set-cookie') ?? '',
    /^__Host-comity_session_\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
  );
  assert.equal((await ask(node, '/health', { host: 'comity.example' })).status, 200);
});

test('matches, imports and sources arrive live, within a second of the record', async (context) => {
  const node = await serveNode(context);
  const stop = new AbortController();
  const seen: LiveEvent[] = [];
  const states: string[] = [];
  const follow = async () => {
    const wait = (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
      });
    const options = { signal: stop.signal, onState: (state: string) => void states.push(state) };
    for await (const event of subscribe(node.client, options, { wait })) seen.push(event);
  };
  const following = follow();
  await until(() => states.includes('open'), 'the stream is open');
  await node.client.createImport({ query: { name: 'live' }, body: 'live.example\n' });
  const source = await node.client.addSource({ body: { kind: 'http', name: 'live' } });
  const push = () => node.client.pushRecords({ params: { id: source.id }, body: 'to live.example\n' });
  await until(async () => (await push()).matches > 0, 'the indicator acts');
  const matchesSeen = (): number => seen.filter((event) => event.name === 'match').length;
  await until(() => matchesSeen() === 1, 'the match arrives');
  // The quickest of three, whatever else the machine does.
  const tookMs: number[] = [];
  for (const count of [2, 3, 4]) {
    await push();
    const pushedAt = performance.now();
    await until(() => matchesSeen() === count, 'the next match arrives');
    tookMs.push(performance.now() - pushedAt);
  }
  assert.ok(Math.min(...tookMs) < 1000, tookMs.join(', '));
  const match = seen.find((event) => event.name === 'match');
  assert.equal(match?.data.value, 'live.example');
  assert.ok(seen.some((event) => event.name === 'import' && event.data.status === 'done'));
  const isOurs = (event: LiveEvent) => event.name === 'source' && event.data.id === source.id;
  await until(() => seen.some(isOurs), 'the source tells of itself');
  stop.abort();
  await following;
});

test('a node that stops ends its live streams and does not wait for those who read them', async (context) => {
  const cleanups: (() => unknown)[] = [];
  const node = await serveNode({ after: (fn) => void cleanups.push(fn) });
  const answer = await node.client.events();
  const stalled = connect(Number(new URL(node.url).port), '127.0.0.1', () =>
    stalled.write('POST /api/v1/session HTTP/1.1\r\n'),
  );
  context.after(() => stalled.destroy());
  stalled.on('error', () => undefined);
  const startedAt = performance.now();
  for (const fn of cleanups) await fn();
  assert.ok(performance.now() - startedAt < 10_000);
  assert.match(await answer.text().catch(() => ': live'), /^: live/);
});

test('a fault of the program is answered without its message or stack, and is in the log under its id', async (context) => {
  let broken = false;
  const served = await serveNode(
    context,
    {},
    {
      randomBytes: (count) => {
        if (broken) throw new Error('secret of the program');
        return new Uint8Array(count).fill(7);
      },
    },
  );
  broken = true;
  const answer = await fetch(`${served.url}/api/v1/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${served.token}`, 'content-type': 'application/json' },
    body: '{"name":"x","scopes":["read"]}',
  });
  const text = await answer.text();
  assert.equal(answer.status, 500);
  assert.ok(!text.includes('secret'), text);
  const { details } = JSON.parse(text) as { details: { errorId: string } };
  const logged = served.faults.find((fault) => fault.errorId === details.errorId);
  assert.match(logged?.stack ?? '', /secret of the program/);
});

/** What the node answers to bytes, until it closes the connection. */
function answerTo(node: ServedNode, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let answered = '';
    const socket = connect(Number(new URL(node.url).port), '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (answered += chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answered));
  });
}

test('what is no HTTP, and headers that are too long or name no host, are problems too (RFC 9457)', async (context) => {
  const node = await serveNode(context);
  const refused: [string, number, string][] = [
    ['nonsense\r\n\r\n', 400, 'ARGUMENT_INVALID'],
    ['POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n', 400, 'ARGUMENT_INVALID'],
    [`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(50_000)}\r\n\r\n`, 413, 'INPUT_TOO_LARGE'],
    ['GET /health HTTP/1.1\r\nConnection: close\r\n\r\n', 403, 'NOT_ALLOWED'],
  ];
  for (const [bytes, status, code] of refused) {
    const answer = await answerTo(node, bytes);
    assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), bytes.slice(0, 40));
    assert.match(answer, /content-type: application\/problem\+json/i);
    assert.match(answer, /content-security-policy: default-src 'none'/i);
    assert.match(answer, new RegExp(`"code":"${code}"`));
  }
});

test('another method than there is gets 405 and Allow; HEAD asks what GET would answer (RFC 9110, 9.3.2 and 15.5.6)', async (context) => {
  const node = await serveNode(context);
  const authorization = `Bearer ${node.token}`;
  const refused: [string, string, string][] = [
    ['PUT', '/api/v1/imports', 'GET, HEAD, POST'],
    ['OPTIONS', '/api/v1/tokens/tok-1', 'DELETE'],
    ['DELETE', '/health', 'GET, HEAD'],
    ['HEAD', '/api/v1/events', 'GET'],
    ['POST', '/sign-in', 'GET, HEAD'],
  ];
  for (const [method, path, allow] of refused) {
    const answer = await ask(node, path, { authorization }, method);
    assert.deepEqual([answer.status, answer.headers['allow']], [405, allow], `${method} ${path}`);
    if (method !== 'HEAD') assert.match(answer.text, /"code":"METHOD_NOT_ALLOWED"/);
  }
  for (const path of ['/health', '/metrics', '/api/v1/overview', '/api/v1/imports']) {
    const [head, get] = [await ask(node, path, { authorization }, 'HEAD'), await ask(node, path, { authorization })];
    assert.deepEqual([head.status, head.text, head.headers['content-type']], [200, '', get.headers['content-type']]);
  }
  assert.equal((await ask(node, '/api/v1/overview', {}, 'HEAD')).status, 401);
  assert.equal((await ask(node, '/api/v1/no-such', { authorization }, 'PUT')).status, 404);
});

test('a stream of a token that is withdrawn, or of a session that was ended, does not go on', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval'] });
  const node = await serveNode(context);
  const { secret, id } = await node.client.createToken({ body: { name: 'reader', scopes: ['read'] } });
  const answer = await node.clientWith(secret).events();
  const other = await node.client.events();
  await node.client.deleteToken({ params: { id } });
  context.mock.timers.tick(15_000);
  await assert.rejects(answer.text());
  const reader = other.body?.getReader();
  assert.equal((await reader?.read())?.done, false);
  await reader?.cancel();
});

test('who guesses codes keeps nobody out who has the link', async (context) => {
  const node = await serveNode(context);
  const tries = Array.from({ length: 12 }, () =>
    node.client.signIn({ body: { code: 'guess' } }).catch((error: unknown) => (error as { code: string }).code),
  );
  assert.ok((await Promise.all(tries)).includes('TOO_MANY_REQUESTS'));
  assert.equal((await node.client.signIn({ body: { code: node.signInCode } })).name, 'operator');
});

test('a body nobody reads, because the request was refused, ends nothing but its connection when it stalls or breaks off', async (context) => {
  const node = await serveNode(context, { bodyIdleMs: 50 });
  const heads = [
    `POST /api/v1/session HTTP/1.1\r\nContent-Type: text/plain`,
    `POST /api/v1/imports HTTP/1.1\r\nAuthorization: Bearer ${node.token}`,
    `POST /api/v1/sources/src-00000000/records HTTP/1.1\r\nAuthorization: Bearer ${node.token}`,
  ];
  for (const head of heads) {
    const answer = await answerTo(node, `${head}\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{`);
    assert.match(answer, /"code":"(?:ARGUMENT_INVALID|NOT_FOUND)"/);
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal((await node.client.health()).status, 'ok');
  assert.deepEqual(node.faults, []);
});

test('an export whose filter is refused is a problem, not an answer that breaks off', async (context) => {
  const node = await serveNode(context);
  for (const text of ['x'.repeat(257), '\0', '"']) {
    const { status } = await ask(node, `/api/v1/export?text=${encodeURIComponent(text)}`, {
      authorization: `Bearer ${node.token}`,
    });
    assert.equal(status, text.length > 256 ? 400 : 200, text.slice(0, 5));
  }
});
