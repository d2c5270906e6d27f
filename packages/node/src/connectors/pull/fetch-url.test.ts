import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { ComityError } from '@comity/protocol/base';
import { openStream } from '@comity/screen';
import { allowsPrivate, allowsPublic } from './address-guard.ts';
import { createFetcher } from './fetch-url.ts';
import type { FetchDeps, Fetched, FetchOptions } from './fetch-url.ts';

const servers: Server[] = [];
after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/** A real server on loopback; `asked` collects what it was sent. */
async function serve(
  listener: RequestListener,
  host = '127.0.0.1',
): Promise<{ origin: string; port: number; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    listener(request, response);
  });
  servers.push(server);
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return { origin: `http://${host}:${address.port}`, port: address.port, asked };
}

async function fetchWith(
  url: string,
  deps: FetchDeps = {},
  options: Partial<FetchOptions> = {},
): Promise<Fetched & { text?: string }> {
  const fetcher = createFetcher({ timeoutMs: 20_000, ...deps });
  try {
    const fetched = await fetcher.fetchUrl(url, { allowPrivate: true, ...options });
    if (fetched.kind === 'unchanged') return fetched;
    const parts: Uint8Array[] = [];
    for await (const chunk of fetched.chunks) parts.push(chunk);
    return { ...fetched, text: Buffer.concat(parts).toString('utf8') };
  } finally {
    await fetcher.close();
  }
}

const refusedWith =
  (code: string, pattern = /./) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof ComityError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, pattern);
    return true;
  };

