import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeSample } from './index.ts';
import { listed } from './listed.ts';

const nowMs = Date.UTC(2026, 6, 14, 9, 30);
const sample = makeSample(nowMs);
const everything = [sample.bundle, sample.list, sample.records].join('\n');

test('the sample is the same at the same instant, and its intelligence the whole day', () => {
  assert.deepEqual(makeSample(nowMs), sample);
  assert.equal(makeSample(nowMs + 3_600_000).bundle, sample.bundle);
});

test('every IPv4 address of the sample is reserved for documentation (RFC 5737)', () => {
  const addresses = everything.match(/(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g) ?? [];
  assert.ok(addresses.length > 1000);
  for (const address of addresses) assert.match(address, /^(?:192\.0\.2|198\.51\.100|203\.0\.113)\./);
});

test('every name of the sample is reserved for documentation (RFC 2606)', () => {
  // A word with a dot before something that is a top-level domain anywhere, apart from file names.
  const names =
    sample.records.match(/(?<=\(|\/\/|query\[A\] |from=<[\w.]*@|to=<[\w.]*@)[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]+\b/g) ??
    [];
  assert.ok(names.length > 500);
  for (const name of names) assert.match(name, /(?:\.example|example\.(?:com|net|org))$/);
  for (const value of Object.values(listed)) {
    if (value.kind === 'domain' || value.kind === 'url' || value.kind === 'email')
      assert.match(value.value, /(?:\.example|example\.(?:com|net|org))(?:\/|$)/);
  }
});

test('the log has about 2,000 records and a match of each relation, each where the sample says', () => {
  const lines = sample.records.trimEnd().split('\n');
  assert.equal(lines.length, 2000);
  assert.deepEqual([...new Set(sample.expected.map((match) => match.relation))].sort(), [
    'cidr',
    'exact',
    'prefix',
    'subdomain',
  ]);
  for (const match of sample.expected) {
    const core = match.listed
      .replace(/\*$/, '')
      .replace(/\/28$/, '')
      .replace('203.0.113.64', '203.0.113.')
      .replace('::bad', ':0:0:0:0:bad');
    assert.ok(lines[match.line - 1]?.includes(core), `line ${match.line} holds ${core}`);
  }
});

test('the bundle refers only to objects it has, and to the fixed TLP markings', () => {
  const { objects } = JSON.parse(sample.bundle) as { objects: Record<string, unknown>[] };
  const ids = new Set(objects.map((object) => object['id']));
  assert.equal(ids.size, objects.length);
  for (const object of objects) {
    for (const [key, value] of Object.entries(object)) {
      if (!/_refs?$/.test(key) || key === 'object_marking_refs') continue;
      for (const reference of [value].flat()) assert.ok(ids.has(reference), `${key} ${String(reference)}`);
    }
  }
  const types = new Set(objects.map((object) => object['type']));
  assert.deepEqual([...types].map(String).sort(), ['identity', 'indicator', 'malware', 'relationship', 'report']);
});
