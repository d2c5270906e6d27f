import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseStixId } from '@comity/protocol/base';
import { createFeed } from './index.ts';
import {
  admit,
  alpha,
  beta,
  indicator,
  indicatorId,
  kinds,
  listed,
  object,
  open,
  screened,
  source,
  uuidOf,
} from './test-bench.ts';
import type { ImportRow } from './import.ts';
import type { Bench } from './test-bench.ts';

/** Rows of the newest import that has some. */
async function rowsOf({ intel }: Bench): Promise<readonly ImportRow[]> {
  for (const { id } of (await intel.imports()).imports) {
    const rows = await intel.importRows(id);
    if (rows.length > 0) return rows;
  }
  return [];
}

/** Whether a text lies in the files of a data folder, once the log is folded in. */
async function isKept({ store, dir }: Bench, text: string): Promise<boolean> {
  await store.foldIn();
  return ['comity.db', 'comity.db-wal']
    .map((name) => join(dir, name))
    .some((file) => existsSync(file) && readFileSync(file).includes(text));
}

const pattern = "[domain-name:value = 'qzxvwk-person.example']";
/** As it was written, and as the search for words has it. */
const secrets = ['qzxvwk-person', 'Wqxyzjk', 'Zvkkqwb', 'jkwqzzv', 'qxyzjk', 'vkkqwb'];

/** Bench with an object that says a name, a value and a description in several versions, and others beside it. */
async function openWithPerson(): Promise<Bench> {
  const bench = await open();
  await admit(bench, alpha, [
    indicator(1, pattern, { name: 'Wqxyzjk', description: 'lives with Zvkkqwb '.repeat(2000), labels: ['jkwqzzv'] }),
    indicator(2, "[domain-name:value = 'other.example']", { name: 'another' }),
  ]);
  await admit(bench, alpha, [
    indicator(1, pattern, { name: 'Wqxyzjk again', modified: '2026-01-02T00:00:00.000Z', object_marking_refs: [] }),
  ]);
  await admit(bench, beta, [
    indicator(1, pattern, { name: 'Wqxyzjk of beta', modified: '2026-01-03T00:00:00.000Z' }),
    indicator(3, pattern.replace('qzxvwk-person', 'third'), { description: 'nothing of it' }),
  ]);
  return bench;
}

test('of an erased object nothing is left in the database but its id and that it was erased', async () => {
  const bench = await openWithPerson();
  for (const secret of secrets) assert.ok(await isKept(bench, secret), secret);
  assert.equal(await bench.intel.erase(indicatorId(1), 'personal data'), true);
  for (const secret of secrets) assert.equal(await isKept(bench, secret), false, secret);
  const detail = await bench.intel.object(indicatorId(1));
  assert.ok(detail !== undefined);
  assert.deepEqual(detail.object, {
    type: 'indicator',
    spec_version: '2.1',
    id: indicatorId(1),
    created: '2026-01-01T00:00:00.000Z',
    modified: detail.object['modified']!,
    revoked: true,
  });
  assert.deepEqual([detail.state, detail.values, detail.versionCount, detail.conflict], ['recalled', [], 1, false]);
  assert.match(detail.reason, /erased: personal data$/);
  assert.deepEqual(screened(bench), ['other.example', 'third.example']);
  for (const text of ['qzxvwk-person.example', 'person', 'Wqxyzjk'])
    assert.deepEqual((await bench.intel.search({ text })).rows, [], text);
  assert.deepEqual(
    (await bench.intel.search({ text: 'another' })).rows.map(({ id }) => id),
    [indicatorId(2)],
  );
  assert.equal((await bench.intel.search({ text: 'nothing' })).rows.length, 1, 'what others say is found as before');
  assert.deepEqual(await bench.store.check(), []);
  assert.equal(await bench.intel.erase(indicatorId(1), 'order'), false, 'once is for good');
  await assert.rejects(bench.intel.erase(indicatorId(9), 'order'), { code: 'NOT_FOUND' });
  await bench.close();
});

test('no import brings it back under its id: each is told that it was erased, and quotes nothing of it', async () => {
  const bench = await openWithPerson();
  await bench.intel.erase(indicatorId(1), 'personal data');
  const again = indicator(1, pattern, { name: 'Wqxyzjk', modified: '2026-01-09T00:00:00.000Z' });
  const own = source('own', { own: true, reliability: 'A' });
  const member = source('member', { kind: 'member' });
  for (const from of [alpha, beta, own, member]) {
    const [outcome] = await admit(bench, from, [again]);
    assert.ok(outcome?.kind === 'rejected');
    assert.deepEqual([outcome.error.code, outcome.error.details?.['reason']], ['CONFLICT', 'erased']);
  }
  for (const secret of secrets) assert.equal(await isKept(bench, secret), false, secret);
  const [row] = await rowsOf(bench);
  assert.deepEqual(
    [row?.id, row?.reason],
    [indicatorId(1), `Cannot take ${indicatorId(1)}: it was erased here (personal data)`],
  );
  assert.equal((await bench.intel.object(indicatorId(1)))?.state, 'recalled');
  const withdrawn = { withdraw: indicatorId(1), atUs: bench.nowMs * 1000, reason: 'x', place: '', loss: undefined };
  assert.deepEqual(kinds(await admit(bench, alpha, [withdrawn])), ['not-there']);
  await bench.close();
});

