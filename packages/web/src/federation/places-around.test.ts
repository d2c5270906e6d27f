import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placesAround } from './places-around.ts';

const frame = { width: 640, height: 460 };

test('every member has a place of its own within the drawing, apart from the middle, and the same one each time', () => {
  for (const count of [1, 2, 3, 12, 13, 40]) {
    const places = placesAround(count, frame);
    assert.equal(places.length, count);
    assert.deepEqual(placesAround(count, frame), places);
    for (const [at, { x, y }] of places.entries()) {
      assert.ok(x > 20 && x < frame.width - 20 && y > 20 && y < frame.height - 40, `${count}: ${x} ${y}`);
      assert.ok(Math.hypot(x - 320, y - 230) > 70, 'off the middle');
      for (const other of places.slice(at + 1))
        assert.ok(Math.hypot(x - other.x, y - other.y) > 30, `${count}: two apart`);
    }
  }
  assert.deepEqual(placesAround(0, frame), []);
});
