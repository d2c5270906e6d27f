import {
  HASH_FACTOR,
  HASH_START,
  LISTED,
  FILTER,
  FILTER_SHIFT,
  FLAGS,
  MAIL_HOST,
  NAME_FILTER,
  NAME_FILTER_SHIFT,
  numberOf,
  ODD_HOST,
  HOST_PARENT,
  PARENT,
  sectionAt,
  SLOTS,
  TAG,
  TAG_BELOW,
  TAG_EMAIL,
  TAG_NAME,
  URL_HOST,
} from './image';
import { finish, scoped, step, stepLabel } from './hash';
import {
  bucketAt,
  bucketCountOf,
  bucketOf,
  entryAt,
  entryIn,
  firstSlot,
  flagsOf,
  goesOn,
  hasBits,
  hasKey,
  nextSlot,
  SHIFT_OF_NEAR,
  slotsWith,
  tagOf,
} from './lookup';
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
  SURVIVOR_BYTES,
  TOKEN_MASK,
  VERDICTS,
} from './scratch';
import { GATES_ALL, GATES_NONE, gatesWanted, mayBeUrl } from './urls';

const DOT: u32 = 46;
const COLON: u32 = 58;
const AT: u32 = 64;
const SLASHES: u32 = 0x2f2f;

// What is known of a name, by its number: whether it is a place, or the entry + 1 of the host it is and that has to be asked.
const NOTHING: u32 = 0;
const PLACE: u32 = 0xffff_ffff;
/** With the number of a name in the queue: it is asked for as a host too. */
const AS_HOST: u32 = 1 << 31;
/** In place of an entry + 1. */
const MANY: u32 = 0xffff_ffff;

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
    findEntries(header, scratch, count);
    count = judgeNames(header, scratch, count);
    lengthenNames(header, scratch, input, count);
  }
  putNames(header, scratch, input, length, nameCount);
}

/** Puts in the queue the name of a number, with {@link AS_HOST} if it is asked for as a host too, from `nameStart` on, with the state of its hash. */
function putName(item: usize, name: u32, state: u32, nameStart: u32): void {
  store<u32>(item, name);
  store<u32>(item, state, 4);
  store<u32>(item, nameStart, 8);
  store<u32>(item, finish(state), 12);
}

/** {@link AS_HOST} where the name `[start, end)` may be the host of a URL or an e-mail address that is wanted; up to 2 bytes before it are loaded. */
function mayBeHostAt(input: usize, start: u32, end: u32): u32 {
  const next = u32(load<u8>(input + end));
  const before = u32(load<u16>(input + start - 2));
  const isFollowed = u32(next - DOT < 2) | u32(next == COLON);
  return (isFollowed | u32(before == SLASHES) | u32(before >> 8 == AT) | u32(gatesWanted != GATES_NONE)) << 31;
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
    putName(queue + (count << 4), count | mayBeHostAt(input, tokenStart, end), nextState, nameStart);
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
  const nameFilter = sectionAt(header, NAME_FILTER);
  const nameShift = numberOf(header, NAME_FILTER_SHIFT);
  const filter = sectionAt(header, FILTER);
  const shift = numberOf(header, FILTER_SHIFT);
  if (nameShift < SHIFT_OF_NEAR || shift < SHIFT_OF_NEAR) loadFilters(header, queue, queued);
  let count: u32 = 0;
  for (let index: u32 = 0; index < queued; index++) {
    const item = queue + (index << 4);
    const hash = load<u32>(item, 12);
    const survivor = survivors + count * SURVIVOR_BYTES;
    const word = nameFilter + ((hash >> nameShift) << 2);
    store<u32>(survivor, index);
    store<u32>(survivor, hash, 4);
    count += u32(hasBits(word, hash)) | u32(hasBits(otherWord(item, word, filter + ((hash >> shift) << 2)), hash));
  }
  return count;
}

/** Brings the words of large filters near that {@link filterNames} asks: the less a loop does, the more loads are on their way at once. */
function loadFilters(header: usize, queue: usize, queued: u32): void {
  const nameFilter = sectionAt(header, NAME_FILTER);
  const nameShift = numberOf(header, NAME_FILTER_SHIFT);
  const filter = sectionAt(header, FILTER);
  const shift = numberOf(header, FILTER_SHIFT);
  // Somebody has to want what is loaded.
  let sum: u32 = 0;
  for (let index: u32 = 0; index < queued; index++) {
    const item = queue + (index << 4);
    const hash = load<u32>(item, 12);
    const word = nameFilter + ((hash >> nameShift) << 2);
    sum += load<u32>(word) + load<u32>(otherWord(item, word, filter + ((hash >> shift) << 2)));
  }
  store<u32>(queue + (queued << 4), sum);
}

/** The word of a name in the queue that is asked besides: of the other filter where it is asked for as a host; chosen without a decision. */
function otherWord(item: usize, nameWord: usize, word: usize): usize {
  return nameWord ^ ((nameWord ^ word) & usize(load<i32>(item) >> 31));
}

/**
 * Finds the entry + 1 of each, 0 when there is none, `MANY` when there may be several. Nothing is decided here, so loads do not wait for
 * each other and take the time of one.
 */
