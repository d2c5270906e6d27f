import { keywords } from '../read/lexer.ts';
import type { ComparisonExpression, Literal, ObjectPath, ObservationExpression, Pattern, Qualifier } from '../tree.ts';

/**
 * The text of a pattern: one blank between words, parentheses only where the grammar needs them, `=` and `!=` in their
 * short spelling. Parsing it gives an equal tree.
 */
export function printPattern(pattern: Pattern): string {
  return printObservation(pattern.root);
}

/** How tightly each kind binds (STIX 2.1 §9.5.3: AND before OR before FOLLOWEDBY). */
const binding = { followedby: 1, or: 2, and: 3, qualified: 4, observation: 5 } as const;
const joiners = { and: ' AND ', or: ' OR ', followedby: ' FOLLOWEDBY ' } as const;

/** @internal shared with the normal form. */
export function printObservation(expression: ObservationExpression): string {
  if (expression.kind === 'observation') return `[${printComparison(expression.comparison)}]`;
  if (expression.kind === 'qualified') {
    const { operand, qualifiers } = expression;
    // A kind may stand twice only on a group.
    const twice = new Set(qualifiers.map((qualifier) => qualifier.kind)).size < qualifiers.length;
    const text = printObservation(operand);
    const grouped = operand.kind !== 'observation' || twice ? `(${text})` : text;
    return [grouped, ...qualifiers.map(printQualifier)].join(' ');
  }
  const own = binding[expression.kind];
  return expression.operands
    .map((operand) => (binding[operand.kind] > own ? printObservation(operand) : `(${printObservation(operand)})`))
    .join(joiners[expression.kind]);
}

function printQualifier(qualifier: Qualifier): string {
  if (qualifier.kind === 'within') return `WITHIN ${qualifier.seconds} SECONDS`;
  if (qualifier.kind === 'repeats') return `REPEATS ${qualifier.times} TIMES`;
  return `START ${printTime(qualifier.start)} STOP ${printTime(qualifier.stop)}`;
}

/** The text between the brackets of an observation. */
export function printComparison(expression: ComparisonExpression): string {
  if (expression.kind === 'exists') return `${expression.negated ? 'NOT ' : ''}EXISTS ${printPath(expression.path)}`;
  if (expression.kind === 'test') {
    const { path, negated, operator, literals } = expression;
    const list = literals.map(printLiteral).join(', ');
    return `${printPath(path)}${negated ? ' NOT' : ''} ${operator} ${operator === 'IN' ? `(${list})` : list}`;
  }
  const inner = expression.kind === 'and' ? ['and', 'or'] : ['or'];
  return expression.operands
    .map((operand) => (inner.includes(operand.kind) ? `(${printComparison(operand)})` : printComparison(operand)))
    .join(joiners[expression.kind]);
}

const plainKey = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** An object path; keys that are no plain name, or a keyword, in quotes. */
export function printPath(path: ObjectPath): string {
  let text = `${path.type}:`;
  for (const [place, step] of path.steps.entries()) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (typeof step === 'object') text += '[*]';
    else text += `${place === 0 ? '' : '.'}${printKey(step)}`;
  }
  return text;
}

function printKey(key: string): string {
  const plain = plainKey.test(key) && !keywords.has(key) && key !== 'true' && key !== 'false';
  return plain ? key : printString(key);
}

/** What stands before the quotes of a literal; literals without quotes are not here. */
const prefixes: Partial<Record<Literal['kind'], string>> = { binary: 'b', hex: 'h', timestamp: 't' };

/** A constant as it stands in a pattern. */
export function printLiteral({ kind, value }: Literal): string {
  if (kind === 'string') return printString(value);
  const prefix = prefixes[kind];
  return prefix === undefined ? value : `${prefix}'${value}'`;
}

/** A string constant in its quotes; only the quote and the backslash are escaped, as the grammar has no other escape. */
export function printString(value: string): string {
  return `'${value.replace(/['\\]/g, String.raw`\$&`)}'`;
}

function printTime(value: string): string {
  return `t'${value}'`;
}
