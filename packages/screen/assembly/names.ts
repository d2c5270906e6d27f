import {
  HASH_FACTOR,
  HASH_START,
  LISTED,
  FILTER,
  FILTER_SHIFT,
  FLAGS,
  MAIL_HOST,
  numberOf,
  ODD_MAIL_HOST,
  PARENT,
  sectionAt,
  SLOT_COUNT,
  SLOTS,
  TAG,
  TAG_BELOW,
  TAG_EMAIL,
  TAG_NAME,
  URL_HOST,
} from './image';
import { finish, scoped, step, stepLabel } from './hash';
import { entryIn, firstSlot, flagsOf, hasKey, homeOf, isInFilter, nextSlot, tagOf } from './lookup';
import { bitsBefore, coreStart, runBefore } from './masks';
import { IN_NAME, putPlace } from './places';
import {
  DOT_MASK,
  NAME_CUTS,
  NAME_ENDS,
  NAME_STARTS,
  NAME_STATES,
  QUEUE,
  SURVIVORS,
  TOKEN_MASK,
  VERDICTS,
} from './scratch';
import { GATES_ALL, gatesWanted, mayBeUrl } from './urls';

const DOT: u32 = 46;
const AT: u32 = 64;

// What is known of a name, by its number: whether it is a place, or the entry + 1 of the host it is and that has to be asked.
const NOTHING: u32 = 0;
const PLACE: u32 = 0xffff_ffff;

/**
 * Puts on the list what may be a listed name, or lie below one, or be the host of a listed URL or e-mail address: from right to
 * left, label by label, as long as anything listed lies further down. All names go down a label together, so that what they ask of
 * the memory does not wait for each other.
 */
export function scanNames(header: usize, scratch: usize, input: usize, length: u32, endCount: u32): void {
  const nameCount = queueNames(header, scratch, input, length, endCount);
  let count = nameCount;
  while (count != 0) {
    count = filterNames(header, scratch, count);
    loadEntries(header, scratch, count);
    count = judgeNames(header, scratch, input, count);
  }
  putNames(header, scratch, input, length, nameCount);
}

/** Puts in the queue the name of a number from `nameStart` on, with the state of its hash. */
function putName(item: usize, name: u32, state: u32, nameStart: u32): void {
  store<u32>(item, name);
  store<u32>(item, state, 4);
  store<u32>(item, nameStart, 8);
}

/** Hashes the last two labels of each, with hardly a decision; numbers them and says how many there are. */
function queueNames(header: usize, scratch: usize, input: usize, length: u32, endCount: u32): u32 {
  const tokens = scratch + TOKEN_MASK;
  const dots = scratch + DOT_MASK;
  const ends = scratch + NAME_ENDS;
  const starts = scratch + NAME_STARTS;
  const verdicts = scratch + VERDICTS;
  const queue = scratch + QUEUE;
  const start = numberOf(header, HASH_START);
  const factor = numberOf(header, HASH_FACTOR);
  let count: u32 = 0;
  for (let index: u32 = 0; index < endCount; index++) {
    const end = load<u32>(ends + (index << 2));
    // What stands before an `@` is a user, whatever it looks like.
    if (load<u8>(input + end) == AT && end < length) continue;
    const tokenStart = coreStart(input, end - runBefore(tokens, end), end);
    const size = end - tokenStart;
    let dotBits = bitsBefore(dots, end);
    // What stands before the token counts as a dot, so that its first label ends there.
    if (size < 64) dotBits = (dotBits & (~u64(0) << (64 - size))) | (u64(1) << (63 - size));
    const lastLabel = u32(clz(dotBits));
    // The only dot was at the beginning.
    if (lastLabel == size) continue;
    const second = dotBits & ~((u64(1) << 63) >> lastLabel);
    let lastDot = end - 1 - lastLabel;
    let nameStart = end - u32(clz(second));
    if (second == 0) {
      // It is far.
      if (dotBits == 0) {
        const labelBegin = labelStart(input, tokenStart, end);
        if (labelBegin == tokenStart) continue;
        lastDot = labelBegin - 1;
      }
      nameStart = labelStart(input, tokenStart, lastDot);
    }
    const state = stepLabel(start, input + lastDot + 1, input + end, factor);
    const nextState = stepLabel(state, input + nameStart, input + lastDot, factor);
    putName(queue + (count << 4), count, nextState, nameStart);
    store<u32>(ends + (count << 2), end);
    store<u32>(starts + (count << 2), tokenStart);
    store<u32>(verdicts + (count << 2), NOTHING);
    count++;
  }
  return count;
}

/** Of those in the queue, finds the ones that may be in the table, with their hashes. */
function filterNames(header: usize, scratch: usize, queued: u32): u32 {
  const queue = scratch + QUEUE;
  const survivors = scratch + SURVIVORS;
  const filter = sectionAt(header, FILTER);
  const shift = numberOf(header, FILTER_SHIFT);
  let count: u32 = 0;
  for (let index: u32 = 0; index < queued; index++) {
    const hash = finish(load<u32>(queue + (index << 4), 4));
    store<u32>(survivors + (count << 3), index);
    store<u32>(survivors + (count << 3), hash, 4);
    count += u32(isInFilter(filter, shift, hash));
  }
  return count;
}

