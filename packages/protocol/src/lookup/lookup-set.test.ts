import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import fc from 'fast-check';
import { ComityError, limits } from '../base/index.ts';
import {
  buildFuseFilter,
  bucketsMax,
  lookupInput,
  parseEvaluation,
  parseLookupSet,
  parseQuestion,
  parseRecordRequest,
  printEvaluation,
  printLookupSet,
  printQuestion,
  printRecordRequest,
  questionsOf,
} from './index.ts';
import type { LookupSet } from './index.ts';

const bytesOf = (label: string, count: number): Uint8Array =>
  new Uint8Array(createHash('shake256', { outputLength: count }).update(label).digest());
const set: LookupSet = {
  epoch: 2965,
  publicKey: bytesOf('key', 32),
  untilUs: Date.parse('2026-12-03T00:00:00Z') * 1000,
  generation: bytesOf('generation', 16),
  bucketBits: 1,
  cellBytes: 384,
  filter: buildFuseFilter([bytesOf('a', 16)], 8),
};
const malformed = { code: 'LOOKUP_MALFORMED' };

test('a set is read as it was written', () => {
  assert.deepEqual(parseLookupSet(printLookupSet(set)), set);
});

test('what is no set is refused with a place, and nothing else is thrown', () => {
  const bytes = Buffer.from(printLookupSet(set));
  const end = bytes.indexOf(10);
  const head = JSON.parse(bytes.toString('utf8', 0, end)) as Record<string, unknown>;
  const changed = (change: object) =>
    Buffer.concat([Buffer.from(`${JSON.stringify({ ...head, ...change })}\n`), bytes.subarray(end + 1)]);
  for (const change of [
    { version: 2 },
    { epoch: -1 },
    { epoch: 2 ** 32 },
    { key: 'AA' },
    { key: 'zz'.repeat(32) },
    { until: '2026-99-01T00:00:00Z' },
    { until: 'soon' },
    { generation: '' },
    { bucketBits: 17 },
    { cellBytes: 100 },
    { more: 1 },
  ])
    assert.throws(() => parseLookupSet(changed(change)), malformed, JSON.stringify(change));
  assert.throws(() => parseLookupSet(bytes.subarray(0, end)), malformed);
  assert.throws(() => parseLookupSet(Buffer.from('{\n')), malformed);
  assert.throws(() => parseLookupSet(Buffer.from([0xff, 10])), malformed);
  const large = { length: limits.lookupAnswerBytesMax + 1 } as Uint8Array;
  assert.throws(() => parseLookupSet(large), { code: 'INPUT_TOO_LARGE' });
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
      try {
        parseLookupSet(new Uint8Array(bytes).with(at, value));
      } catch (error) {
        assert.ok(error instanceof ComityError && error.code === 'LOOKUP_MALFORMED');
      }
    }),
  );
});

test('questions, answers and requests for records are read as they were written and in no other form', () => {
  const elements = [bytesOf('1', 32), bytesOf('2', 32)];
  const question = { epoch: 2 ** 32 - 1, elements };
  assert.deepEqual(parseQuestion(printQuestion(question)), question);
  const evaluation = { elements, proof: bytesOf('p', 64) };
  assert.deepEqual(parseEvaluation(printEvaluation(evaluation), 2), evaluation);
  const request = { generation: set.generation, buckets: [0, 3, 0xffff] };
  assert.deepEqual(parseRecordRequest(printRecordRequest(request)), request);
  assert.deepEqual(parseRecordRequest(printRecordRequest({ ...request, buckets: [] })).buckets, []);

  for (const length of [0, 4, 35, 37, 4 + 32 * (limits.lookupBatchMax + 1)])
    assert.throws(() => parseQuestion(new Uint8Array(length)), malformed, `${length}`);
  for (const length of [64, 96, 127, 129]) assert.throws(() => parseEvaluation(new Uint8Array(length), 2), malformed);
  for (const length of [0, 15, 17, 16 + 2 * (bucketsMax + 1)])
    assert.throws(() => parseRecordRequest(new Uint8Array(length)), malformed, `${length}`);
  for (const buckets of [
    [1, 1],
    [2, 1],
  ])
    assert.throws(() => parseRecordRequest(printRecordRequest({ ...request, buckets })), malformed);
});

test('values of two kinds are two inputs, however they are written', () => {
  const texts = (['domain', 'file-name', 'other'] as const).map((kind) =>
    Buffer.from(lookupInput({ kind, value: 'a.example' })).toString(),
  );
  assert.equal(texts[0], 'comity/lookup/v1\ndomain\na.example');
  assert.equal(new Set(texts).size, 3);
});

test('of a name those above it are asked too, up to the one that was registered; of other values nothing else', () => {
  const names = (value: string) => questionsOf({ kind: 'domain', value }).map((each) => each.value);
  assert.deepEqual(names('evil.example'), ['evil.example']);
  assert.deepEqual(names('www.shop.evil.example'), ['www.shop.evil.example', 'shop.evil.example', 'evil.example']);
  assert.deepEqual(names('a.evil.co.uk'), ['a.evil.co.uk', 'evil.co.uk']);
  assert.deepEqual(names('co.uk'), ['co.uk']);
  assert.deepEqual(names('*.evil.example'), ['*.evil.example']);
  assert.equal(names(`${'a.'.repeat(60)}evil.example`).length, 5);
  const address = { kind: 'ipv4', value: '192.0.2.7' } as const;
  assert.deepEqual(questionsOf(address), [address]);
});
