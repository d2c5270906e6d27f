import type { JsonValue } from '../../base/index.ts';
import type { SigmaEvent } from './sigma-event.ts';

/**
 * A text without case: equal for two texts that differ in case alone, and the fold of a part is a part of the fold. Final
 * sigma is the one letter whose lower case depends on its neighbours.
 */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  return lower.includes('\u03c2') ? lower.replaceAll('\u03c2', '\u03c3') : lower;
}

/** What the event shows in one field. */
export class Seen {
  /** Number of the event it is of. */
  stamp = 0;
  isPresent = false;
  isNull = false;
  /** The values as text, in the order of the record; none of a field that is empty or holds only objects. */
  texts: readonly string[] = none;
  #folded: readonly string[] | undefined;
  // A field with one value is nearly every field: its lists are used again.
  readonly #one = [''];
  readonly #oneFolded = [''];

  get folded(): readonly string[] {
    if (this.#folded !== undefined) return this.#folded;
    if (this.texts === this.#one) {
      this.#oneFolded[0] = fold(this.#one[0]!);
      this.#folded = this.#oneFolded;
    } else this.#folded = this.texts.map(fold);
    return this.#folded;
  }

  take(value: JsonValue | undefined, stamp: number): void {
    this.stamp = stamp;
    this.isPresent = value !== undefined;
    this.isNull = value === undefined || value === null;
    this.#folded = undefined;
    if (typeof value === 'string') this.#takeOne(value);
    else if (typeof value === 'number' || typeof value === 'boolean') this.#takeOne(String(value));
    else this.texts = Array.isArray(value) ? value.slice(0, valuesMax).flatMap(scalarText) : none;
  }

  #takeOne(text: string): void {
    this.#one[0] = text;
    this.texts = this.#one;
  }
}

const none: readonly string[] = [];
/** Elements of a list that are looked at. */
const valuesMax = 4096;

function scalarText(value: JsonValue): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'number' || typeof value === 'boolean' ? [String(value)] : [];
}

/** Numbers for the names of fields, so that what an event shows is looked up once for all rules. */
export class FieldNumbers {
  readonly #numbers = new Map<string, number>();
  readonly names: string[] = [];

  numberOf(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.names.length);
    return this.names.push(name) - 1;
  }
}

/** Reads the fields of one event after another, each at most once. */
export class EventReader {
  readonly #fields: FieldNumbers;
  readonly #seen: Seen[] = [];
  readonly #whole = new Seen();
  #stamp = 0;
  #event: SigmaEvent | undefined;

  constructor(fields: FieldNumbers) {
    this.#fields = fields;
  }

  /** Number of the event being read, from 1. */
  get stamp(): number {
    return this.#stamp;
  }

  open(event: SigmaEvent): void {
    this.#event = event;
    this.#stamp++;
  }

  /** What stands in a field. */
  field(number: number): Seen {
    const seen = (this.#seen[number] ??= new Seen());
    if (seen.stamp !== this.#stamp) seen.take(this.#event!.field(this.#fields.names[number]!), this.#stamp);
    return seen;
  }

  /** Every text of the event. */
  get whole(): Seen {
    if (this.#whole.stamp !== this.#stamp) this.#whole.take([...this.#event!.texts()], this.#stamp);
    return this.#whole;
  }
}