/** Brings what {@link judgeNames} asks of each first into the cache: loads that do not wait for each other take the time of one. */
function loadEntries(header: usize, scratch: usize, count: u32): void {
  const survivors = scratch + SURVIVORS;
  const slots = sectionAt(header, SLOTS);
  const tags = sectionAt(header, TAG);
  const flags = sectionAt(header, FLAGS);
  const slotCount = numberOf(header, SLOT_COUNT);
  // Somebody has to want what is loaded.
  let sum: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    sum += load<u32>(slots + (homeOf(load<u32>(survivors + (index << 3), 4), slotCount) << 3), 4);
  }
  for (let index: u32 = 0; index < count; index++) {
    const entry = load<u32>(slots + (homeOf(load<u32>(survivors + (index << 3), 4), slotCount) << 3), 4);
    sum += load<u8>(tags + entry - 1) + load<u8>(flags + entry - 1);
  }
  store<u32>(survivors + (count << 3), sum);
}

/** Says of each what is known of it; queues those below which more is listed, a label longer, and says how many. */
function judgeNames(header: usize, scratch: usize, input: usize, count: u32): u32 {
  const queue = scratch + QUEUE;
  const survivors = scratch + SURVIVORS;
  const factor = numberOf(header, HASH_FACTOR);
  let queued: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const item = queue + (load<u32>(survivors + (index << 3)) << 4);
    const name = load<u32>(item);
    const nameStart = load<u32>(item, 8);
    const tokenStart = load<u32>(scratch + NAME_STARTS + (name << 2));
    const state = load<u32>(item, 4);
    const hash = load<u32>(survivors + (index << 3), 4);
    const verdict = scratch + VERDICTS + (name << 2);
    store<u32>(scratch + NAME_CUTS + (name << 2), nameStart);
    store<u32>(scratch + NAME_STATES + (name << 2), state);
    if (nameStart == tokenStart) {
      store<u32>(verdict, verdictOf(header, hash));
      continue;
    }
    const flags = flagsAbove(header, hash);
    if ((flags & LISTED) != 0) store<u32>(verdict, PLACE);
    else if ((flags & PARENT) != 0) {
      const labelEnd = nameStart - 1;
      const next = labelStart(input, tokenStart, labelEnd);
      putName(queue + (queued << 4), name, stepLabel(state, input + next, input + labelEnd, factor), next);
      queued++;
    }
  }
  return queued;
}

/** The flags of whatever is listed by a name of this hash. */
function flagsAbove(header: usize, hash: u32): u32 {
  let flags: u32 = 0;
  for (let slot = firstSlot(header, hash); slot >= 0; slot = nextSlot(header, slot, hash)) {
    const entry = entryIn(header, slot);
    const tag = tagOf(header, entry);
    if (tag == TAG_NAME || tag == TAG_BELOW) flags |= flagsOf(header, entry);
  }
  return flags;
}

/** What is known of a whole name of this hash. */
function verdictOf(header: usize, hash: u32): u32 {
  let verdict = NOTHING;
  for (let slot = firstSlot(header, hash); slot >= 0; slot = nextSlot(header, slot, hash)) {
    const entry = entryIn(header, slot);
    if (tagOf(header, entry) != TAG_NAME) continue;
    const flags = flagsOf(header, entry);
    if ((flags & LISTED) != 0) return PLACE;
    if ((flags & (URL_HOST | MAIL_HOST)) == 0) continue;
    // Two hosts of one hash are rare enough not to be told apart.
    if (verdict != NOTHING) return PLACE;
    verdict = entry + 1;
  }
  return verdict;
}

/** Puts the names on the list that are places, or hosts of what may stand there: in their order, so that URLs inside URLs are read once. */
function putNames(header: usize, scratch: usize, input: usize, length: u32, nameCount: u32): void {
  for (let name: u32 = 0; name < nameCount; name++) {
    const verdict = load<u32>(scratch + VERDICTS + (name << 2));
    if (verdict == NOTHING) continue;
    const start = load<u32>(scratch + NAME_STARTS + (name << 2));
    const end = load<u32>(scratch + NAME_ENDS + (name << 2));
    if (verdict != PLACE && !mayBeHost(header, verdict - 1, input, length, start, end)) continue;
    const cut = load<u32>(scratch + NAME_CUTS + (name << 2));
    putPlace(IN_NAME, end - 1, start, cut, load<u32>(scratch + NAME_STATES + (name << 2)));
  }
}

function mayBeHost(header: usize, host: u32, input: usize, length: u32, start: u32, end: u32): bool {
  const flags = flagsOf(header, host);
  if ((flags & URL_HOST) != 0 && mayBeUrl(header, host, flags, input, length, start, end)) return true;
  return (flags & MAIL_HOST) != 0 && mayBeEmail(header, host, flags, input, start);
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
