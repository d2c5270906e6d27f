import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { createFetcher } from './fetch-url.ts';

async function serve(context: TestContext, listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const fetcher = createFetcher({ timeoutMs: 2000 });
  context.after(async () => {
    await fetcher.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/path`;
  const ask = { method: 'GET', headers: {}, allowPrivate: true } as const;
  return { url, ask, exchange: fetcher.exchange };
}

test('an answer is whole whatever its status, and a redirect is one', async (context) => {
  const { url, ask, exchange } = await serve(context, (request, response) => {
    request.setEncoding('utf8').on('data', (sent: string) => {
      response.writeHead(302, { location: '/elsewhere', 'content-type': 'text/plain' });
      response.end(`${request.method} ${String(request.headers['x-given'])} ${sent}`);
    });
  });
  const answer = await exchange(url, { ...ask, method: 'POST', headers: { 'x-given': 'yes' }, body: 'hello' });
  assert.deepEqual(
    [answer.status, answer.contentType, new TextDecoder().decode(answer.bytes)],
    [302, 'text/plain', 'POST yes hello'],
  );
});

test('an answer that comes byte by byte without end is given up', { timeout: 60_000 }, async (context) => {
  const { url, ask, exchange } = await serve(context, (_request, response) => {
    const drip = setInterval(() => response.write('.'), 50);
    response.on('close', () => clearInterval(drip));
  });
  await assert.rejects(exchange(`${url}?key=hush`, ask), {
    code: 'REMOTE_FAILED',
    message: `Cannot fetch ${url}?…: it took too long`,
  });
});

test('an answer is asked for from public addresses, and is at most 512 KiB', async (context) => {
  const { url, ask, exchange } = await serve(context, (_request, response) => {
    response.end('x'.repeat(512 * 1024 + 1));
  });
  await assert.rejects(exchange(url, ask), { code: 'INPUT_TOO_LARGE', message: /larger than 524288 bytes/ });
  await assert.rejects(exchange(url, { ...ask, allowPrivate: false }), { code: 'ADDRESS_REFUSED' });
  const signal = AbortSignal.abort(new Error('no longer wanted'));
  await assert.rejects(exchange(url, { ...ask, signal }), { code: 'REMOTE_FAILED', message: /no longer wanted/ });
});
