import { ComityError, limits } from '../../base/index.ts';
import { printPath } from '../write/print.ts';
import type { ComparisonExpression, PropertyTest } from '../tree.ts';
import { normalPath } from '../plan/value-paths.ts';
import { sameMeaning } from './same-meaning.ts';

/** A short name for each text, so that a text in many ways is kept once. Two patterns are compared with one of these. */
export class TestNames {
  readonly #names = new Map<string, string>();

  nameOf(text: string): string {
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    const name = String(this.#names.size);
    this.#names.set(text, name);
    return name;
  }
}

/** Tests that one object must pass together, by name, sorted, none twice. */
export interface Conjunction {
  readonly type: string;
  readonly tests: readonly string[];
}

/**
 * A comparison expression as the ways to answer it (disjunctive normal form): each way once, none that another includes,
 * none that asks one object to be of two types (STIX 2.1 §9.5), sorted. Empty when nothing can answer.
 *
 * @throws {ComityError} `PATTERN_TOO_COMPLEX` when there are more than `limits.patternTermsMax` ways.
 */
export function conjunctionsOf(expression: ComparisonExpression, names: TestNames): Conjunction[] {
  return minimal(expand(expression, names));
}

function expand(expression: ComparisonExpression, names: TestNames): Conjunction[] {
  if (expression.kind === 'exists') {
    const path = printPath(normalPath(expression.path));
    return [{ type: expression.path.type, tests: [names.nameOf(`${expression.negated ? 'NOT ' : ''}EXISTS ${path}`)] }];
  }
  if (expression.kind === 'test') return expandTest(expression, names);
  if (expression.kind === 'or') {
    const ways = expression.operands.flatMap((operand) => expand(operand, names));
    assertFew(ways.length);
    return ways;
  }
  return expression.operands
    .map((operand) => minimal(expand(operand, names)))
    .reduce((ways, more) => minimal(product(ways, more)));
}

function expandTest(test: PropertyTest, names: TestNames): Conjunction[] {
  const { negated, operator, path } = test;
  const place = printPath(normalPath(path));
  const literals = test.literals.map((literal) => sameMeaning(test, literal));
  const tests = (texts: readonly string[]): Conjunction[] =>
    texts.map((text) => ({ type: path.type, tests: [names.nameOf(text)] }));
  if (operator === 'IN') {
    if (!negated) return tests(literals.map((literal) => `${place} = ${literal}`));
    return tests([`${place} NOT IN (${[...new Set(literals)].toSorted().join(', ')})`]);
  }
  const [literal = ''] = literals;
  // NOT = and != answer alike, also when types differ (§9.6.1).
  if (operator === '=' || operator === '!=')
    return tests([`${place} ${(operator === '=') === negated ? '!=' : '='} ${literal}`]);
  return tests([`${place}${negated ? ' NOT' : ''} ${operator} ${literal}`]);
}

function product(left: readonly Conjunction[], right: readonly Conjunction[]): Conjunction[] {
  assertFew(left.length * right.length);
  return left.flatMap((a) =>
    right
      .filter((b) => b.type === a.type)
      .map((b) => ({ type: a.type, tests: [...new Set([...a.tests, ...b.tests])].toSorted() })),
  );
}

/** Without ways that ask for all another asks and more; the fewest tests first. */
function minimal(ways: readonly Conjunction[]): Conjunction[] {
  const distinct = new Map(ways.map((way) => [way.tests.join(' AND '), way]));
  const sorted = [...distinct].toSorted(
    ([a, left], [b, right]) => left.tests.length - right.tests.length || order(a, b),
  );
  const kept: Conjunction[] = [];
  const byFirst = new Map<string, Conjunction[]>();
  for (const [, way] of sorted) {
    const tests = new Set(way.tests);
    const isMore = way.tests.some((test) =>
      byFirst.get(test)?.some((less) => less.tests.every((each) => tests.has(each))),
    );
    if (isMore) continue;
    kept.push(way);
    const [first = ''] = way.tests;
    const known = byFirst.get(first);
    if (known === undefined) byFirst.set(first, [way]);
    else known.push(way);
  }
  return kept;
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** @throws {ComityError} `PATTERN_TOO_COMPLEX` for too many ways. */
export function assertFew(count: number): void {
  if (count > limits.patternTermsMax) {
    throw new ComityError(
      'PATTERN_TOO_COMPLEX',
      `Cannot compare pattern: its ORs make more than ${limits.patternTermsMax} ways to answer it`,
    );
  }
}
