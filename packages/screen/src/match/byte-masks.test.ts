import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '@comity/testkit';
import { ByteMasks } from './byte-masks.ts';

const classes = {
  token: /[0-9A-Za-z_.-]/,
  dot: /\./,
  colon: /:/,
  hex: /[0-9A-Fa-f]/,
} as const;

test('each byte of a range has its classes, wherever it begins, and no byte outside has any', () => {
  const random = createRandom(11);
  const masks = new ByteMasks();
  for (let round = 0; round < 300; round++) {
    const text = Array.from({ length: 140 }, () => String.fromCharCode(random.below(random.pick([128, 256])))).join('');
    const bytes = Buffer.from(text, 'latin1');
    const from = random.below(70);
    const to = from + random.below(70);
    masks.fill(bytes, from, to);
    for (const [name, pattern] of Object.entries(classes)) {
      const mask = masks[name as keyof typeof classes];
      const set = Array.from({ length: masks.count * 32 }, (_, bit) => (mask[bit >> 5]! >>> (bit & 31)) & 1);
      const expected = set.map((_, bit) => {
        const at = masks.base + bit;
        return at >= from && at < to && pattern.test(text[at]!) ? 1 : 0;
      });
      assert.deepEqual(set, expected, `${name} of ${JSON.stringify(text.slice(from, to))}`);
    }
  }
});

test('a run of a class has its borders across blocks, and ends with the range', () => {
  const bytes = Buffer.from(`  ${'a'.repeat(200)} b`);
  const masks = new ByteMasks();
  for (const from of [0, 1, 2, 3, 50]) {
    for (const to of [100, 150, 151, 204]) {
      masks.fill(bytes, from, to);
      const start = Math.max(2, from);
      const end = Math.min(202, to);
      for (const at of [start, start + 1, 64, 65, 90]) {
        assert.equal(masks.runStart(masks.token, at), start, `${from} ${to} ${at}`);
        assert.equal(masks.runEnd(masks.token, at), end, `${from} ${to} ${at}`);
      }
    }
  }
});
