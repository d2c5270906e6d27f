import type { Worker } from 'node:worker_threads';
import { startThread } from '../threads/index.ts';
import type { DigestData, FromDigest, ToDigest } from './thread-messages.ts';

/** Jobs a thread has: the next is there when it ends one. */
const jobsPerThread = 2;

interface Thread {
  readonly worker: Worker;
  /** What is done with the answers that are still to come, in their order. */
  readonly awaited: ((outcomes: FromDigest) => void)[];
}

/** Threads that read files; each is started when the others have enough to do. */
export class DigestThreads {
  readonly #data: DigestData;
  readonly #threadsMax: number;
  readonly #onDown: (error: Error) => void;
  readonly #threads: Thread[] = [];
  #isClosed = false;

  /** @param onDown - a thread ended by itself: a bug, or no memory. */
  constructor(data: DigestData, threadsMax: number, onDown: (error: Error) => void) {
    this.#data = data;
    this.#threadsMax = threadsMax;
    this.#onDown = onDown;
  }

  /** Jobs under way. */
  get jobs(): number {
    return this.#threads.reduce((sum, thread) => sum + thread.awaited.length, 0);
  }

  /** Jobs that would be begun soon. */
  get room(): number {
    return this.#threadsMax * jobsPerThread - this.jobs;
  }

  /** Hands a job to the thread with the least to do. */
  give(paths: ToDigest, onOutcomes: (outcomes: FromDigest) => void): void {
    const least = this.#threads.toSorted((left, right) => left.awaited.length - right.awaited.length)[0];
    const isStarted = least === undefined || (least.awaited.length > 0 && this.#threads.length < this.#threadsMax);
    const thread = isStarted ? this.#start() : least;
    thread.awaited.push(onOutcomes);
    thread.worker.postMessage(paths);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #start(): Thread {
    const worker = startThread(new URL('./digest.worker.ts', import.meta.url), this.#data);
    const thread: Thread = { worker, awaited: [] };
    worker.on('message', (outcomes: FromDigest) => thread.awaited.shift()?.(outcomes));
    worker.on('error', (error: unknown) => this.#down(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', (code) => this.#down(new Error(`a thread that reads files ended with code ${code}`)));
    this.#threads.push(thread);
    return thread;
  }

  #down(error: Error): void {
    if (!this.#isClosed) this.#onDown(error);
  }
}
