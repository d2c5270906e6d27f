import { setImmediate as nextTurn } from 'node:timers/promises';

interface Timer {
  readonly atMs: number;
  readonly fn: () => void;
}

/** The one time of a simulation. It moves when it is told to, and everything that a timer began comes to rest before the next. */
export class SimTime {
  ms = Date.UTC(2026, 0, 1);
  /** By their time; of one time those that were asked for first. */
  #timers: Timer[] = [];

  readonly after = (delayMs: number, fn: () => void): (() => void) => {
    const timer = { atMs: this.ms + Math.max(0, delayMs), fn };
    const behind = this.#timers.findIndex(({ atMs }) => atMs > timer.atMs);
    if (behind === -1) this.#timers.push(timer);
    else this.#timers.splice(behind, 0, timer);
    return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
  };

  /** Moves on, through every timer on the way. */
  async advance(ms: number): Promise<void> {
    const endMs = this.ms + ms;
    await settle();
    for (let next = this.#timers[0]; next !== undefined && next.atMs <= endMs; next = this.#timers[0]) {
      this.#timers.shift();
      this.ms = Math.max(this.ms, next.atMs);
      next.fn();
      await settle();
    }
    this.ms = endMs;
  }

  /** Moves far at once, as for machines that slept: each timer that was due by then comes once, late. */
  async leap(ms: number): Promise<void> {
    await settle();
    this.ms += ms;
    const due = this.#timers.filter(({ atMs }) => atMs <= this.ms);
    this.#timers = this.#timers.filter(({ atMs }) => atMs > this.ms);
    for (const { fn } of due) {
      fn();
      await settle();
    }
  }
}

/** Nothing in a simulation waits for a disk or a socket: one turn of the loop, and every promise there was has been seen to. */
async function settle(): Promise<void> {
  await nextTurn();
}
