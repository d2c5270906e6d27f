import { limits } from '@comity/protocol/base';
import { cutBefore } from './oversized.ts';
import { PendingBytes } from './pending-bytes.ts';

/** What a framer hands on; `offset` is that of `start` in the input, negative where that lies before the first byte pushed. */
export interface FramedLines {
  /** One or many whole lines, each with its line end; the last line of the input may lack it. */
  lines(bytes: Uint8Array, start: number, end: number, offset: number): void;
  /** Part of a line that is longer than `limits.recordBytesMax`; the line begins at `lineOffset`. */
  piece(bytes: Uint8Array, start: number, end: number, lineOffset: number, offset: number, isLast: boolean): void;
}

/** Cuts a stream into whole lines. Every byte is copied at most twice, however long its line. */
export class LineFramer {
  private readonly out: FramedLines;
  private readonly pending = new PendingBytes();
  private oversized: boolean;
  /** Offset of the first pending byte. */
  private offset = 0;
  /** Offset of the first byte of the line in pieces. */
  private lineOffset: number;

  /** @param inside - Bytes of a line too long that were judged before the first byte that will be pushed; 0 at its start. */
  constructor(out: FramedLines, inside = 0) {
    this.out = out;
    this.oversized = inside > 0;
    this.lineOffset = -inside;
  }

  push(chunk: Uint8Array): void {
    let start = 0;
    if (this.pending.length > 0 || this.oversized) {
      const first = chunk.indexOf(0x0a);
      if (first < 0) {
        this.keep(chunk, 0, chunk.length);
        return;
      }
      this.pending.append(chunk, 0, first + 1);
      this.flush();
      start = first + 1;
    }
    const last = chunk.lastIndexOf(0x0a);
    if (last >= start) {
      this.out.lines(chunk, start, last + 1, this.offset);
      this.offset += last + 1 - start;
      start = last + 1;
    }
    this.keep(chunk, start, chunk.length);
  }

  end(): void {
    if (this.pending.length > 0 || this.oversized) this.flush();
  }

  private flush(): void {
    const bytes = this.pending.take();
    if (this.oversized) this.out.piece(bytes, 0, bytes.length, this.lineOffset, this.offset, true);
    else this.out.lines(bytes, 0, bytes.length, this.offset);
    this.oversized = false;
    this.offset += bytes.length;
  }

  private keep(bytes: Uint8Array, start: number, end: number): void {
    this.pending.append(bytes, start, end);
    if (this.pending.length <= limits.recordBytesMax) return;
    const taken = this.pending.take();
    const cut = cutBefore(taken, 0, taken.length);
    if (!this.oversized) this.lineOffset = this.offset;
    this.oversized = true;
    this.out.piece(taken, 0, cut, this.lineOffset, this.offset, false);
    this.offset += cut;
    this.pending.append(taken, cut, taken.length);
  }
}
