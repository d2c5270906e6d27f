import { Worker } from 'node:worker_threads';
import { ComityError } from '@comity/protocol/base';

/** Work on the whole file that would stop the event loop for seconds. */
export interface MaintenanceTask {
  /**
   * `check pages`: every page and row is well formed, as fast as the file is read. `check all`: also that each index
   * holds what its table holds and that keys are unique, some ten times as long. `checkpoint`: fold the write-ahead log
   * in and empty it.
   */
  readonly task: 'check pages' | 'check all' | 'checkpoint';
  readonly file: string;
}

/** Runs a task on a thread of its own with a connection of its own; sentences of damage for a check, else none. */
export function runMaintenance(task: MaintenanceTask): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./maintenance-worker.ts', import.meta.url), { workerData: task });
    const failed = `Cannot ${task.task === 'checkpoint' ? 'checkpoint' : 'check'} ${task.file}`;
    let answer: string[] | undefined;
    worker.on('message', (message: string[]) => {
      answer = message;
    });
    worker.on('error', (error: unknown) => {
      // An error loses its class on the way between threads; what the worker throws is about the file.
      const reason = error instanceof Error ? error.message : String(error);
      reject(new ComityError('DATA_DAMAGED', `${failed}: ${reason}`, { cause: error }));
    });
    worker.on('exit', () => {
      if (answer === undefined) reject(new ComityError('DATA_DAMAGED', failed));
      else resolve(answer);
    });
  });
}
