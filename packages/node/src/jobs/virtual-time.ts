/** A clock and timers that only move when told to; used by tests only. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Timers } from './timers.ts';

export class VirtualTime implements Timers {
  ms = Date.UTC(2026, 0, 1);
  #timers: { at: number; fn: () => void }[] = [];

  after(delayMs: number, fn: () => void): () => void {
    const timer = { at: this.ms + delayMs, fn };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  async advance(ms: number): Promise<void> {
    const end = this.ms + ms;
    for (;;) {
      const next = this.#timers.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.ms = Math.max(this.ms, next.at);
      this.#timers = this.#timers.filter((other) => other !== next);
      next.fn();
      await settle();
    }
    this.ms = end;
  }
}

/** What a timer started, and its durable write, take a few turns of the real loop. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await nextTurn();
}
