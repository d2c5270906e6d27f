import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bucketsOf, packSegment, partOf, placesOf, segmentParts, segmentValues } from './value-grams.ts';

function pack(values: readonly (string | undefined)[]): Uint8Array[] {
  const packing = packSegment(values);
  for (;;) {
    const step = packing.next();
    if (step.done === true) return step.value;
  }
}

/** Places whose values may contain the text, by the index alone. */
function candidates(parts: readonly Uint8Array[], text: string): number[] {
  const lists = bucketsOf(text.toLowerCase()).map((bucket) => placesOf(parts[partOf(bucket)]!, bucket));
  const [first = [], ...others] = lists;
  return first.filter((place) => others.every((list) => list.includes(place)));
}

test('every value that contains a text is among its candidates, whatever the letters', () => {
  const values = fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(values, fc.nat(), fc.nat(), fc.integer({ min: 3, max: 12 }), (texts, which, from, length) => {
      const parts = pack(texts);
      assert.equal(parts.length, segmentParts);
      const whole = texts[which % texts.length]!.toLowerCase();
      const at = from % Math.max(1, whole.length);
      const needle = whole.slice(at, at + length);
      if (needle.length < 3) return;
      const found = candidates(parts, needle);
      for (const [place, text] of texts.entries()) {
        if (text.toLowerCase().includes(needle)) assert.ok(found.includes(place), `${needle} is in ${text}`);
      }
    }),
  );
});

test('a full segment gives places in ascending order, each once, and few that do not contain the text', () => {
  const values = Array.from(
    { length: segmentValues },
    (_, place) => `host-${place.toString(36)}.repeated.repeated.example`,
  );
  const parts = pack(values);
  assert.deepEqual(
    candidates(parts, 'REPEATED'),
    values.map((_, place) => place),
  );
  assert.deepEqual(
    candidates(parts, 'host-abc'),
    [Number.parseInt('abc', 36)].filter((place) => place < segmentValues),
  );
  const few = candidates(parts, '-2zz.');
  assert.ok(few.includes(Number.parseInt('2zz', 36)) && few.length < 10, `${few.length} candidates`);
});

test('values missing, short or as long as they may be take their place', () => {
  const long = `x${'0123456789abcdef'.repeat(512)}`.slice(0, 8192);
  const parts = pack([undefined, '', 'ab', 'abc', long]);
  assert.deepEqual(candidates(parts, 'abc'), [3, 4]);
  assert.deepEqual(candidates(parts, 'x01'), [4]);
  assert.deepEqual(candidates(parts, 'zzz'), []);
  assert.deepEqual(placesOf(new Uint8Array(), 5), [], 'a row that is not there');
});
