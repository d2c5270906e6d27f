import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { temporaryDir } from '../node-for-tests.ts';
import { runForTests } from './command-for-tests.ts';

test('a collection is added, listed with its audience and URL, changed and removed', async (context) => {
  const data = join(temporaryDir(context), 'data');
  const run = async (...argv: string[]) => await runForTests(argv, '', { COMITY_DATA: data });
  assert.equal((await run('recipient', 'add', 'client:works')).code, 0);
  const add = ['collection', 'add', 'Domains', '--alias', 'domains', '--kind', 'domain', '--to', 'client:works'];
  const added = await run(...add, '--json');
  const { id, url } = JSON.parse(added.out) as { id: string; url: string };
  assert.match(url, new RegExp(`/taxii2/api/collections/${id}/$`));
  assert.match((await run('collection', 'list')).out, /^Domains +client:works +domain +no +http/m);
  assert.equal((await run('collection', 'add', 'All', '--id', id, '--takes-objects')).code, 0);
  assert.match((await run('collection', 'list')).out, /^All +owner alone +any +yes +http/m);
  assert.match((await run('collection', 'add', 'X', '--kind', 'planet')).err, /"planet" as a kind/);
  assert.match((await run('collection', 'add', 'X', '--to', 'client:nobody')).err, /client:nobody/);
  assert.equal((await run('collection', 'remove', id)).out, 'removed\n');
  assert.deepEqual(JSON.parse((await run('collection', 'list', '--json')).out), { rows: [] });
});
