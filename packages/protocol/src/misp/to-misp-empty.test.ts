import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../base/index.ts';
import type { StixObject } from '../stix/index.ts';
import { stixToMisp } from './index.ts';
import {
  uuid,
  day,
  sdo,
  sco,
  indicator,
  pairsIn,
  pairsOf,
  convert,
  fields,
  first,
  listOf,
} from './to-misp-for-tests.ts';

const empty: readonly StixObject[] = [
  sco('domain-name', 3, { value: '' }),
  sco('user-account', 3, { account_type: 'github', account_login: ' ' }),
  sco('user-account', 3, { account_type: 'github' }),
  sco('windows-registry-key', 3, { key: '' }),
  sco('windows-registry-key', 3, { key: ' ', values: [{ data: 'D' }] }),
  sco('email-message', 3, { subject: ' ' }),
  sco('x509-certificate', 3, { hashes: { MD5: '' } }),
  sdo('note', 3, { content: '\n', object_refs: [] }),
  sdo('vulnerability', 3, { name: '' }),
  indicator(3, ' ', { pattern_type: 'yara' }),
];
for (const object of empty) {
  const { id: _id, spec_version: _version, created: _created, modified: _modified, ...said } = object.value;
  test(`what says nothing is no attribute but a loss: ${JSON.stringify(said)}`, () => {
    const points = { relationship_type: 'related-to', source_ref: object.id, target_ref: `malware--${uuid(4)}` };
    const of = convert([
      object,
      sdo('malware', 4, { name: 'M', is_family: true }),
      sdo('relationship', 5, points),
      sdo('sighting', 6, { sighting_of_ref: object.id, last_seen: day }),
    ]);
    assert.equal(of.attributes, 0);
    assert.deepEqual(
      fields(of),
      ['Object type "sighting"', `Object type "${object.type}"`, 'relationship "related-to"'].sort(),
    );
    assert.equal(listOf(of.event['Tag']).length, 1, 'the cluster is the event’s, then');
  });
}

test('what says nothing beside what does is left out', () => {
  assert.deepEqual(pairsOf(sco('file', 3, { name: ' ', hashes: { MD5: 'aa' } })), ['md5 aa']);
  const references = [
    { source_name: 'blog', url: ' ' },
    { source_name: 'blog', url: ' https://a.example/ ' },
  ];
  const report = sdo('report', 4, { name: 'R', description: ' ', external_references: references });
  const of = stixToMisp(report, []);
  assert.deepEqual([pairsIn(of), of.attributes], [['link https://a.example/'], 1]);
});

test('a report without a name or time has a line and a day all the same: a MISP takes no event without', () => {
  const head = (rest: JsonObject) => {
    const { info, date } = stixToMisp(sdo('report', 4, rest), []).event;
    return [info, date];
  };
  assert.deepEqual(head({ name: 'R' }), ['R', '2026-01-01']);
  assert.deepEqual(head({ name: ' ' }), [`report--${uuid(4)}`, '2026-01-01']);
  assert.deepEqual(head({ created: 'yesterday' }), [`report--${uuid(4)}`, '2026-01-01']);
  assert.deepEqual(head({ created: 7, modified: 'today' }), [`report--${uuid(4)}`, '1970-01-01']);
});

test('what is no time, or one before a MISP counts, is not said to be one', () => {
  const pattern = "[domain-name:value = 'a.example']";
  const soon = first(convert([indicator(3, pattern, { valid_from: 'soon' })]));
  assert.equal(soon['first_seen'], undefined);
  const written = '2025-12-31T00:00:00.000001Z';
  assert.equal(first(convert([indicator(3, pattern, { valid_from: written })]))['first_seen'], written);
  const name = sco('domain-name', 4, { value: 'a.example' });
  for (const times of [
    { first_observed: 'first', last_observed: day },
    { first_observed: day, last_observed: 'last' },
  ]) {
    const rest = { ...times, number_observed: 1, object_refs: [name.id], modified: written };
    const { first_seen, last_seen } = first(convert([sdo('observed-data', 3, rest), name]));
    assert.deepEqual(
      [first_seen, last_seen].filter((time) => time !== undefined),
      [day],
    );
  }
  const old = '1900-01-01T00:00:00Z';
  const before = convert([
    indicator(3, pattern, { modified: old, valid_until: old }),
    sdo('sighting', 6, { sighting_of_ref: `indicator--${uuid(3)}`, last_seen: old }),
  ]);
  assert.deepEqual([first(before)['timestamp'], first(before)['Sighting']], ['0', undefined]);
  assert.deepEqual(
    fields(before).filter((field) => field.includes('sighting')),
    ['Object type "sighting"'],
  );
});
