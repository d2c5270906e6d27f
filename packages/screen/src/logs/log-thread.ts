import type { Worker } from 'node:worker_threads';
import { startThread } from '../threads/index.ts';
import { control } from './thread-messages.ts';
import type { FromLogThread, LogJob, LogThreadData, ToLogThread } from './thread-messages.ts';

/** One thread that screens, as the one that began it sees it. */
export class LogThread {
  /** Numbers of its jobs that are not done. */
  readonly jobs = new Set<number>();
  readonly #worker: Worker;
  readonly #control = new Int32Array(new SharedArrayBuffer(8));
  #memory: WebAssembly.Memory | undefined;
  #isClosed = false;

  /** @param onDown - the thread ended by itself: a bug, or no memory. */
  constructor(
    data: Omit<LogThreadData, 'control'>,
    onMessage: (message: FromLogThread, thread: LogThread) => void,
    onDown: (error: Error) => void,
  ) {
    this.#worker = startThread(new URL('./log.worker.ts', import.meta.url), {
      ...data,
      control: this.#control,
    } satisfies LogThreadData);
    this.#worker.on('message', (message: FromLogThread) => {
      if (message.type === 'done') this.jobs.delete(message.job);
      onMessage(message, this);
    });
    const down = (error: Error): void => {
      if (!this.#isClosed) onDown(error);
    };
    this.#worker.on('error', (error: unknown) => down(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on('exit', (code) => down(new Error(`a thread that screens logs ended with code ${code}`)));
  }

  give(job: LogJob, memory: WebAssembly.Memory): void {
    if (memory !== this.#memory) this.#post({ type: 'table', memory });
    this.#memory = memory;
    this.jobs.add(job.number);
    this.#post({ type: 'job', job });
  }

  /** What it told was taken: it may tell as much more. */
  taken(weight: number): void {
    Atomics.sub(this.#control, control.untaken, weight);
    Atomics.notify(this.#control, control.untaken);
  }

  /** Gives up all jobs before a number; what it still tells of them is to be taken and not used. */
  giveUpBefore(number: number): void {
    this.jobs.clear();
    Atomics.store(this.#control, control.firstJob, number);
    Atomics.notify(this.#control, control.untaken);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.giveUpBefore(2 ** 31 - 1);
    await this.#worker.terminate();
  }

  #post(message: ToLogThread): void {
    this.#worker.postMessage(message);
  }
}
