import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { starterLawDir } from '../sharing/index.ts';
import { temporaryDir } from '../node-for-tests.ts';
import { runForTests } from './command-for-tests.ts';

const comity = (argv: readonly string[], data = '') => runForTests(argv, '', { COMITY_DATA: data });

test('laws are checked and tested without a node; what is wrong is told with its file', async (context) => {
  const dir = temporaryDir(context);
  const all = await comity(['law', 'test']);
  assert.equal(all.code, 0);
  assert.match(all.out, /^\d\d passed, 0 failed\n$/);

  const law = join(dir, 'mine.cedar');
  writeFileSync(law, readFileSync(join(starterLawDir, 'closed.cedar'), 'utf8'));
  assert.match((await comity(['law', 'check', law])).out, /mine\.cedar: sound, 1 policies, [0-9a-f]{64}\n$/);
  const untested = await comity(['law', 'test', law]);
  assert.deepEqual([untested.code, untested.out.includes('there are no tests beside it')], [1, true]);
  const wrong = [
    {
      name: 'all get it',
      given: {},
      when: { recipient: { kind: 'member' }, action: 'forward' },
      expect: { result: 'allow' },
    },
  ];
  writeFileSync(join(dir, 'mine.tests.json'), JSON.stringify(wrong));
  const failing = await comity(['law', 'test', law]);
  assert.equal(failing.code, 1);
  assert.match(
    failing.out,
    /all get it: expected allow, got deny floor\.tlp-unlabelled law\.no-permit\n0 passed, 1 failed/,
  );
  const refused = await comity(['law', 'activate', law], join(dir, 'data'));
  assert.deepEqual([refused.code, refused.err.includes('a test fails: all get it')], [1, true]);

  writeFileSync(law, 'permit (principal, action, resource);');
  const broken = await comity(['law', 'check', law]);
  assert.deepEqual([broken.code, broken.out.includes('in line 1: a policy needs an @id')], [1, true]);
  assert.equal((await comity(['law', 'check', join(dir, 'none.cedar')])).code, 2);
});

test('from a recipient to what they get: explain, diff, activate, export, decisions', async (context) => {
  const dir = temporaryDir(context);
  const data = join(dir, 'data');
  const list = join(dir, 'list.txt');
  writeFileSync(list, 'evil.example\n');
  const run = async (...argv: string[]) => await comity(argv, data);
  assert.equal((await run('intel', 'import', list, '--tlp', 'amber')).code, 0);
  assert.equal(
    (await run('recipient', 'add', 'client:works', '--name', 'Works', '--sector', 'water')).out,
    'client:works saved\n',
  );
  assert.equal((await run('recipient', 'group', 'water', 'client:works')).out, 'water has 1 members\n');
  assert.match((await run('recipient', 'list')).out, /^client:works +Works +water +water/m);

  const [{ id }] = JSON.parse((await run('intel', 'search', '--json')).out) as [{ id: string }];
  const before = await run('share', 'explain', id, '--to', 'client:works');
  assert.equal(before.code, 1);
  assert.match(
    before.out,
    /^no +forward: client:works \(Works\)\n +No policy of the law permits it \[law\.no-permit: /m,
  );

  const diff = await run('law', 'diff', 'open', '--days', '1');
  assert.equal(diff.code, 1);
  assert.match(diff.out, /^Of 1 objects of 1 days: newly share 1, newly withhold 0\n/);
  assert.ok(diff.out.includes(`share 1: forward, client:works\n  ${id}: open.community\n`));
  assert.match((await run('law', 'activate', 'open')).out, /^open is in force\n/);
  assert.equal((await run('law', 'diff', 'open')).code, 0);
  assert.match((await run('law', 'show')).out, /^open \(active\), put in force by operator\n/);
  assert.equal((await run('law', 'show', '--text')).out, readFileSync(join(starterLawDir, 'open.cedar'), 'utf8'));

  const after = await run('share', 'explain', id);
  assert.equal(after.code, 0);
  assert.match(after.out, /^yes +forward: client:works \(Works\)\n.*\[open\.community: FIRST/m);
  assert.equal(
    (await run('intel', 'export', '--to', 'client:works', '--format', 'list')).out,
    '# TLP:AMBER PAP:AMBER\nevil.example\n',
  );
  const refused = await run('intel', 'export', '--to', 'public');
  assert.deepEqual([refused.code, refused.out], [1, '']);
  assert.match(refused.err, /^comity: Cannot give any of 1 objects: floor\.tlp-amber \(1\), law\.no-permit \(1\)\n/);
  const decisions = await run('share', 'decisions');
  assert.match(decisions.out, new RegExp(`1 +deny +publish +public +floor\\.tlp-amber law\\.no-permit +${id}`));
  assert.match(decisions.out, new RegExp(`1 +allow +forward +client:works +open\\.community +${id}`));

  assert.equal((await run('share', 'statement', 'Copyright')).out, 'noted\n');
  assert.equal((await run('recipient', 'group', 'water', '--remove')).out, 'removed\n');
  assert.equal((await run('recipient', 'remove', 'client:works')).out, 'removed\n');
  assert.equal((await run('recipient', 'remove', 'client:works')).code, 1);
});
