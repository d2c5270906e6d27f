import type { IncomingMessage, ServerResponse } from 'node:http';
import { ComityError } from '@comity/protocol/base';
import { watchedBody } from './body-watch.ts';

interface BodyReaderOptions {
  /** How long a body may bring nothing. Milliseconds. */
  readonly idleMs: number;
  /** Bytes of bodies that are read at one time, of all callers together. */
  readonly bytesAtOnceMax: number;
}

/** The whole of a body may take this many times as long as it may bring nothing. */
const idles = 10;

/** Reads the bodies of requests into bounded memory: what came counts, not what was announced, so that nobody reserves it. */
export class BodyReader {
  readonly #options: BodyReaderOptions;
  #bytes = 0;

  constructor(options: BodyReaderOptions) {
    this.#options = options;
  }

  /**
   * The body of a request, at most `bytesMax` of it.
   *
   * @throws {ComityError} `INPUT_TOO_LARGE`; `ARGUMENT_INVALID` when it does not come in time; `TOO_MANY_REQUESTS`.
   */
  async read(request: IncomingMessage, response: ServerResponse, bytesMax: number): Promise<Uint8Array> {
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > bytesMax)
      throw new ComityError(
        'INPUT_TOO_LARGE',
        `Cannot take the body: ${announced} bytes, at most ${bytesMax} are read`,
      );
    const { idleMs, bytesAtOnceMax } = this.#options;
    const pieces: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const piece of watchedBody(request, response, { bytesMax, idleMs, wholeMs: idles * idleMs })) {
        const { length } = piece as Buffer;
        bytes += length;
        this.#bytes += length;
        if (this.#bytes > bytesAtOnceMax) throw tooMany();
        pieces.push(piece as Buffer);
      }
      return Buffer.concat(pieces);
    } finally {
      this.#bytes -= bytes;
    }
  }
}

/** What whoever comes while too much is under way is told. */
export function tooMany(): ComityError {
  return new ComityError('TOO_MANY_REQUESTS', 'Cannot answer yet: too many requests are under way', {
    details: { retryAfterSeconds: 2 },
  });
}
