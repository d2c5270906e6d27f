import { HASH_FACTOR, HASH_START, NO_PORT, numberOf, OPEN_HOST, sectionAt, TAG_URL, TAIL_UNIT_BYTES, TAIL_UNITS } from './image';
import { finish, scoped, step, stepBytes } from './hash';
import { hasKey } from './lookup';

const DOT: u32 = 46;
const SLASH: u32 = 47;
const COLON: u32 = 58;
const QUESTION: u32 = 63;
const AT: u32 = 64;

/** The bytes last looked through for the end of a URL: URLs inside URLs are read once. */
let knownStart: u32 = 0;
let knownEnd: u32 = 0;
let knownTrimmedEnd: u32 = 0;
/** Whether gates are asked for: then every host of a listed URL is a place. */
export let wantsGates: bool = false;

/** Begins a new input. */
export function beginUrls(gates: bool): void {
  knownStart = 0;
  knownEnd = 0;
  wantsGates = gates;
}

/**
 * Whether a listed URL, or its gate where gates are wanted, may stand at the host `[start, end)` whose entry is given. What is
 * rare or hard to tell is said yes to: a port, a dot at the end, a root without path, a beginning.
 */
export function mayBeUrl(header: usize, host: u32, flags: u32, input: usize, length: u32, start: u32, end: u32): bool {
  if (wantsGates) return true;
  const next = end < length ? <u32>load<u8>(input + end) : 0;
  if (next == COLON || next == DOT || (flags & OPEN_HOST) != 0) return true;
  const isBehindScheme = start >= 3 && load<u16>(input + start - 2) == 0x2f2f && load<u8>(input + start - 3) == COLON;
  if (next != SLASH) return isBehindScheme && next != AT;
  findUrlEnd(input, length, end);
  const tail = end + 1;
  const units = <u32>load<u8>(sectionAt(header, TAIL_UNITS) + host);
  const longest = units == 255 ? length : units * TAIL_UNIT_BYTES;
  const trimmed = knownTrimmedEnd > tail ? knownTrimmedEnd : tail;
  const factor = numberOf(header, HASH_FACTOR);
  const begin = scoped(numberOf(header, HASH_START), TAG_URL, host);
  if (trimmed - tail > longest) return false;
  if (isListedPath(header, stepBytes(begin, input + tail, input + trimmed, factor, 0), factor)) return true;
  if (trimmed == knownEnd || knownEnd - tail > longest) return false;
  return isListedPath(header, stepBytes(begin, input + tail, input + knownEnd, factor, 0), factor);
}

function isListedPath(header: usize, state: u32, factor: u32): bool {
  return hasKey(header, finish(step(state, NO_PORT, factor)), TAG_URL);
}

function findUrlEnd(input: usize, length: u32, at: u32): void {
  if (at >= knownStart && at < knownEnd) return;
  let end = at;
  while (end < length && !isUrlEnd(load<u8>(input + end))) end++;
  let trimmed = end;
  while (trimmed > at && isUrlTrailer(load<u8>(input + trimmed - 1))) trimmed--;
  knownStart = at;
  knownEnd = end;
  knownTrimmedEnd = trimmed;
}

/** Controls, space, DEL and beyond, `"`, `#`, `<`, `>`, `\`. */
function isUrlEnd(byte: u32): bool {
  return byte <= 32 || byte >= 127 || byte == 34 || byte == 35 || byte == 60 || byte == 62 || byte == 92;
}

/** `.` `,` `;` `:` `!` `?` `'` `)` `]` `}` `|`. */
function isUrlTrailer(byte: u32): bool {
  return (
    byte == 46 || byte == 44 || byte == 59 || byte == 58 || byte == 33 || byte == QUESTION || byte == 39 || byte == 41 || byte == 93 || byte == 125 || byte == 124
  );
}
