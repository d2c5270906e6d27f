import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { temporaryDir } from '../node-for-tests.ts';
import { receiveWebhooks } from '../outlets/receivers-for-tests.ts';
import { runForTests } from './command-for-tests.ts';

test('an outlet is added with secrets from files, tried, changed, listed without them and removed', async (context) => {
  const dir = temporaryDir(context);
  const data = join(dir, 'data');
  const run = async (...argv: string[]) => await runForTests(argv, '', { COMITY_DATA: data });
  const file = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const receiver = await receiveWebhooks(context);
  const add = ['outlet', 'add', 'webhook', receiver.url, '--allow-private'];
  assert.match((await run(...add)).err, /without --to/);
  assert.equal((await run('recipient', 'add', 'organisation:soc', '--name', 'SOC')).code, 0);
  assert.equal((await run('recipient', 'add', 'client:works')).code, 0);
  const refused = await run(...add, '--to', 'client:works');
  assert.deepEqual([refused.code, /an organisation of its own alone/.test(refused.err)], [1, true]);
  assert.match(
    (await run('outlet', 'add', 'webhook', receiver.url, '--to', 'organisation:soc')).err,
    /no public address/,
  );

  const secret = file('authorization', 'Splunk hush\nnot this line\n');
  const added = await run(...add, '--to', 'organisation:soc', '--name', 'SIEM', '--authorization-file', secret);
  assert.equal(added.code, 0, added.err);
  assert.match(added.out, /signing key, shown this once: whsec_[\w+/=]{44}\n$/);
  assert.deepEqual(await run('outlet', 'test', 'SIEM'), { code: 0, out: 'sent\n', err: '' });
  assert.equal(receiver.posts[0]?.headers['authorization'], 'Splunk hush');
  const [row] = JSON.parse((await run('outlet', 'list', '--json')).out) as [{ id: string }];
  assert.ok(!JSON.stringify(row).includes('hush'));
  const key = file('key', 'whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz\n');
  const changed = await run(
    ...add,
    '--to',
    'organisation:soc',
    '--id',
    row.id,
    '--form',
    'ecs',
    '--paused',
    '--signing-key-file',
    key,
  );
  assert.ok(!changed.out.includes('signing key'), 'none was made');
  assert.match((await run('outlet', 'list')).out, /^paused +webhook +ecs +0 +0 +0 +0 +organisation:soc/m);
  receiver.answer = (_, response) => response.writeHead(500).end();
  const failed = await run('outlet', 'test', row.id);
  assert.deepEqual([failed.code, failed.out], [1, 'not sent: the receiver answered 500\n']);
  assert.equal((await run('outlet', 'test', 'nothing')).code, 1);
  assert.equal((await run('outlet', 'remove', row.id)).out, 'removed\n');
  assert.deepEqual(JSON.parse((await run('outlet', 'list', '--json')).out), []);
});

test('screen --ecs prints documents of the Elastic Common Schema: of records, of files, of rules', async (context) => {
  const dir = temporaryDir(context);
  const file = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const empty = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
  const list = file('list.txt', `evil.example\n${empty}\n`);
  const log = file(
    'dns.json',
    '{"ts":1700000000,"id.orig_h":"10.0.0.5","id.orig_p":1,"id.resp_h":"10.0.0.1","id.resp_p":53,"query":"evil.example"}\n',
  );
  const run = async (...argv: string[]) => {
    const { code, out, err } = await runForTests(['screen', '--quiet', '--ecs', ...argv], '', {});
    return {
      code,
      err,
      documents: out
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    };
  };
  const records = await run('--indicators', list, log);
  assert.deepEqual([records.code, records.documents.length], [0, 1], records.err);
  const [of] = records.documents;
  assert.deepEqual(
    [of?.['dns'], of?.['source'], of?.['log']],
    [{ question: { name: 'evil.example' } }, { ip: '10.0.0.5', port: 1 }, { file: { path: log } }],
  );
  assert.deepEqual((of?.['threat'] as { feed: unknown } | undefined)?.feed, { name: list });
  const files = await run('--files', '--no-cache', '--indicators', list, file('sample.bin', 'test'));
  assert.deepEqual(
    files.documents.map((each) => each['related']),
    [{ hash: [empty] }],
  );
  const rule = file(
    'rule.yml',
    'title: Odd name\nid: 00000000-0000-4000-8000-000000000001\nlogsource: {category: dns}\ndetection: {s: {query: evil.example}, condition: s}\n',
  );
  const rules = await run('--rules', rule, log);
  assert.deepEqual(
    rules.documents.map((each) => each['rule']),
    [{ id: '00000000-0000-4000-8000-000000000001', name: 'Odd name' }],
  );
  assert.match((await run('--json', '--indicators', list, log)).err, /--json with --ecs/);
});
