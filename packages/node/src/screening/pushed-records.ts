import type { Table } from '@comity/screen';
import { RecordJudge } from './record-judge.ts';
import type { Runner, RunnerDeps, RunnerStatus } from './runner.ts';
import type { SourceSpec, ToWorker } from './worker-messages.ts';

/**
 * Matches a push may hold back for its last transaction. A push with fewer is committed whole or not at all, so a
 * sender that was not answered can send it again without adding a match twice.
 */
const heldMatchesMax = 2000;

interface Push {
  readonly judge: RecordJudge;
  readonly stream: string;
  readonly key: string | undefined;
  /** Records whose matches were sent. */
  records: number;
}

/** Judges records that are handed to us: each push is a stream of its own. */
export class PushedRecords implements Runner {
  readonly #spec: SourceSpec;
  readonly #deps: RunnerDeps;
  readonly #pushes = new Map<number, Push>();

  constructor(spec: SourceSpec, deps: RunnerDeps) {
    this.#spec = spec;
    this.#deps = deps;
  }

  /** Judges a piece of a push, or ends it when there is none; resolves once the next may come. */
  async take(message: Extract<ToWorker, { type: 'push' }>): Promise<void> {
    const { push: id, chunk, print } = message;
    const push = this.#pushes.get(id) ?? this.#begin(message);
    await this.#deps.outbox.room();
    // Abandoned while it waited: its sender was told that nothing was taken.
    if (this.#pushes.get(id) !== push) return;
    if (chunk !== undefined) {
      push.judge.push(chunk);
      if (push.judge.draftCount > heldMatchesMax) this.#send(push, { id, last: false, print: undefined });
      return;
    }
    push.judge.end();
    this.#send(push, { id, last: true, print });
    this.#pushes.delete(id);
  }

  /** The sender went away: what was not sent to be committed is dropped. */
  abandon(id: number): void {
    this.#pushes.delete(id);
  }

  step(): boolean {
    return false;
  }

  status(): RunnerStatus {
    const status = this.#deps.outbox.isFull ? 'full' : 'running';
    return { status, error: undefined, lagBytes: undefined, filesOpen: this.#pushes.size };
  }

  useTable(table: Table): void {
    for (const push of this.#pushes.values()) push.judge.useTable(table);
  }

  report(): Promise<void> {
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#pushes.clear();
    return Promise.resolve();
  }

  #begin({ push: id, stream, key }: Extract<ToWorker, { type: 'push' }>): Push {
    const start = { file: this.#spec.label, format: this.#spec.format, offset: 0, lines: 0, resume: '' };
    const push = { judge: new RecordJudge(start, this.#deps, this.#deps.outbox.notes), stream, key, records: 0 };
    this.#pushes.set(id, push);
    return push;
  }

  /** Bytes and records go with the last batch: a push that breaks off and is sent again is counted once. */
  #send(push: Push, mark: { readonly id: number; readonly last: boolean; readonly print: string | undefined }): void {
    const { matches, records } = push.judge.take();
    push.records += records;
    const counts = mark.last ? { bytes: push.judge.offset, records: push.records } : { bytes: 0, records: 0 };
    this.#deps.outbox.send({
      stream: push.stream,
      state: undefined,
      matches,
      ...counts,
      push: { ...mark, key: push.key },
    });
  }
}
