import type { AttributeDraft } from './event-json.ts';

/** The attributes of an event that is being made, by the object each comes from. */
export class DraftSet {
  readonly #drafts = new Set<AttributeDraft>();
  readonly #ofObject = new Map<string, readonly AttributeDraft[]>();
  /** By what an attribute that was dropped is said instead. */
  readonly #instead = new Map<AttributeDraft, AttributeDraft>();

  /** @param id - of the object they come from, so that others can speak about it; absent: none does. */
  add(drafts: readonly AttributeDraft[], id?: string): void {
    for (const draft of drafts) this.#drafts.add(draft);
    if (id !== undefined) this.#ofObject.set(id, drafts);
  }

  /** All that stand. */
  list(): AttributeDraft[] {
    return [...this.#drafts];
  }

  /** What an object became, or what says it in its place. */
  of(id: string): readonly AttributeDraft[] {
    return this.#ofObject.get(id)?.map((draft) => this.#standing(draft)) ?? [];
  }

  /**
   * Drops of what other objects became all that an object says, too: it is there once, and what is about the others is about
   * it. What is deleted says nothing.
   *
   * @param keyOf - the same for what says the same.
   */
  dropSaid(id: string, others: readonly string[], keyOf: (draft: AttributeDraft) => string): void {
    if (others.length === 0) return;
    const own = new Set(this.of(id));
    const said = new Map([...own].filter(({ isDeleted }) => !isDeleted).map((draft) => [keyOf(draft), draft]));
    for (const other of others.flatMap((each) => this.of(each))) {
      const kept = said.get(keyOf(other));
      if (kept === undefined || own.has(other)) continue;
      this.#drafts.delete(other);
      this.#instead.set(other, kept);
    }
  }

  /** Follows what was dropped in favour of what was dropped, and shortens the way for the next. */
  #standing(draft: AttributeDraft): AttributeDraft {
    let standing = draft;
    for (let next = this.#instead.get(draft); next !== undefined; next = this.#instead.get(standing)) {
      const after = this.#instead.get(next);
      if (after !== undefined) this.#instead.set(standing, after);
      standing = next;
    }
    return standing;
  }
}
