import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseIndicator } from '@comity/protocol/stix';
import { findShared, skipWithout } from '../../../../testkit/src/index.ts';
import { read, said } from './read-for-tests.ts';

const rule = (title: string, more = 'id: 2f0c2b0e-0000-4000-8000-000000000001\ndate: 2025-03-01\n'): string =>
  `title: ${title}\n${more}level: high\nlogsource: { category: process_creation }\ndetection:\n  s: { Image|endswith: '\\x.exe' }\n  condition: s\n`;

const correlation = `title: Often
correlation:
  type: event_count
  rules: [one]
  group-by: [User]
  timespan: 1m
  condition: { gte: 3 }
`;

async function indicators(text: string) {
  const items = await read(text, 'rules.yml');
  return items.flatMap((item) => (item.kind === 'object' ? [{ ...item.object, ...parseIndicator(item.object) }] : []));
}

test('a Sigma rule is an indicator whose pattern is its text, the same however often it is read', async () => {
  const text = rule('One');
  assert.deepEqual(said(await read(text, 'one.yml')), ['format sigma', 'object indicator']);
  const [one, ...others] = await indicators(text);
  assert.equal(others.length, 0);
  assert.equal(one?.patternType, 'sigma');
  assert.equal(one.pattern, text);
  assert.equal(one.name, 'One');
  assert.equal(one.value['created'], '2025-03-01T00:00:00.000Z');
  assert.deepEqual(one.value['labels'], ['high']);
  const [again] = await indicators(text);
  assert.equal(again?.text, one.text);
});

test('a rule changed at a later day is a new version; one without a date is told by its text', async () => {
  const [one] = await indicators(rule('One'));
  const id = 'id: 2f0c2b0e-0000-4000-8000-000000000001\n';
  const [changed] = await indicators(rule('Two', `${id}date: 2025-03-01\nmodified: 2025-04-01\n`));
  assert.equal(changed?.id, one?.id);
  assert.equal(changed?.value['modified'], '2025-04-01T00:00:00.000Z');
  const undated = [...(await indicators(rule('One', id))), ...(await indicators(rule('Two', id)))];
  assert.equal(new Set(undated.map((each) => each.id)).size, 2);
});

test('rules of one file stand alone; with a correlation among them they stay together', async () => {
  const two = `---\n${rule('One')}---\n# the second\n${rule('Two', '')}...\n`;
  const apart = await indicators(two);
  assert.deepEqual(
    apart.map(({ name, pattern }) => [name, pattern]),
    [
      ['One', rule('One')],
      ['Two', rule('Two', '')],
    ],
  );
  const together = `${rule('One', 'name: one\n')}---\n${correlation}`;
  assert.deepEqual(
    (await indicators(together)).map(({ pattern }) => pattern),
    [together],
  );
});

test('what cannot be asked is rejected with its line, and the rest is taken', async () => {
  const broken = rule('Broken').replace('condition: s', 'condition: nothing');
  const items = await read(`${rule('One')}---\n${broken}---\ntitle: No detection\ndetection: 7\n`, 'x.yml');
  assert.deepEqual(
    items.map((item) => (item.kind === 'rejected' ? `${item.error.code} ${item.place}` : item.kind)),
    ['format', 'SIGMA_MALFORMED line 19', 'SIGMA_MALFORMED line 17', 'object'],
  );
});

test('every rule of SigmaHQ becomes an indicator', { skip: skipWithout('data/sigma-rules') }, async () => {
  const dir = findShared('data/sigma-rules');
  assert.ok(dir !== undefined);
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yml'));
  assert.ok(files.length > 400);
  let rejections = 0;
  const ids = new Set<string>();
  for (const file of files) {
    for (const item of await read(readFileSync(`${dir}/${file}`, 'utf8'), file)) {
      if (item.kind === 'object') ids.add(item.object.id);
      if (item.kind === 'rejected') rejections += 1;
    }
  }
  assert.equal(rejections, 0);
  assert.ok(ids.size >= files.length, `${ids.size} of ${files.length}`);
});
