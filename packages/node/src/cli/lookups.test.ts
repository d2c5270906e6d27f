import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { linkTo, openHouse } from '../lookup/house-for-tests.ts';
import { serveNode, temporaryDir } from '../node-for-tests.ts';
import { runForTests } from './command-for-tests.ts';

test('lookup asks a member from the command line, says what it learnt, and its exit code is the answer', async (context) => {
  const holder = await openHouse(context, { nowMs: Date.now() });
  await holder.list('green', 'evil.example');
  await holder.addMember('member:us');
  const lookupLink = linkTo(() => holder.lookup.holder.routes, 'member:us');
  const dataDir = join(temporaryDir(context), 'data');
  await serveNode(context, { dataDir }, { lookupLink });
  const run = async (argv: readonly string[], input = '') => await runForTests(argv, input, { COMITY_DATA: dataDir });
  await run(['recipient', 'add', 'member:cert-x', '--name', 'CERT X']);

  const found = await run(['lookup', '-', '--member', 'cert-x'], '# of today\nwww.evil.example\n\ngood.example\n');
  assert.equal(found.code, 0, found.err);
  assert.match(found.out, /^www\.evil\.example +known there +evil\.example +About evil\.example +c2 +green/m);
  assert.match(found.out, /^good\.example +not known/m);
  assert.match(
    found.out,
    /^member:cert-x learnt that you asked, at .+Z; it evaluated 3 values without seeing them; all its records were fetched, .+\. It answered with the key it used before or first; it has published none\.$/m,
  );
  const list = join(dataDir, 'values.txt');
  writeFileSync(list, 'good.example\n');
  const none = await run(['lookup', list, '--member', 'member:cert-x', '--json']);
  assert.equal(none.code, 1);
  assert.equal((JSON.parse(none.out) as { values: { outcome: string }[] }).values[0]?.outcome, 'none');
  assert.equal((await run(['lookup', 'evil.example', '--member', 'nobody'])).code, 2);
  const whom = await run(['lookup', 'evil.example']);
  assert.deepEqual([whom.code, /without --member/.test(whom.err)], [2, true]);

  await run(['intel', 'import', list]);
  const here = await run(['lookup', 'good.example', '--member', 'cert-x']);
  assert.equal(here.code, 0);
  assert.match(here.out, /^good\.example +known here/m);
  assert.match(here.out, /was not asked and learnt nothing/);

  const offers = await run(['lookup', 'offers']);
  assert.equal(offers.code, 0);
  assert.match(offers.out, /^MEMBER/);
  assert.deepEqual(Object.keys(JSON.parse((await run(['lookup', 'offers', '--json'])).out) as object), ['rows']);
});
