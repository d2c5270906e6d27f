import assert from 'node:assert/strict';
import test from 'node:test';
import { temporaryDir } from '../node-for-tests.ts';
import { runForTests } from './command-for-tests.ts';

test('accounts are invited, changed and listed from the command line, and the trail tells of it', async (context) => {
  const data = temporaryDir(context);
  const run = (...argv: string[]) => runForTests(argv, '', { COMITY_DATA: data });
  const invited = await run('account', 'invite', 'ada@cert.example', 'officer', '--hours', '5');
  assert.equal(invited.code, 0, invited.err);
  assert.match(invited.out, /^http:\/\/\S+\/sign-in#code=[\w-]{43}\n$/);
  assert.match(invited.err, /^Signs in once, until \d{4}-/);
  const again = await run('account', 'invite', 'ada@cert.example', 'viewer');
  assert.deepEqual(
    [again.code, again.err.split('\n')[0]],
    [2, 'comity: Cannot invite "ada@cert.example": the name is taken'],
  );
  assert.match((await run('account', 'invite', 'Ada', 'viewer')).err, /Cannot use the body field name/);
  assert.match((await run('account', 'invite', 'ada', 'king')).err, /One of: viewer, analyst/);

  assert.equal((await run('account', 'role', 'ada@cert.example', 'analyst')).out, 'ada@cert.example is analyst\n');
  assert.notEqual((await run('account', 'link', 'ada@cert.example')).out, invited.out);
  assert.equal((await run('account', 'disable', 'ada@cert.example')).out, 'ada@cert.example is disabled\n');
  assert.match((await run('account', 'list')).out, /^ada@cert\.example +analyst +disabled +never +0 +0$/m);
  assert.equal((await run('account', 'enable', 'ada@cert.example')).out, 'ada@cert.example is enabled\n');
  assert.equal((await run('account', 'role', 'nobody', 'viewer')).code, 1);

  await run('token', 'create', 'shipper', '--scope', 'records', '--days', '30');
  assert.match((await run('token', 'list')).out, /^tok-\w+ +shipper +records +operator +\S+ +\d{4}-\S+ +never +none$/m);
  assert.match((await run('token', 'create', 'x', '--days', '0')).err, /from 1 to 3650/);

  const shown = await run('audit', '--about', 'ada@cert.example');
  assert.match(shown.out, /^ +1 .* account\.invited +operator +command +ada@cert\.example +role=officer$/m);
  const lines = (await run('audit', '--json')).out.trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { act: string }).act),
    ['account.invited', 'account.role', 'account.link', 'account.disabled', 'account.enabled', 'token.made', 'export'],
  );
  assert.equal((await run('audit', '--act', 'export')).code, 0, 'an export of the trail is in the trail');
  assert.equal((await run('audit', '--act', 'released')).code, 1);
  assert.match((await run('audit', '--act', 'forgotten')).err, /Cannot use "forgotten" as --act/);
  const doctor = await run('doctor', '--json');
  assert.match(doctor.out, /7 rows in one chain/);
});
