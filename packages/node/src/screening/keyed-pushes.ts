import { createHash } from 'node:crypto';
import { ComityError, quote } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';
import type { Store } from '../store/index.ts';
import { beginPush, findPush } from './kept-pushes.ts';
import type { PushOutcome } from './record-source.ts';

/** The chunks of a push. */
export type PushBody = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Pushes whose sender gave them a key: each is judged once, however often it is sent.
 *
 * The answer is stored in the transaction of the push's last matches. A sender that crashed or never heard the answer
 * sends the same again and gets it.
 *
 * Spec: draft-ietf-httpapi-idempotency-key-header-07, 2.5 "Idempotency Key and Fingerprint" and 2.6.
 */
export class KeyedPushes {
  readonly #deps: { readonly store: Pick<Store, 'reader' | 'write'>; readonly clock: Clock };
  readonly #underWay = new Set<string>();

  constructor(deps: { readonly store: Pick<Store, 'reader' | 'write'>; readonly clock: Clock }) {
    this.#deps = deps;
  }

  /**
   * @param newStream - stream of the push when it was never begun; of one that was, every try has the same.
   * @param judge - judges the body under a stream and makes it durable.
   * @throws {ComityError} `CONFLICT` while the same push is under way; `IDEMPOTENCY_KEY_REUSED` when the body is another.
   */
  async once(
    push: { readonly source: number; readonly key: string; readonly newStream: string },
    body: PushBody,
    judge: (stream: string) => Promise<PushOutcome>,
  ): Promise<PushOutcome> {
    const { source, key, newStream } = push;
    const name = `${source} ${key}`;
    if (this.#underWay.has(name)) {
      throw new ComityError('CONFLICT', `Cannot take the records: a push with the key ${quote(key)} is under way`);
    }
    this.#underWay.add(name);
    try {
      const kept = findPush(this.#deps.store.reader, source, key);
      if (kept?.print !== undefined) {
        if ((await printOf(body)) !== kept.print) throw keyReused(key);
        return { records: kept.records, matches: kept.matches };
      }
      if (kept === undefined) {
        await this.#deps.store.write((db) => beginPush(db, source, key, newStream, this.#deps.clock() * 1000));
      }
      return await judge(kept?.stream ?? newStream);
    } finally {
      this.#underWay.delete(name);
    }
  }
}

export function keyReused(key: string): ComityError {
  return new ComityError(
    'IDEMPOTENCY_KEY_REUSED',
    `Cannot take the records: other ones were pushed with the key ${quote(key)}`,
  );
}

async function printOf(body: PushBody): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of body) hash.update(bytes);
  return hash.digest('hex');
}
