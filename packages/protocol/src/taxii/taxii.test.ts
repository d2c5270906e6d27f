import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test from 'node:test';
import fc from 'fast-check';
import { ComityError } from '../base/index.ts';
import {
  acceptsTaxii,
  envelopeText,
  isTaxiiContent,
  parseTaxiiQuery,
  passesVersion,
  readCursor,
  recogniseTaxiiPath,
  taxiiTimestamp,
  writeCursor,
} from './index.ts';

test('Accept is read as media types: capitals, spaces, quotes, several ranges, weights (TAXII 2.1 §1.6.8)', () => {
  for (const accept of [
    'application/taxii+json;version=2.1',
    'application/taxii+json; version=2.1',
    'application/taxii+json',
    'APPLICATION/TAXII+JSON;VERSION="2.1"',
    'text/html, application/taxii+json;version=2.1;q=0.5',
  ])
    assert.ok(acceptsTaxii(accept), accept);
  for (const accept of [
    undefined,
    ' ',
    'application/json',
    '*/*',
    'application/*',
    'application/taxii+json;version=2.0',
    'application/taxii+json;version=2.1;q=0',
    'application/vnd.oasis.taxii+json; version=2.0',
    ',,',
  ])
    assert.ok(!acceptsTaxii(accept), String(accept));
});

test('the lenient switch takes what clients send that do not know better, and nothing of another version', () => {
  for (const accept of [undefined, '', 'application/json', '*/*', 'application/*'])
    assert.ok(acceptsTaxii(accept, true));
  for (const accept of ['text/html', 'application/taxii+json;version=2.0']) assert.ok(!acceptsTaxii(accept, true));
});

test('a body is TAXII’s by its one content type', () => {
  assert.ok(isTaxiiContent('application/taxii+json; version=2.1'));
  assert.ok(isTaxiiContent('application/taxii+json'));
  for (const type of [
    undefined,
    'application/json',
    'application/taxii+json;version=2.0',
    'application/taxii+json, a/b',
  ])
    assert.ok(!isTaxiiContent(type), String(type));
  assert.ok(isTaxiiContent('application/json', true));
  assert.ok(!isTaxiiContent('text/plain', true));
});

test('filters: a comma is an OR, fields are an AND, percent-encoded brackets are brackets (§3.4.1)', () => {
  const { filter, limit, next } = parseTaxiiQuery(
    'match%5Btype%5D=indicator,malware&match[id]=a&added_after=2016-11-03T12:30:59.123456Z&limit=10&next=n&match[x]=1&y=2',
    'objects',
  );
  assert.deepEqual([filter.types, filter.ids, limit, next], [['indicator', 'malware'], ['a'], 10, 'n']);
  assert.equal(filter.addedAfterUs, Date.UTC(2016, 10, 3, 12, 30, 59) * 1000 + 123_456);
  const none = parseTaxiiQuery('match[type]=&added_after=&next=&match[version]=,', 'objects');
  assert.deepEqual([none.filter.types, none.filter.addedAfterUs, none.next], [undefined, undefined, undefined]);
  assert.ok(none.filter.versions.last);
});

