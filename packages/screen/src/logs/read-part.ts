import type { Part } from './part.ts';

const NEWLINE = 0x0a;

/** How the lines of a part are read. */
export interface PartReader {
  /** Takes one chunk; what is read lies here until the next. */
  readonly buffer: Uint8Array;
  /** Fills `target` from an offset in the file; fewer bytes only at its end. */
  readonly read: (target: Uint8Array, at: number) => number;
  /** Takes the next bytes of the part, the first of which are at `offset`. @returns Whether to go on. */
  readonly take: (bytes: Uint8Array, offset: number) => boolean;
}

/**
 * Reads the lines that begin in a part, whole: the last may end far behind it.
 *
 * Chunks begin at multiples of their size, whatever the part: what becomes of a line too long to be one record depends on how it
 * is cut, and must not depend on where parts begin.
 */
export function readPart(part: Part, { buffer, read, take }: PartReader): void {
  let at = part.start;
  let hasLine = at === 0 || isLineStart(read, buffer, at);
  for (;;) {
    const length = read(buffer.subarray(0, buffer.length - (at % buffer.length)), at);
    if (length === 0) return;
    let from = 0;
    if (!hasLine) {
      const lineEnd = buffer.subarray(0, Math.min(length, part.end - at)).indexOf(NEWLINE);
      from = lineEnd < 0 ? length : lineEnd + 1;
      hasLine = lineEnd >= 0;
      if (at + from >= part.end) return;
    }
    // The byte before `part.end` may be the end of the last line.
    const lastEnd =
      at + length < part.end ? -1 : buffer.subarray(0, length).indexOf(NEWLINE, Math.max(from, part.end - 1 - at));
    const to = lastEnd < 0 ? length : lastEnd + 1;
    if (to > from && !take(buffer.subarray(from, to), at + from)) return;
    if (lastEnd >= 0) return;
    at += length;
  }
}

function isLineStart(read: PartReader['read'], buffer: Uint8Array, at: number): boolean {
  return read(buffer.subarray(0, 1), at - 1) === 1 && buffer[0] === NEWLINE;
}
