import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ComityError, limits } from '../base/index.ts';
import {
  attributesOfEvent,
  hashedTexts,
  isMispManifest,
  parseMispHashes,
  parseMispManifest,
  parseWarninglist,
  readMispEvent,
} from './index.ts';
import { recogniseMispUuid } from './uuid.ts';

const uuid = '5c7cdc72-c9a4-4075-acb5-000000000001';
const digest = 'A'.repeat(64);

test('what maps no uuid is no manifest; an empty one has no entries', () => {
  for (const text of ['[]', 'null', '7', '{"info":{}}']) {
    assert.throws(() => parseMispManifest(text), { name: 'ComityError', code: 'MISP_MALFORMED' }, text);
  }
  assert.throws(() => parseMispManifest('{'), { code: 'JSON_MALFORMED' });
  assert.deepEqual(parseMispManifest('{}'), { entries: [], skipped: 0 });
});

test('an entry keeps what can be read of it; one that is no object is counted', () => {
  const entryOf = (entry: unknown): unknown => parseMispManifest(JSON.stringify({ [uuid]: entry }));
  const nothing = { uuid, info: '', organisation: '', timestampSeconds: 0, sha256: undefined };
  assert.deepEqual(entryOf({}), { entries: [nothing], skipped: 0 });
  assert.deepEqual(entryOf({ info: 7, timestamp: -1, Orgc: { name: 7 }, 'integrity:sha256': 'x' }), {
    entries: [nothing],
    skipped: 0,
  });
  assert.deepEqual(entryOf({ timestamp: 17, 'integrity:sha256': digest }), {
    entries: [{ ...nothing, timestampSeconds: 17, sha256: digest.toLowerCase() }],
    skipped: 0,
  });
  assert.deepEqual(entryOf(7), { entries: [], skipped: 1 });
});

test('a document is a manifest when its first keys are uuids of objects', () => {
  assert.ok(isMispManifest({ [uuid]: {} }));
  for (const none of [null, [], {}, { [uuid]: 7 }, { [uuid]: {}, other: {} }]) assert.ok(!isMispManifest(none));
});

test('hashes.csv beyond the limit is refused; a line of 36 characters that is no uuid is counted', () => {
  const line = `${'a'.repeat(32)},${'-'.repeat(36)}\n`;
  assert.deepEqual(parseMispHashes(`${line}\n`), { hashes: [], skipped: 1 });
  assert.equal(recogniseMispUuid('-'.repeat(36)), undefined);
  const long = 'x'.repeat(limits.jsonDocumentBytesMax + 1);
  assert.throws(() => parseMispHashes(long), { name: 'ComityError', code: 'INPUT_TOO_LARGE' });
});

test('a feed hashes a date and time with a T or a blank, a sample by name and by digest, other values whole', () => {
  const textsOf = (type: string, value: string): string[] => {
    const [attribute] = readMispEvent({ info: 'x', Attribute: [{ type, value }] }, 'event').attributes;
    assert.ok(attribute !== undefined);
    return hashedTexts(attribute);
  };
  assert.deepEqual(textsOf('datetime', '2026-01-01T00:00:00'), ['2026-01-01T00:00:00', '2026-01-01 00:00:00']);
  assert.deepEqual(textsOf('malware-sample', 'a|b'), ['a', 'b']);
  assert.deepEqual(textsOf('url', 'a|b'), ['a|b']);
});

test('the attributes of an event are its own and those of its objects, in that order', () => {
  const Attribute = ['b.example', 'c.example'].map((value) => ({ type: 'domain', value }));
  const event = readMispEvent(
    { info: 'x', Object: [{ Attribute }], Attribute: [{ type: 'domain', value: 'a.example' }] },
    'event',
  );
  const values = [...attributesOfEvent(event)].map(({ value }) => value);
  assert.deepEqual(values, ['a.example', 'b.example', 'c.example']);
});

test('a warninglist keeps the attribute types it is meant for; a version that is none is 0', () => {
  const listOf = (rest: object): unknown => {
    const { matchingAttributes, version, description } = parseWarninglist(
      JSON.stringify({ name: 'n', type: 'cidr', list: [], ...rest }),
    );
    return [matchingAttributes, version, description];
  };
  assert.deepEqual(listOf({ matching_attributes: ['domain', 7], version: 20260101, description: 'd' }), [
    ['domain'],
    20260101,
    'd',
  ]);
  assert.deepEqual(listOf({ version: 'one' }), [[], 0, '']);
  assert.throws(() => parseWarninglist('{"name":"n","type":"cidr","list":{}}'), ComityError);
});
