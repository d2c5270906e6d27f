import type { StixId } from '@comity/protocol/base';

/** Which reports, groupings and observations hold what, read either way. */
export class Holdings {
  readonly #held = new Map<StixId, Set<StixId>>();
  readonly #holders = new Map<StixId, Set<StixId>>();
  readonly #heldMax: number;
  #size = 0;

  /** @param heldMax - Objects of one holder; what it is given beyond is not kept. */
  constructor(heldMax: number) {
    this.#heldMax = heldMax;
  }

  /** Pairs of a holder and what it holds. */
  get size(): number {
    return this.#size;
  }

  /** Stays the same set, and follows what changes. */
  heldBy(holder: StixId): ReadonlySet<StixId> {
    return setOf(this.#held, holder);
  }

  holdersOf(id: StixId): Iterable<StixId> {
    return this.#holders.get(id) ?? [];
  }

  add(holder: StixId, id: StixId): void {
    const held = setOf(this.#held, holder);
    if (held.has(id) || held.size >= this.#heldMax) return;
    held.add(id);
    setOf(this.#holders, id).add(holder);
    this.#size += 1;
  }

  delete(holder: StixId, id: StixId): void {
    if (this.#held.get(holder)?.delete(id) !== true) return;
    const holders = this.#holders.get(id);
    holders?.delete(holder);
    if (holders?.size === 0) this.#holders.delete(id);
    this.#size -= 1;
  }
}

function setOf(sets: Map<StixId, Set<StixId>>, id: StixId): Set<StixId> {
  const known = sets.get(id) ?? new Set();
  sets.set(id, known);
  return known;
}