test('a value of a list that was erased does not come back by that list; what others say of the value stays', async () => {
  const bench = await open();
  await admit(bench, alpha, [listed('domain', 'qzxvwk-person.example'), listed('domain', 'shared.example')]);
  await admit(bench, beta, [indicator(1, "[domain-name:value = 'shared.example']")]);
  const idOf = async (text: string) => (await bench.intel.search({ text })).rows[0]!.id;
  await bench.intel.erase(await idOf('qzxvwk-person.example'), 'order');
  const outcomes = await admit(bench, alpha, [listed('domain', 'qzxvwk-person.example')]);
  assert.deepEqual(kinds(outcomes), ['rejected']);
  assert.equal(await isKept(bench, 'qzxvwk-person'), false);
  assert.deepEqual(screened(bench), ['shared.example']);
  const founder = parseStixId((await bench.intel.search({ text: 'shared.example' })).rows[0]!.id);
  await bench.intel.erase(founder, 'order');
  const other = (await bench.intel.search({ text: 'shared.example' })).rows;
  assert.deepEqual([other.length, other[0]?.state, screened(bench)], [1, 'active', ['shared.example']]);
  const both = new Set([founder, other[0]!.id]);
  assert.deepEqual([both.size, both.has(indicatorId(1))], [2, true]);
  await bench.close();
});

test('import reports quote nothing of it any more: what was held back, rejected, or broke the standard', async () => {
  const bench = await open();
  const run = await bench.intel.openImport(alpha, { format: 'stix', name: 'test' });
  await run.admit([indicator(1, "[domain-name:value = 'qzxvwk.example.com']", { name: 'Wqxyzjk' })]);
  run.alert('objects[0]', 'what Wqxyzjk is labelled as contradicts itself');
  await run.finish();
  await admit(bench, beta, [
    indicator(1, "[domain-name:value = 'jkwqzzv.example']", { name: 'Wqxyzjk', description: 'kept beside' }),
  ]);
  await bench.intel.erase(indicatorId(1), 'mistake');
  for (const secret of ['qzxvwk', 'Wqxyzjk', 'jkwqzzv']) assert.equal(await isKept(bench, secret), false, secret);
  const rows = await rowsOf(bench);
  assert.equal(rows.length, 1);
  for (const row of rows) assert.deepEqual([row.reason, row.place], ['erased', '']);
  await bench.close();
});

test('whoever follows the table has to begin anew, since what it would take out by its value is gone', async () => {
  const bench = await openWithPerson();
  const feed = createFeed(bench.store);
  const before = feed.sequence();
  await bench.intel.erase(indicatorId(1), 'order');
  assert.equal(feed.changesSince(before), undefined);
  const { sequence, count } = feed.activeValues();
  assert.equal(count, 2);
  assert.deepEqual(feed.changesSince(sequence), []);
  await admit(bench, alpha, [listed('domain', 'later.example')]);
  assert.deepEqual(
    feed.changesSince(sequence)?.flatMap(({ added }) => added.map(({ value }) => value.value)),
    ['later.example'],
  );
  await bench.close();
});

test('references of an erased object lead nowhere, and those to it still say its id', async () => {
  const bench = await open();
  const relation = parseStixId(`relationship--${uuidOf(5)}`);
  const times = { created: '2026-01-01T00:00:00.000Z', modified: '2026-01-01T00:00:00.000Z' };
  const malware = `malware--${uuidOf(6)}`;
  await admit(bench, alpha, [
    indicator(1, pattern),
    object({ type: 'malware', id: malware, ...times, name: 'm', is_family: false }),
    object({
      type: 'relationship',
      id: relation,
      ...times,
      relationship_type: 'indicates',
      source_ref: indicatorId(1),
      target_ref: malware,
    }),
  ]);
  const relationsOf = async (id: string) => (await bench.intel.object(parseStixId(id)))?.relations.length;
  assert.deepEqual([await relationsOf(indicatorId(1)), await relationsOf(malware)], [1, 1]);
  await bench.intel.erase(relation, 'order');
  assert.deepEqual([await relationsOf(indicatorId(1)), await relationsOf(malware)], [0, 0]);
  await bench.close();
});
