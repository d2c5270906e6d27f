import type { EventReader, FieldNumbers, Seen } from '../evaluate/event-reader.ts';
import { LiteralSearch } from './literal-search.ts';
import type { RuleKey } from './rule-keys.ts';

/** Which rules of one log source an event can satisfy, found by the literals it shows. */
export class RuleIndex {
  readonly #fields: readonly FieldIndex[];
  readonly #always: readonly number[];

  /** @param rules - number of each rule, and what it is found by; undefined: always. */
  constructor(
    rules: readonly { readonly number: number; readonly keys: readonly RuleKey[] | undefined }[],
    fields: FieldNumbers,
  ) {
    const byField = new Map<string | undefined, Entry[]>();
    const always: number[] = [];
    for (const { number, keys } of rules) {
      if (keys === undefined) always.push(number);
      else {
        for (const key of keys) {
          const entries = byField.get(key.field);
          if (entries === undefined) byField.set(key.field, [{ key, number }]);
          else entries.push({ key, number });
        }
      }
    }
    this.#always = always;
    this.#fields = [...byField].map(([field, entries]) => {
      return new FieldIndex(field === undefined ? undefined : fields.numberOf(field), entries);
    });
  }

  /** Tells the number of every rule the event may satisfy; some more than once. */
  find(reader: EventReader, tell: (number: number) => void): void {
    for (const number of this.#always) tell(number);
    for (const field of this.#fields) field.find(reader, tell);
  }
}

interface Entry {
  readonly key: RuleKey;
  readonly number: number;
}

class FieldIndex {
  readonly #field: number | undefined;
  readonly #equal = new Map<string, number[]>();
  readonly #parts: LiteralSearch | undefined;

  constructor(field: number | undefined, entries: readonly Entry[]) {
    this.#field = field;
    const parts = new Map<string, number[]>();
    for (const { key, number } of entries) {
      const known = key.kind === 'equal' ? this.#equal : parts;
      const numbers = known.get(key.text);
      if (numbers === undefined) known.set(key.text, [number]);
      else if (numbers.at(-1) !== number) numbers.push(number);
    }
    this.#parts = parts.size === 0 ? undefined : new LiteralSearch(parts);
  }

  find(reader: EventReader, tell: (number: number) => void): void {
    const seen: Seen = this.#field === undefined ? reader.whole : reader.field(this.#field);
    for (const text of seen.folded) {
      if (this.#equal.size > 0) for (const number of this.#equal.get(text) ?? none) tell(number);
      this.#parts?.find(text, tell);
    }
  }
}

const none: readonly number[] = [];
