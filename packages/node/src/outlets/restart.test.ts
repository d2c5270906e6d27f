import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { createClient } from '@comity/protocol/client';
import type { Client } from '@comity/protocol/client';
import { readFileSync, rmSync } from 'node:fs';
import { starterLawDir } from '../sharing/index.ts';
import { runForTests } from '../cli/command-for-tests.ts';
import { temporaryDir, until } from '../node-for-tests.ts';
import type { Cleanup } from '../node-for-tests.ts';
import { receiveWebhooks } from './receivers-for-tests.ts';

const main = resolve(import.meta.dirname, '../main.ts');

/** A node in a process of its own, to be killed. */
async function startProcess(cleanup: Cleanup, data: string): Promise<{ child: ChildProcess; client: Client }> {
  const access = join(data, 'node.json');
  rmSync(access, { force: true });
  const child = spawn(process.execPath, [main, 'start', '--port', '0', '--data', data], { stdio: 'ignore' });
  cleanup.after(() => child.kill('SIGKILL'));
  let read: { url: string; token: string } | undefined;
  const isUp = () => {
    try {
      read = JSON.parse(readFileSync(access, 'utf8')) as { url: string; token: string };
      return true;
    } catch {
      return false;
    }
  };
  await until(isUp, 'the node serves');
  assert.ok(read);
  const { url: baseUrl, token } = read;
  return { child, client: createClient({ baseUrl, token }, { fetch: globalThis.fetch }) };
}

const kill = async (child: ChildProcess): Promise<void> => {
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  await gone;
};

test('a node that is killed while it sends loses no match; what comes twice has the same id', async (context) => {
  const dir = temporaryDir(context);
  const data = join(dir, 'data');
  const list = join(dir, 'list.txt');
  writeFileSync(list, 'evil.example\n');
  const receiver = await receiveWebhooks(context);
  const run = async (...argv: string[]) => {
    const { code, out, err } = await runForTests(argv, '', { COMITY_DATA: data });
    assert.equal(code, 0, err);
    return out;
  };
  await run('intel', 'import', list, '--tlp', 'green');
  await run('law', 'activate', join(starterLawDir, 'open.cedar'));
  await run('recipient', 'add', 'organisation:soc', '--name', 'SOC');
  const added = await run('outlet', 'add', 'webhook', receiver.url, '--to', 'organisation:soc', '--allow-private');
  assert.match(added, /signing key, shown this once: whsec_/);
  await run('source', 'add', 'http', '--name', 'records');

  // The first batches are taken, but the answer never comes: the worst moment to be killed.
  receiver.answer = () => undefined;
  let { child, client } = await startProcess(context, data);
  const [source] = (await client.listSources()).rows;
  assert.ok(source);
  const push = async (from: number, to: number): Promise<number> => {
    const lines = Array.from({ length: to - from }, (_, index) => `visit ${from + index} of evil.example\n`);
    return (await client.pushRecords({ params: { id: source.id }, body: lines.join('') })).matches;
  };
  await until(async () => (await push(0, 1)) > 0, 'the indicator acts');
  await push(1, 200);
  await until(() => receiver.posts.length === 1, 'the first batch is there');
  await kill(child);

  ({ child, client } = await startProcess(context, data));
  await push(200, 300);
  await until(() => receiver.posts.length >= 2, 'it is sent again');
  await kill(child);

  receiver.answer = (_, response) => response.end();
  ({ child, client } = await startProcess(context, data));
  const state = async () => (await client.listOutlets()).rows[0];
  await until(async () => (await state())?.waiting === 0 && ((await state())?.sent ?? 0) >= 300, 'all are through');
  const found: { id: string; record: string }[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await client.listMatches({ query: { limit: 500, ...(cursor !== undefined && { cursor }) } });
    found.push(...page.rows);
    cursor = page.next;
    if (cursor === undefined) break;
  }
  const told = receiver.posts.flatMap(({ body }) => JSON.parse(body) as { id: string; record: string }[]);
  assert.deepEqual(
    [...new Set(told.map(({ id }) => id))].toSorted(),
    found.map(({ id }) => id).toSorted(),
    'no match is lost, and none is made up',
  );
  const recordOf = new Map(found.map(({ id, record }) => [id, record]));
  assert.ok(
    told.every(({ id, record }) => recordOf.get(id) === record),
    'an id is of one match',
  );
  assert.ok(told.length > found.length, 'the batches that were not acknowledged came again');
  const ids = told.map(({ id }) => id);
  const last = ids.slice(ids.length - found.length);
  assert.deepEqual(last, last.toSorted(), 'in order');
});

test('matches that are deleted before they were sent are counted, those that were sent are not', async (context) => {
  const { openStore, openSeal } = await import('../store/index.ts');
  const { screeningSchema } = await import('../screening/index.ts');
  const { sweepMatches } = await import('../screening/sweep-matches.ts');
  const { outletSchema } = await import('./outlet-schema.ts');
  const { openOutletBook } = await import('./open-outlet-book.ts');
  const dir = temporaryDir(context);
  const store = await openStore({ dir, schemas: [screeningSchema, outletSchema] }, { clock: Date.now });
  context.after(() => store.close());
  let number = 0;
  const book = openOutletBook(store, {
    clock: Date.now,
    uuid: () => `0000000${(number += 1)}`,
    randomBytes: (count) => new Uint8Array(count),
    random: () => 0.5,
    seal: openSeal(dir),
  });
  await store.write((db) => {
    const insert = db.prepare(
      `insert into screening_match (source, stream, offset, line, file, seen_us, record, kind, value, listed, relation, field,
         ref, sequence, alarm) values (1, 's', ?, 1, '', ?, '', 'domain', 'v', 'v', 'exact', '', 1, 1, ?)`,
    );
    for (let index = 1; index <= 10; index += 1) insert.run(index, index, index % 2);
  });
  const base = { kind: 'webhook', address: 'https://a.example/', form: 'comity', recipient: 'organisation:x' } as const;
  const rest = { allowPrivate: false, enabled: true, from: 'start' } as const;
  const { outlet: alarms } = await book.save({ ...base, ...rest, name: 'alarms', alarmsOnly: true }, 10);
  const { outlet: all } = await book.save({ ...base, ...rest, name: 'all', alarmsOnly: false }, 10);
  const { outlet: newer } = await book.save({ ...base, ...rest, name: 'new', alarmsOnly: false, from: 'now' }, 10);
  await book.noteProgress(all.id, { from: 0, through: 4, sent: 4, withheld: 0, withheldBy: new Map() });
  const sweep = () =>
    store.write((db) => {
      const gone = sweepMatches(db, { throughId: 6, olderThanUs: 3 });
      book.noteSwept(db, gone);
      return gone.length;
    });
  assert.equal(await sweep(), 6);
  assert.deepEqual([book.get(alarms.id).lost, book.get(all.id).lost, book.get(newer.id).lost], [3, 2, 0]);
  assert.equal(await sweep(), 0);
  assert.equal(book.get(all.id).lost, 2);
});
