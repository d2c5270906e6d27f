import { holdsAll, keyOfValues, numberOf } from './window.ts';
import type { Brought, Outcome, Window } from './window.ts';
import type { SigmaCorrelation } from '../read/rule-shape.ts';

/** Events of the last timespan, judged with each that comes: `event_count` with a least number. */
export class CountWindow implements Window {
  readonly #least: number;
  readonly #spanUs: number;
  /** Ascending. */
  #times: number[] = [];

  constructor(least: number, spanUs: number) {
    this.#least = least;
    this.#spanUs = spanUs;
  }

  get kept(): number {
    return this.#times.length;
  }

  get dueFromUs(): number {
    return this.#times.at(-1)!;
  }

  add({ atUs }: Brought): Outcome | undefined {
    insert(this.#times, atUs);
    const from = this.#times.at(-1)! - this.#spanUs;
    let old = 0;
    while (this.#times[old]! < from) old++;
    if (old > 0) this.#times.splice(0, old);
    if (this.#times.length < this.#least) return undefined;
    const value = this.#times.length;
    this.#times = [];
    return { value };
  }
}

/** Puts a time in its place; nearly always the last. */
function insert(times: number[], atUs: number): void {
  let at = times.length;
  while (at > 0 && times[at - 1]! > atUs) at--;
  times.splice(at, 0, atUs);
}

/** Different values of the last timespan, each with its last time: `value_count` with a least number. */
export class ValueWindow implements Window {
  readonly #least: number;
  readonly #spanUs: number;
  readonly #times = new Map<string, number>();
  #lastUs = Number.NEGATIVE_INFINITY;

  constructor(least: number, spanUs: number) {
    this.#least = least;
    this.#spanUs = spanUs;
  }

  get kept(): number {
    return this.#times.size;
  }

  get dueFromUs(): number {
    return this.#lastUs;
  }

  add({ atUs, values }: Brought): Outcome | undefined {
    if (values === undefined) return undefined;
    this.#lastUs = Math.max(this.#lastUs, atUs);
    const key = keyOfValues(values);
    const known = this.#times.get(key) ?? atUs;
    this.#times.delete(key);
    this.#times.set(key, Math.max(known, atUs));
    if (this.#times.size < this.#least) return undefined;
    for (const [each, us] of this.#times) if (us < this.#lastUs - this.#spanUs) this.#times.delete(each);
    const value = this.#times.size;
    if (value < this.#least) return undefined;
    this.#times.clear();
    return { value };
  }
}

/** Numbers of the last timespan: `value_sum` with a least sum. */
export class SumWindow implements Window {
  readonly #correlation: SigmaCorrelation;
  /** In the order they came. */
  #entries: { readonly atUs: number; readonly value: number }[] = [];
  #sum = 0;

  constructor(correlation: SigmaCorrelation) {
    this.#correlation = correlation;
  }

  get kept(): number {
    return this.#entries.length;
  }

  get dueFromUs(): number {
    return this.#entries.at(-1)!.atUs;
  }

  add({ atUs, values }: Brought): Outcome | undefined {
    const value = numberOf(values);
    if (value === undefined) return undefined;
    this.#entries.push({ atUs, value });
    this.#sum += value;
    const from = atUs - this.#correlation.timespanUs;
    let old = 0;
    while (this.#entries[old]!.atUs < from) old++;
    this.#forget(old);
    const sum = this.#sum;
    if (!holdsAll(this.#correlation, sum)) return undefined;
    this.#forget(this.#entries.length);
    return { value: sum };
  }

  #forget(count: number): number {
    for (const { value } of this.#entries.splice(0, count)) this.#sum -= value;
    // What is left of rounding must not pile up.
    if (this.#entries.length === 0) this.#sum = 0;
    return count;
  }

  drop(): number {
    return this.#forget(Math.ceil(this.#entries.length / 2));
  }
}

/** When each rule last found something: `temporal`. */
export class TogetherWindow implements Window {
  readonly #correlation: SigmaCorrelation;
  readonly #lastUs: number[];

  constructor(correlation: SigmaCorrelation) {
    this.#correlation = correlation;
    this.#lastUs = correlation.rules.map(() => Number.NEGATIVE_INFINITY);
  }

  get kept(): number {
    return this.#lastUs.length;
  }

  get dueFromUs(): number {
    return Math.max(...this.#lastUs);
  }

  add({ atUs, ruleIndex }: Brought): Outcome | undefined {
    this.#lastUs[ruleIndex] = Math.max(this.#lastUs[ruleIndex]!, atUs);
    const from = this.dueFromUs - this.#correlation.timespanUs;
    const value = this.#lastUs.filter((us) => us >= from).length;
    const { comparisons, rules } = this.#correlation;
    if (comparisons.length === 0 ? value < rules.length : !holdsAll(this.#correlation, value)) return undefined;
    this.#lastUs.fill(Number.NEGATIVE_INFINITY);
    return { value };
  }
}

/**
 * For each rule the row of events of the rules up to it, in order, that began last: `temporal_ordered`. An event stands for
 * one rule only.
 */
export class OrderedWindow implements Window {
  readonly #spanUs: number;
  readonly #rows: (Row | undefined)[];

  constructor({ rules, timespanUs }: SigmaCorrelation) {
    this.#spanUs = timespanUs;
    this.#rows = rules.map(() => undefined);
  }

  get kept(): number {
    return this.#rows.length;
  }

  get dueFromUs(): number {
    return Math.max(...this.#rows.map((row) => row?.endUs ?? Number.NEGATIVE_INFINITY));
  }

  add({ atUs, ruleIndex }: Brought): Outcome | undefined {
    const before = ruleIndex === 0 ? { beginUs: atUs, endUs: atUs } : this.#rows[ruleIndex - 1];
    if (before === undefined || before.endUs > atUs || before.beginUs < atUs - this.#spanUs) return undefined;
    const known = this.#rows[ruleIndex];
    if (known === undefined || known.beginUs <= before.beginUs) {
      this.#rows[ruleIndex] = { beginUs: before.beginUs, endUs: atUs };
    }
    if (ruleIndex < this.#rows.length - 1) return undefined;
    this.#rows.fill(undefined);
    return { value: this.#rows.length };
  }
}

interface Row {
  readonly beginUs: number;
  readonly endUs: number;
}
