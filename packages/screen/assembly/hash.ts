/** The hash of the table, step by step the same as `src/table/hash.ts`. */
import { FOLDING, LAST_BYTES, vectors } from './vectors';

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
  const folding = v128.load(vectors + FOLDING);
  let next = state;
  let blockEnd = end;
  for (; blockEnd - start > 16; blockEnd -= 16)
    next = stepBlock(next, v128.or(v128.load(blockEnd - 16), folding), factor);
  const used = v128.load(vectors + LAST_BYTES + (blockEnd - start));
  return stepBlock(next, v128.and(v128.or(v128.load(blockEnd - 16), folding), used), factor);
}

/** Next state after 16 bytes, from right to left. */
function stepBlock(state: u32, block: v128, factor: u32): u32 {
  const right = u64(i64x2.extract_lane(block, 1));
  const left = u64(i64x2.extract_lane(block, 0));
  let next = step(state, u32(right >> 32), factor);
  next = step(next, u32(right), factor);
  next = step(next, u32(left >> 32), factor);
  return step(next, u32(left), factor);
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
