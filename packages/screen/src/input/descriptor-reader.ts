import { readSync } from 'node:fs';
import { Readable } from 'node:stream';
import { RandomAccessReader } from 'yauzl';

const blockBytes = 64 * 1024;
/** What is longer is read for itself: the directory and the headers are many small pieces next to each other. */
const blockReadBytesMax = 4096;

/** Reads an archive from an open descriptor, which stays open. Blocks its thread while it reads. */
export class DescriptorReader extends RandomAccessReader {
  readonly #descriptor: number;
  readonly #block = Buffer.allocUnsafeSlow(blockBytes);
  #blockAt = 0;
  #blockEnd = 0;

  constructor(descriptor: number) {
    super();
    this.#descriptor = descriptor;
  }

  /** Bytes from an offset; undefined when the file has fewer. */
  bytesAt(at: number, length: number): Buffer | undefined {
    const bytes = Buffer.allocUnsafeSlow(length);
    return this.#readInto(bytes, at) === length ? bytes : undefined;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    let bytesRead: number;
    try {
      bytesRead = this.#readInto(buffer.subarray(offset, offset + length), position);
    } catch (error) {
      process.nextTick(callback, error);
      return;
    }
    process.nextTick(callback, null, bytesRead);
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const descriptor = this.#descriptor;
    function* pieces(): Generator<Buffer, void, undefined> {
      for (let at = start; at < end;) {
        const piece = Buffer.allocUnsafeSlow(Math.min(blockBytes, end - at));
        const bytes = readSync(descriptor, piece, 0, piece.length, at);
        if (bytes === 0) return;
        at += bytes;
        yield piece.subarray(0, bytes);
      }
    }
    return Readable.from(pieces(), { objectMode: false });
  }

  #readInto(target: Buffer, at: number): number {
    if (target.length > blockReadBytesMax) return readSync(this.#descriptor, target, 0, target.length, at);
    if (at < this.#blockAt || at + target.length > this.#blockEnd) {
      this.#blockEnd = this.#blockAt = at;
      this.#blockEnd += readSync(this.#descriptor, this.#block, 0, blockBytes, at);
    }
    return this.#block.copy(target, 0, at - this.#blockAt, this.#blockEnd - this.#blockAt);
  }
}
