import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
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
  assert.match((await run('collection', 'explain', id)).out, /^no {3}client:works .*: not of its audience$/m);
  assert.equal((await run('collection', 'explain', id)).code, 1);
  assert.match((await run('collection', 'explain', id, '--to', 'client:nobody')).err, /client:nobody/);
  assert.match((await run('collection', 'add', 'X', '--kind', 'planet')).err, /"planet" as a kind/);
  assert.match((await run('collection', 'add', 'X', '--to', 'client:nobody')).err, /client:nobody/);
  assert.equal((await run('collection', 'remove', id)).out, 'removed\n');
  assert.deepEqual(JSON.parse((await run('collection', 'list', '--json')).out), { rows: [] });
});

test('who gets something of a collection is said for each recipient, and what stands against the rest', async (context) => {
  const dir = temporaryDir(context);
  const data = join(dir, 'data');
  const run = async (...argv: string[]) => await runForTests(argv, '', { COMITY_DATA: data });
  const list = async (tlp: string, text: string) => {
    writeFileSync(join(dir, `${tlp}.txt`), text);
    assert.equal((await run('intel', 'import', join(dir, `${tlp}.txt`), '--tlp', tlp)).code, 0);
  };
  await list('green', 'one.example\ntwo.example\n');
  await list('red', 'three.example\n');
  await run('recipient', 'add', 'client:works', '--name', 'Works');
  await run('recipient', 'add', 'member:other');
  await run('law', 'activate', 'open');
  await run('collection', 'add', 'All', '--alias', 'all', '--to', 'client:works');
  const { code, out } = await run('collection', 'explain', 'all');
  assert.equal(code, 0);
  assert.match(out, /^yes {2}client:works \(Works\): 2 of 3\n {7}1: .* \[floor\.tlp-red: .*\]$/m);
  assert.match(out, /^no {3}member:other \(.*\): not of its audience$/m);
  const { rows } = JSON.parse((await run('collection', 'explain', 'all', '--to', 'client:works', '--json')).out) as {
    rows: { allowed: number; denied: number }[];
  };
  assert.deepEqual(
    rows.map(({ allowed, denied }) => [allowed, denied]),
    [[2, 1]],
  );
});
