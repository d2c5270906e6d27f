import type { Operator } from '../read/rule-shape.ts';

/** Whether `left` compares to `right` as the operator says. */
export function compare(left: number, operator: Operator, right: number): boolean {
  switch (operator) {
    case 'gt':
      return left > right;
    case 'gte':
      return left >= right;
    case 'lt':
      return left < right;
    case 'lte':
      return left <= right;
    case 'eq':
      return left === right;
    case 'neq':
      return left !== right;
  }
}

const numberForm = /^\s*[+-]?(?:\d{1,300}(?:\.\d{0,300})?|\.\d{1,300})(?:e[+-]?\d{1,3})?\s*$/i;

/** A number as records write it; undefined for other text. */
export function numberOfText(text: string): number | undefined {
  return numberForm.test(text) ? Number(text) : undefined;
}
