import { Worker } from 'node:worker_threads';
import { ComityError } from '@comity/protocol/base';
import { youngMegabytes } from '../worker-thread.ts';
import type { SeenAnswers, SeenJob, SeenQuestions, SeenReply, SeenRequest, SeenWorkerData } from './seen-jobs.ts';

/** How long the thread stands without work. */
const idleMs = 30_000;

/** The thread that merges, asks and rescans: there only while there is work for it. */
export class SeenThread {
  readonly #data: SeenWorkerData;
  readonly #waiting = new Map<number, PromiseWithResolvers<SeenAnswers[SeenJob]>>();
  #worker: Worker | undefined;
  #timer: NodeJS.Timeout | undefined;
  #next = 0;
  #isClosed = false;

  constructor(data: SeenWorkerData) {
    this.#data = data;
  }

  /** @throws {ComityError} `DATA_UNWRITABLE` with what the system said; when the thread broke down or was closed, too. */
  async ask<Job extends SeenJob>(job: Job, question: SeenQuestions[Job]): Promise<SeenAnswers[Job]> {
    if (this.#isClosed) throw new ComityError('DATA_UNWRITABLE', 'Cannot look at what was seen: the node is stopping');
    clearTimeout(this.#timer);
    const worker = (this.#worker ??= this.#start());
    const id = this.#next++;
    const waiting = Promise.withResolvers<SeenAnswers[SeenJob]>();
    this.#waiting.set(id, waiting);
    worker.postMessage({ id, job, question } satisfies SeenRequest);
    try {
      return (await waiting.promise) as SeenAnswers[Job];
    } finally {
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) this.#timer = setTimeout(() => void this.#rest(), idleMs).unref();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#rest();
  }

  async #rest(): Promise<void> {
    clearTimeout(this.#timer);
    const worker = this.#worker;
    this.#worker = undefined;
    // In the middle of a merge too: what it had written is nothing before it has its name.
    await worker?.terminate();
    this.#fail('the node is stopping');
  }

  #start(): Worker {
    const worker = new Worker(new URL('./seen.worker.ts', import.meta.url), {
      workerData: this.#data,
      resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes },
    });
    worker.on('message', (reply: SeenReply) => {
      const waiting = this.#waiting.get(reply.id);
      if ('answer' in reply) waiting?.resolve(reply.answer);
      else waiting?.reject(new ComityError('DATA_UNWRITABLE', `Cannot look at what was seen: ${reply.error}`));
    });
    const down = (why: string): void => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#fail(why);
    };
    worker.on('error', (error) => down(error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) => down(`its thread ended with code ${code}`));
    return worker;
  }

  #fail(why: string): void {
    for (const waiting of this.#waiting.values()) {
      waiting.reject(new ComityError('DATA_UNWRITABLE', `Cannot look at what was seen: ${why}`));
    }
  }
}
