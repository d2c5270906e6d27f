import { Transform } from 'node:stream';
import type { Readable, TransformCallback, Writable } from 'node:stream';
import { ComityError } from '@comity/protocol/base';

interface BodyWatchOptions {
  readonly bytesMax: number;
  /** Longest wait for the next piece. Milliseconds. */
  readonly idleMs: number;
  /** Longest wait for the whole, where the whole is small. Milliseconds. */
  readonly wholeMs: number | undefined;
}

/**
 * Passes a request body on and ends it when it grows too large, stalls or takes too long: a caller that sends one byte a
 * minute must not hold a connection for ever.
 *
 * Errors on the stream: `INPUT_TOO_LARGE`, `ARGUMENT_INVALID`.
 */
export class BodyWatch extends Transform {
  /** Bytes taken so far; Fastify compares it with Content-Length. */
  receivedEncodedLength = 0;
  readonly #bytesMax: number;
  readonly #idle: NodeJS.Timeout;
  readonly #whole: NodeJS.Timeout | undefined;

  constructor({ bytesMax, idleMs, wholeMs }: BodyWatchOptions) {
    super();
    this.#bytesMax = bytesMax;
    this.#idle = setTimeout(() => this.#stall(idleMs), idleMs).unref();
    if (wholeMs === undefined) return;
    this.#whole = setTimeout(() => this.#giveUp(`it is not whole after ${wholeMs / 1000} s`), wholeMs).unref();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.receivedEncodedLength += chunk.length;
    this.#idle.refresh();
    if (this.receivedEncodedLength > this.#bytesMax) {
      done(new ComityError('INPUT_TOO_LARGE', `Cannot take the body: more than ${this.#bytesMax} bytes`));
    } else {
      done(null, chunk);
    }
  }

  override _flush(done: TransformCallback): void {
    this.#clear();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#clear();
    done(error);
  }

  #stall(idleMs: number): void {
    // A full buffer means that it is we who are slow (an import under way), not the caller.
    if (this.writableNeedDrain || this.readableLength >= this.readableHighWaterMark) this.#idle.refresh();
    else this.#giveUp(`nothing came for ${idleMs / 1000} s`);
  }

  #giveUp(why: string): void {
    this.destroy(new ComityError('ARGUMENT_INVALID', `Cannot read the body: ${why}`));
  }

  #clear(): void {
    clearTimeout(this.#idle);
    clearTimeout(this.#whole);
  }
}

/** A request body behind a watch, which also ends it when the caller hangs up. @param answer - what the caller is answered on. */
export function watchedBody(body: Readable, answer: Writable, options: BodyWatchOptions): BodyWatch {
  const watch = new BodyWatch(options);
  const hangUp = (cause?: unknown): void => {
    watch.destroy(new ComityError('REMOTE_FAILED', 'Cannot read the body: the caller hung up', { cause }));
  };
  body.on('error', hangUp);
  answer.on('close', hangUp);
  // Whoever reads the body is told; of a request that was refused nobody does, and that must not end the process.
  watch.on('error', () => undefined);
  return body.pipe(watch);
}
