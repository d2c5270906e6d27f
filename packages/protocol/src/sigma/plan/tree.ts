import type { Operator } from '../read/rule-shape.ts';

/** Any characters or none. */
export const many = { wildcard: '*' } as const;
/** One character. */
export const one = { wildcard: '?' } as const;
/** A part of a text to look for: literal characters or a wildcard. */
export type TextPart = string | typeof many | typeof one;

/** Parts of a date a number is compared with. Spec: modifiers 2.1.0, "Time Modifiers". */
export const timeParts = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const;
/** A part of {@link timeParts}. */
export type TimePart = (typeof timeParts)[number];

/** Where a text stands in the value of a field. */
export type Standing = 'equal' | 'contains' | 'startswith' | 'endswith';

/** What the value of a field is asked. */
export type SigmaTest =
  | { readonly kind: 'text'; readonly parts: readonly TextPart[]; readonly cased: boolean }
  | { readonly kind: 'expression'; readonly source: string; readonly flags: string }
  | { readonly kind: 'network'; readonly network: string }
  | { readonly kind: 'field'; readonly name: string; readonly standing: Standing; readonly cased: boolean }
  | { readonly kind: 'number'; readonly operator: Operator; readonly value: number }
  | { readonly kind: 'time'; readonly part: TimePart; readonly operator: Operator; readonly value: number }
  | { readonly kind: 'exists' }
  | { readonly kind: 'null' };

/**
 * What a rule asks of one event, modifiers applied, names of searches resolved. `field` undefined: any text of the event.
 * Nodes are shared where a condition names a search several times.
 */
export type SigmaNode =
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly SigmaNode[] }
  | { readonly kind: 'not'; readonly node: SigmaNode }
  | { readonly kind: 'test'; readonly field: string | undefined; readonly test: SigmaTest };
