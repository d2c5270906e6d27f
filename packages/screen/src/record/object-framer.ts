import { limits } from '@comity/protocol/base';
import { cutBefore } from './oversized.ts';
import { PendingBytes } from './pending-bytes.ts';

/** What a framer hands on; `offset` is that of `start` in the input, `line` counts from 1. */
export interface FramedObjects {
  /** A whole JSON object, or a line of something else that stands between objects. */
  object(bytes: Uint8Array, start: number, end: number, offset: number, line: number): void;
  /** Part of an object that is longer than `limits.recordBytesMax`; `offset` is that of the object. */
  piece(bytes: Uint8Array, start: number, end: number, offset: number, line: number, isLast: boolean): void;
}

/**
 * Cuts a stream into JSON objects, whether they stand in an array, one after another, or over many lines.
 *
 * Only braces and strings are looked at, so an object inside may be malformed. A raw line end ends a string, since JSON
 * has none inside (RFC 8259 §7), and a brace that is the first byte of a line begins an object of its own: what a lost
 * quote or brace costs is one object, not the rest of the file. Brackets and commas between objects are skipped; anything
 * else there is handed on line by line.
 */
export class ObjectFramer {
  private readonly out: FramedObjects;
  private readonly pending = new PendingBytes();
  private depth = 0;
  private inString = false;
  private escaped = false;
  private atLineStart = true;
  /** A record has begun: an object (`depth` > 0) or other text. */
  private open = false;
  private oversized = false;
  private recordLine = 1;
  private line: number;
  /** Offset of the first byte of the chunk being read. */
  private base = 0;
  /** Offset of the object in pieces. */
  private pieceOffset = 0;
  /** Offset behind the last whole record: an object in pieces is read again from its start, as only there its braces count. */
  judgedOffset = 0;

  /** @param line - Line of the first byte that will be pushed, from 1. */
  constructor(out: FramedObjects, line = 1) {
    this.out = out;
    this.line = line;
  }

  /** Line ends seen. */
  get lines(): number {
    return this.line - 1;
  }

  push(chunk: Uint8Array): void {
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (byte === 0x0a) {
        this.inString = false;
        this.escaped = false;
        this.atLineStart = true;
        if (this.open && this.depth === 0) this.close(chunk, start, at);
        this.line++;
        if (!this.open) this.judgedOffset = this.base + at + 1;
        continue;
      }
      const isFirstOfLine = this.atLineStart;
      this.atLineStart = false;
      if (this.inString) {
        if (this.escaped) this.escaped = false;
        else if (byte === 0x5c) this.escaped = true;
        else if (byte === 0x22) this.inString = false;
        continue;
      }
      if (byte === 0x7b) {
        if (this.depth === 0 || isFirstOfLine) {
          this.depth = 0;
          if (this.open) this.close(chunk, start, at);
          this.begin();
          start = at;
        }
        this.depth++;
      } else if (this.depth > 0) {
        if (byte === 0x22) this.inString = true;
        else if (byte === 0x7d && --this.depth === 0) this.close(chunk, start, at + 1);
      } else if (!this.open && !isBetween(byte)) {
        this.begin();
        start = at;
      }
    }
    if (this.open) this.keep(chunk, start);
    this.base += chunk.length;
  }

  end(): void {
    if (this.open) this.close(new Uint8Array(0), 0, 0);
    this.judgedOffset = this.base;
  }

  private begin(): void {
    this.open = true;
    this.recordLine = this.line;
  }

  /** Hands on the record that ends at `end`; its start is pending or, when nothing is, at `start`. */
  private close(chunk: Uint8Array, start: number, end: number): void {
    let bytes = chunk;
    let from = start;
    let to = end;
    if (this.pending.length > 0) {
      this.pending.append(chunk, 0, end);
      bytes = this.pending.take();
      from = 0;
      to = bytes.length;
    }
    const offset = this.base + end - (to - from);
    if (this.oversized || to - from > limits.recordBytesMax)
      this.out.piece(bytes, from, to, this.oversized ? this.pieceOffset : offset, this.recordLine, true);
    else this.out.object(bytes, from, to, offset, this.recordLine);
    this.open = false;
    this.oversized = false;
    this.judgedOffset = this.base + end;
  }

  private keep(chunk: Uint8Array, start: number): void {
    this.pending.append(chunk, this.pending.length > 0 ? 0 : start, chunk.length);
    if (this.pending.length <= limits.recordBytesMax) return;
    const taken = this.pending.take();
    const cut = cutBefore(taken, 0, taken.length);
    if (!this.oversized) this.pieceOffset = this.base + chunk.length - taken.length;
    this.oversized = true;
    this.out.piece(taken, 0, cut, this.pieceOffset, this.recordLine, false);
    this.pending.append(taken, cut, taken.length);
  }
}

/** White space, commas and brackets; a closing brace too many and a byte-order mark are skipped with them. */
function isBetween(byte: number): boolean {
  return byte <= 0x20 || betweenBytes.includes(byte);
}

const betweenBytes: Uint8Array = Buffer.from(',[]}\ufeff');
