import { isPath, isUrlEnd, isUrlTrailer } from './urls';

const NEWLINE: u32 = 10;
const SLASH: u32 = 47;
const BACKSLASH: u32 = 92;

// Beyond these a line is a place without a closer look, so that looking stays linear.
const LINE_BYTES_MAX: u32 = 4096;
const HOSTS_MAX: u32 = 8;
const CUTS_MAX: u32 = 4;

/** The line of the host looked at last, and how many hosts of it were. */
let lineStart: u32 = 0;
let lineEnd: u32 = 0;
let hosts: u32 = 0;

/** Begins a new input. */
export function beginLines(): void {
  lineStart = 0;
  lineEnd = 0;
  hosts = 0;
}

/**
 * Whether the line of the host `[start, end)` may state a listed URL of it in parts: with its path in another field, or in its own field that
 * ends where bytes alone do not show it. Escapes may hide a path.
 */
export function mayBeParted(
  header: usize,
  begin: u32,
  longest: u32,
  input: usize,
  length: u32,
  start: u32,
  end: u32,
): bool {
  if (start < lineStart || end > lineEnd) {
    findLine(input, length, start);
    hosts = 0;
  }
  if (lineEnd - lineStart > LINE_BYTES_MAX || ++hosts > HOSTS_MAX) return true;
  if (end < lineEnd && load<u8>(input + end) == SLASH && mayEndAtCut(header, begin, longest, input, end + 1))
    return true;
  const slash = i8x16.splat(47);
  const backslash = i8x16.splat(92);
  for (let at = lineStart; at < lineEnd; at += 16) {
    const bytes = v128.load(input + at);
    let bits = u32(i8x16.bitmask(v128.or(i8x16.eq(bytes, slash), i8x16.eq(bytes, backslash))));
    if (lineEnd - at < 16) bits &= (u32(1) << (lineEnd - at)) - 1;
    for (; bits != 0; bits &= bits - 1) {
      const place = at + u32(ctz(bits));
      if (load<u8>(input + place) == BACKSLASH) return true;
      if (place > lineStart && !isBorder(load<u8>(input + place - 1))) continue;
      if (mayEndAtCut(header, begin, longest, input, place + 1)) return true;
    }
  }
  return false;
}

function findLine(input: usize, length: u32, at: u32): void {
  let start = at;
  while (start > 0 && at - start <= LINE_BYTES_MAX && load<u8>(input + start - 1) != NEWLINE) start--;
  let end = at;
  while (end < length && end - at <= LINE_BYTES_MAX && load<u8>(input + end) != NEWLINE) end++;
  lineStart = start;
  lineEnd = end;
}

/** What a field that is a path may stand behind. */
function isBorder(byte: u32): bool {
  return byte <= 32 || byte == 34 || isSeparator(byte);
}

/** Separators of fields that may also stand in a path: `,` `;` `|`. */
function isSeparator(byte: u32): bool {
  return byte == 44 || byte == 59 || byte == 124;
}

/** Whether a listed path begins at `tail` and ends at a separator or where a URL ends, or before the punctuation there. */
function mayEndAtCut(header: usize, begin: u32, longest: u32, input: usize, tail: u32): bool {
  let cuts: u32 = 0;
  for (let at = tail; ; at++) {
    const byte = at < lineEnd ? u32(load<u8>(input + at)) : 0;
    const isEnd = isUrlEnd(byte);
    if (isEnd || isSeparator(byte)) {
      if (++cuts > CUTS_MAX) return true;
      if (at - tail <= longest && isPath(header, begin, input, tail, at)) return true;
      let trimmed = at;
      while (trimmed > tail && isUrlTrailer(load<u8>(input + trimmed - 1))) trimmed--;
      if (trimmed != at && trimmed - tail <= longest && isPath(header, begin, input, tail, trimmed)) return true;
      if (isEnd) return false;
    }
    // From here on no path is short enough, whatever is taken off its end.
    if (at - tail > longest && !isUrlTrailer(byte)) return false;
  }
  return false;
}
