import { createHash } from 'node:crypto';
import { canonicalJson } from '@comity/protocol/base';
import type { JsonValue } from '@comity/protocol/base';

/** A body as it is read, once: counts its bytes and takes the digest by which the same request is known again. */
export class SentBody implements AsyncIterable<Uint8Array> {
  /** Read so far. */
  bytes = 0;
  readonly #chunks: AsyncIterable<Uint8Array>;
  readonly #hash = createHash('sha256');
  #print: string | undefined;

  /** @param query - what else makes the request what it is; part of the digest. */
  constructor(chunks: AsyncIterable<Uint8Array>, query: Readonly<Record<string, JsonValue | undefined>>) {
    this.#chunks = chunks;
    const given = Object.entries(query).filter(([, value]) => value !== undefined);
    this.#hash.update(`${canonicalJson(Object.fromEntries(given) as JsonValue)}\n`);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#chunks) {
      this.bytes += chunk.length;
      this.#hash.update(chunk);
      yield chunk;
    }
    this.#print = this.#hash.digest('hex');
  }

  async readToEnd(): Promise<void> {
    for await (const chunk of this) void chunk;
  }

  /** SHA-256 of query and body, hex; undefined while the body is not read to its end. */
  print(): string | undefined {
    return this.#print;
  }
}
