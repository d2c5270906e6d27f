import { findDigest } from '../read/digests.ts';
import { printComparison, printObservation, printPath } from '../write/print.ts';
import type {
  ComparisonExpression,
  Literal,
  ObservationExpression,
  Pattern,
  PropertyTest,
  Qualifier,
} from '../tree.ts';
import { findPathKind, findValue, normalPath } from '../plan/value-paths.ts';

/**
 * One text for patterns that list the same in another spelling: a key for de-duplication, not a pattern to evaluate.
 *
 * Wider than `arePatternsEquivalent` where people mean the same (URLs in either scheme, names in any case) and linear,
 * so it distributes and absorbs nothing. Stored: a change of its text needs a migration.
 *
 * Folded together: blanks, comments and needless parentheses; the order and repetition of operands of AND and OR; `IN`
 * and OR of equalities; `[a] OR [b]` and `[a OR b]`; spellings of digest keys; numbers; literals of the paths that hold
 * values, in the normal form of `@comity/protocol/values` (so `http://` and `https://` of one URL meet). AND between
 * observations keeps its repetitions, as each operand needs an observation of its own (STIX 2.1 §9.5.2).
 */
export function normalPattern(pattern: Pattern): string {
  return printObservation(normalObservation(pattern.root));
}

function normalObservation(expression: ObservationExpression): ObservationExpression {
  if (expression.kind === 'observation') {
    return { kind: 'observation', comparison: normalComparison(expression.comparison) };
  }
  if (expression.kind === 'qualified') {
    const operand = normalObservation(expression.operand);
    const qualifiers = expression.qualifiers.filter((each) => !(each.kind === 'repeats' && each.times === '1'));
    return qualifiers.length === 0
      ? operand
      : { kind: 'qualified', operand, qualifiers: qualifiers.map(normalQualifier) };
  }
  const { kind } = expression;
  const operands = flatten(expression.operands.map(normalObservation), kind);
  if (kind === 'or') return uniteObservations(operands);
  return { kind, operands: kind === 'and' ? sorted(operands, printObservation) : operands };
}

/** `[a] OR [b]` asks for one observation that answers either, as `[a OR b]` does. */
function uniteObservations(operands: readonly ObservationExpression[]): ObservationExpression {
  const comparisons: ComparisonExpression[] = [];
  const others: ObservationExpression[] = [];
  for (const operand of operands) {
    if (operand.kind === 'observation') comparisons.push(operand.comparison);
    else others.push(operand);
  }
  if (comparisons.length > 0) others.push({ kind: 'observation', comparison: join('or', comparisons) });
  const distinct = withoutRepeats(sorted(others, printObservation), printObservation);
  const [only] = distinct;
  return distinct.length === 1 && only !== undefined ? only : { kind: 'or', operands: distinct };
}

function normalQualifier(qualifier: Qualifier): Qualifier {
  if (qualifier.kind !== 'startstop') return qualifier;
  return { kind: 'startstop', start: normalTime(qualifier.start), stop: normalTime(qualifier.stop) };
}

function normalComparison(expression: ComparisonExpression): ComparisonExpression {
  if (expression.kind === 'exists') return { ...expression, path: normalPath(expression.path) };
  if (expression.kind === 'test') return normalTest(expression);
  return join(expression.kind, expression.operands.map(normalComparison));
}

/** AND or OR of normal operands: flat, sorted, none twice, and no node around a single one. */
function join(kind: 'and' | 'or', operands: readonly ComparisonExpression[]): ComparisonExpression {
  const flat = operands.flatMap((operand) => (operand.kind === kind ? operand.operands : [operand]));
  const merged = kind === 'or' ? uniteEqualities(flat) : flat;
  const distinct = withoutRepeats(sorted(merged, printComparison), printComparison);
  const [only] = distinct;
  return distinct.length === 1 && only !== undefined ? only : { kind, operands: distinct };
}

/**
 * Equalities of one path under OR as one IN. Not the other way round: a long path beside a long list would make a text
 * many times the size of the pattern.
 */