test('a bad filter is an error that names it: bad added_after or match[version] is no 500 (failure of servers)', () => {
  const bad: [string, string][] = [
    ['limit=0', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=abc', 'limit'],
    ['added_after=notatime', 'added_after'],
    ['added_after=2016-11-03', 'added_after'],
    ['added_after=2016-11-03T12:30:59%2B00:00', 'added_after'],
    ['match[version]=bogus', 'match[version]'],
    ['match[version]=all,last', 'match[version]'],
    ['match[type]=a&match[type]=b', 'match[type]'],
    ['limit=1&limit=2', 'limit'],
    [`match[id]=${'a,'.repeat(201)}`, 'match[id]'],
  ];
  for (const [query, parameter] of bad)
    assert.throws(
      () => parseTaxiiQuery(query, 'objects'),
      (error) =>
        error instanceof ComityError && error.code === 'ARGUMENT_INVALID' && error.details['parameter'] === parameter,
      query,
    );
});

test('an endpoint reads its own fields only (§5)', () => {
  assert.equal(parseTaxiiQuery('match[type]=x', 'object').filter.types, undefined);
  assert.ok(parseTaxiiQuery('', 'versions').filter.versions.all);
  assert.ok(parseTaxiiQuery('limit=0&match[version]=first', 'delete').filter.versions.first);
});

test('versions: first, last, all and exact times, the words adding up (§3.4.1)', () => {
  const of = (text: string) => parseTaxiiQuery(`match[version]=${text}`, 'objects').filter.versions;
  const version = { isFirst: true, isLast: false, versionUs: 1_000_000 };
  assert.deepEqual(
    ['first', 'last', 'all', '1970-01-01T00:00:01Z', 'first,last', '1970-01-01T00:00:02Z'].map((text) =>
      passesVersion(of(text), version),
    ),
    [true, false, true, true, true, false],
  );
});

const key = new Uint8Array(32).fill(7);
const macWith =
  (secret: Uint8Array) =>
  (body: Uint8Array): Uint8Array =>
    createHmac('sha256', secret).update(body).digest();
const mac = macWith(key);
const asked = { endpoint: 'objects', collection: 'c', object: undefined } as const;

test('a cursor carries its own filters, and is of one server, request and collection', () => {
  const { filter } = parseTaxiiQuery('match[type]=a&match[id]=ü&match[version]=first,1970-01-01T00:00:01Z', 'objects');
  const cursor = { ...asked, afterUs: 5, limit: 3, filter };
  const text = writeCursor(cursor, mac);
  assert.match(text, /^[\w-]+\.[\w-]+$/);
  assert.deepEqual(readCursor(text, mac, asked), cursor);
  const bare = { endpoint: 'versions', collection: 'c', object: 'o', afterUs: 0, limit: undefined } as const;
  const all = { ...bare, filter: { ...filter, ids: undefined, types: undefined, specVersions: ['2.1'] } };
  assert.deepEqual(readCursor(writeCursor(all, mac), mac, bare), all);
  const refused = { code: 'ARGUMENT_INVALID' };
  assert.throws(() => readCursor(text, macWith(new Uint8Array(32)), asked), refused);
  assert.throws(() => readCursor(text, mac, { ...asked, collection: 'other' }), refused);
  assert.throws(() => readCursor(text, mac, { ...asked, endpoint: 'manifest' }), refused);
  assert.throws(() => readCursor(text, mac, { ...asked, object: 'o' }), refused);
  for (const wrong of ['', 'bogus', 'a.b', `${text}x`, text.replace('.', '.A'), 'ab.ab', '!.!', 'x'.repeat(40_000)])
    assert.throws(() => readCursor(wrong, mac, asked), refused, wrong.slice(0, 20));
});

test('a cursor of another version of the program is refused', () => {
  const text = writeCursor({ ...asked, afterUs: 5, limit: 3, filter: parseTaxiiQuery('', 'objects').filter }, mac);
  const old = Buffer.from(text.split('.')[0]!, 'base64url').toString().replace('[1,', '[0,');
  const body = Buffer.from(old);
  const made = Buffer.from(mac(body)).subarray(0, 16);
  const forged = `${body.toString('base64url')}.${made.toString('base64url')}`;
  assert.throws(() => readCursor(forged, mac, asked), { code: 'ARGUMENT_INVALID' });
});

test('readers of a query, a cursor and a path throw nothing but their own error, whatever comes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      for (const read of [() => parseTaxiiQuery(text, 'objects'), () => readCursor(text, mac, asked)]) {
        try {
          read();
        } catch (error) {
          assert.ok(error instanceof ComityError);
        }
      }
      acceptsTaxii(text);
      recogniseTaxiiPath(`/taxii2/${text}`);
    }),
  );
});

test('paths, with the last slash and without (§3.1)', () => {
  const places: [string, string | undefined][] = [
    ['/taxii2', 'discovery'],
    ['/taxii2/api', 'api-root'],
    ['/taxii2/api/status/s', 'status'],
    ['/taxii2/api/collections', 'collections'],
    ['/taxii2/api/collections/c', 'collection'],
    ['/taxii2/api/collections/c/manifest', 'manifest'],
    ['/taxii2/api/collections/c/objects', 'objects'],
    ['/taxii2/api/collections/c/objects/o', 'object'],
    ['/taxii2/api/collections/c/objects/o/versions', 'versions'],
    ['/taxii2/api/status', undefined],
    ['/taxii2/api/status/s/t', undefined],
    ['/taxii2/api/other', undefined],
    ['/taxii2/api/collections/c/other', undefined],
    ['/taxii2/api/collections/c/manifest/o', undefined],
    ['/taxii2/api/collections/c/objects/o/other', undefined],
    ['/taxii2/api/collections/c/objects/o/versions/x', undefined],
    ['/taxii2/api//objects', undefined],
    ['/taxii2/%E0%A4%A', undefined],
    ['/other', undefined],
  ];
  for (const [path, endpoint] of places) {
    assert.equal(recogniseTaxiiPath(path)?.endpoint, endpoint, path);
    assert.equal(recogniseTaxiiPath(`${path}/`)?.endpoint, endpoint, `${path}/`);
  }
  assert.deepEqual(recogniseTaxiiPath('/taxii2/a/collections/c%2Fd/objects/o/'), {
    endpoint: 'object',
    root: 'a',
    collection: 'c/d',
    object: 'o',
  });
});

test('times have six digits (§2), and texts pass as they are (§3.7)', () => {
  assert.equal(taxiiTimestamp(1_478_176_259_000_001), '2016-11-03T12:30:59.000001Z');
  assert.equal(taxiiTimestamp(-1), '1969-12-31T23:59:59.999999Z');
  assert.equal(envelopeText(['{"a": 1.0}', '{}'], undefined), '{"more":false,"objects":[{"a": 1.0},{}]}');
  assert.equal(envelopeText([], 'n'), '{"more":true,"next":"n"}');
});
