import { Worker } from 'node:worker_threads';
import type { FromWorker, ToWorker, WorkerData } from './worker-messages.ts';

/** Short-lived objects of a thread that makes few; without a word of it V8 lets them take 100 MB before it looks. */
export const youngMegabytes = 8;

export interface WorkerThreadDeps {
  readonly onMessage: (message: FromWorker) => void;
  /** The thread is gone though nobody closed it. */
  readonly onDown: (error: Error) => void;
}

/** One screening thread, seen from the main thread. */
export class WorkerThread {
  readonly #worker: Worker;
  #isClosing = false;
  #isDown = false;
  /** Resolves once the table is loaded; rejects when the thread ends before. */
  readonly ready: Promise<void>;

  constructor(data: WorkerData, deps: WorkerThreadDeps) {
    this.#worker = new Worker(new URL('./screen.worker.ts', import.meta.url), {
      workerData: data,
      // What loading a million values throws away is collected as it goes: 54 MB less afterwards.
      resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes },
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.ready = promise;
    // Who does not wait for it hears of a failure through `onDown`.
    promise.catch(() => undefined);
    this.#worker.on('message', (message: FromWorker) => {
      if (message.type === 'table') resolve();
      deps.onMessage(message);
    });
    const down = (error: Error): void => {
      if (this.#isDown) return;
      this.#isDown = true;
      reject(error);
      if (!this.#isClosing) deps.onDown(error);
    };
    this.#worker.on('error', (error) => down(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on('exit', (code) => down(new Error(`the screening thread ended with code ${code}`)));
  }

  post(message: ToWorker): void {
    if (!this.#isDown) this.#worker.postMessage(message);
  }

  /** Lets every source report, then ends the thread; after `timeoutMs` it is ended as it is. */
  async close(timeoutMs: number): Promise<void> {
    if (this.#isDown) return;
    this.#isClosing = true;
    const ended = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()));
    this.#worker.postMessage({ type: 'close' } satisfies ToWorker);
    const timer = setTimeout(() => void this.#worker.terminate(), timeoutMs);
    await ended;
    clearTimeout(timer);
  }
}
