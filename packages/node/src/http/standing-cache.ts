/** Something that was made under certain conditions. */
export interface Standing {
  /** Whether all it was made of is as it was. Takes no time. */
  readonly isStanding: () => boolean;
}

interface Kept<T> {
  readonly value: T;
  readonly bytes: number;
}

/** What was made is kept ready, what was asked for last. Knows nothing of why it stands: whoever finds something asks it. */
export class StandingCache<T extends Standing> {
  readonly #bytesMax: number;
  readonly #kept = new Map<string, Kept<T>>();
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** What is under a key if it still stands; what does not is thrown away. */
  find(key: string): T | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    this.#kept.delete(key);
    if (kept.value.isStanding()) {
      this.#kept.set(key, kept);
      return kept.value;
    }
    this.#bytes -= kept.bytes;
    return undefined;
  }

  /** @param bytes - What it takes, its key included; more than a quarter of the room is not kept. */
  keep(key: string, value: T, bytes: number): void {
    if (bytes > this.#bytesMax / 4) return;
    this.#bytes += bytes - (this.#kept.get(key)?.bytes ?? 0);
    this.#kept.delete(key);
    this.#kept.set(key, { value, bytes });
    for (const [oldest, old] of this.#kept) {
      if (this.#bytes <= this.#bytesMax) break;
      this.#kept.delete(oldest);
      this.#bytes -= old.bytes;
    }
  }

  /** How much is kept. */
  get size(): { readonly count: number; readonly bytes: number } {
    return { count: this.#kept.size, bytes: this.#bytes };
  }
}
