import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { taxiiPageOf } from './taxii-page.ts';

const objects = JSON.stringify([{ type: 'x', more: true, next: 'no', list: ['"more": true', ']'] }]);

test('more and next of an envelope are read wherever they stand beside the objects (TAXII 2.1 §3.7)', () => {
  const pages: [string, { more: boolean; next: string | undefined }][] = [
    [`{"more":true,"next":"a","objects":${objects}}`, { more: true, next: 'a' }],
    [`{"objects":${objects},"more":true,"next":"a]b\\"\\u0063"}`, { more: true, next: 'a]b"c' }],
    [`{"objects":${objects},"next":"a","more":true}\n`, { more: true, next: 'a' }],
    [` { "next" : "a" , "objects" : ${objects} , "more" : true } `, { more: true, next: 'a' }],
    [`{"more":true,"objects":${objects}}`, { more: true, next: undefined }],
    [`{"more":true,"next":"","objects":${objects}}`, { more: true, next: undefined }],
    [`{"more":false,"next":"a","objects":${objects}}`, { more: false, next: undefined }],
    [`{"objects":${objects}}`, { more: false, next: undefined }],
    ['{}', { more: false, next: undefined }],
    ['[{"more":true}]', { more: false, next: undefined }],
  ];
  for (const [text, page] of pages) assert.deepEqual(taxiiPageOf(text), page, text);
  const long = JSON.stringify(Array.from({ length: 2000 }, () => ({ type: 'x', description: '"more":true' })));
  assert.deepEqual(taxiiPageOf(`{"objects":${long},"more":true,"next":"z"}`), { more: true, next: 'z' });
  assert.deepEqual(taxiiPageOf(`{"objects":${long}}`), { more: false, next: undefined });
});

test('any text is read without an error, and what JSON writes comes back', () => {
  fc.assert(
    fc.property(fc.string(), (text) => void taxiiPageOf(text)),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 200 }), fc.boolean(), (next, isFirst) => {
      const edge = `"more":true,"next":${JSON.stringify(next)}`;
      const text = isFirst ? `{${edge},"objects":${objects}}` : `{"objects":${objects},${edge}}`;
      assert.deepEqual(taxiiPageOf(text), { more: true, next });
    }),
  );
});

test('a hostile edge costs no more than its length', () => {
  const begun = process.cpuUsage();
  for (const piece of ['"', '\\', '"more":', '"more":true,', '"next":"\\', ' ,', ']"'])
    taxiiPageOf(`{${piece.repeat(20_000)}`);
  assert.ok(process.cpuUsage(begun).user < 1_000_000);
});
