import { isJsonObject, limits, quote } from '../../base/index.ts';
import type { JsonValue } from '../../base/index.ts';
import { malformed, SigmaError, tooComplex } from '../sigma-error.ts';
import type { SigmaPath } from '../sigma-error.ts';
import type { SigmaDetection, SigmaFilter, SigmaRule, SigmaWarning } from '../read/rule-shape.ts';
import { showPath } from '../sigma-error.ts';
import { parseCondition } from './condition.ts';
import type { Condition } from './condition.ts';
import { joined, planField } from './field-tests.ts';
import type { PlanContext } from './field-tests.ts';
import type { Placeholders } from './placeholders.ts';
import type { SigmaNode } from './tree.ts';

/** How a rule is planned. */
export interface PlanOptions {
  /** Values of placeholders; a rule that asks for others is refused. */
  readonly placeholders?: Placeholders;
}

/** What a rule asks of an event. */
export interface SigmaPlan {
  readonly root: SigmaNode;
  readonly warnings: readonly SigmaWarning[];
}

/**
 * Makes of a rule, or a filter, what it asks of one event: modifiers applied, searches put where the condition names them.
 *
 * @throws {SigmaError} with the place in the document.
 */
export function planRule(rule: SigmaRule | SigmaFilter, options: PlanOptions = {}): SigmaPlan {
  const warnings: SigmaWarning[] = [];
  const warn = (message: string, path: SigmaPath): void => {
    warnings.push({ path: showPath(path), line: rule.lineOf(path), message });
  };
  const section = rule.kind === 'filter' ? 'filter' : 'detection';
  try {
    const planner = new Planner(rule.detection, section, { placeholders: options.placeholders ?? new Map(), warn });
    return { root: planner.plan(), warnings };
  } catch (error) {
    if (!(error instanceof SigmaError)) throw error;
    const { code, message, path, cause } = error;
    throw new SigmaError(code, message, { path, line: rule.lineOf(path), cause });
  }
}

class Planner {
  readonly #detection: SigmaDetection;
  readonly #section: string;
  readonly #context: PlanContext;
  readonly #planned = new Map<string, { readonly node: SigmaNode; readonly tests: number }>();
  #tests = 0;

  constructor(detection: SigmaDetection, section: string, context: PlanContext) {
    this.#detection = detection;
    this.#section = section;
    this.#context = context;
  }

  plan(): SigmaNode {
    const path = [this.#section, 'condition'];
    // Every search is planned, also one no condition names: a mistake in it is a mistake of the rule.
    for (const name of this.#detection.searches.keys()) this.#searchPlan(name);
    const named = new Set<string>();
    const nodes = this.#detection.conditions.map((text) => this.#condition(parseCondition(text, path), path, named));
    for (const name of this.#detection.searches.keys()) {
      if (!named.has(name)) this.#context.warn('is named by no condition', [this.#section, name]);
    }
    return joined('or', nodes);
  }

  #condition(condition: Condition, path: SigmaPath, named: Set<string>): SigmaNode {
    switch (condition.kind) {
      case 'and':
      case 'or':
        return joined(
          condition.kind,
          condition.conditions.map((each) => this.#condition(each, path, named)),
        );
      case 'not':
        return { kind: 'not', node: this.#condition(condition.condition, path, named) };
      case 'search':
        if (!this.#detection.searches.has(condition.name)) {
          malformed(`its condition names ${quote(condition.name)}, which is not there`, path);
        }
        return this.#named(condition.name, path, named);
      case 'of': {
        const names = [...this.#detection.searches.keys()].filter((name) => isMeant(name, condition.pattern));
        if (names.length === 0)
          malformed(`its condition names no search with ${quote(condition.pattern ?? 'them')}`, path);
        const nodes = names.map((name) => this.#named(name, path, named));
        return joined(condition.quantity === 'all' ? 'and' : 'or', nodes);
      }
    }
  }

  #named(name: string, path: SigmaPath, named: Set<string>): SigmaNode {
    named.add(name);
    const { node, tests } = this.#searchPlan(name);
    this.#count(tests, path);
    return node;
  }

  #count(tests: number, path: SigmaPath): void {
    this.#tests += tests;
    if (this.#tests > limits.sigmaTestsMax) tooComplex(`it makes more than ${limits.sigmaTestsMax} tests`, path);
  }

  #searchPlan(name: string): { readonly node: SigmaNode; readonly tests: number } {
    const known = this.#planned.get(name);
    if (known !== undefined) return known;
    const node = this.#search(this.#detection.searches.get(name)!, [this.#section, name]);
    const planned = { node, tests: testsOf(node) };
    if (planned.tests > limits.sigmaTestsMax) {
      tooComplex(`a search of it makes more than ${limits.sigmaTestsMax} tests`, [this.#section, name]);
    }
    this.#planned.set(name, planned);
    return planned;
  }

  /** A map asks for all of its fields, a list for any of its maps or keywords. Spec: Sigma rules, "Lists", "Maps". */
  #search(value: JsonValue, path: SigmaPath): SigmaNode {
    if (Array.isArray(value)) {
      if (value.length === 0) malformed('a search of it is an empty list', path);
      return joined(
        'or',
        value.map((each, index) => this.#search(each, [...path, index])),
      );
    }
    if (isJsonObject(value)) {
      const fields = Object.entries(value);
      if (fields.length === 0) malformed('a search of it is an empty map', path);
      return joined(
        'and',
        fields.map(([key, each]) => planField(key, each, [...path, key], this.#context)),
      );
    }
    if (value === null) malformed('a search of it is empty', path);
    return planField('', value, path, this.#context);
  }
}

/** Whether `of` means a search: `them` and patterns leave out names that begin with `_` unless the pattern does. */
function isMeant(name: string, pattern: string | undefined): boolean {
  if (pattern === undefined) return !name.startsWith('_');
  if (name.startsWith('_') && !pattern.startsWith('_')) return false;
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}

function testsOf(node: SigmaNode): number {
  if (node.kind === 'test') return 1;
  if (node.kind === 'not') return testsOf(node.node);
  return node.nodes.reduce((sum, each) => sum + testsOf(each), 0);
}
