import type { ScreeningMatch } from './match.ts';

/** Matches of one call. */
const matchesMax = 100;
/** Time between two calls. */
const everyMs = 250;

/** Tells listeners of new matches in batches: a burst of a hundred thousand is some calls, not so many. */
export class MatchEvents {
  readonly #load: (rows: readonly number[]) => Promise<readonly ScreeningMatch[]>;
  readonly #listeners = new Set<(matches: readonly ScreeningMatch[], more: number) => void>();
  #rows: number[] = [];
  #more = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(load: (rows: readonly number[]) => Promise<readonly ScreeningMatch[]>) {
    this.#load = load;
  }

  listen(listener: (matches: readonly ScreeningMatch[], more: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  add(rows: readonly number[]): void {
    if (this.#listeners.size === 0 || rows.length === 0) return;
    this.#rows.push(...rows);
    // The newest are shown; how many more there were is said.
    const beyond = this.#rows.length - matchesMax;
    if (beyond > 0) {
      this.#rows.splice(0, beyond);
      this.#more += beyond;
    }
    this.#timer ??= setTimeout(() => void this.#tell(), everyMs).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  async #tell(): Promise<void> {
    this.#timer = undefined;
    const rows = this.#rows;
    const more = this.#more;
    this.#rows = [];
    this.#more = 0;
    const matches = await this.#load(rows);
    for (const listener of this.#listeners) listener(matches, more);
  }
}
