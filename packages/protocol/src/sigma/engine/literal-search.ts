/** Columns of a state are the characters literals have; column 0 is every other one. */
const asciiMax = 128;

/**
 * Finds which of many literals stand in a text, in one pass over it however many there are (Aho and Corasick, "Efficient
 * string matching", 1975, with every transition worked out beforehand). Each literal has numbers to be told.
 */
export class LiteralSearch {
  readonly #ascii = new Uint16Array(asciiMax);
  readonly #others = new Map<number, number>();
  readonly #columns: number;
  /** Next state by state and column. */
  readonly #next: Int32Array;
  /** Numbers told at a state. */
  readonly #told: readonly (readonly number[] | undefined)[];
  /** The state whose literals end where this one's do and are shorter; 0 when there is none. */
  readonly #shorter: Int32Array;

  /** @param literals - none empty; the numbers of each. */
  constructor(literals: ReadonlyMap<string, readonly number[]>) {
    const trie = [new Map<number, number>()];
    const told: (readonly number[] | undefined)[] = [undefined];
    let columns = 1;
    for (const [literal, numbers] of literals) {
      let state = 0;
      for (let at = 0; at < literal.length; at++) {
        const code = literal.charCodeAt(at);
        let column = this.#columnOf(code);
        if (column === 0) {
          column = columns++;
          if (code < asciiMax) this.#ascii[code] = column;
          else this.#others.set(code, column);
        }
        let next = trie[state]!.get(column);
        if (next === undefined) {
          next = trie.push(new Map()) - 1;
          told.push(undefined);
          trie[state]!.set(column, next);
        }
        state = next;
      }
      told[state] = numbers;
    }
    this.#columns = columns;
    this.#told = told;
    this.#shorter = new Int32Array(trie.length);
    this.#next = this.#transitions(trie);
  }

  /** Tells the numbers of every literal the text holds; of one that stands there twice, twice. */
  find(text: string, tell: (number: number) => void): void {
    const next = this.#next;
    const columns = this.#columns;
    let state = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      state = next[state * columns + (code < asciiMax ? this.#ascii[code]! : this.#columnOf(code))]!;
      for (let each = this.#told[state] === undefined ? this.#shorter[state]! : state; each !== 0;) {
        for (const number of this.#told[each]!) tell(number);
        each = this.#shorter[each]!;
      }
    }
  }

  #columnOf(code: number): number {
    return code < asciiMax ? this.#ascii[code]! : (this.#others.get(code) ?? 0);
  }

  /** Breadth first: where a character leads nowhere, it leads where it does from the longest end that is a beginning. */
  #transitions(trie: readonly ReadonlyMap<number, number>[]): Int32Array {
    const columns = this.#columns;
    const next = new Int32Array(trie.length * columns);
    const fallback = new Int32Array(trie.length);
    const queue = [0];
    for (let head = 0; head < queue.length; head++) {
      const state = queue[head]!;
      const back = fallback[state]!;
      this.#shorter[state] = this.#told[back] === undefined ? this.#shorter[back]! : back;
      if (state !== 0) next.copyWithin(state * columns, back * columns, (back + 1) * columns);
      for (const [column, child] of trie[state]!) {
        fallback[child] = state === 0 ? 0 : next[back * columns + column]!;
        next[state * columns + column] = child;
        queue.push(child);
      }
    }
    return next;
  }
}
