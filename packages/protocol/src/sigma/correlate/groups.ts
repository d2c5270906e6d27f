import type { SigmaEvent } from '../evaluate/sigma-event.ts';
import { fold } from '../evaluate/event-reader.ts';
import type { SigmaCorrelation } from '../read/rule-shape.ts';
import type { JsonValue } from '../../base/index.ts';

/** What a correlation looks at of an event: the fields it knows, by the rule's names or aliases. */
export type FieldView = (name: string) => JsonValue | undefined;

/** The values an event is grouped by, and their key; undefined for an event without one of them: it is in no group. */
export interface Group {
  readonly key: string;
  readonly values: readonly string[];
}

/** The group of an event that a rule found. Values are the same without case, as everywhere in Sigma. */
export function groupOf(
  correlation: SigmaCorrelation,
  ruleNames: readonly string[],
  view: FieldView,
): Group | undefined {
  const values: string[] = [];
  for (const name of correlation.groupBy) {
    const value = textOf(view(fieldOf(correlation, name, ruleNames)));
    if (value === undefined) return undefined;
    values.push(value);
  }
  return { key: JSON.stringify(values.map(fold)), values };
}

/** The field an alias stands for in events of a rule; the name itself when it is none. Spec: "Field Name Aliases". */
export function fieldOf(correlation: SigmaCorrelation, name: string, ruleNames: readonly string[]): string {
  const byRule = correlation.aliases.get(name);
  if (byRule === undefined) return name;
  for (const rule of ruleNames) {
    const field = byRule.get(rule);
    if (field !== undefined) return field;
  }
  return name;
}

/** A value as text; undefined for none. A list is its elements together. */
export function textOf(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The fields of an event as a view. */
export function viewOf(event: SigmaEvent): FieldView {
  return (name) => event.field(name);
}
