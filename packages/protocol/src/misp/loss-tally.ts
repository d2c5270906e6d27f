/** Something that is said on one side, MISP or STIX, and not by what it became on the other. */
export interface MispLoss {
  /** Field or type, by the words of the side that says it: `Attribute type "btc"`, `Event.EventReport`, `sighting.count`. */
  readonly field: string;
  readonly count: number;
  readonly reason: string;
}

/** Adds up losses of the same field and reason. */
export class LossTally {
  readonly #losses = new Map<string, { field: string; count: number; reason: string }>();

  add(field: string, reason: string, count = 1): void {
    const key = `${field}\n${reason}`;
    const known = this.#losses.get(key);
    if (known === undefined) this.#losses.set(key, { field, count, reason });
    else known.count += count;
  }

  list(): MispLoss[] {
    return [...this.#losses.values()];
  }
}
