import {
  HASH_FACTOR,
  HASH_START,
  LISTED,
  FILTER,
  FILTER_SHIFT,
  MAIL_HOST,
  numberOf,
  ODD_MAIL_HOST,
  PARENT,
  sectionAt,
  TAG_BELOW,
  TAG_EMAIL,
  TAG_NAME,
  URL_HOST,
} from './image';
import { finish, scoped, step, stepLabel } from './hash';
import { entryIn, firstSlot, flagsOf, hasKey, isInFilter, mayHave, nextSlot, tagOf } from './lookup';
import { bitsBefore, coreStart, runBefore } from './masks';
import { IN_NAME, putPlace } from './places';
import { DOT_MASK, NAME_ENDS, QUEUE, SURVIVORS, TOKEN_MASK } from './scratch';
import { GATES_ALL, gatesWanted, mayBeUrl } from './urls';

const DOT: u32 = 46;
const AT: u32 = 64;

/** Puts on the list what may be a listed name, or lie below one, or be the host of a listed URL or e-mail address. */
export function scanNames(header: usize, scratch: usize, input: usize, length: u32, endCount: u32): void {
  const tokens = scratch + TOKEN_MASK;
  const dots = scratch + DOT_MASK;
  const ends = scratch + NAME_ENDS;
  const queue = scratch + QUEUE;
  const survivors = scratch + SURVIVORS;
  const start = numberOf(header, HASH_START);
  const factor = numberOf(header, HASH_FACTOR);

  // The last two labels of each, with hardly a decision.
  let nameCount: u32 = 0;
  for (let index: u32 = 0; index < endCount; index++) {
    const end = load<u32>(ends + (index << 2));
    const tokenStart = coreStart(input, end - runBefore(tokens, end), end);
    const size = end - tokenStart;
    const dotBits = bitsBefore(dots, end) & (size < 64 ? ~u64(0) << (64 - size) : ~u64(0));
    const lastLabel = u32(clz(dotBits));
    const second = dotBits & ~((u64(1) << 63) >> lastLabel);
    let lastDot = end - 1 - lastLabel;
    let nameStart = end - u32(clz(second));
    if (second == 0) {
      if (dotBits == 0) {
        // The only dot was at the beginning, or it is far.
        const labelBegin = labelStart(input, tokenStart, end);
        if (labelBegin == tokenStart) continue;
        lastDot = labelBegin - 1;
      }
      nameStart = size < 64 ? tokenStart : labelStart(input, tokenStart, lastDot);
    }
    let state = stepLabel(start, input + lastDot + 1, input + end, factor);
    state = stepLabel(state, input + nameStart, input + lastDot, factor);
    const item = queue + (nameCount << 4);
    store<u32>(item, finish(state));
    store<u32>(item, state, 4);
    store<u32>(item, nameStart, 8);
    store<u32>(item, tokenStart, 12);
    store<u32>(ends + (nameCount << 2), end);
    nameCount++;
  }

  const filter = sectionAt(header, FILTER);
  const shift = numberOf(header, FILTER_SHIFT);
  let count: u32 = 0;
  for (let index: u32 = 0; index < nameCount; index++) {
    store<u32>(survivors + (count << 2), index);
    count += u32(isInFilter(filter, shift, load<u32>(queue + (index << 4))));
  }

  for (let survivor: u32 = 0; survivor < count; survivor++) {
    const index = load<u32>(survivors + (survivor << 2));
    const item = queue + (index << 4);
    const end = load<u32>(ends + (index << 2));
    if (mayMatchName(header, input, length, load<u32>(item, 4), load<u32>(item, 8), load<u32>(item, 12), end)) {
      putPlace(IN_NAME, end - 1);
    }
  }
}

/**
 * From right to left, label by label, as long as anything listed lies further down.
 *
 * @param state - of the hash after the label that begins at `labelBegin`.
 */
function mayMatchName(
  header: usize,
  input: usize,
  length: u32,
  state: u32,
  labelBegin: u32,
  tokenStart: u32,
  end: u32,
): bool {
  const factor = numberOf(header, HASH_FACTOR);
  let nameState = state;
  let nameStart = labelBegin;
  while (true) {
    const hash = finish(nameState);
    const isWhole = nameStart == tokenStart;
    let isParent = false;
    for (let slot = firstSlot(header, hash); slot >= 0; slot = nextSlot(header, slot, hash)) {
      const entry = entryIn(header, slot);
      const tag = tagOf(header, entry);
      if (tag != TAG_NAME && tag != TAG_BELOW) continue;
      const flags = flagsOf(header, entry);
      if ((flags & LISTED) != 0) return true;
      if ((flags & PARENT) != 0) isParent = true;
      if (!isWhole) continue;
      if ((flags & URL_HOST) != 0 && mayBeUrl(header, entry, flags, input, length, nameStart, end)) return true;
      if ((flags & MAIL_HOST) != 0 && mayBeEmail(header, entry, flags, input, nameStart)) return true;
    }
    if (!isParent || isWhole) return false;
    const labelEnd = nameStart - 1;
    nameStart = labelStart(input, tokenStart, labelEnd);
    nameState = stepLabel(nameState, input + nameStart, input + labelEnd, factor);
    if (!mayHave(header, finish(nameState))) return false;
  }
}

function labelStart(input: usize, from: u32, end: u32): u32 {
  let at = end;
  while (at > from && load<u8>(input + at - 1) != DOT) at--;
  return at;
}

/** Whether a listed e-mail address of the host entry, which begins at `start`, may stand there. */
function mayBeEmail(header: usize, host: u32, flags: u32, input: usize, start: u32): bool {
  if (gatesWanted == GATES_ALL || (flags & ODD_MAIL_HOST) != 0) return true;
  if (start == 0 || load<u8>(input + start - 1) != AT) return false;
  const factor = numberOf(header, HASH_FACTOR);
  let state = scoped(numberOf(header, HASH_START), TAG_EMAIL, host);
  for (let at = start - 1; at > 0; at--) {
    const byte = u32(load<u8>(input + at - 1));
    if (!isLocalByte(byte)) break;
    state = step(state, byte - 65 < 26 ? byte + 32 : byte, factor);
  }
  return hasKey(header, finish(state), TAG_EMAIL);
}

/** Letters, digits and `.` `_` `-` `%` `+`. */
export function isLocalByte(byte: u32): bool {
  return (byte | 32) - 97 < 26 || byte - 48 < 10 || byte == 46 || byte == 95 || byte == 45 || byte == 37 || byte == 43;
}
