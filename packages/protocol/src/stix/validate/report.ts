import { isJsonObject, quote } from '../../base/index.ts';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import { ruleOf } from './rules.ts';
import type { RuleCode, Severity } from './rules.ts';

/** A fault of an object or a bundle: what rule it breaks, where, and what stands there. */
export interface Finding {
  readonly code: RuleCode;
  /** `error` for a MUST, `warning` for a SHOULD; the strict profile makes every finding an error. */
  readonly severity: Severity;
  /** Where: `external_references[0].url`, in a bundle `objects[3].name`; empty for the object itself. */
  readonly path: string;
  /** A sentence that begins with a verb and quotes the value. */
  readonly message: string;
  /** Section of STIX 2.1, or the name of another specification. */
  readonly section: string;
  /** Number of the same check in stix2-validator, when it has one. */
  readonly check?: number;
}

/** Findings of one object; more are not listed, so that a hostile object costs no more memory than its own. */
const findingsMax = 200;

/** Collects the findings of one object while its checks walk through it. */
export class Report {
  readonly findings: Finding[] = [];
  /** Whether what nobody defines is an error. */
  readonly isClosed: boolean;
  /** Section of the object being checked, for rules that have none of their own. */
  section = '';
  /** Where the object stands: in a bundle `objects[3]`, else nothing. */
  readonly #base: string;
  readonly #path: (string | number)[] = [];

  constructor(options: { readonly isClosed?: boolean; readonly base?: string } = {}) {
    this.isClosed = options.isClosed ?? false;
    this.#base = options.base ?? '';
  }

  /** Whether so much was found that the rest is not listed: the last finding says so. */
  get isFull(): boolean {
    return this.findings.length > findingsMax;
  }

  /** Goes into what stands under `key`; every call has its {@link leave}. */
  enter(key: string | number): void {
    this.#path.push(key);
  }

  leave(): void {
    this.#path.pop();
  }

  /** Does something that another section is about. */
  inSection(section: string, check: () => void): void {
    const outer = this.section;
    this.section = section;
    check();
    this.section = outer;
  }

  /** How deep the walk is. */
  get depth(): number {
    return this.#path.length;
  }

  /**
   * Adds a finding about what stands under `key`, or about where the walk is when it is undefined.
   *
   * @param check - Number of stix2-validator's check where it depends on more than the rule.
   */
  add(code: RuleCode, key: string | number | undefined, message: string, check?: number): void {
    if (this.isFull) return;
    if (this.findings.length === findingsMax) {
      this.#push('findings-cut', this.#base, `Stop listing: the object has more than ${findingsMax} faults`, undefined);
      return;
    }
    const path = this.#path.reduce<string>(pathWith, this.#base);
    this.#push(code, key === undefined ? path : pathWith(path, key), message, check);
  }

  #push(code: RuleCode, path: string, message: string, check: number | undefined): void {
    const rule = ruleOf(code);
    const number = check ?? rule.check;
    this.findings.push({
      code,
      severity: rule.severity,
      path,
      message,
      section: rule.section ?? this.section,
      ...(number !== undefined && { check: number }),
    });
  }
}

/** `path` and one step more: names with dots, indexes and names that are no words in brackets. */
export function pathWith(path: string, step: string | number): string {
  if (typeof step === 'number') return `${path}[${step}]`;
  if (!/^\w{1,250}$/.test(step)) return `${path}[${quote(step)}]`;
  return path === '' ? step : `${path}.${step}`;
}

/** What a message calls the value under a key: the property, or the item of a list. */
export function named(key: string | number): string {
  return typeof key === 'number' ? `item ${key}` : key;
}

/** A value as a message shows it: text quoted, the rest as short JSON. */
export function shown(value: JsonValue | undefined): string {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** Reports that a value is of another type than `expected`. */
export function wrongType(value: JsonValue, key: string | number, report: Report, expected: string): void {
  const code = value === null ? 'value-null' : 'value-type';
  report.add(code, key, `Write ${expected} as ${named(key)}, not ${shown(value)}`);
}

/** The value when it is a JSON object, else a finding. */
export function needObject(value: JsonValue, key: string | number, report: Report): JsonObject | undefined {
  if (isJsonObject(value)) return value;
  wrongType(value, key, report, 'an object');
  return undefined;
}
