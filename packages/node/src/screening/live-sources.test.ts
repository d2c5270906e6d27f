import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { ScreeningMatch } from './index.ts';
import { allMatches, freePort, matchesOf, openBench, until } from './screening-bench-for-tests.ts';

const values = (matches: readonly ScreeningMatch[]): string[] => matches.map(({ value }) => value).toSorted();
const evil = (...numbers: number[]): string[] => numbers.map((number) => `n${number}.evil.example`);
const limit = { timeout: 120_000 };

test('syslog over TCP: octet counting and lines, cut anywhere, also in one connection (RFC 6587)', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  const port = await freePort();
  const { id } = await bench.screening.addSource({ kind: 'syslog-tcp', location: String(port) });
  await until(
    () => bench.screening.findSource(id)?.status,
    (status) => status === 'running',
  );
  const message = '<13>1 2026-01-02T03:04:05Z host app - - - to n1.evil.example\nand n2.evil.example';
  const bytes = Buffer.from(`${message.length} ${message}<13>Jan  2 03:04:05 host app: n3.evil.example\n7 <13>end`);
  const socket = connect(port, '127.0.0.1');
  for (const byte of bytes) socket.write(Buffer.of(byte));
  socket.end('<13>unended n4.evil.example');
  const matches = await matchesOf(bench, 3);
  // One record is one match of a listed value, however often it is in it.
  assert.deepEqual(values(matches), evil(1, 3, 4));
  assert.equal(matches[0]?.file, '127.0.0.1');
  assert.equal(matches[0]?.record, message.replace('\n', ' '));
  assert.equal(matches[0]?.recordedAt, '2026-01-02T03:04:05.000Z');
});

test('syslog over UDP: a datagram is a record, from the peer it names', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  const port = await freePort();
  const { id, location } = await bench.screening.addSource({ kind: 'syslog-udp', location: `127.0.0.1:${port}` });
  assert.equal(location, `127.0.0.1:${port}`);
  await until(
    () => bench.screening.findSource(id)?.status,
    (status) => status === 'running',
  );
  const socket = createSocket('udp4');
  t.after(() => socket.close());
  for (const number of [1, 2, 3]) socket.send(`<13>query n${number}.evil.example\n\0`, port, '127.0.0.1');
  const matches = await matchesOf(bench, 3);
  assert.deepEqual(values(matches), evil(1, 2, 3));
  await until(
    () => bench.screening.findSource(id)?.records,
    (records) => records === 3,
  );
  assert.equal(bench.screening.findSource(id)?.dropped, 0);
});

test('a port that is taken makes a source failing, in words, and it recovers by itself', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  const port = await freePort();
  const holder = createServer().listen(port, '127.0.0.1');
  await once(holder, 'listening');
  const { id } = await bench.screening.addSource({ kind: 'syslog-tcp', location: String(port) });
  await until(
    () => bench.screening.findSource(id)?.status,
    (status) => status === 'failing',
  );
  assert.match(bench.screening.findSource(id)?.lastError ?? '', /^Cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE/);
  holder.close();
  await until(
    () => bench.screening.findSource(id)?.status,
    (status) => status === 'running',
  );
});

test('a push is answered once its records are judged and durable, across any cut of the body', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  const { id } = await bench.screening.addSource({ kind: 'http', name: 'proxy' });
  const text = `${JSON.stringify({ query: 'n1.evil.example' })}\n${JSON.stringify({ query: 'fine.example' })}\n{"query":"n2.evil.example"}`;
  async function* body(): AsyncGenerator<Uint8Array> {
    for (const byte of Buffer.from(text)) yield Buffer.of(byte);
  }
  assert.deepEqual(await bench.screening.push(id, body()), { records: 3, matches: 2 });
  const matches = await allMatches(bench.screening);
  assert.deepEqual(values(matches), evil(1, 2));
  assert.deepEqual(
    matches.map(({ field, line, sourceName }) => ({ field, line, sourceName })),
    [1, 3].map((line) => ({ field: 'query', line, sourceName: 'proxy' })),
  );
});

test('a push to a source that is paused, unknown or of another kind is refused', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  const file = await bench.screening.addSource({ kind: 'file', location: join(bench.logs, 'x.log') });
  const http = await bench.screening.addSource({ kind: 'http' });
  await bench.screening.pauseSource(http.id);
  const push = (id: string): Promise<unknown> => bench.screening.push(id, Buffer.from('x\n'));
  await assert.rejects(push(http.id), { code: 'CONFLICT' });
  await assert.rejects(push(file.id), { code: 'CONFLICT' });
  await assert.rejects(push('src-zzzzzzzz'), { code: 'NOT_FOUND' });
  await bench.screening.resumeSource(http.id);
  await push(http.id);
});

test('connections beyond what is taken are turned away and said', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  const port = await freePort();
  const { id } = await bench.screening.addSource({ kind: 'syslog-tcp', location: String(port) });
  await until(
    () => bench.screening.findSource(id)?.status,
    (status) => status === 'running',
  );
  const peers = Array.from({ length: 260 }, () => connect(port, '127.0.0.1'));
  t.after(() => peers.forEach((peer) => peer.destroy()));
  for (const peer of peers) peer.on('error', () => undefined);
  const source = await until(
    () => bench.screening.findSource(id),
    (now) => /4 more were turned away/.test(now?.lastError ?? ''),
  );
  assert.equal(source?.status, 'running');
  peers[0]?.write('<13>n1.evil.example\n');
  await matchesOf(bench, 1);
});

