import { hasBit, NAME_ENDS as NAME_END_GATE, sectionAt } from './image';
import { isTrimmed, runBefore } from './masks';
import { NAME_ENDS, QUAD_ENDS, TOKEN_ENDS, TOKEN_MASK } from './scratch';

/** What the last call of {@link sortTokens} found. */
export let nameCount: u32 = 0;
export let quadCount: u32 = 0;

/**
 * Of the tokens with a dot in them, notes those that end like a listed name, and those that end like a dotted quad. Dots and hyphens
 * at their ends are taken off.
 */
export function sortTokens(header: usize, scratch: usize, input: usize, tokenEndCount: u32): void {
  const ends = scratch + TOKEN_ENDS;
  const names = scratch + NAME_ENDS;
  const quads = scratch + QUAD_ENDS;
  const gate = sectionAt(header, NAME_END_GATE);
  let nameNext = names;
  let quadNext = quads;
  for (let index: u32 = 0; index < tokenEndCount; index++) {
    let end = load<u32>(ends + (index << 2));
    let last = load<u32>(input + end - 4);
    if (isTrimmed(last >> 24)) {
      const start = end - runBefore(scratch + TOKEN_MASK, end);
      do end--;
      while (end > start && isTrimmed(load<u8>(input + end - 1)));
      if (end < start + 3) continue;
      last = load<u32>(input + end - 4);
    }
    const nameEnd = (((last >> 8) & 31) << 10) | (((last >> 16) & 31) << 5) | ((last >> 24) & 31);
    store<u32>(nameNext, end);
    nameNext += hasBit(gate, nameEnd) << 2;
    // The last octet has up to three digits, so one of the three bytes before the last is a dot.
    const dots = last ^ 0x2e2e_2e2e;
    const hasDot = u32(((dots - 0x0101_0101) & ~dots & 0x0080_8080) != 0);
    store<u32>(quadNext, end);
    quadNext += (u32((last >> 24) - 48 < 10) & hasDot) << 2;
  }
  nameCount = u32((nameNext - names) >> 2);
  quadCount = u32((quadNext - quads) >> 2);
}
