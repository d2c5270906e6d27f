import assert from 'node:assert/strict';
import test from 'node:test';
import { ComityError } from '../../base/index.ts';
import type { ListedValue } from '../../values/index.ts';
import { parsePattern, patternOfValue, planPattern } from '../index.ts';

const values: readonly ListedValue[] = [
  { kind: 'domain', value: 'evil.example' },
  { kind: 'domain', value: '*.evil.example' },
  { kind: 'domain', value: 'evil.example', port: 8443 },
  { kind: 'ipv4', value: '192.0.2.1' },
  { kind: 'ipv4', value: '192.0.2.0/24' },
  { kind: 'ipv4', value: '192.0.2.1', port: 443 },
  { kind: 'ipv4', value: '192.0.2.0/24', port: 443 },
  { kind: 'ipv6', value: '2001:db8::1' },
  { kind: 'ipv6', value: '2001:db8::/32' },
  { kind: 'ipv6', value: '2001:db8::1', port: 53 },
  { kind: 'url', value: "evil.example/it's" },
  { kind: 'url', value: 'evil.example/a*' },
  { kind: 'url', value: 'evil.example/a_b%20(c)/*' },
  { kind: 'email', value: 'a@evil.example' },
  { kind: 'md5', value: 'ab'.repeat(16) },
  { kind: 'sha1', value: 'ab'.repeat(20) },
  { kind: 'sha256', value: 'ab'.repeat(32) },
  { kind: 'sha512', value: 'ab'.repeat(64) },
  { kind: 'file-name', value: 'a\\b.exe' },
  { kind: 'process-name', value: 'a.exe' },
  { kind: 'mutex', value: 'Global\\x' },
  { kind: 'mac', value: '00:00:5e:00:53:01' },
  { kind: 'asn', value: '64496' },
  { kind: 'ja3', value: 'ab'.repeat(16) },
  { kind: 'other', value: 'anything' },
];

for (const value of values) {
  test(`planning the pattern of ${value.kind} ${value.value.slice(0, 24)}${value.port === undefined ? '' : ' with a port'} gives the value`, () => {
    const plan = planPattern(parsePattern(patternOfValue(value)));
    assert.deepEqual(plan.values, [value]);
    assert.equal(plan.complete, true);
  });
}

test('only an address or a name has a port', () => {
  assert.throws(
    () => patternOfValue({ kind: 'mutex', value: 'x', port: 1 }),
    (error) => error instanceof ComityError && error.code === 'VALUE_MALFORMED',
  );
});
