import { Transform } from 'node:stream';
import type { TransformCallback } from 'node:stream';
import { ComityError } from '@comity/protocol/base';

/**
 * Passes a request body on and ends it when it grows beyond `bytesMax` or stalls for `idleMs`: a caller that sends one
 * byte a minute must not hold a connection for ever.
 *
 * Errors on the stream: `INPUT_TOO_LARGE`, `ARGUMENT_INVALID`.
 */
export class BodyWatch extends Transform {
  /** Bytes taken so far; Fastify compares it with Content-Length. */
  receivedEncodedLength = 0;
  readonly #bytesMax: number;
  readonly #timer: NodeJS.Timeout;

  constructor(bytesMax: number, idleMs: number) {
    super();
    this.#bytesMax = bytesMax;
    this.#timer = setTimeout(() => this.#stall(idleMs), idleMs);
    this.#timer.unref();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.receivedEncodedLength += chunk.length;
    this.#timer.refresh();
    if (this.receivedEncodedLength > this.#bytesMax) {
      done(new ComityError('INPUT_TOO_LARGE', `Cannot take the body: more than ${this.#bytesMax} bytes`));
    } else {
      done(null, chunk);
    }
  }

  override _flush(done: TransformCallback): void {
    clearTimeout(this.#timer);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#timer);
    done(error);
  }

  #stall(idleMs: number): void {
    // A full buffer means that it is we who are slow (an import under way), not the caller.
    if (this.writableNeedDrain || this.readableLength >= this.readableHighWaterMark) this.#timer.refresh();
    else this.destroy(new ComityError('ARGUMENT_INVALID', `Cannot read the body: nothing came for ${idleMs / 1000} s`));
  }
}
