import type { JsonObject, JsonValue } from '../../base/index.ts';
import type { PropertyRows } from '../model/rows.ts';
import { compareTimestamps } from '../timestamps.ts';
import { shown } from './report.ts';
import type { Report } from './report.ts';
import { compileValue } from './value-checks.ts';
import type { Check, StructureChecks } from './value-checks.ts';

/** The checks of the properties an object or a structure may have, compiled once from their rows. */
export class PropertySet {
  readonly #checks: ReadonlyMap<string, Check>;
  readonly #required: readonly string[];
  readonly #orders: readonly Order[];
  readonly #deprecated: readonly string[];

  /** @param required - Names that must be there besides those whose row says so. */
  constructor(rows: PropertyRows, structures: StructureChecks, required: readonly string[] = []) {
    const entries = Object.entries(rows);
    this.#checks = new Map(entries.map(([name, row]) => [name, compileValue(row, structures)]));
    const own = entries.filter(([, row]) => row.required === true).map(([name]) => name);
    this.#required = [...new Set([...required, ...own])];
    this.#orders = entries.flatMap(([name, row]) => {
      const earlier = row.notBefore ?? row.after;
      return earlier === undefined ? [] : [{ name, earlier, isStrict: row.after !== undefined }];
    });
    this.#deprecated = entries.filter(([, row]) => row.deprecated === true).map(([name]) => name);
  }

  /** Whether it knows the property. */
  has(name: string): boolean {
    return this.#checks.has(name);
  }

  /** Checks the value of a property it knows; false when it does not know it. */
  checkValue(name: string, value: JsonValue, report: Report): boolean {
    const check = this.#checks.get(name);
    if (check === undefined) return false;
    check(value, name, report);
    return true;
  }

  /** What is asked of the properties together: those required, deprecated ones, the order of times. */
  checkWhole(object: JsonObject, report: Report): void {
    for (const name of this.#required) {
      if (object[name] === undefined) report.add('property-missing', name, `Add ${name}: it is required`);
    }
    for (const name of this.#deprecated) {
      if (object[name] !== undefined) report.add('property-deprecated', name, `Avoid ${name}: it is deprecated`);
    }
    for (const order of this.#orders) checkOrder(object, order, report);
  }
}

interface Order {
  readonly name: string;
  readonly earlier: string;
  /** Whether the times must differ. */
  readonly isStrict: boolean;
}

function checkOrder(object: JsonObject, { name, earlier, isStrict }: Order, report: Report): void {
  const [later, first] = [object[name], object[earlier]];
  if (typeof later !== 'string' || typeof first !== 'string') return;
  const difference = compareTimestamps(later, first);
  // NaN, a malformed time, is neither: it has its own finding.
  if (difference < 0 || (isStrict && difference === 0)) {
    const what = isStrict ? 'later than' : 'no earlier than';
    report.add('timestamp-order', name, `Set ${name} ${what} ${earlier}, ${shown(first)}, not ${shown(later)}`);
  }
}
