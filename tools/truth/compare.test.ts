import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare, namedFields } from './compare.ts';
import type { TruthRow } from './read-truth.ts';
import type { LogResult } from './screen-log.ts';

const row: TruthRow = {
  log: 'dns.log',
  indicator: 'evil.example',
  hits: { 'query|exact': 3, 'query|subdomain': 2 },
  sources: ['list.txt'],
  warninglists: [],
};

function result(counts: Record<string, Record<string, number>>): LogResult {
  return {
    log: 'dns.log',
    format: 'zeek-tsv',
    lines: 9,
    records: 9,
    recordsWithHit: 5,
    counts: new Map(Object.entries(counts).map(([indicator, byHow]) => [indicator, new Map(Object.entries(byHow))])),
    ports: new Map(),
    sources: new Map(),
  };
}

const fields = namedFields([row]);

test('equal counts are no difference', () => {
  const same = compare(result({ 'evil.example': { 'query|exact': 3, 'query|subdomain': 2 } }), [row], fields);
  assert.deepEqual(same, { missed: [], extra: [], otherFields: [] });
});

test('a planted loss is seen: one event fewer, or a row not found at all', () => {
  const fewer = compare(result({ 'evil.example': { 'query|exact': 2, 'query|subdomain': 2 } }), [row], fields);
  assert.deepEqual(
    fewer.missed.map(({ how, expected, found }) => [how, expected, found]),
    [['query|exact', 3, 2]],
  );
  assert.equal(compare(result({}), [row], fields).missed.length, 2);
});

test('a planted extra is seen: one event more, another value, another relation', () => {
  const more = result({
    'evil.example': { 'query|exact': 4, 'query|subdomain': 2 },
    'good.example': { 'query|exact': 1 },
  });
  assert.equal(compare(more, [row], fields).extra.length, 2);
  const exactOnly = { ...row, hits: { 'query|exact': 3 } };
  const below = result({ 'evil.example': { 'query|exact': 3, 'query|subdomain': 1 } });
  assert.equal(compare(below, [exactOnly], fields).extra.length, 1);
});

test('a match in a field the table names nowhere is counted apart', () => {
  const elsewhere = result({ 'evil.example': { 'query|exact': 3, 'query|subdomain': 2, 'referrer|exact': 1 } });
  const { missed, extra, otherFields } = compare(elsewhere, [row], fields);
  assert.deepEqual([missed.length, extra.length, otherFields.length], [0, 0, 1]);
});
