import { createHash } from 'node:crypto';
import { ComityError } from '@comity/protocol/base';
import type { Committed } from './commit-batch.ts';
import { keyReused } from './keyed-pushes.ts';
import type { PushBody } from './keyed-pushes.ts';
import type { PushOutcome } from './record-source.ts';
import type { Batch, ToWorker } from './worker-messages.ts';

/** Pushes at once over all sources. */
const pushesMax = 32;
/** Bytes of one message to a thread. */
const chunkBytes = 256 * 1024;
/** How long the thread may take for a piece, or the disk for the end, before the sender is told to come back. */
const answerMs = 60_000;

interface Push {
  readonly source: number;
  readonly done: PromiseWithResolvers<PushOutcome>;
  records: number;
  matches: number;
  /** SHA-256 of the whole body, hex; known at its end. */
  print: string | undefined;
  taken: PromiseWithResolvers<void> | undefined;
}

/** Pushes under way: each is answered when its last batch is durable. */
export class PushDesk {
  readonly #pushes = new Map<number, Push>();
  #nextId = 1;

  /**
   * Hands a body to the thread of its source, a piece at a time, as fast as the thread takes them.
   *
   * @throws {ComityError} `TOO_MANY_REQUESTS` when too many pushes are under way or the queue does not move; `CONFLICT`
   *   when the source is stopped meanwhile. What was not answered may be pushed again.
   */
  async push(
    target: {
      readonly source: number;
      readonly epoch: number;
      readonly stream: string;
      readonly key: string | undefined;
    },
    body: PushBody,
    post: (message: ToWorker) => void,
  ): Promise<PushOutcome> {
    if (this.#pushes.size >= pushesMax) {
      throw new ComityError('TOO_MANY_REQUESTS', `Cannot take more records: ${pushesMax} pushes are under way`);
    }
    const id = this.#nextId++;
    const push: Push = {
      source: target.source,
      done: Promise.withResolvers<PushOutcome>(),
      records: 0,
      matches: 0,
      print: undefined,
      taken: undefined,
    };
    // Until it is waited for below, a failure is held here.
    push.done.promise.catch(() => undefined);
    this.#pushes.set(id, push);
    const hand = async (chunk: Uint8Array | undefined): Promise<void> => {
      const taken = Promise.withResolvers<void>();
      push.taken = taken;
      post({ type: 'push', ...target, push: id, chunk, print: push.print });
      await withinTime(Promise.race([taken.promise, push.done.promise]));
    };
    const hash = target.key === undefined ? undefined : createHash('sha256');
    try {
      for await (const bytes of body) {
        hash?.update(bytes);
        for (let at = 0; at < bytes.length; at += chunkBytes) await hand(bytes.slice(at, at + chunkBytes));
      }
      push.print = hash?.digest('hex');
      await hand(undefined);
      return await withinTime(push.done.promise);
    } catch (error) {
      post({ type: 'abandon', source: target.source, push: id });
      throw error;
    } finally {
      this.#pushes.delete(id);
    }
  }

  taken(id: number): void {
    this.#pushes.get(id)?.taken?.resolve();
  }

  committed(batch: Batch, { rows, push: kept }: Committed): void {
    const push = batch.push === undefined ? undefined : this.#pushes.get(batch.push.id);
    if (push === undefined) return;
    push.records += batch.records;
    push.matches += rows.length;
    if (batch.push?.last !== true) return;
    const { records, matches } = kept ?? push;
    if (kept !== undefined && kept.print !== push.print) push.done.reject(keyReused(batch.push.key ?? ''));
    else push.done.resolve({ records, matches });
  }

  /** The source stops or begins anew: its pushes are not judged to their end. */
  fail(source: number, why: string): void {
    for (const push of this.#pushes.values()) {
      if (push.source === source) push.done.reject(new ComityError('CONFLICT', `Cannot judge the records: ${why}`));
    }
  }
}

async function withinTime<T>(promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new ComityError('TOO_MANY_REQUESTS', 'Cannot judge the records now: the queue is full')),
    answerMs,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
