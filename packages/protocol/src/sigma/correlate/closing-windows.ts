import type { JsonValue } from '../../base/index.ts';
import type { SigmaCorrelation } from '../read/rule-shape.ts';
import { holdsAll, keyOfValues, numberOf } from './window.ts';
import type { Brought, Outcome, Window } from './window.ts';

/** Reckons with what one window holds. */
interface Reckoner {
  readonly kept: number;
  add(values: readonly JsonValue[] | undefined): void;
  /** What the comparisons are asked of; several for shares. */
  outcomes(): Iterable<Outcome>;
  /** Forgets the older half, of what grows. */
  readonly drop?: () => number;
}

/**
 * A window that begins with the first event of its group, lasts a timespan and is judged when that is over: for conditions
 * that more events can undo (`lt`, `lte`, `eq`, `neq`), averages and percentiles.
 */
export class ClosingWindow implements Window {
  readonly #correlation: SigmaCorrelation;
  readonly #reckoner: Reckoner;
  readonly dueFromUs: number;
  readonly drop: (() => number) | undefined;

  constructor(correlation: SigmaCorrelation, firstUs: number) {
    this.#correlation = correlation;
    this.#reckoner = reckonerOf(correlation);
    this.dueFromUs = firstUs;
    this.drop = this.#reckoner.drop?.bind(this.#reckoner);
  }

  get kept(): number {
    return 1 + this.#reckoner.kept;
  }

  add({ values }: Brought): undefined {
    this.#reckoner.add(values);
    return undefined;
  }

  close(): Outcome | undefined {
    for (const outcome of this.#reckoner.outcomes()) if (holdsAll(this.#correlation, outcome.value)) return outcome;
    return undefined;
  }
}

function reckonerOf({ type, percentile }: SigmaCorrelation): Reckoner {
  switch (type) {
    case 'value_count':
      return new Shares((shares) => [{ value: shares.size }]);
    case 'value_percentile':
      return percentile === undefined ? new Shares(sharesOf) : new Percentile(percentile);
    case 'value_sum':
    case 'value_avg':
      return new Total(type === 'value_avg');
    case 'event_count':
    case 'temporal':
    case 'temporal_ordered':
      return new Count();
  }
}

class Count implements Reckoner {
  readonly kept = 0;
  #count = 0;

  add(): void {
    this.#count++;
  }

  outcomes(): readonly Outcome[] {
    return [{ value: this.#count }];
  }
}

class Total implements Reckoner {
  readonly kept = 0;
  readonly #isAverage: boolean;
  #count = 0;
  #sum = 0;

  constructor(isAverage: boolean) {
    this.#isAverage = isAverage;
  }

  add(values: readonly JsonValue[] | undefined): void {
    const value = numberOf(values);
    if (value === undefined) return;
    this.#count++;
    this.#sum += value;
  }

  outcomes(): readonly Outcome[] {
    if (this.#count === 0) return [];
    return [{ value: this.#isAverage ? this.#sum / this.#count : this.#sum }];
  }
}

/** Numbers, and which of them stands at a percentile: the nearest rank. */
class Percentile implements Reckoner {
  readonly #percentile: number;
  #numbers: number[] = [];

  constructor(percentile: number) {
    this.#percentile = percentile;
  }

  get kept(): number {
    return this.#numbers.length;
  }

  add(values: readonly JsonValue[] | undefined): void {
    const value = numberOf(values);
    if (value !== undefined) this.#numbers.push(value);
  }

  outcomes(): readonly Outcome[] {
    const sorted = this.#numbers.toSorted((a, b) => a - b);
    const rank = Math.max(1, Math.ceil((this.#percentile / 100) * sorted.length));
    const value = sorted[rank - 1];
    return value === undefined ? [] : [{ value }];
  }

  drop(): number {
    return this.#numbers.splice(0, Math.ceil(this.#numbers.length / 2)).length;
  }
}

interface Shown {
  count: number;
  readonly text: string;
}

/** How often each value was there. */
class Shares implements Reckoner {
  readonly #outcomes: (shown: ReadonlyMap<string, Shown>) => Iterable<Outcome>;
  readonly #shown = new Map<string, Shown>();

  constructor(outcomes: (shown: ReadonlyMap<string, Shown>) => Iterable<Outcome>) {
    this.#outcomes = outcomes;
  }

  get kept(): number {
    return this.#shown.size;
  }

  add(values: readonly JsonValue[] | undefined): void {
    if (values === undefined) return;
    const key = keyOfValues(values);
    const known = this.#shown.get(key);
    if (known === undefined) {
      const text = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(', ');
      this.#shown.set(key, { count: 1, text });
    } else known.count++;
  }

  outcomes(): Iterable<Outcome> {
    return this.#outcomes(this.#shown);
  }

  drop(): number {
    let left = Math.ceil(this.#shown.size / 2);
    const dropped = left;
    for (const key of this.#shown.keys()) if (left-- > 0) this.#shown.delete(key);
    return dropped;
  }
}

/** The share of each value in percent, least first. */
function sharesOf(shown: ReadonlyMap<string, Shown>): readonly Outcome[] {
  let whole = 0;
  for (const { count } of shown.values()) whole += count;
  const sorted = [...shown.values()].toSorted((a, b) => a.count - b.count);
  return sorted.map(({ count, text }) => ({ value: (count / whole) * 100, of: text }));
}
