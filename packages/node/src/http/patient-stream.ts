import { Readable } from 'node:stream';
import { ComityError } from '@comity/protocol/base';

/**
 * Chunks as a body that is given up when nobody reads on: what it holds is needed by others.
 *
 * @param idleMs - How long a chunk may wait to be taken.
 */
export function patientStream(chunks: AsyncIterable<string>, idleMs: number): Readable {
  const body = Readable.from(watched(), { objectMode: false });
  async function* watched(): AsyncGenerator<string> {
    for await (const chunk of chunks) {
      const timer = setTimeout(
        () => body.destroy(new ComityError('REMOTE_FAILED', `Nobody read on for ${idleMs / 1000} s`)),
        idleMs,
      );
      try {
        yield chunk;
      } finally {
        clearTimeout(timer);
      }
    }
  }
  return body;
}
