/** The hash of the table, step by step the same as `src/table/hash.ts`. */

const FOLD: u64 = 0x2020_2020_2020_2020;

export function finish(state: u32): u32 {
  let mixed = state ^ (state >> 16);
  mixed *= 0x7feb_352d;
  mixed ^= mixed >> 15;
  mixed *= 0x846c_a68b;
  return mixed ^ (mixed >> 16);
}

export function step(state: u32, word: u32, factor: u32): u32 {
  const product = (state ^ word) * factor;
  return product ^ (product >> 15);
}

export function scoped(state: u32, tag: u32, scope: u32): u32 {
  return finish(finish(state ^ (tag * 0x9e37_79b1)) ^ scope);
}

/** Next state after the label `[start, end)`, letters of either case alike. Up to 16 bytes before `start` are loaded and not used. */
export function stepLabel(state: u32, start: usize, end: usize, factor: u32): u32 {
  let next = state;
  let blockEnd = end;
  if (blockEnd - start > 16) {
    do {
      next = stepBlock(next, load<u64>(blockEnd - 8) | FOLD, load<u64>(blockEnd - 16) | FOLD, factor);
      blockEnd -= 16;
    } while (blockEnd - start > 16);
  }
  const length = u32(blockEnd - start);
  const right = (load<u64>(blockEnd - 8) | FOLD) & lastBytes(length);
  const left = (load<u64>(blockEnd - 16) | FOLD) & (length > 8 ? lastBytes(length - 8) : 0);
  return stepBlock(next, right, left, factor);
}

function stepBlock(state: u32, right: u64, left: u64, factor: u32): u32 {
  let next = step(state, u32(right >> 32), factor);
  next = step(next, u32(right), factor);
  next = step(next, u32(left >> 32), factor);
  return step(next, u32(left), factor);
}

/** A mask of the last `count` bytes of eight in memory; all from 8 on. */
function lastBytes(count: u32): u64 {
  if (count == 0) return 0;
  return count >= 8 ? ~u64(0) : ~u64(0) << ((8 - count) << 3);
}

/** Next state after the bytes `[start, end)`, each or'ed with `fold`. Up to 3 bytes behind `end` are loaded and not used. */
export function stepBytes(state: u32, start: usize, end: usize, factor: u32, fold: u32): u32 {
  let next = state;
  let at = start;
  for (; at + 4 <= end; at += 4) next = step(next, load<u32>(at) | fold, factor);
  if (at == end) return next;
  const mask = (u32(1) << (u32(end - at) << 3)) - 1;
  return step(next, (load<u32>(at) | fold) & mask, factor);
}