test('what a peer sent of a message is judged when the node stops', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  const port = await freePort();
  const { id } = await bench.screening.addSource({ kind: 'syslog-tcp', location: String(port) });
  await until(
    () => bench.screening.findSource(id)?.status,
    (status) => status === 'running',
  );
  const peer = connect(port, '127.0.0.1');
  peer.on('error', () => undefined);
  peer.write('<13>to n1.evil.example\n<13>unfinished n2.evil.example');
  await matchesOf(bench, 1);
  await bench.reopen();
  assert.deepEqual(values(await matchesOf(bench, 2)), evil(1, 2));
});

test('a new indicator acts on a live source, a withdrawn one no longer', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  const file = join(bench.logs, 'live.log');
  writeFileSync(file, 'www.new.example\n');
  await bench.screening.addSource({ kind: 'file', location: file });
  await until(
    () => bench.screening.sources()[0]?.records,
    (records) => records === 1,
  );
  const writer = setInterval(() => appendFileSync(file, 'www.new.example\n'), 20);
  t.after(() => clearInterval(writer));
  await bench.list([{ kind: 'domain', value: 'new.example' }], 100);
  const [first] = await until(
    () => allMatches(bench.screening),
    (matches) => matches.length > 0,
  );
  assert.equal(first?.sequence, 2);
  assert.equal(first?.ref, 100);
  await bench.unlist(100);
  await until(
    () => bench.screening.table().sequence,
    (sequence) => sequence === 3,
  );
  await setTimeout(300);
  const before = (await allMatches(bench.screening)).length;
  await setTimeout(300);
  assert.equal((await allMatches(bench.screening)).length, before);
});

test('a port other than the listed one is recorded and raises no alarm', limit, async (t) => {
  const bench = await openBench({ values: [{ kind: 'ipv4', value: '192.0.2.66', port: 443 }] });
  t.after(() => bench.close());
  const { id } = await bench.screening.addSource({ kind: 'http' });
  const lines = ['192.0.2.66:443', '192.0.2.66:80', '192.0.2.66'].map((value) => `connect ${value}\n`).join('');
  assert.equal((await bench.screening.push(id, Buffer.from(lines))).matches, 3);
  assert.deepEqual(
    (await allMatches(bench.screening)).map(({ port, alarm }) => ({ port, alarm })),
    [
      { port: 'same', alarm: true },
      { port: 'other', alarm: false },
      { port: 'unknown', alarm: true },
    ],
  );
  assert.equal((await bench.screening.matches({ alarm: true })).rows.length, 2);
  assert.equal(bench.screening.matchesPerHour().alarms24h, 2);
});

test(
  'a paused source reads nothing and goes on where it stopped; a removed one leaves its matches',
  limit,
  async (t) => {
    const bench = await openBench();
    t.after(() => bench.close());
    const file = join(bench.logs, 'pause.log');
    writeFileSync(file, 'n1.evil.example\n');
    const { id } = await bench.screening.addSource({ kind: 'file', location: file });
    await matchesOf(bench, 1);
    assert.equal((await bench.screening.pauseSource(id)).status, 'paused');
    appendFileSync(file, 'n2.evil.example\n');
    await setTimeout(200);
    assert.equal((await allMatches(bench.screening)).length, 1);
    await bench.reopen();
    await setTimeout(200);
    assert.equal((await allMatches(bench.screening)).length, 1);
    await bench.screening.resumeSource(id);
    assert.deepEqual(values(await matchesOf(bench, 2)), evil(1, 2));
    await bench.screening.removeSource(id);
    assert.deepEqual(bench.screening.sources(), []);
    assert.equal((await allMatches(bench.screening))[0]?.sourceName, file);
  },
);

test('what cannot be screened is refused when it is added', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  const add = bench.screening.addSource.bind(bench.screening);
  const file = join(bench.logs, 'x.log');
  await add({ kind: 'file', location: file });
  await assert.rejects(add({ kind: 'file', location: file }), { code: 'CONFLICT' });
  await assert.rejects(add({ kind: 'file', location: bench.logs }), { code: 'FILE_UNREADABLE' });
  await assert.rejects(add({ kind: 'file', location: '' }), { code: 'ARGUMENT_INVALID' });
  await assert.rejects(add({ kind: 'file', location: join(bench.dataDir, 'comity.db') }), { code: 'ARGUMENT_INVALID' });
  await assert.rejects(add({ kind: 'folder', location: join(bench.logs, 'none') }), { code: 'FILE_UNREADABLE' });
  await assert.rejects(add({ kind: 'syslog-udp', location: 'host:514' }), { code: 'ARGUMENT_INVALID' });
  await assert.rejects(add({ kind: 'syslog-tcp', location: '70000' }), { code: 'ARGUMENT_INVALID' });
  await assert.rejects(add({ kind: 'http', format: 'runes' }), { code: 'ARGUMENT_INVALID' });
  assert.ok(existsSync(bench.dataDir));
});

test(
  'a new indicator acts on a live source within a second: the quickest of three, whatever else the machine does',
  limit,
  async (t) => {
    const bench = await openBench();
    t.after(() => bench.close());
    const file = join(bench.logs, 'live.log');
    const line = 'a.example b.example c.example\n';
    writeFileSync(file, line);
    await bench.screening.addSource({ kind: 'file', location: file });
    const writer = setInterval(() => appendFileSync(file, line), 20);
    t.after(() => clearInterval(writer));
    const tookMs: number[] = [];
    for (const [index, value] of ['a.example', 'b.example', 'c.example'].entries()) {
      const listedAt = performance.now();
      await bench.list([{ kind: 'domain', value }], 100 + index);
      await until(
        () => allMatches(bench.screening),
        (matches) => matches.some((match) => match.value === value),
      );
      tookMs.push(performance.now() - listedAt);
    }
    assert.ok(Math.min(...tookMs) < 1000, `took ${tookMs.join(', ')} ms`);
  },
);
