import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { clientId, clientSecret, serveProvider } from '../http/identity/provider-for-tests.ts';
import { temporaryDir } from '../node-for-tests.ts';
import { runForTests } from './command-for-tests.ts';

test('an identity provider is set up, shown and removed from the command line, and its secret is never printed', async (context) => {
  const data = temporaryDir(context);
  const { url } = await serveProvider(context);
  const run = (...argv: string[]) => runForTests(argv, '', { COMITY_DATA: data });
  const file = join(data, 'secret');
  writeFileSync(file, `${clientSecret}\n`);
  const set = (...more: string[]) => run('identity', 'set', url, clientId, '--allow-private', ...more);

  assert.match((await set()).err, /the secret of the client is missing/);
  const first = await set('--secret-file', file, '--role', 'cn=cert,dc=example=analyst', '--role', 'leads=officer');
  assert.equal(first.code, 0, first.err);
  assert.match(first.out, /^name +127\.0\.0\.1$/m);
  const again = await set(
    '--name',
    'Our ID',
    '--scope',
    'groups',
    '--scope',
    'profile',
    '--others',
    'viewer',
    '--json',
  );
  const { name, scopes, others, roles } = JSON.parse(again.out) as Record<string, unknown>;
  assert.deepEqual([name, scopes, others, roles], ['Our ID', ['groups', 'profile'], 'viewer', []]);

  await set('--role', 'cn=cert,dc=example=analyst');
  const shown = await run('identity', 'show');
  assert.match(shown.out, /^analyst +cn=cert,dc=example$/m);
  assert.match(shown.err, /\/sign-in\/provider$/m);
  for (const { out, err } of [first, again, shown, await run('audit')])
    assert.ok(!`${out}${err}`.includes(clientSecret));

  assert.match((await set('--role', 'analyst')).err, /it is VALUE=ROLE/);
  assert.match((await set('--role', 'x=king')).err, /king/);
  assert.match((await run('identity', 'set', 'http://id.example', 'x', '--secret-file', file)).err, /is no https URL/);
  assert.match((await run('identity', 'set', url, clientId)).err, /no public address/);

  assert.equal((await run('identity', 'remove')).code, 0);
  assert.equal((await run('identity', 'show')).code, 1);
  assert.equal((await run('identity', 'remove')).code, 1);
});
