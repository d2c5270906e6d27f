import type { JsonValue } from '../../base/index.ts';
import { compare, numberOfText } from '../evaluate/compare.ts';
import { fold } from '../evaluate/event-reader.ts';
import type { SigmaCorrelation } from '../read/rule-shape.ts';
import { textOf } from './groups.ts';
import type { FieldView } from './groups.ts';

/** What an event brings to a window. */
export interface Brought {
  readonly atUs: number;
  /** Index of the rule that found it among those of the correlation. */
  readonly ruleIndex: number;
  /** Of the value fields, in their order; undefined where the event has not one of them. */
  readonly values: readonly JsonValue[] | undefined;
}

/** What a window came to. */
export interface Outcome {
  /** The count, sum, average, percentile or share that was compared. */
  readonly value: number;
  /** The value a share is of. */
  readonly of?: string;
}

/** State of one group of a correlation. */
export interface Window {
  /** Entries kept: what counts against the limits. */
  readonly kept: number;
  /** Time of the last event, or for windows that are judged when they close of their first. */
  readonly dueFromUs: number;
  /** Takes an event; gives what completes the correlation, after which the window is empty. */
  add(brought: Brought): Outcome | undefined;
  /** Judges what is there, for windows that are judged when they close. */
  close?(): Outcome | undefined;
  /** Forgets the older half, where there is no other bound. @returns how many entries. */
  readonly drop?: (() => number) | undefined;
}

/** Values of the fields a correlation counts or reckons with; undefined when the event lacks one. */
export function valuesOf(fields: readonly string[], view: FieldView): readonly JsonValue[] | undefined {
  const values: JsonValue[] = [];
  for (const field of fields) {
    const value = view(field);
    if (value === undefined || value === null) return undefined;
    values.push(value);
  }
  return values;
}

/** Several values, none of them null, as one to tell apart. */
export function keyOfValues(values: readonly JsonValue[]): string {
  return JSON.stringify(values.map((value) => fold(textOf(value)!)));
}

/** A value as a number; undefined for what is none. */
export function numberOf(values: readonly JsonValue[] | undefined): number | undefined {
  const text = textOf(values?.[0]);
  return text === undefined ? undefined : numberOfText(text);
}

/** Whether all comparisons of a correlation hold. */
export function holdsAll(correlation: SigmaCorrelation, value: number): boolean {
  return correlation.comparisons.every(({ operator, value: bound }) => compare(value, operator, bound));
}

/** The least count that satisfies comparisons with `gt` and `gte` alone; undefined for others, which the future can undo. */
export function leastOf(correlation: SigmaCorrelation): number | undefined {
  let least = Number.NEGATIVE_INFINITY;
  for (const { operator, value } of correlation.comparisons) {
    if (operator !== 'gt' && operator !== 'gte') return undefined;
    least = Math.max(least, operator === 'gt' ? Math.floor(value) + 1 : Math.ceil(value));
  }
  return Number.isFinite(least) ? Math.max(1, least) : undefined;
}
