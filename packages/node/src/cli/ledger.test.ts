import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { serveWithEntries } from '../http/ledger-cases-for-tests.ts';
import { serveNode, temporaryDir, until } from '../node-for-tests.ts';
import { runForTests } from './command-for-tests.ts';

const entries = Array.from({ length: 300 }, (_, index) => `entry ${index}`);

test('a receipt, its entry and a policy are printed, and verified by three files alone', async (context) => {
  const node = await serveWithEntries(context, entries);
  const dir = temporaryDir(context);
  const run = async (...argv: string[]) => await runForTests(argv, '', { COMITY_DATA: node.dir });
  const file = (name: string): string => join(dir, name);
  assert.deepEqual(await run('ledger', 'proof', '7', '--out', file('7.proof'), '--entry', file('7.entry')), {
    code: 0,
    out: '',
    err: '',
  });
  assert.equal(readFileSync(file('7.entry'), 'utf8'), 'entry 7');
  writeFileSync(file('policy'), (await run('ledger', 'policy')).out);
  const verify = ['ledger', 'verify', file('7.proof'), file('7.entry')];
  assert.match((await run(...verify)).err, /without --policy/);
  const verified = await run(...verify, '--policy', file('policy'));
  assert.deepEqual(
    [verified.code, /^entry 7 of 300 of \S+\/ledger\/1, witnessed by nobody\n$/.test(verified.out)],
    [0, true],
  );
  writeFileSync(file('7.entry'), 'entry 8');
  const wrong = await run(...verify, '--policy', file('policy'), '--json');
  assert.deepEqual([wrong.code, (JSON.parse(wrong.out) as { proven: boolean }).proven], [1, false]);
  assert.match((await run(...verify, '--policy', file('policy'))).out, /does not show the entry at 7 of 300/);
  assert.match(
    (await run('ledger', 'verify', file('none'), file('7.entry'), '--policy', file('policy'))).err,
    /no such file/,
  );
  assert.equal((await run('ledger', 'proof', '300')).code, 1);
  assert.match((await run('ledger', 'proof', '0')).out, /^c2sp\.org\/tlog-proof@v1\nindex 0\n/);

  const state = await run('ledger');
  assert.match(state.out, /^open +300 +300 +\S+ +127\.0\.0\.1:\d+\/ledger\/1$/m);
  assert.deepEqual([state.code, /0 acts wait; 0 of 0 witnesses must cosign/.test(state.out)], [0, true]);
  assert.deepEqual(await run('ledger', 'fsck'), { code: 0, out: '300 entries, sound\n', err: '' });
});

test('fsck reads a ledger in a folder or at a URL, and names what is damaged', async (context) => {
  const node = await serveWithEntries(context, entries);
  const dir = temporaryDir(context);
  const run = async (...argv: string[]) => await runForTests(argv, '', { COMITY_DATA: node.dir });
  const policy = join(dir, 'policy');
  writeFileSync(policy, (await run('ledger', 'policy')).out);
  const copy = join(dir, 'copy');
  cpSync(join(node.dir, 'ledger/1'), copy, { recursive: true });
  const check = async (place: string) => await run('ledger', 'fsck', place, '--policy', policy, '--allow-private');
  const sound = { code: 0, out: '300 entries, sound\n', err: '' };
  assert.deepEqual([await check(copy), await check(`${node.url}/ledger/1/`)], [sound, sound]);
  assert.match((await run('ledger', 'fsck', copy)).err, /without --policy/);
  assert.match((await run('ledger', 'fsck', `${node.url}/ledger/1`, '--policy', policy)).err, /not public|no public/);

  const flip = (file: string, at: number): void => {
    const bytes = readFileSync(file);
    bytes[at]! ^= 1;
    writeFileSync(file, bytes);
  };
  flip(join(copy, 'tile/0/000'), 40);
  const damaged = await check(copy);
  assert.deepEqual(damaged, {
    code: 1,
    out: 'tile/0/000: its hashes are not those of the entries\n300 entries, 1 faults\n',
    err: '',
  });
  writeFileSync(policy, (await run('ledger', 'policy')).out.replace('quorum none', 'witness w '));
  assert.equal((await check(copy)).code, 2);
  assert.equal((await check(join(dir, 'nothing'))).code, 2);

  // That of the node itself, beside what its database holds.
  flip(join(node.dir, 'ledger/1/tile/entries/001.p/44'), 9);
  const own = await run('ledger', 'fsck');
  assert.equal(own.code, 1);
  assert.match(own.out, /^1\/tile\/entries\/001\.p\/44: its entries are not those of the database$/m);
});

test('a ledger is witnessed by another node’s witness, which has to know it; quorum and keys are changed by command', async (context) => {
  const other = await serveNode(context);
  const node = await serveWithEntries(context, ['one']);
  const run = async (...argv: string[]) => await runForTests(argv, '', { COMITY_DATA: node.dir });
  const { witnessKeys } = JSON.parse((await runForTests(['ledger', '--json'], '', { COMITY_DATA: other.dir })).out) as {
    witnessKeys: [string, string];
  };
  const add = ['witness', 'add', 'other', `${other.url}/witness`, '--allow-private'];
  assert.match((await run(...add)).err, /without --key/);
  const added = await run(...add, ...witnessKeys.flatMap((key) => ['--key', key]));
  assert.deepEqual([added.code, /^new +0 +never +other +http/m.test(added.out)], [0, true], added.err);
  await until(async () => (await run('ledger')).code === 1, 'the other node refuses a log it does not know');
  assert.match((await run('ledger')).out, /^no-quorum .* 0 of 1 witnesses cosigned 1 entries, and 1 are needed$/m);
  assert.match((await run('witness', 'list')).out, /^failing .* the witness answered 404$/m);
  assert.equal((await run('witness', 'quorum', '0')).out, '0 of 1 witnesses must cosign\n');
  assert.equal((await run('witness', 'quorum', 'auto')).out, '1 of 1 witnesses must cosign\n');
  assert.match((await run('witness', 'quorum', 'some')).err, /COUNT/);
  assert.equal((await run('witness', 'remove', 'other')).out, 'removed\n');
  assert.equal((await run('witness', 'remove', 'other')).code, 1);
  await until(async () => (await run('ledger')).code === 0, 'nobody has to be asked any more');

  assert.equal((await run('ledger', 'rotate')).out.split('\n').length, 5);
  assert.equal((await run('ledger', 'rotate')).code, 2);
  assert.equal((await run('ledger', 'rotate', '--finish')).out.split('\n').length, 3);
  assert.match((await run('ledger', 'restart')).err, /is not frozen/);
});
