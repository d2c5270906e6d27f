import { ComityError, quote } from '../../base/index.ts';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import type { ComparisonExpression, Literal, PropertyTest } from '../tree.ts';
import { printPath } from '../write/print.ts';
import { parseNetwork } from './network.ts';
import { walkOf } from './path-walk.ts';
import type { PropertyForm, Surroundings } from './path-walk.ts';
import { compileLike, compileMatches } from './text-search.ts';
import { bytesOfProperty, clash, comparableOf, compare, malformed, readerFor } from './values.ts';
import type { Comparable } from './values.ts';

/** What is told of a property that does not hold what its name or the constant beside it says it holds. */
export type FaultSink = (path: string, value: JsonValue) => void;

/** Whether an object, as the root of every path (STIX 2.1 §9.5), answers a comparison expression. */
export type RootTest = (root: JsonObject, surroundings: Surroundings, fault: FaultSink) => boolean;

/** The test of one property. `malformed`: there is no data to test, and NOT does not change that (§9.6). */
type ValueTest = (value: JsonValue) => boolean | typeof malformed;

/**
 * Compiles what stands between the brackets.
 *
 * @throws {ComityError} `PATTERN_MALFORMED` for constants that can mean nothing, `PATTERN_UNSUPPORTED` and
 *   `PATTERN_TOO_COMPLEX` for searches that are not run.
 */
export function compileComparison(expression: ComparisonExpression): RootTest {
  if (expression.kind === 'test') return compileTest(expression);
  if (expression.kind === 'exists') {
    const { path, negated } = expression;
    const walk = walkOf(path, true);
    return (root, surroundings) => root['type'] === path.type && walk.some(root, surroundings, () => true) !== negated;
  }
  const parts = expression.operands.map(compileComparison);
  const isAnd = expression.kind === 'and';
  return (root, surroundings, fault) => {
    for (const part of parts) if (part(root, surroundings, fault) !== isAnd) return !isAnd;
    return isAnd;
  };
}

function compileTest(test: PropertyTest): RootTest {
  const walk = walkOf(test.path);
  const { type } = test.path;
  const { negated } = test;
  const passes = compileValueTest(test, walk.form);
  return (root, surroundings, fault) =>
    root['type'] === type &&
    walk.some(root, surroundings, (value) => {
      const verdict = passes(value);
      if (verdict === malformed) {
        fault(printPath(test.path), value);
        return false;
      }
      return verdict !== negated;
    });
}

function compileValueTest(test: PropertyTest, form: PropertyForm): ValueTest {
  const { operator, literals } = test;
  const [first] = literals;
  if (first === undefined) return () => false; // IN ()
  switch (operator) {
    case 'IN':
      return compileIn(literals, form);
    case 'LIKE':
    case 'MATCHES':
      return compileTextTest(operator === 'LIKE' ? compileLike(first.value) : compileMatches(first.value), form);
    case 'ISSUBSET':
    case 'ISSUPERSET':
      return compileSetTest(operator, first.value);
    case '=':
    case '!=':
      return compileEquality(operator === '=', first, form);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compileOrder(operator, first, form);
  }
}

const holds: Readonly<Record<'<' | '<=' | '>' | '>=', (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

function compileEquality(isEqual: boolean, literal: Literal, form: PropertyForm): ValueTest {
  const read = readerFor(literal.kind, form);
  const constant = comparableOf(literal, form);
  return (value) => {
    const property = read(value);
    // Types that do not compare are unequal (§9.6.1), as a clash is no constant.
    return property === malformed ? malformed : (property === constant) === isEqual;
  };
}

function compileOrder(operator: keyof typeof holds, literal: Literal, form: PropertyForm): ValueTest {
  const read = readerFor(literal.kind, form);
  const constant = comparableOf(literal, form);
  const hold = holds[operator];
  return (value) => {
    const property = read(value);
    if (property === malformed) return malformed;
    return property !== clash && constant !== undefined && hold(compare(property, constant));
  };
}

/** Constants of one type (§9.6.1); integers and floats are one. */
function compileIn(literals: readonly Literal[], form: PropertyForm): ValueTest {
  const typeOf = ({ kind }: Literal): string => (kind === 'float' ? 'integer' : kind);
  const [first] = literals;
  if (first === undefined || literals.some((each) => typeOf(each) !== typeOf(first))) {
    throw new ComityError('PATTERN_MALFORMED', 'Cannot evaluate pattern: a set mixes types of constants');
  }
  const read = readerFor(first.kind, form);
  const members = new Set<Comparable | undefined>(literals.map((literal) => comparableOf(literal, form)));
  return (value) => {
    const property = read(value);
    if (property === malformed) return malformed;
    return property !== clash && members.has(property);
  };
}

function compileTextTest(passes: (text: string) => boolean, form: PropertyForm): ValueTest {
  if (form === 'plain') return (value) => typeof value === 'string' && passes(value.normalize('NFC'));
  return (value) => {
    const bytes = bytesOfProperty(value, form);
    return bytes === malformed ? malformed : passes(bytes);
  };
}

function compileSetTest(operator: 'ISSUBSET' | 'ISSUPERSET', text: string): ValueTest {
  const constant = parseNetwork(text);
  if (constant === undefined) {
    throw new ComityError('PATTERN_MALFORMED', `Cannot evaluate pattern: ${quote(text)} is no address and no network`);
  }
  return (value) => {
    const property = typeof value === 'string' ? parseNetwork(value) : undefined;
    if (property === undefined) return false;
    return operator === 'ISSUBSET' ? constant.contains(property) : property.contains(constant);
  };
}