function uniteEqualities(operands: readonly ComparisonExpression[]): ComparisonExpression[] {
  const others: ComparisonExpression[] = [];
  const byPath = new Map<string, { test: PropertyTest; literals: Literal[] }>();
  for (const operand of operands) {
    if (operand.kind !== 'test' || !isEquality(operand)) {
      others.push(operand);
      continue;
    }
    const path = printPath(operand.path);
    const known = byPath.get(path);
    if (known === undefined) byPath.set(path, { test: operand, literals: [...operand.literals] });
    else known.literals.push(...operand.literals);
  }
  for (const { test, literals } of byPath.values()) others.push(equalityOf(test, literals));
  return others;
}

function isEquality(test: PropertyTest): boolean {
  return !test.negated && (test.operator === '=' || test.operator === 'IN');
}

/** `=` of one literal, IN of several or none, each once and in order. */
function equalityOf(test: PropertyTest, literals: readonly Literal[]): PropertyTest {
  const distinct = withoutRepeats(sorted(literals, printOf), printOf);
  return { ...test, operator: distinct.length === 1 ? '=' : 'IN', literals: distinct };
}

function normalTest(test: PropertyTest): PropertyTest {
  const literals = test.literals.map((literal) => normalLiteral(test, literal));
  const normal = {
    ...test,
    path: normalPath(test.path),
    operator: hasNoWildcard(test) ? ('=' as const) : test.operator,
    literals,
  };
  if (isEquality(normal)) return equalityOf(normal, literals);
  return test.operator === 'IN' ? { ...normal, literals: withoutRepeats(sorted(literals, printOf), printOf) } : normal;
}

function printOf(literal: Literal): string {
  return `${literal.kind} ${literal.value}`;
}

function hasNoWildcard(test: PropertyTest): boolean {
  return test.operator === 'LIKE' && test.literals.every(({ value }) => !/[%_]/.test(value));
}

function normalLiteral(test: PropertyTest, literal: Literal): Literal {
  if (literal.kind === 'float')
    return literal.value.endsWith('.0') ? { kind: 'integer', value: literal.value.slice(0, -2) } : literal;
  if (literal.kind === 'timestamp') return { kind: 'timestamp', value: normalTime(literal.value) };
  if (literal.kind === 'hex') return { kind: 'hex', value: literal.value.toLowerCase() };
  if (literal.kind !== 'string') return literal;
  const { operator } = test;
  if (operator === 'MATCHES' || (operator === 'LIKE' && !hasNoWildcard(test))) return literal;
  const kind = findPathKind(test.path);
  const value = kind === undefined ? undefined : findValue(kind, literal)?.value;
  if (value !== undefined) return { kind: 'string', value };
  return { kind: 'string', value: isHexDigest(test) ? literal.value.toLowerCase() : literal.value };
}

function isHexDigest(test: PropertyTest): boolean {
  const key = test.path.steps.at(-1);
  return test.path.steps.at(-2) === 'hashes' && typeof key === 'string' && (findDigest(key)?.lengths.length ?? 0) > 0;
}

/** Without zeros at the end of the fraction, so that `…:00Z` and `…:00.000Z` are one instant. */
export function normalTime(text: string): string {
  const dot = text.indexOf('.');
  if (dot < 0) return text;
  let end = text.length - 1;
  while (text[end - 1] === '0') end--;
  return `${text.slice(0, end - 1 === dot ? dot : end)}Z`;
}

function flatten(
  operands: readonly ObservationExpression[],
  kind: 'and' | 'or' | 'followedby',
): ObservationExpression[] {
  return operands.flatMap((operand) => (operand.kind === kind ? operand.operands : [operand]));
}

/** In the order of their texts, each printed once. */
function sorted<T>(items: readonly T[], print: (item: T) => string): T[] {
  const keyed = items.map((item) => ({ item, key: print(item) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)));
  return keyed.map(({ item }) => item);
}

function withoutRepeats<T>(items: readonly T[], print: (item: T) => string): T[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const key = print(item);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
