/**
 * The time a server may take in all.
 *
 * It runs only while we wait for the server: what it sent may be worked on as long as that takes, and a server that
 * trickles is given up all the same.
 */
export class Patience {
  readonly #abort = new AbortController();
  #leftMs: number;

  constructor(ms: number) {
    this.#leftMs = ms;
  }

  /** Aborted with a `TimeoutError` once the time is used up. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  async during<T>(wait: () => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    const giveUp = (): void => this.#abort.abort(new DOMException('it took too long', 'TimeoutError'));
    const timer = setTimeout(giveUp, Math.max(0, this.#leftMs));
    try {
      return await wait();
    } finally {
      clearTimeout(timer);
      this.#leftMs -= performance.now() - startedMs;
    }
  }
}
