import type { Clock } from '@comity/protocol/base';
import type { Store } from '../store/index.ts';
import { commitBatch } from './commit-batch.ts';
import type { Committed } from './commit-batch.ts';
import type { Batch } from './worker-messages.ts';

/** Matches of one transaction, over all batches in it. */
const rowsMax = 1000;

export interface CommitQueueDeps {
  readonly store: Store;
  readonly clock: Clock;
  /** Whether a batch still counts: its source was not begun anew since. */
  readonly isCurrent: (batch: Batch) => boolean;
  /** A batch is durable. */
  readonly onCommitted: (batch: Batch, committed: Committed, nowUs: number) => void;
  /**
   * A transaction failed, or may have been kept although it failed: what is true is in the store. The sources must
   * begin anew from there; none of their batches that follow may be committed.
   */
  readonly onFailed: (batches: readonly Batch[], error: unknown) => void;
}

/**
 * Commits batches in the order they came, as many as lie ready in one transaction.
 *
 * Bounded by what the workers may have under way (`Outbox`): nothing is acknowledged before it is durable.
 */
export class CommitQueue {
  readonly #deps: CommitQueueDeps;
  #queue: Batch[] = [];
  #running: Promise<void> | undefined;
  /** Batches that were added, and those of them that are durable, failed or no longer count. */
  #added = 0;
  #settled = 0;
  #waiting: { readonly through: number; readonly resolve: () => void }[] = [];

  constructor(deps: CommitQueueDeps) {
    this.#deps = deps;
  }

  add(batch: Batch): void {
    this.#queue.push(batch);
    this.#added++;
    this.#running ??= this.#run();
  }

  /** Resolves once everything that was added is durable or failed. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Resolves once everything added up to now is durable or failed, whatever is added meanwhile. */
  settled(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ through: this.#added, resolve });
    this.#answer();
    return promise;
  }

  #answer(): void {
    for (const { through, resolve } of this.#waiting) if (through <= this.#settled) resolve();
    this.#waiting = this.#waiting.filter(({ through }) => through > this.#settled);
  }

  async #run(): Promise<void> {
    // What arrives in the same turn goes into the same transaction.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      await this.#commitNext();
      this.#settled = this.#added - this.#queue.length;
      this.#answer();
    }
    this.#running = undefined;
  }

  async #commitNext(): Promise<void> {
    const batches: Batch[] = [];
    let rows = 0;
    while (
      this.#queue.length > 0 &&
      rows + this.#queue[0]!.matches.length <= Math.max(rowsMax, rows === 0 ? Infinity : 0)
    ) {
      const batch = this.#queue.shift()!;
      if (!this.#deps.isCurrent(batch)) continue;
      batches.push(batch);
      rows += batch.matches.length;
    }
    if (batches.length === 0) return;
    const nowUs = this.#deps.clock() * 1000;
    let committed: readonly Committed[];
    try {
      committed = await this.#deps.store.write((db) => batches.map((batch) => commitBatch(db, batch, nowUs)));
    } catch (error) {
      this.#deps.onFailed(batches, error);
      return;
    }
    for (const [index, batch] of batches.entries()) this.#deps.onCommitted(batch, committed[index]!, nowUs);
  }
}