function findEntries(header: usize, scratch: usize, count: u32): void {
  const survivors = scratch + SURVIVORS;
  const slots = sectionAt(header, SLOTS);
  const bucketCount = bucketCountOf(header);
  // Somebody has to want what is loaded.
  let sum: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const hash = load<u32>(survivors + index * SURVIVOR_BYTES, 4);
    sum += load<u32>(bucketAt(slots, bucketOf(hash, bucketCount)));
  }
  const tags = sectionAt(header, TAG);
  const flags = sectionAt(header, FLAGS);
  for (let index: u32 = 0; index < count; index++) {
    const survivor = survivors + index * SURVIVOR_BYTES;
    const hash = load<u32>(survivor, 4);
    const bucket = bucketAt(slots, bucketOf(hash, bucketCount));
    const found = slotsWith(bucket, hash);
    const entry = entryAt(bucket, u32(ctz(found)) & 7);
    // A bit too few gives 0, a bit too many is left.
    const isMany = u32((found & (found - 1)) != 0) | u32(goesOn(bucket));
    store<u32>(survivor, isMany ? MANY : found == 0 ? 0 : entry + 1, 8);
    const known = found == 0 ? 0 : entry;
    sum += load<u8>(tags + known) + load<u8>(flags + known);
  }
  store<u32>(survivors + count * SURVIVOR_BYTES, sum);
}

/** Says of each what is known of it; queues those below which more is listed, a label longer, and says how many. */
function judgeNames(header: usize, scratch: usize, count: u32): u32 {
  const queue = scratch + QUEUE;
  const survivors = scratch + SURVIVORS;
  let queued: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const survivor = survivors + index * SURVIVOR_BYTES;
    const item = queue + (load<u32>(survivor) << 4);
    const nameAsked = load<u32>(item);
    const name = nameAsked & ~AS_HOST;
    const nameStart = load<u32>(item, 8);
    const state = load<u32>(item, 4);
    const hash = load<u32>(survivor, 4);
    const entry = load<u32>(survivor, 8);
    const verdict = scratch + VERDICTS + (name << 2);
    store<u32>(scratch + NAME_CUTS + (name << 2), nameStart);
    store<u32>(scratch + NAME_STATES + (name << 2), state);
    if (nameStart == load<u32>(scratch + NAME_STARTS + (name << 2))) {
      store<u32>(verdict, entry == MANY ? verdictOf(header, hash) : verdictBy(header, entry));
      continue;
    }
    const flags = entry == MANY ? flagsAbove(header, hash) : flagsBy(header, entry);
    store<u32>(verdict, (flags & LISTED) != 0 ? PLACE : NOTHING);
    const parents = PARENT | (HOST_PARENT & u32(i32(nameAsked) >> 31));
    const next = queue + (queued << 4);
    store<u32>(next, nameAsked);
    store<u32>(next, state, 4);
    store<u32>(next, nameStart, 8);
    queued += u32((flags & LISTED) == 0) & u32((flags & parents) != 0);
  }
  return queued;
}

/** Makes those in the queue a label longer. */
function lengthenNames(header: usize, scratch: usize, input: usize, queued: u32): void {
  const queue = scratch + QUEUE;
  const dots = scratch + DOT_MASK;
  const factor = numberOf(header, HASH_FACTOR);
  for (let index: u32 = 0; index < queued; index++) {
    const item = queue + (index << 4);
    const name = load<u32>(item);
    const labelEnd = load<u32>(item, 8) - 1;
    const tokenStart = load<u32>(scratch + NAME_STARTS + ((name & ~AS_HOST) << 2));
    const dotBits = bitsBefore(dots, labelEnd);
    let start = labelEnd - u32(clz(dotBits));
    if (dotBits == 0) start = labelStart(input, tokenStart, labelEnd);
    else if (i32(start) < i32(tokenStart)) start = tokenStart;
    putName(item, name, stepLabel(load<u32>(item, 4), input + start, input + labelEnd, factor), start);
  }
}

/** The flags of an entry + 1, if it is of a name. */
function flagsBy(header: usize, entry: u32): u32 {
  if (entry == 0) return 0;
  const tag = tagOf(header, entry - 1);
  return tag == TAG_NAME || tag == TAG_BELOW ? flagsOf(header, entry - 1) : 0;
}

/** What is known of a whole name by its entry + 1. */
function verdictBy(header: usize, entry: u32): u32 {
  if (entry == 0 || tagOf(header, entry - 1) != TAG_NAME) return NOTHING;
  const flags = flagsOf(header, entry - 1);
  if ((flags & LISTED) != 0) return PLACE;
  return (flags & (URL_HOST | MAIL_HOST)) != 0 ? entry : NOTHING;
}

/** The flags of whatever is listed by a name of this hash. */
function flagsAbove(header: usize, hash: u32): u32 {
  let flags: u32 = 0;
  for (let slot = firstSlot(header, hash); slot >= 0; slot = nextSlot(header, slot, hash)) {
    flags |= flagsBy(header, entryIn(header, slot) + 1);
  }
  return flags;
}

/** What is known of a whole name of this hash. */
function verdictOf(header: usize, hash: u32): u32 {
  let verdict = NOTHING;
  for (let slot = firstSlot(header, hash); slot >= 0; slot = nextSlot(header, slot, hash)) {
    const next = verdictBy(header, entryIn(header, slot) + 1);
    if (next == NOTHING) continue;
    // Two hosts of one hash are rare enough not to be told apart.
    if (next == PLACE || verdict != NOTHING) return PLACE;
    verdict = next;
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
  if (gatesWanted == GATES_ALL || (flags & ODD_HOST) != 0) return true;
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
