import { availableParallelism } from 'node:os';
import { assert, ComityError } from '@comity/protocol/base';
import type { FormatName } from '../formats/index.ts';
import type { Table } from '../table/index.ts';
import { LogRun } from './log-run.ts';
import { LogThread } from './log-thread.ts';

/** How logs are screened on several threads. */
export interface LogThreadsOptions {
  /** Default one for each core. */
  readonly threads?: number;
  /** Bytes a thread reads at a time; default 256 KiB. */
  readonly chunkBytes?: number;
  /** Bytes of a part of a large file, a multiple of `chunkBytes`; default 4 MiB. A file that is no larger is not cut. */
  readonly partBytes?: number;
  /** About how many bytes of findings a thread may be ahead of who takes them; default 1 MiB. */
  readonly untakenBytesMax?: number;
}

/** How one run reads its files. */
export interface LogScreenOptions {
  /** Forces the format; recognised from the first lines of each file when absent or `auto`. */
  readonly format?: FormatName | 'auto';
}

const MIB = 1024 * 1024;

/**
 * Threads that screen log files against a table they share: one memory, however many they are.
 *
 * They start at once and stay until {@link LogThreads.close}, for any number of runs. Each takes about 3 MB of the table's memory, for
 * as long as that lasts: use the same threads again rather than new ones.
 */
export class LogThreads {
  readonly #threads: readonly LogThread[];
  readonly #sizes: { readonly chunkBytes: number; readonly partBytes: number };
  readonly #readBytes = new BigInt64Array(new SharedArrayBuffer(8));
  #jobs = 0;
  #run: LogRun | undefined;
  #failure: Error | undefined;

  constructor(options: LogThreadsOptions = {}) {
    const {
      threads = availableParallelism(),
      chunkBytes = MIB / 4,
      partBytes = 4 * MIB,
      untakenBytesMax = MIB,
    } = options;
    assert(threads >= 1 && chunkBytes >= 1 && partBytes % chunkBytes === 0, 'a part is a number of whole chunks');
    this.#sizes = { chunkBytes, partBytes };
    const data = { sizes: this.#sizes, untakenMax: untakenBytesMax, readBytes: this.#readBytes };
    this.#threads = Array.from(
      { length: threads },
      () =>
        new LogThread(
          data,
          (message, thread) => {
            if (this.#run !== undefined) this.#run.hear(message, thread);
            else if (message.type === 'records') thread.taken(message.weight);
          },
          (error) => {
            this.#failure ??= error;
            this.#run?.fail(error);
          },
        ),
    );
  }

  /**
   * Screens files, and folders with everything below them, as `openInput` opens them. One run at a time.
   *
   * @param table - may be changed meanwhile by the thread that calls: each chunk is judged by what it held when the chunk was begun, or
   *   later; after a rebuild, each part of a file.
   * @throws {ComityError} `ARGUMENT_INVALID` for `-`.
   * @throws {Error} while iterating: a thread broke down (a bug, or no memory); the threads are of no more use.
   */
  screen(table: Table, paths: readonly string[], options: LogScreenOptions = {}): LogRun {
    if (paths.includes('-')) {
      throw new ComityError(
        'ARGUMENT_INVALID',
        'Cannot screen standard input on several threads: name files or folders',
      );
    }
    return new LogRun(table, paths, options.format ?? 'auto', {
      threads: this.#threads,
      sizes: this.#sizes,
      readBytes: () => Number(Atomics.load(this.#readBytes, 0)),
      nextJob: () => ++this.#jobs,
      onBegin: (run) => {
        assert(this.#run === undefined, 'one run ends before the next begins');
        this.#run = run;
        if (this.#failure !== undefined) run.fail(this.#failure);
      },
      onEnd: () => {
        this.#run = undefined;
      },
    });
  }

  /** Ends the threads; a run that is under way fails. */
  async close(): Promise<void> {
    this.#run?.fail(new Error('the threads that screen logs were closed'));
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}