test('a document is fetched with what the server may be asked next time, and then found unchanged', async () => {
  const { origin, asked } = await serve((request, response) => {
    if (request.headers['if-none-match'] === '"v1"') response.writeHead(304).end();
    else
      response.writeHead(200, { etag: '"v1"', 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT' }).end('evil.example\n');
  });
  const first = await fetchWith(`${origin}/list`);
  assert.ok(first.kind === 'content');
  assert.equal(first.text, 'evil.example\n');
  const again = await fetchWith(`${origin}/list`, {}, { validators: first.validators });
  assert.equal(again.kind, 'unchanged');
  assert.equal(asked[1]?.headers['if-modified-since'], 'Thu, 01 Jan 2026 00:00:00 GMT');
});

test('a private address is refused before anything is sent, in the URL and behind a name', async () => {
  const { port, asked } = await serve((_, response) => response.end('secret'));
  for (const host of [
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '169.254.169.254',
    'localhost',
  ]) {
    await assert.rejects(
      fetchWith(`http://${host}:${port}/`, {}, { allowPrivate: false }),
      refusedWith('ADDRESS_REFUSED'),
    );
  }
  const inside: FetchDeps = { resolve: (_, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]) };
  await assert.rejects(
    fetchWith(`http://feed.example:${port}/`, inside, { allowPrivate: false }),
    refusedWith('ADDRESS_REFUSED', /127\.0\.0\.1/),
  );
  assert.equal(asked.length, 0);
});

test('a name that changes its mind between two look-ups is judged at each connection', async () => {
  const { port, asked } = await serve((_, response) => response.end('secret'), '127.0.0.2');
  const answers = ['192.0.2.1', '127.0.0.2'];
  const deps: FetchDeps = {
    guard: (address) => address !== '127.0.0.2',
    resolve: (_, callback) => callback(null, [{ address: answers.pop() ?? '', family: 4 }]),
  };
  await assert.rejects(fetchWith(`http://feed.example:${port}/`, deps), refusedWith('ADDRESS_REFUSED'));
  assert.equal(asked.length, 0);
});

test('the cloud’s metadata address is refused even where private addresses are allowed', async () => {
  await assert.rejects(fetchWith('http://169.254.169.254/latest/meta-data'), refusedWith('ADDRESS_REFUSED'));
  assert.ok(allowsPrivate('10.0.0.1') && allowsPrivate('127.0.0.1') && !allowsPrivate('169.254.169.254'));
});

test('each redirect is judged: to a private address, another scheme, or too many', async () => {
  const inside = await serve((_, response) => response.end('secret'), '127.0.0.2');
  const { origin } = await serve((request, response) => {
    const to: Record<string, string> = {
      '/in': inside.origin,
      '/file': 'file:///etc/passwd',
      '/loop': '/loop',
      '/ok': '/end',
    };
    const location = to[request.url ?? ''];
    if (location === undefined) response.end('reached');
    else response.writeHead(302, { location }).end();
  });
  const outside: FetchDeps = { guard: (address) => address === '127.0.0.1' };
  await assert.rejects(fetchWith(`${origin}/in`, outside), refusedWith('ADDRESS_REFUSED', /127\.0\.0\.2/));
  await assert.rejects(fetchWith(`${origin}/file`, outside), refusedWith('ADDRESS_REFUSED', /no http/));
  await assert.rejects(fetchWith(`${origin}/loop`, outside), refusedWith('REMOTE_FAILED', /redirects/));
  assert.equal((await fetchWith(`${origin}/ok`, outside)).text, 'reached');
  assert.equal(inside.asked.length, 0);
});

test('credentials go to the host they were meant for, stand in no message, and do not follow a redirect', async () => {
  const other = await serve((_, response) => response.writeHead(500).end());
  const { origin, asked, port } = await serve((_, response) =>
    response.writeHead(302, { location: other.origin }).end(),
  );
  await assert.rejects(fetchWith(`http://user:s%40cret@127.0.0.1:${port}/`), (error) => {
    assert.ok(error instanceof ComityError);
    assert.doesNotMatch(error.message, /cret/);
    return refusedWith('REMOTE_FAILED', /500/)(error);
  });
  assert.equal(asked[0]?.headers.authorization, `Basic ${Buffer.from('user:s@cret').toString('base64')}`);
  assert.equal(other.asked[0]?.headers.authorization, undefined);
  assert.notEqual(origin, other.origin);
});

test('credentials stay behind for good once a redirect left their host, also where it leads back', async () => {
  const asked: (string | undefined)[] = [];
  const away = await serve((_, response) => response.writeHead(302, { location: `${home.origin}/back` }).end());
  const home = await serve((request, response) => {
    asked.push(request.headers.authorization);
    if (request.url === '/start') response.writeHead(302, { location: '/next' }).end();
    else if (request.url === '/next') response.writeHead(302, { location: away.origin }).end();
    else response.end('reached');
  });
  assert.equal((await fetchWith(`http://user:secret@127.0.0.1:${home.port}/start`)).text, 'reached');
  const authorization = `Basic ${Buffer.from('user:secret').toString('base64')}`;
  assert.deepEqual(asked, [authorization, authorization, undefined]);
});

test('no message shows the credentials or the query of a URL', async () => {
  const { port } = await serve((request, response) => {
    if (request.url?.startsWith('/odd') === true)
      response.writeHead(302, { location: 'ftp://u:s3cret@h/?k=s3cret' }).end();
    else response.writeHead(500).end();
  });
  const urls = [`http://u:s3cret@127.0.0.1:${port}/x?key=s3cret`, `http://127.0.0.1:${port}/odd`];
  for (const url of [...urls, 'ftp://u:s3cret@198.51.100.1/?k=s3cret', 'https://u:s3cret@', 'https://u:s3cret@h:x/']) {
    await assert.rejects(fetchWith(url), (error: Error) => {
      assert.doesNotMatch(error.message, /s3cret/);
      return error instanceof ComityError;
    });
  }
});

test('a redirect or a refusal whose body never ends is taken at once', async () => {
  const { origin } = await serve((request, response) => {
    if (request.url === '/end') return void response.end('reached');
    response.writeHead(request.url === '/moved' ? 302 : 404, { location: '/end' });
    response.write('x');
  });
  const began = performance.now();
  assert.equal((await fetchWith(`${origin}/moved`)).text, 'reached');
  await assert.rejects(fetchWith(`${origin}/none`), refusedWith('REMOTE_FAILED', /404/));
  assert.ok(performance.now() - began < 15_000);
});

test('a validator that could not be sent back is not kept', async () => {
  const { origin } = await serve((_, response) => {
    response.socket?.end('HTTP/1.1 200 OK\r\nETag: "v\u20ac1"\r\nLast-Modified: now\r\nContent-Length: 1\r\n\r\nx');
  });
  const fetched = await fetchWith(origin);
  assert.deepEqual(fetched.kind === 'content' && fetched.validators, { lastModified: 'now' });
});

test('the time limit is the server’s: work on what it sent may take longer', async () => {
  const { origin } = await serve((_, response) => {
    response.write('first');
    globalThis.setTimeout(() => response.end('last'), 100);
  });
  const fetcher = createFetcher({ timeoutMs: 500 });
  const fetched = await fetcher.fetchUrl(origin, { allowPrivate: true });
  assert.ok(fetched.kind === 'content');
  let text = '';
  for await (const chunk of fetched.chunks) {
    text += Buffer.from(chunk).toString();
    await setTimeout(700);
  }
  assert.equal(text, 'firstlast');
  await fetcher.close();
});

test('a body longer than it was announced to be ends where it was announced', async () => {
  const { origin } = await serve((_, response) => {
    response.socket?.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhonest and some more');
  });
  assert.equal((await fetchWith(origin)).text, 'hones');
});

test('a document over the limit is refused by its announced size, and cut off where it announces none', async () => {
  const { origin } = await serve((request, response) => {
    const body = Buffer.alloc(100_000, 'a');
    if (request.url === '/announced') response.writeHead(200, { 'content-length': body.length }).end(body);
    else {
      response.write(body);
      response.end(body);
    }
  });
  await assert.rejects(fetchWith(`${origin}/announced`, { bytesMax: 50_000 }), refusedWith('INPUT_TOO_LARGE'));
  await assert.rejects(fetchWith(`${origin}/chunked`, { bytesMax: 150_000 }), refusedWith('INPUT_TOO_LARGE'));
});

test('a gzip bomb is stopped by the opener while it arrives', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  const { origin } = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
  const fetcher = createFetcher({ timeoutMs: 5000 });
  const fetched = await fetcher.fetchUrl(origin, { allowPrivate: true });
  assert.ok(fetched.kind === 'content');
  const opened = async (): Promise<void> => {
    for await (const input of openStream('bomb', fetched.chunks))
      for await (const chunk of input.chunks) assert.ok(chunk.length > 0);
  };
  await assert.rejects(opened(), refusedWith('ARCHIVE_BOMB'));
  await fetcher.close();
});

