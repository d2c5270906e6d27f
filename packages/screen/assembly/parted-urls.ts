import { isPath, isUrlEnd, isUrlTrailer } from './urls';

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
/** Whether a path may begin in it. */
let hasSlash: bool = false;

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
    hasSlash = lineEnd - lineStart > LINE_BYTES_MAX || findSlash(input);
  }
  if (!hasSlash) return false;
  if (lineEnd - lineStart > LINE_BYTES_MAX || ++hosts > HOSTS_MAX) return true;
  if (end < lineEnd && load<u8>(input + end) == SLASH && mayEndAtCut(header, begin, longest, input, end + 1))
    return true;
  for (let at = lineStart; at < lineEnd; at += 16) {
    let bits = u32(i8x16.bitmask(slashesAt(input + at)));
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

/** Finds the line round `at`, or so much of it that it is seen to be too long. Up to 16 bytes round the input are loaded. */
function findLine(input: usize, length: u32, at: u32): void {
  const newline = i8x16.splat(10);
  let start: u32 = 0;
  for (let block = at; block > 0; block = block < 16 ? 0 : block - 16) {
    let bits = u32(i8x16.bitmask(i8x16.eq(v128.load(input + block - 16), newline)));
    if (block < 16) bits &= ~u32(0) << (16 - block);
    if (bits != 0) {
      start = block + 16 - u32(clz(bits));
      break;
    }
    if (at - block > LINE_BYTES_MAX) {
      start = block;
      break;
    }
  }
  let end = length;
  for (let block = at; block < length; block += 16) {
    const bits = u32(i8x16.bitmask(i8x16.eq(v128.load(input + block), newline)));
    const isFar = block - at > LINE_BYTES_MAX;
    if (bits == 0 && !isFar) continue;
    end = min(length, block + (bits != 0 ? u32(ctz(bits)) : 0));
    break;
  }
  lineStart = start;
  lineEnd = end;
}

/** Whether the line has a slash or a backslash; up to 64 bytes behind it are loaded, and one that stands there counts too. */
function findSlash(input: usize): bool {
  for (let at = lineStart; at < lineEnd; at += 64) {
    const from = input + at;
    const first = v128.or(slashesAt(from), slashesAt(from + 16));
    if (v128.any_true(v128.or(first, v128.or(slashesAt(from + 32), slashesAt(from + 48))))) return true;
  }
  return false;
}

/** Which of 16 bytes are a slash or a backslash. */
function slashesAt(at: usize): v128 {
  const bytes = v128.load(at);
  return v128.or(i8x16.eq(bytes, i8x16.splat(47)), i8x16.eq(bytes, i8x16.splat(92)));
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
