import { hash } from 'node:crypto';
import { readSync } from 'node:fs';

/** Bytes at the start of a file that it is known by. */
export const headBytesMax = 1024;
/** Bytes before the offset that show the file was not written anew up to there. */
export const tailBytesMax = 64;

/** Of bytes a file is known by; not for secrets. */
export function printOf(bytes: Uint8Array): string {
  return hash('sha1', bytes, 'base64url');
}

/** Up to `length` bytes at `position`; fewer at the end of the file. */
export function readAt(fd: number, position: number, length: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const read = readSync(fd, bytes, filled, length - filled, position + filled);
    if (read === 0) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}

/** What is known of bytes that were judged. */
export interface FilePrints {
  readonly headBytes: number;
  readonly headPrint: string;
  readonly tailAt: number;
  readonly tailPrint: string;
}

/** Whether an open file still begins with, and has before the offset, what was judged. */
export function hasPrints(fd: number, prints: FilePrints): boolean {
  if (prints.headBytes > 0 && printOf(readAt(fd, 0, prints.headBytes)) !== prints.headPrint) return false;
  return prints.tailAt === 0 || printOf(tailOf(fd, prints.tailAt)) === prints.tailPrint;
}

function tailOf(fd: number, at: number): Uint8Array {
  const length = Math.min(tailBytesMax, at);
  return readAt(fd, at - length, length);
}

/** Follows the bytes of a file as they are judged and knows its prints at any whole-line end. */
export class PrintTaker {
  #head: Uint8Array;
  #prints: FilePrints;

  /** @param head - the first bytes of the file up to where reading begins, at most {@link headBytesMax}. */
  constructor(head: Uint8Array, prints: FilePrints) {
    this.#head = head;
    this.#prints = prints;
  }

  get prints(): FilePrints {
    return this.#prints;
  }

  /** Whether an open file still has what was read of it: also where nothing of that is judged yet, as of a line not ended. */
  isOf(fd: number): boolean {
    return hasPrints(fd, this.#prints) && Buffer.compare(readAt(fd, 0, this.#head.length), this.#head) === 0;
  }

  /**
   * Takes in a piece that was read at `position` and judged up to `judgedTo`.
   *
   * The tail is taken from the piece in memory, never from the file again: between two reads it may have been replaced.
   */
  take(piece: Uint8Array, position: number, judgedTo: number): void {
    const missing = headBytesMax - this.#head.length;
    if (missing > 0 && position === this.#head.length) {
      this.#head = Buffer.concat([this.#head, piece.subarray(0, missing)]);
    }
    let { headBytes, headPrint, tailAt, tailPrint } = this.#prints;
    const known = Math.min(this.#head.length, judgedTo);
    if (known > headBytes) {
      headBytes = known;
      headPrint = printOf(this.#head.subarray(0, known));
    }
    const end = judgedTo - position;
    if (end > 0 && end <= piece.length && end >= Math.min(tailBytesMax, judgedTo)) {
      tailAt = judgedTo;
      tailPrint = printOf(piece.subarray(Math.max(0, end - tailBytesMax), end));
    }
    this.#prints = { headBytes, headPrint, tailAt, tailPrint };
  }
}
