import assert from 'node:assert/strict';
import test from 'node:test';
import { parseStixId } from '@comity/protocol/base';
import type { AdmittedObject } from '../sharing/index.ts';
import { Telling, tellablesOf, whyUntold } from './tellable.ts';
import { ToldMemory } from './told-memory.ts';

const id = parseStixId('indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f');

/** An object as an exit admits it. */
function admitted(
  json: Record<string, unknown>,
  rest: { readonly tlp?: AdmittedObject['tlp']; readonly pap?: 'red' | 'green'; readonly leaseUntilUs?: number } = {},
): AdmittedObject {
  const { tlp = 'green', pap, leaseUntilUs } = rest;
  const text = JSON.stringify({ type: 'indicator', pattern_type: 'stix', ...json });
  return {
    object: { id, type: 'indicator', modifiedUs: 1, text, tlp, leaseUntilUs, recalled: false, own: false },
    facets: { pap } as AdmittedObject['facets'],
    decision: {} as AdmittedObject['decision'],
    tlp,
    text,
    definitions: [],
  };
}

test('AMBER+STRICT, RED and PAP:RED are told to nobody, whatever was decided before', () => {
  const whyOf = (tlp: AdmittedObject['tlp'], pap?: 'red' | 'green') =>
    whyUntold(admitted({}, { tlp, ...(pap !== undefined && { pap }) }));
  assert.deepEqual(
    (['clear', 'green', 'amber', 'amber+strict', 'red'] as const).map((tlp) => whyOf(tlp)),
    [undefined, undefined, undefined, 'lookup.tlp', 'lookup.tlp'],
  );
  assert.deepEqual([whyOf('clear', 'red'), whyOf('clear', 'green')], ['lookup.pap-red', undefined]);
});

test('a value is told with what its object says, and for no longer than it is valid and lent', () => {
  const pattern = "[domain-name:value = 'Evil.example' AND network-traffic:dst_port = 443]";
  const json = {
    pattern,
    name: 'Kit',
    indicator_types: ['malicious-activity'],
    labels: ['kit', 7, '', 'malicious-activity'],
    valid_until: '2026-12-31T00:00:00Z',
  };
  const lent = admitted(json, { leaseUntilUs: Date.UTC(2026, 11, 1) * 1000 });
  assert.deepEqual(tellablesOf(lent), [
    {
      value: { kind: 'domain', value: 'evil.example' },
      record: {
        id,
        name: 'Kit',
        labels: ['malicious-activity', 'kit'],
        tlp: 'green',
        pap: 'amber',
        validUntil: '2026-12-01T00:00:00.000Z',
        objects: 1,
        decides: false,
      },
    },
  ]);
  const untilOf = (leaseUntilUs?: number, valid_until?: string) =>
    tellablesOf(admitted({ pattern, valid_until }, leaseUntilUs === undefined ? {} : { leaseUntilUs }))[0]?.record
      .validUntil;
  assert.deepEqual(
    [untilOf(), untilOf(undefined, '2026-12-31T00:00:00Z'), untilOf(Date.UTC(2027, 0) * 1000, '2026-12-31T00:00:00Z')],
    [undefined, '2026-12-31T00:00:00Z', '2026-12-31T00:00:00Z'],
  );
});

test('what is no STIX pattern lists no value', () => {
  assert.deepEqual(tellablesOf(admitted({ pattern_type: 'sigma', pattern: 'title: x' })), []);
  assert.deepEqual(tellablesOf(admitted({})), []);
});

test('a value of several objects is told once: of the newest whose pattern it decides, and how many there are', () => {
  const [, complete = assert.fail()] = ['a', 'b'].map(
    (name) => tellablesOf(admitted({ name, pattern: "[domain-name:value = 'evil.example']" }))[0],
  );
  const named = (name: string, decides: boolean) => ({ ...complete, record: { ...complete.record, name, decides } });
  const told = new Telling(1);
  for (const each of [named('newest', false), named('decides', true), named('older', true)]) told.add(each);
  told.add({ ...complete, value: { kind: 'domain', value: 'other.example' } });
  assert.deepEqual(
    told.list().map(({ record }) => [record.name, record.objects]),
    [['decides', 3]],
  );
  assert.equal(told.leftOut, 1);
});

test('each version is told to each recipient once, however many there are', () => {
  const memory = new ToldMemory();
  const versions = Array.from({ length: 2000 }, (_, index) => ({ id, modifiedUs: index }));
  for (const recipient of ['member:a', 'member:b']) {
    assert.ok(versions.every((version) => !memory.note(recipient, version)));
    assert.ok(versions.every((version) => memory.note(recipient, version)));
  }
  assert.ok(!memory.note('member:a', { id, modifiedUs: undefined }));
  memory.clear();
  assert.ok(!memory.note('member:a', versions[0]!));
});
