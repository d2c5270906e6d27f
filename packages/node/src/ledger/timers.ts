/** Timers are an argument, so that a test moves time by itself. */
export interface Timers {
  /** Calls `fn` once after `delayMs`; returns how to call it off. */
  after(delayMs: number, fn: () => void): () => void;
}
