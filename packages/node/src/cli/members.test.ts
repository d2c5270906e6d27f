import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { serveNode, temporaryDir, until } from '../node-for-tests.ts';
import { runForTests } from './command-for-tests.ts';

test('a member is made, invites, and another joins by commands alone, told late when its node is not up', async (context) => {
  const [dirA, dirB] = [join(temporaryDir(context), 'a'), join(temporaryDir(context), 'b')];
  const run = async (dataDir: string, argv: readonly string[], input = '') =>
    await runForTests(argv, input, { COMITY_DATA: dataDir });
  await serveNode(context, { dataDir: dirA });
  const a = async (...argv: string[]) => await run(dirA, argv);
  const b = async (...argv: string[]) => await run(dirB, argv);
  assert.equal((await a('member', 'show')).code, 1);
  assert.match((await a('member', 'init')).err, /--name says what you are called/);
  const made = await a('member', 'init', '--name', 'CERT A', '--country', 'AT', '--contact-email', 'a@a.example');
  assert.match(made.out, /^name +CERT A\nid +[0-9a-f]{4}-.*\ncountry +AT\n/);
  assert.match(made.out, /^technical +a@a\.example$/m);
  const init = ['member', 'init', '--name', 'CERT B', '--sector', 'water', '--url', 'http://127.0.0.1:9'];
  assert.equal((await b(...init)).code, 0);

  const invited = await a('member', 'invite', '--hint', 'for B', '--allow-private');
  assert.match(invited.out, /^comity1[\w-]+\n$/);
  assert.match((await a('member', 'invitations')).out, /for B/);
  const looked = await run(dirB, ['member', 'join', '-', '--look', '--allow-private'], invited.out);
  assert.match(looked.out, /^name +CERT A\nid +[0-9a-f]{4}-/, looked.err);
  assert.equal((await b('member', 'list', '--json')).out, '[]\n', 'looking takes nothing up');
  const joined = await run(dirB, ['member', 'join', '-', '--allow-private'], invited.out);
  assert.match(joined.out, /^name +CERT A\n[^]*asked: joined when they say yes\n$/, joined.err);
  const [asking] = JSON.parse((await a('member', 'list', '--json')).out) as [{ shortId: string }];
  const accepted = await a('member', 'accept', asking.shortId, '--as', 'b', '--allow-private');
  assert.match(accepted.out, /^member:b is joined\nit could not be told yet: /);
  assert.match((await a('member', 'show', 'b')).out, /^name +CERT B\n/);

  // B's node starts, asks how it stands, and hears that it is joined.
  const served = await serveNode(context, { dataDir: dirB });
  await until(async () => {
    const [row] = (await served.client.listMembers()).rows;
    return row?.state === 'joined';
  }, 'B hears that it is joined');
  await b('member', 'change', '--url', served.url);
  const ping = await b('member', 'ping', 'cert-a');
  assert.match(ping.out, /^cert-a \([0-9a-f-]{19}\) answered and signed in [\d.]+ ms\n$/, ping.err);
  assert.match((await a('member', 'ping', 'b', '--refresh')).err, /Cannot/, 'A knows it where it is no more');
  assert.match(
    (await b('member', 'history', 'cert-a')).out,
    /^NUMBER +STEP +ISSUED +KEYS\n[^]*^ +0 +first .*governance [0-9a-f]{12}, message/m,
  );
  assert.match((await b('member', 'ledger', 'cert-a')).out, /^\S+\/ledger\/1\n/);
  assert.match((await a('member', 'suspend', 'b')).out, /^b is suspended/);
  assert.match((await a('member', 'resume', 'b')).out, /^b is joined/);
  assert.match((await a('recipient', 'list')).out, /member:b/);
  assert.match((await a('member', 'remove', 'b')).out, /^removed/);
  const [{ id }] = JSON.parse((await a('member', 'invitations', '--json')).out) as [{ id: string }];
  assert.equal((await a('member', 'uninvite', id)).out, 'withdrawn\n');
});

test('the announced key is taken out into a file of its own, and rotating asks for it', async (context) => {
  const dir = temporaryDir(context);
  const run = async (...argv: string[]) => await runForTests(argv, '', { COMITY_DATA: join(dir, 'data') });
  const file = join(dir, 'recovery.json');
  await run('member', 'init', '--name', 'CERT');
  assert.match((await run('member', 'show')).out, /recovery key +on this node/);
  writeFileSync(join(dir, 'there'), 'x');
  assert.equal((await run('member', 'export-recovery', join(dir, 'there'))).code, 2, 'nothing is written over');
  assert.equal((await run('member', 'export-recovery', file)).code, 0);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal((JSON.parse(readFileSync(file, 'utf8')) as { type: string }).type, 'comity-recovery');
  assert.match((await run('member', 'show')).out, /recovery key +elsewhere/);
  assert.match((await run('member', 'rotate')).err, /was taken out of this node\n {2}comity member rotate --recovery/);
  assert.match((await run('member', 'rotate', '--recovery', join(dir, 'there'))).err, /Cannot parse/);
  const rotated = await run('member', 'rotate', '--recovery', file);
  assert.equal(rotated.out, 'rotation: new keys are in force from description 1 on\n');
});
