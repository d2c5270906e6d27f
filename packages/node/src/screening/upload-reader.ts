import type { Table } from '@comity/screen';
import type { Runner, RunnerDeps, RunnerStatus } from './runner.ts';
import { StreamBook } from './stream-book.ts';
import { WholeFile } from './whole-file.ts';
import type { SourceSpec } from './worker-messages.ts';

/** Judges an uploaded file whole, then says that the source is done. */
export class UploadReader implements Runner {
  readonly #deps: RunnerDeps;
  readonly #job: WholeFile;
  readonly #ended: Promise<void>;
  #error: string | undefined;

  constructor(spec: SourceSpec, deps: RunnerDeps) {
    this.#deps = deps;
    const book = new StreamBook(spec);
    this.#job = new WholeFile(
      { path: spec.location, label: spec.label, format: spec.format },
      {
        ...deps,
        streamOf: (name) => book.all().findLast((state) => state.path === name) ?? book.begin(name, undefined),
      },
    );
    this.#ended = this.#run();
  }

  step(): boolean {
    return false;
  }

  status(): RunnerStatus {
    const status = this.#error !== undefined ? 'failing' : this.#deps.outbox.isFull ? 'full' : 'running';
    return { status, error: this.#error, lagBytes: this.#job.lagBytes, filesOpen: 1 };
  }

  useTable(table: Table): void {
    this.#job.useTable(table);
  }

  report(): Promise<void> {
    return this.#job.report();
  }

  async stop(): Promise<void> {
    this.#job.stop();
    await this.#ended;
  }

  async #run(): Promise<void> {
    try {
      const errors = await this.#job.run();
      if (errors === false) return;
      this.#error = errors[0]?.message;
    } catch (error) {
      // Whatever it is, the file is given up: begun anew it would fail again, and take its thread down each time.
      this.#error = `Cannot screen the file: ${error instanceof Error ? error.message : String(error)}`;
    }
    const end = { stream: 'end', state: undefined, matches: [], bytes: 0, records: 0 };
    this.#deps.outbox.send({ ...end, sourceDone: true, error: this.#error });
    this.#deps.wake();
  }
}
