import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePattern } from '../pattern/index.ts';
import { parseIndicator } from '../stix/index.ts';
import { mispToStix, readMispEvent } from './index.ts';
import type { MispConversion } from './index.ts';

const convert = (...attributes: { type: string; value: string; to_ids: boolean; uuid?: string }[]): MispConversion =>
  mispToStix(readMispEvent({ info: 'one event', Attribute: attributes }, 'event'));

test('the hive of a registry key is written in full, in observables and in patterns (STIX 2.1 §6.17)', () => {
  const value = String.raw`hkcu\Software\HKLM\Run`;
  const full = String.raw`HKEY_CURRENT_USER\Software\HKLM\Run`;
  const { objects } = convert(
    { type: 'regkey', value, to_ids: false },
    { type: 'regkey|value', value: `${value}|x`, to_ids: false },
    { type: 'regkey', value: String.raw`Software\Run`, to_ids: false },
    { type: 'regkey', value: value.replace('hkcu', 'HKCU'), to_ids: true },
  );
  const keys = objects.flatMap((object) => (object.type === 'windows-registry-key' ? [object.value['key']] : []));
  assert.deepEqual(keys, [full, full, String.raw`Software\Run`]);
  const indicator = objects.find((object) => object.type === 'indicator');
  assert.equal(indicator?.value['pattern'], `[windows-registry-key:key = '${full.replaceAll('\\', '\\\\')}']`);
});

test('a digest that has not the form of its algorithm is a fault, not an indicator nobody can read', () => {
  const wrong = [
    { type: 'ssdeep', value: '3072:GxXIbbVc\r\npID+5/MiPDH8Qn' },
    { type: 'md5', value: 'd41d8cd98f00b204e9800998ecf8427' },
    { type: 'filename|sha1', value: 'a.exe|da39a3ee' },
    { type: 'x509-fingerprint-sha256', value: 'g'.repeat(64) },
  ];
  const { objects, faults, attributes } = convert(...wrong.map((each) => ({ ...each, to_ids: true })));
  assert.deepEqual(
    objects.map(({ type }) => type),
    ['grouping'],
  );
  assert.deepEqual(
    faults.map(({ reason }) => reason),
    wrong.map(({ type }) => `its value is no ${type}`),
  );
  assert.equal(attributes.lost, wrong.length);
});

test('a digest of its form, and one of a kind without a stated form, become indicators', () => {
  const { objects } = convert(
    { type: 'sha512/256', value: 'A'.repeat(64), to_ids: true },
    { type: 'ssdeep', value: '96:QRWkwoBevsL0:QRWktBe80JsIIq8dxKyPew0JbIi', to_ids: true },
    { type: 'tlsh', value: 'T1 anything', to_ids: true },
  );
  const indicators = objects.filter(({ type }) => type === 'indicator');
  assert.equal(indicators.length, 3);
  for (const indicator of indicators) parsePattern(parseIndicator(indicator).pattern);
});

test('an id made for something without one is a UUID of RFC 4122, the same each time (STIX 2.1 §2.9)', () => {
  const ids = () => convert({ type: 'domain', value: 'a.example', to_ids: true }).objects.map(({ id }) => id);
  for (const id of ids()) assert.match(id, /--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.deepEqual(ids(), ids());
});
