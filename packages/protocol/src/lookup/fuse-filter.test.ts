import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import fc from 'fast-check';
import { ComityError } from '../base/index.ts';
import { buildFuseFilter, mayHave, nameBytes, parseFuseFilter, printFuseFilter } from './index.ts';

const nameOf = (label: string): Uint8Array =>
  new Uint8Array(createHash('sha256').update(label).digest().subarray(0, nameBytes));
const namesOf = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, index) => nameOf(`in ${index}`)).toSorted((a, b) => Buffer.compare(a, b));
const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

for (const bits of [8, 16] as const) {
  test(`of ${bits} bits: every name of a set is in its filter, of whatever size, also once written and read`, () => {
    for (const count of [0, 1, 2, 3, 4, 7, 10, 33, 100, 1000, 3000, 20_000]) {
      const names = namesOf(count);
      const filter = buildFuseFilter(names, bits);
      const read = parseFuseFilter(printFuseFilter(filter));
      for (const each of [filter, read])
        assert.ok(
          names.every((name) => mayHave(each, name)),
          `${count}`,
        );
      assert.equal(read.count, count);
    }
  });

  test(`of ${bits} bits: another name is in it once in 2^${bits}`, () => {
    const filter = buildFuseFilter(namesOf(5000), bits);
    const asked = 100_000;
    let yes = 0;
    for (let index = 0; index < asked; index += 1) if (mayHave(filter, nameOf(`out ${index}`))) yes += 1;
    const expected = asked / 2 ** bits;
    assert.ok(yes < expected * 2 + 5 && (bits === 16 || yes > expected / 2), `${yes} instead of ${expected}`);
  });
}

test('a name takes 1.2 bytes, or twice that, of a set of a hundred thousand', () => {
  const names = namesOf(100_000);
  assert.ok(printFuseFilter(buildFuseFilter(names, 8)).length < names.length * 1.25);
  assert.ok(printFuseFilter(buildFuseFilter(names, 16)).length < names.length * 2.5);
});

test('the same names make the same bytes on every machine', () => {
  const print = (count: number, bits: 8 | 16) => digestOf(printFuseFilter(buildFuseFilter(namesOf(count), bits)));
  assert.deepEqual(
    [print(1000, 8), print(1000, 16)],
    [
      'aec41f00389733dc61615a09ec1b9dd352eac40bba45b4180eb7d94702357bf2',
      'd34977fd26392c9ac01ec34c1ddb4443806f8c00ec30ed275ed59b8955a7e377',
    ],
  );
});

test('names that are not in order, or twice, are a fault of the program', () => {
  const [one, two] = namesOf(2) as [Uint8Array, Uint8Array];
  for (const names of [[two, one], [one, one], [one.subarray(1)]])
    assert.throws(() => buildFuseFilter(names, 8), /Assertion failed: (?:names ascend|a name has its length)/);
  // Of fewer than a full name's bits nothing tells them apart: outputs never do that.
  const alike = Array.from({ length: 40 }, (_, index) => new Uint8Array(nameBytes).fill(0, 0, 15).with(15, index));
  assert.throws(() => buildFuseFilter(alike, 8), /no seed of a hundred fits/);
});

test('what is no filter is refused with a place, and whatever is read answers', () => {
  const bytes = printFuseFilter(buildFuseFilter(namesOf(10), 8));
  const changed = (offset: number, value: number) => bytes.with(offset, value);
  for (const bad of [
    bytes.subarray(0, 20),
    bytes.subarray(0, bytes.length - 1),
    changed(0, 0),
    changed(7, 9),
    changed(19, 3),
    changed(19, 2),
    changed(17, 0xff),
    changed(23, 0),
    changed(20, 0xff),
    changed(7, 16),
  ])
    assert.throws(() => parseFuseFilter(bad), { code: 'LOOKUP_MALFORMED' });
  fc.assert(
    fc.property(
      fc.nat(bytes.length - 1),
      fc.nat(255),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      (at, value, name) => {
        try {
          assert.equal(typeof mayHave(parseFuseFilter(bytes.with(at, value)), name), 'boolean');
        } catch (error) {
          assert.ok(error instanceof ComityError && error.code === 'LOOKUP_MALFORMED');
        }
      },
    ),
    { numRuns: 300 },
  );
});
