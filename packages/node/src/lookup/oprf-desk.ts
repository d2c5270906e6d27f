import { Worker } from 'node:worker_threads';
import { ComityError } from '@comity/protocol/base';
import type { ErrorCode } from '@comity/protocol/base';
import type { OprfResults, OprfWork } from './oprf-work.ts';

/** Pieces of work that may wait; each is at most some 50 ms. */
const waitingMax = 64;
/** How long the thread is kept without work. */
const idleMs = 60_000;
/** Of short-lived objects; without a word of it V8 lets them take 100 MB before it looks. */
const youngMegabytes = 8;

type Reply = { readonly result: unknown } | { readonly code: ErrorCode; readonly message: string };

interface Waiting {
  readonly work: OprfWork;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/** Work with the function, done on one thread in the order it was asked for. */
export interface OprfDesk {
  /**
   * @throws {ComityError} `TOO_MANY_REQUESTS` when too much waits; `LOOKUP_MALFORMED` and `LOOKUP_UNPROVEN` as the function does;
   *   `CONFLICT` when the node closes.
   */
  do<W extends OprfWork>(work: W): Promise<OprfResults[W['kind']]>;
  close(): Promise<void>;
}

/** Opens the desk; its thread starts with the first work and ends when there was none for a minute. */
export function openOprfDesk(): OprfDesk {
  const queue: Waiting[] = [];
  let worker: Worker | undefined;
  let current: Waiting | undefined;
  let isClosed = false;
  let rest: NodeJS.Timeout | undefined;

  const failAll = (error: unknown): void => {
    const waiting = current === undefined ? queue : [current, ...queue];
    current = undefined;
    for (const { reject } of waiting.splice(0)) reject(error);
    queue.length = 0;
  };

  const next = (): void => {
    clearTimeout(rest);
    current ??= queue.shift();
    if (current !== undefined) {
      const thread = started();
      // A command that only waits for this stays; without work the thread holds nobody.
      thread.ref();
      return thread.postMessage(current.work);
    }
    worker?.unref();
    rest = setTimeout(() => void end(), idleMs).unref();
  };

  const started = (): Worker => {
    if (worker !== undefined) return worker;
    const fresh = new Worker(new URL('./oprf.worker.ts', import.meta.url), {
      resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes },
    });
    worker = fresh;
    fresh.on('message', (reply: Reply | 'ready') => {
      if (reply === 'ready' || current === undefined) return;
      const { resolve, reject } = current;
      current = undefined;
      if ('result' in reply) resolve(reply.result as never);
      else reject(new ComityError(reply.code, reply.message));
      next();
    });
    const down = (error: unknown): void => {
      if (worker !== fresh) return;
      worker = undefined;
      failAll(error);
    };
    fresh.on('error', down);
    fresh.on('exit', () => down(new Error('the thread of private look-ups ended')));
    return fresh;
  };

  const end = async (): Promise<void> => {
    const ending = worker;
    worker = undefined;
    await ending?.terminate();
  };

  return {
    do(work) {
      if (isClosed) return Promise.reject(new ComityError('CONFLICT', 'Cannot look up: the node closes'));
      if (queue.length >= waitingMax)
        return Promise.reject(
          new ComityError('TOO_MANY_REQUESTS', 'Cannot look up yet: too much waits', {
            details: { retryAfterSeconds: 5 },
          }),
        );
      return new Promise((resolve, reject) => {
        queue.push({ work, resolve, reject });
        if (current === undefined) next();
      });
    },
    async close() {
      isClosed = true;
      clearTimeout(rest);
      failAll(new ComityError('CONFLICT', 'Cannot look up: the node closes'));
      await end();
    },
  };
}
