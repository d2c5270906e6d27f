import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMemoryRest } from './memory-rest.ts';
import { VirtualTime } from './virtual-time.ts';

test('memory is given back once after the start and once when an import has been over for a while, and not after the stop', async () => {
  const time = new VirtualTime();
  let collected = 0;
  let tell = (): void => undefined;
  const onImport = (fn: () => void): (() => void) => {
    tell = fn;
    return () => undefined;
  };
  const stop = startMemoryRest({ intel: { onImport }, timers: time, collect: () => (collected += 1) });
  await time.advance(60_000);
  assert.equal(collected, 1, 'of the start');
  collected = 0;
  for (let batch = 0; batch < 30; batch += 1) {
    tell();
    await time.advance(1000);
  }
  assert.equal(collected, 0, 'while it runs');
  await time.advance(60_000);
  assert.equal(collected, 1);
  tell();
  stop();
  await time.advance(60_000);
  assert.equal(collected, 1);
});
