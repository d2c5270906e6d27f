import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { pageOf, serveRemote } from '../connectors/taxii/remote-for-tests.ts';
import { serveReceiver } from '../connectors/taxii/receiver-for-tests.ts';
import { temporaryDir } from '../node-for-tests.ts';
import { runForTests } from './command-for-tests.ts';

test('a push is added, made, listed with what was not taken, begun anew and removed', async (context) => {
  const dir = temporaryDir(context);
  const run = async (...argv: string[]) => await runForTests(argv, '', { COMITY_DATA: join(dir, 'data') });
  const receiver = await serveReceiver(context);
  const list = join(dir, 'list.txt');
  const token = join(dir, 'token.txt');
  writeFileSync(list, 'one.example\ntwo.example\n');
  writeFileSync(token, 's3cret-token\n');
  assert.equal((await run('intel', 'import', list, '--tlp', 'green')).code, 0);
  await run('recipient', 'add', 'member:cert-x');
  await run('collection', 'add', 'Theirs', '--alias', 'theirs', '--to', 'member:cert-x', '--type', 'indicator');
  const add = ['push', 'add', 'theirs', receiver.url, '--token-file', token, '--allow-private'];
  assert.match((await run(...add)).err, /--to says whose the server is/);
  assert.match((await run('push', 'add', 'theirs', receiver.url, '--to', 'member:cert-x')).err, /no public address/);
  const added = await run(...add, '--to', 'member:cert-x', '--json');
  const { id } = JSON.parse(added.out) as { id: string };
  assert.doesNotMatch(added.out, /s3cret/);

  // The law to begin with is closed.
  const closed = await run('push', 'run', id);
  assert.equal(closed.code, 0);
  assert.match(closed.out, /^ok +0 +0 /m);
  assert.equal(receiver.objects.size, 0);
  await run('law', 'activate', 'open');
  let refused: string | undefined;
  receiver.verdict = (each) => {
    refused ??= each;
    return each === refused ? 'Unable to process object' : undefined;
  };
  const pushed = await run('push', 'run', id, '--anew');
  assert.match(pushed.out, /^ok +1 +1 /m);
  assert.match((await run('push', 'list')).out, /^ok +1 +1 .* member:cert-x /m);
  const failures = await run('push', 'list', '--failures', id);
  assert.match(failures.out, /^indicator--\S+ +1 .*Unable to process object/m);
  assert.ok(receiver.asked.every(({ headers }) => headers.authorization === 'Bearer s3cret-token'));
  receiver.canWrite = false;
  assert.equal((await run('push', 'run', id)).code, 2);
  assert.equal((await run('push', 'remove', id)).out, 'removed\n');
  assert.deepEqual(JSON.parse((await run('push', 'list', '--json')).out), []);
});

test('a feed of a TAXII collection is added by its name with a token from a file, and says how far it was read', async (context) => {
  const dir = temporaryDir(context);
  const run = async (...argv: string[]) => await runForTests(argv, '', { COMITY_DATA: join(dir, 'data') });
  const remote = await serveRemote(context, ({ path, query, headers }) => {
    if (headers.authorization !== 'Bearer s3cret-token') return { status: 401 };
    if (path === '/taxii2/') return { body: { title: 'x', api_roots: ['/api/'] } };
    if (path === '/api/collections/') return { body: { collections: [{ id: 'c1', title: 'Known' }] } };
    return path === '/api/collections/c1/objects/' ? pageOf(query, { count: 3, pageSize: 2 }) : { status: 404 };
  });
  const token = join(dir, 'token.txt');
  writeFileSync(token, 's3cret-token\n');
  const url = `${remote.url}/taxii2/`;
  const add = ['feed', 'add', url, '--collection', 'Known', '--allow-private', '--token-file'];
  assert.match((await run(...add, join(dir, 'none.txt'))).err, /there is no such file/);
  assert.equal((await run(...add, token)).code, 0);
  const pulled = await run('feed', 'pull');
  assert.equal(pulled.code, 0, pulled.out + pulled.err);
  assert.match(pulled.out, /^ok +3 +2026-01-01T00:00:03\.000Z /m);
  assert.doesNotMatch((await run('feed', 'list', '--json')).out, /s3cret/);
});
