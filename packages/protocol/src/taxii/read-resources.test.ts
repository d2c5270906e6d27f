import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  findCollection,
  recogniseApiRoot,
  recogniseCollection,
  recogniseCollections,
  recogniseDiscovery,
  recogniseStatus,
  recogniseTaxiiDate,
  recogniseTaxiiError,
} from './index.ts';

test('a discovery names its API roots once each, the default first (TAXII 2.1 §4.1)', () => {
  assert.deepEqual(recogniseDiscovery({ title: 'x', default: 'b', api_roots: ['a', 'b', 5] }), ['b', 'a']);
  assert.deepEqual(recogniseDiscovery({ apiRoots: ['a'] }), ['a']);
  assert.equal(recogniseDiscovery({ title: 'x' }), undefined);
  assert.equal(recogniseDiscovery([]), undefined);
});

test('an API root is what names versions or a size (TAXII 2.1 §4.2)', () => {
  assert.deepEqual(recogniseApiRoot({ max_content_length: 5 }), { contentBytesMax: 5 });
  assert.deepEqual(recogniseApiRoot({ maxContentLength: 5, versions: [] }), { contentBytesMax: 5 });
  assert.deepEqual(recogniseApiRoot({ version: '2.1', max_content_length: '5' }), { contentBytesMax: undefined });
  assert.deepEqual(recogniseApiRoot({ max_content_length: -1 }), { contentBytesMax: undefined });
  assert.equal(recogniseApiRoot({ title: 'x' }), undefined);
  assert.equal(recogniseApiRoot('x'), undefined);
});

test('collections are read whatever their names are spelt like (TAXII 2.1 §5.1, §5.2)', () => {
  const wanted = { id: 'a', title: 'A', alias: undefined, canRead: true, canWrite: false };
  assert.deepEqual(
    recogniseCollections({ collections: [{ id: 'a', title: 'A', canRead: true, can_write: false }, 1] }),
    [wanted],
  );
  assert.deepEqual(recogniseCollections({}), []);
  assert.equal(recogniseCollections({ title: 'x' }), undefined);
  assert.equal(recogniseCollections(null), undefined);
  assert.deepEqual(recogniseCollection({ id: 'a', can_read: 'yes', alias: 'al', title: 'A' }), {
    ...wanted,
    alias: 'al',
    canRead: undefined,
    canWrite: undefined,
  });
  assert.deepEqual(recogniseCollection({ id: 'a', can_read: true })?.title, 'a');
  assert.equal(recogniseCollection({ id: 'a' }), undefined);
  assert.equal(recogniseCollection({ title: 'a' }), undefined);
});

test('a collection is found by id, alias and title, and by none of two that are alike', () => {
  const row = (id: string, title: string, alias?: string) => ({
    id,
    title,
    alias,
    canRead: undefined,
    canWrite: undefined,
  });
  const rows = [row('1', 'One', 'two'), row('2', 'two'), row('3', 'ONE'), row('4', 'Same'), row('5', 'Same')];
  const found = (name: string): string | undefined => findCollection(rows, name)?.id;
  assert.deepEqual(['1', 'two', 'One', 'ONE', 'one', 'Same', 'none'].map(found), [
    '1',
    '1',
    '1',
    '3',
    undefined,
    undefined,
    undefined,
  ]);
});

test('a status says what became of what was sent (TAXII 2.1 §4.3)', () => {
  const status = {
    id: 's',
    status: 'pending',
    success_count: 1,
    failure_count: '1',
    successes: [{ id: 'a', version: 'v' }],
    failures: [{ id: 'b', message: 'no' }, 5, { version: 'v' }],
  };
  assert.deepEqual(recogniseStatus(status), {
    id: 's',
    isComplete: false,
    successCount: 1,
    failureCount: undefined,
    successes: [{ id: 'a', version: 'v', message: undefined }],
    failures: [{ id: 'b', version: undefined, message: 'no' }],
  });
  assert.deepEqual(recogniseStatus({ status: 'complete' })?.isComplete, true);
  assert.equal(recogniseStatus({ status: 'done' }), undefined);
  assert.equal(recogniseStatus(5), undefined);
});

test('an error is one line (TAXII 2.1 §3.6.1)', () => {
  assert.equal(recogniseTaxiiError({ title: 'No', description: 'because' }), 'No: because');
  assert.equal(recogniseTaxiiError({ title: 'No' }), 'No');
  assert.equal(recogniseTaxiiError({ title: '' }), undefined);
  assert.equal(recogniseTaxiiError([]), undefined);
});

test('dates are read as the standard writes them and as JavaScript prints them', () => {
  const us = Date.UTC(2020, 1, 20, 14, 52, 34) * 1000;
  assert.deepEqual(recogniseTaxiiDate(' 2020-02-20T14:52:34.1234567Z '), {
    text: '2020-02-20T14:52:34.1234567Z',
    us: us + 123_456,
  });
  for (const text of [
    'Thu Feb 20 2020 14:52:34 GMT+0000 (Coordinated Universal Time)',
    'Thu Feb 20 2020 14:52:34 GMT+0000',
    'Thu, 20 Feb 2020 14:52:34 GMT',
    '2020-02-20T15:52:34+01:00',
  ])
    assert.deepEqual(recogniseTaxiiDate(text), { text: '2020-02-20T14:52:34.000000Z', us }, text);
  for (const text of ['', 'yesterday GMT', '2020-02-20 14:52:34', 'x'.repeat(200), `${'('.repeat(99)}Z`])
    assert.equal(recogniseTaxiiDate(text), undefined, text);
});

test('nothing a server sends is thrown at', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (value, text) => {
      const json = value as Parameters<typeof recogniseStatus>[0];
      recogniseDiscovery(json);
      recogniseApiRoot(json);
      recogniseStatus(json);
      recogniseTaxiiError(json);
      assert.ok(recogniseTaxiiDate(text) === undefined || text.length > 0);
      findCollection(recogniseCollections(json) ?? [], text);
    }),
  );
});
