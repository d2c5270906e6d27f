/** Which lists hold each entry; the entry itself is the key, so a verdict can name it. */
export class EntrySet {
  readonly #lists = new Map<string, number | number[]>();

  add(entry: string, list: number): void {
    const there = this.#lists.get(entry);
    if (there === undefined) this.#lists.set(entry, list);
    else if (typeof there === 'number') {
      if (there !== list) this.#lists.set(entry, [there, list]);
    } else if (!there.includes(list)) there.push(list);
  }

  /** The first wanted list that holds `entry`. */
  find(entry: string, wanted: (list: number) => boolean): number | undefined {
    const there = this.#lists.get(entry);
    if (there === undefined) return undefined;
    if (typeof there === 'number') return wanted(there) ? there : undefined;
    return there.find(wanted);
  }

  get isEmpty(): boolean {
    return this.#lists.size === 0;
  }
}

interface Needle {
  readonly entry: string;
  readonly list: number;
}

/** Finds which of many needles a text contains, by the needle's first three characters: linear in the text. */
export class SubstringSet {
  readonly #byStart = new Map<string, Needle[]>();
  readonly #short: Needle[] = [];

  add(entry: string, list: number): void {
    const needle = { entry, list };
    if (entry.length < 3) {
      this.#short.push(needle);
      return;
    }
    const start = entry.slice(0, 3);
    const there = this.#byStart.get(start);
    if (there === undefined) this.#byStart.set(start, [needle]);
    else there.push(needle);
  }

  find(text: string, wanted: (list: number) => boolean): Needle | undefined {
    for (const needle of this.#short) if (wanted(needle.list) && text.includes(needle.entry)) return needle;
    if (this.#byStart.size === 0) return undefined;
    for (let index = 0; index + 3 <= text.length; index += 1) {
      const needles = this.#byStart.get(text.slice(index, index + 3));
      const found = needles?.find((needle) => text.startsWith(needle.entry, index) && wanted(needle.list));
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
