import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import test from 'node:test';
import fc from 'fast-check';
import { ComityError, limits, parseStixId } from '../base/index.ts';
import {
  bucketBitsOf,
  bucketOf,
  findCell,
  nameOfOutput,
  openRecord,
  parseCells,
  parseLookupRecord,
  printLookupRecord,
  sealRecord,
  textBytesOf,
} from './index.ts';
import type { LookupRecord, OnceSeal } from './index.ts';

const outputOf = (label: string): Uint8Array => new Uint8Array(createHash('sha512').update(label).digest());
const generation = new Uint8Array(16).fill(7);
const form = { generation, cellBytes: 256 };
const nonce = new Uint8Array(12);
const crypto: OnceSeal = {
  seal(key, text) {
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    return Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  },
  open(key, sealed) {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce);
    decipher.setAuthTag(sealed.subarray(-16));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    } catch {
      return undefined;
    }
  },
};
const record: LookupRecord = {
  id: parseStixId('indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f'),
  name: 'Kestrel control server',
  labels: ['malicious-activity', 'c2'],
  tlp: 'green',
  pap: 'amber',
  validUntil: '2026-12-01T00:00:00Z',
  objects: 2,
  decides: true,
};

test('a record opens for whoever has the output of its value, in its generation, and for nobody else', () => {
  const output = outputOf('evil.example');
  const cell = sealRecord(output, 'what is known', form, crypto);
  assert.equal(openRecord(output, cell, generation, crypto), 'what is known');
  const unproven = { code: 'LOOKUP_UNPROVEN' };
  assert.throws(() => openRecord(outputOf('other.example'), cell, generation, crypto), unproven);
  // Who knows no more than the name of the record, which the set tells everybody.
  const guessed = new Uint8Array(64);
  guessed.set(nameOfOutput(output));
  assert.throws(() => openRecord(guessed, cell, generation, crypto), unproven);
  assert.throws(() => openRecord(output, cell, generation.with(0, 1), crypto), unproven);
  for (let offset = 16; offset < cell.length; offset += 11)
    assert.throws(() => openRecord(output, cell.with(offset, cell[offset]! ^ 1), generation, crypto), unproven);
});

test('records are of one size, whatever they say', () => {
  for (const text of ['', 'short', 'x'.repeat(textBytesOf(256))])
    assert.equal(sealRecord(outputOf('a'), text, form, crypto).length, 256);
  assert.throws(() => sealRecord(outputOf('a'), 'x'.repeat(textBytesOf(256) + 1), form, crypto), /fits/);
});

test('a record that is not filled up with zeros, or is no text, is refused', () => {
  const output = outputOf('a');
  const sealed = (filled: readonly number[]): Uint8Array => {
    const open = { ...crypto, open: () => Uint8Array.from(filled) };
    return Buffer.from(openRecord(output, new Uint8Array(64), generation, open));
  };
  assert.deepEqual([...sealed([0, 1, 65, 0])], [65]);
  for (const filled of [[], [0], [0, 1, 65, 1], [0, 3, 65, 0], [0, 1, 0xff, 0]])
    assert.throws(() => sealed(filled), { code: 'LOOKUP_MALFORMED' }, filled.join(' '));
});

test('buckets hold 256 records or more, and are the first bits of names', () => {
  assert.deepEqual([0, 1, 511, 512, 1024, 180_000, 1 << 30].map(bucketBitsOf), [0, 0, 0, 1, 2, 9, 16]);
  const name = Uint8Array.from([0b1010_0101, 0xff, ...new Uint8Array(14)]);
  assert.deepEqual(
    [0, 1, 3, 16].map((bits) => bucketOf(name, bits)),
    [0, 1, 5, 0b1010_0101_1111_1111],
  );
});

test('records of an answer ascend and are of the buckets that were asked for; each is found by its name', () => {
  const outputs = Array.from({ length: 50 }, (_, index) => outputOf(`${index}`)).toSorted((a, b) =>
    Buffer.compare(a, b),
  );
  const cells = outputs.map((output) => sealRecord(output, 'text', form, crypto));
  const shape = { cellBytes: 256, bucketBits: 3 };
  const answer = Buffer.concat(cells);
  assert.equal(parseCells(answer, shape).length, 50);
  assert.equal(parseCells(new Uint8Array(0), shape, []).length, 0);
  for (const output of outputs) assert.ok(findCell(parseCells(answer, shape), nameOfOutput(output)));
  for (const label of ['none', 'neither', 'nor'])
    assert.equal(findCell(cells, nameOfOutput(outputOf(label))), undefined);
  assert.equal(findCell(cells, new Uint8Array(16).fill(0xff)), undefined);
  const asked = [1, 4];
  const some = cells.filter((cell) => asked.includes(bucketOf(cell, 3)));
  assert.equal(parseCells(Buffer.concat(some), shape, asked).length, some.length);
  const malformed = { code: 'LOOKUP_MALFORMED' };
  assert.throws(() => parseCells(answer, shape, asked), malformed);
  assert.throws(() => parseCells(answer.subarray(1), shape), malformed);
  assert.throws(() => parseCells(Buffer.concat(cells.toReversed()), shape), malformed);
  assert.throws(() => parseCells(Buffer.concat([cells[0]!, cells[0]!]), shape), malformed);
  const many = { length: limits.lookupAnswerBytesMax + 256 } as Uint8Array;
  assert.throws(() => parseCells(many, shape), malformed);
});

test('what a holder tells of a value is read as it was written', () => {
  for (const each of [record, { ...record, name: '', labels: [], validUntil: undefined }])
    assert.deepEqual(parseLookupRecord(printLookupRecord(each, 1000)), each);
});

test('a record that has no room loses labels first and then the end of its name, never more', () => {
  const full = printLookupRecord(record, 1000);
  const oneLess = parseLookupRecord(printLookupRecord(record, full.length - 1));
  assert.deepEqual([oneLess.labels, oneLess.name], [['malicious-activity'], record.name]);
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.array(fc.string({ minLength: 1 })),
      (name, labels) => {
        const text = printLookupRecord({ ...record, name, labels }, 222);
        assert.ok(Buffer.byteLength(text) <= 222);
        const read = parseLookupRecord(text);
        assert.ok(name.toWellFormed().startsWith(read.name));
        assert.deepEqual({ ...read, name: '', labels: [] }, { ...record, name: '', labels: [] });
      },
    ),
    { numRuns: 200 },
  );
  assert.throws(() => printLookupRecord(record, 50), /has room/);
});

test('what is no record is refused, and nothing else is thrown', () => {
  const given = JSON.parse(printLookupRecord(record, 1000)) as Record<string, unknown>;
  for (const change of [{ id: 'x' }, { tlp: 'white' }, { objects: 0 }, { more: 1 }, { labels: [1] }, { until: 'soon' }])
    assert.throws(() => parseLookupRecord(JSON.stringify({ ...given, ...change })), { code: 'LOOKUP_MALFORMED' });
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      assert.throws(
        () => parseLookupRecord(text),
        (error) => error instanceof ComityError && error.code === 'LOOKUP_MALFORMED',
      );
    }),
  );
});
