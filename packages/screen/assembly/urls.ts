import {
  HASH_FACTOR,
  HASH_START,
  NO_PORT,
  numberOf,
  ODD_HOST,
  sectionAt,
  TAG_URL,
  TAIL_UNIT_BYTES,
  TAIL_UNITS,
} from './image';
import { finish, scoped, step, stepBytes } from './hash';
import { hasKey } from './lookup';
import { beginLines, mayBeParted } from './parted-urls';

const DOT: u32 = 46;
const SLASH: u32 = 47;
const COLON: u32 = 58;
const QUESTION: u32 = 63;

/** The bytes last looked through for the end of a URL: URLs inside URLs are read once. */
let knownStart: u32 = 0;
let knownEnd: u32 = 0;
let knownTrimmedEnd: u32 = 0;
/** Which gates are places: hosts of listed URLs and e-mail addresses where none of these stands. */
export const GATES_NONE: u32 = 0;
export const GATES_ALL: u32 = 1;
/** Those whose URL the line may have in parts: the path elsewhere, or behind the host but ended by a separator of fields. */
export const GATES_PARTED: u32 = 2;
export let gatesWanted: u32 = 0;

/** Begins a new input. */
export function beginUrls(gates: u32): void {
  knownStart = 0;
  knownEnd = 0;
  gatesWanted = gates;
  beginLines();
}

/**
 * Whether a listed URL, or its gate where it is wanted, may stand at the host `[start, end)` whose entry is given. What is
 * rare or hard to tell is said yes to: a port, a dot at the end, a query without path, a beginning.
 */
export function mayBeUrl(header: usize, host: u32, flags: u32, input: usize, length: u32, start: u32, end: u32): bool {
  if (gatesWanted == GATES_ALL || (flags & ODD_HOST) != 0) return true;
  const next = end < length ? u32(load<u8>(input + end)) : 0;
  if (next == COLON || next == DOT || next == QUESTION) return true;
  const begin = scoped(numberOf(header, HASH_START), TAG_URL, host);
  const units = u32(load<u8>(sectionAt(header, TAIL_UNITS) + host));
  const longest = units == 255 ? length : units * TAIL_UNIT_BYTES;
  const isBehindScheme = start >= 3 && load<u16>(input + start - 2) == 0x2f2f && load<u8>(input + start - 3) == COLON;
  if (
    next == SLASH
      ? mayEndTail(header, begin, longest, input, length, end + 1)
      : isBehindScheme && isListedPath(header, begin)
  )
    return true;
  return gatesWanted == GATES_PARTED && mayBeParted(header, begin, longest, input, length, start, end);
}

/** Whether the tail that begins at `tail` is a listed path, whole or without the punctuation at its end. */
function mayEndTail(header: usize, begin: u32, longest: u32, input: usize, length: u32, tail: u32): bool {
  findUrlEnd(input, length, tail - 1);
  const trimmed = knownTrimmedEnd > tail ? knownTrimmedEnd : tail;
  if (trimmed - tail > longest) return false;
  if (isPath(header, begin, input, tail, trimmed)) return true;
  return trimmed != knownEnd && knownEnd - tail <= longest && isPath(header, begin, input, tail, knownEnd);
}

/** Whether `[tail, end)` may be a listed path, given the state of its host. */
export function isPath(header: usize, begin: u32, input: usize, tail: u32, end: u32): bool {
  return isListedPath(header, stepBytes(begin, input + tail, input + end, numberOf(header, HASH_FACTOR), 0));
}

function isListedPath(header: usize, state: u32): bool {
  return hasKey(header, finish(step(state, NO_PORT, numberOf(header, HASH_FACTOR))), TAG_URL);
}

function findUrlEnd(input: usize, length: u32, at: u32): void {
  if (at >= knownStart && at < knownEnd) return;
  const end = urlEnd(input, length, at);
  let trimmed = end;
  while (trimmed > at && isUrlTrailer(load<u8>(input + trimmed - 1))) trimmed--;
  knownStart = at;
  knownEnd = end;
  knownTrimmedEnd = trimmed;
}

/** Where the bytes that may stand in a URL end, from `at` on. */
function urlEnd(input: usize, length: u32, at: u32): u32 {
  for (let block = at; block < length; block += 16) {
    const bytes = v128.load(input + block);
    // Bytes beyond 127 are below 0.
    let ends = v128.or(i8x16.lt_s(bytes, i8x16.splat(33)), i8x16.eq(bytes, i8x16.splat(127)));
    ends = v128.or(ends, v128.or(i8x16.eq(bytes, i8x16.splat(34)), i8x16.eq(bytes, i8x16.splat(35))));
    ends = v128.or(ends, v128.or(i8x16.eq(bytes, i8x16.splat(60)), i8x16.eq(bytes, i8x16.splat(62))));
    ends = v128.or(ends, i8x16.eq(bytes, i8x16.splat(92)));
    const bits = u32(i8x16.bitmask(ends));
    if (bits != 0) {
      const end = block + u32(ctz(bits));
      return end < length ? end : length;
    }
  }
  return length;
}

/** Controls, space, DEL and beyond, `"`, `#`, `<`, `>`, `\`. */
export function isUrlEnd(byte: u32): bool {
  return byte <= 32 || byte >= 127 || byte == 34 || byte == 35 || byte == 60 || byte == 62 || byte == 92;
}

/** `.` `,` `;` `:` `!` `?` `'` `)` `]` `}` `|`. */
export function isUrlTrailer(byte: u32): bool {
  return (
    byte == 46 ||
    byte == 44 ||
    byte == 59 ||
    byte == 58 ||
    byte == 33 ||
    byte == QUESTION ||
    byte == 39 ||
    byte == 41 ||
    byte == 93 ||
    byte == 125 ||
    byte == 124
  );
}
