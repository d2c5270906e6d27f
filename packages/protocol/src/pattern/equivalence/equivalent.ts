import { parsePattern } from '../read/parse.ts';
import type { ObservationExpression, Pattern, Qualifier } from '../tree.ts';
import { printPattern } from '../write/print.ts';
import { assertFew, conjunctionsOf, TestNames } from './conjunctions.ts';
import { normalTime } from './normal.ts';
import { impliesTerm, joined, limited, oneOf, repeated, sortedByKey } from './term.ts';
import type { KnownImplications, Term } from './term.ts';

/**
 * Whether two patterns are answered by the same observations, as far as logic and the meaning of constants tell.
 *
 * Told: order and repetition of operands, nesting, absorption (`a OR (a AND b)` is `a`), distribution of AND, FOLLOWEDBY
 * and time limits over OR, objects of two types under AND, `IN` and OR, NOT = and `!=`, spellings of addresses, networks,
 * registry keys, digest names, numbers and times. Not told, so equivalent patterns may be said not to be: arithmetic
 * (`> 4` and `>= 5`), regular expressions, and that a window around one observation says nothing.
 *
 * @param left - Text is parsed; untrusted.
 * @throws {ComityError} What `parsePattern` throws, and `PATTERN_TOO_COMPLEX` when the ORs make more than
 *   `limits.patternTermsMax` ways.
 */
export function arePatternsEquivalent(left: string | Pattern, right: string | Pattern): boolean {
  const a = typeof left === 'string' ? parsePattern(left) : left;
  const b = typeof right === 'string' ? parsePattern(right) : right;
  // A pattern is equivalent to itself, however many ways it has.
  if (printPattern(a) === printPattern(b)) return true;
  const names = new TestNames();
  return keyOf(a, names) === keyOf(b, names);
}

function keyOf({ root }: Pattern, names: TestNames): string {
  return termsOf(root, names)
    .map(({ key }) => key)
    .join(' OR ');
}

/** The ways to answer an expression: none that another includes, sorted. */
function termsOf(expression: ObservationExpression, names: TestNames): Term[] {
  const inner = (operand: ObservationExpression): Term[] => termsOf(operand, names);
  switch (expression.kind) {
    case 'observation':
      return minimal(conjunctionsOf(expression.comparison, names).map(oneOf));
    case 'or': {
      const terms = expression.operands.flatMap(inner);
      assertFew(terms.length);
      return minimal(terms);
    }
    case 'qualified':
      return qualify(inner(expression.operand), expression.qualifiers);
    case 'and':
    case 'followedby':
      return minimal(distribute(expression.kind, expression.operands.map(inner)));
  }
}

/** One choice of each operand's ways. */
function distribute(kind: 'and' | 'followedby', operands: readonly (readonly Term[])[]): Term[] {
  let choices: Term[][] = [[]];
  for (const terms of operands) {
    assertFew(choices.length * terms.length);
    choices = choices.flatMap((choice) => terms.map((term) => [...choice, term]));
  }
  return choices.map((choice) => joined(kind, choice));
}

function qualify(terms: readonly Term[], qualifiers: readonly Qualifier[]): Term[] {
  let qualified = [...terms];
  for (const qualifier of qualifiers) {
    if (qualifier.kind === 'repeats') {
      const times = Number(qualifier.times);
      if (qualified.length > 0 && times !== 1) qualified = [repeated(qualified, times)];
    } else {
      const limit =
        qualifier.kind === 'within'
          ? `WITHIN ${Number(qualifier.seconds)}`
          : `START ${normalTime(qualifier.start)} STOP ${normalTime(qualifier.stop)}`;
      qualified = sortedByKey(qualified.map((term) => limited(term, limit)));
    }
  }
  return qualified;
}

/** Comparing each with each is worth it for so many. */
const comparedMax = 256;

function minimal(terms: readonly Term[]): Term[] {
  const distinct = sortedByKey([...new Map(terms.map((term) => [term.key, term])).values()]);
  // Single tests include each other only when they are equal.
  const isPlain = distinct.every((term) => term.kind === 'one' && term.way.tests.length === 1);
  if (isPlain || distinct.length > comparedMax) return distinct;
  const known: KnownImplications = new Map();
  return distinct.filter((term) => !distinct.some((other) => other !== term && impliesTerm(term, other, known)));
}