test('an encoding that was not asked for is refused', async () => {
  const { origin } = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'br' }).end('x'));
  await assert.rejects(fetchWith(origin), refusedWith('REMOTE_FAILED', /encoding/));
});

test('a server that does not answer, stops in the middle or trickles is given up at the time limit', async () => {
  const { origin } = await serve((request, response) => {
    if (request.url === '/silent') return;
    response.write('a');
    if (request.url === '/trickle') {
      const timer = setInterval(() => response.write('a'), 50);
      response.on('close', () => clearInterval(timer));
    }
  });
  for (const path of ['/silent', '/stalls', '/trickle']) {
    const began = performance.now();
    await assert.rejects(fetchWith(origin + path, { timeoutMs: 400 }), refusedWith('REMOTE_FAILED', /too long/));
    assert.ok(performance.now() - began < 15_000);
  }
});

test('a connection that breaks in the middle is an error and no short document', async () => {
  const { origin } = await serve((_, response) => {
    response.writeHead(200, { 'content-length': 1000 });
    response.write('half');
    globalThis.setTimeout(() => response.destroy(), 20);
  });
  await assert.rejects(fetchWith(origin), refusedWith('REMOTE_FAILED'));
});

test('only http and https are fetched', async () => {
  for (const url of ['ftp://198.51.100.1/x', 'file:///etc/passwd', 'nonsense', 'javascript:1']) {
    await assert.rejects(fetchWith(url), refusedWith('ARGUMENT_INVALID'));
  }
});

test('where private addresses are allowed, those of the machine’s own cloud still are not, however they are spelled', () => {
  for (const address of [
    '169.254.169.254',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '::a9fe:a9fe',
    '::ffff:0:169.254.169.254',
    '::ffff:0:a9fe:a9fe',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    'fd00:ec2::254',
    'fd20:ce::254',
    'fe80::1',
    '100.100.100.200',
    '192.0.0.192',
    '168.63.129.16',
    '0.0.0.0',
    '::',
  ])
    assert.ok(!allowsPrivate(address) && !allowsPublic(address), address);
  for (const address of ['10.0.0.1', '192.168.1.1', '100.64.0.1', 'fd12:3456::1', '::1', '127.0.0.1'])
    assert.ok(allowsPrivate(address), address);
});

test('addresses that IANA does not call globally reachable are not public, however they are spelled', () => {
  for (const address of [
    '10.1.2.3',
    '172.31.255.255',
    '192.168.0.1',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '198.18.0.1',
    '::',
    '::1',
    '::ffff:10.0.0.1',
    '::ffff:a00:1',
    '::10.0.0.1',
    '64:ff9b::a00:1',
    '64:ff9b:1::a00:1',
    '::ffff:0:a00:1',
    '::ffff:0:10.0.0.1',
    '100:0:0:1::1',
    '2002:a00:1::',
    '2001:0:1::',
    'fc00::1',
    'fe80::1',
    'ff02::1',
    'nonsense',
    '',
  ]) {
    assert.ok(!allowsPublic(address), address);
  }
  for (const address of ['8.8.8.8', '1.1.1.1', '172.32.0.1', '2606:4700::1111', '2a00:1450::1'])
    assert.ok(allowsPublic(address), address);
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      const [a = 0, b = 0] = address.split('.').map(Number);
      const isPrivate =
        a === 10 || a === 127 || a === 0 || a >= 224 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168);
      if (isPrivate) assert.ok(!allowsPublic(address) && !allowsPublic(`::ffff:${address}`), address);
    }),
  );
});
