import type { Clock } from '@comity/protocol/base';
import type { Timers } from './timers.ts';

/** Work that is done again and again, one round at a time. */
export class Rounds {
  readonly #run: () => Promise<void>;
  readonly #clock: Clock;
  readonly #timers: Timers;
  #dueMs: number | undefined;
  #cancel: () => void = () => undefined;
  #running: Promise<void> | undefined;
  #isStopped = false;

  /** @param run - One round. Rejects never. */
  constructor(run: () => Promise<void>, { clock, timers }: { readonly clock: Clock; readonly timers: Timers }) {
    this.#run = run;
    this.#clock = clock;
    this.#timers = timers;
  }

  /** Asks for a round after so long at the latest; what comes in while one is under way begins after it. */
  ask(delayMs: number): void {
    const dueMs = this.#clock() + delayMs;
    if (this.#isStopped || (this.#dueMs !== undefined && this.#dueMs <= dueMs)) return;
    this.#dueMs = dueMs;
    if (this.#running === undefined) this.#arm();
  }

  /** Waits for the round under way; no other begins. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    await this.#running;
  }

  #arm(): void {
    this.#cancel();
    if (this.#dueMs === undefined || this.#isStopped) return;
    this.#cancel = this.#timers.after(Math.max(0, this.#dueMs - this.#clock()), () => {
      this.#dueMs = undefined;
      this.#running = this.#run().finally(() => {
        this.#running = undefined;
        this.#arm();
      });
    });
  }
}
