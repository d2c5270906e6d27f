import type { ListedValue, Value, ValueKind } from '../../values/index.ts';
import { printComparison, printPath } from '../write/print.ts';
import type {
  ComparisonExpression,
  Literal,
  ObservationExpression,
  Pattern,
  PropertyTest,
  Qualifier,
} from '../tree.ts';
import { findLikeValue, findMatchesValue, findPathKind, findValue } from './value-paths.ts';
import type { PathKind } from './value-paths.ts';

/** What of a pattern the screen can look for by value. */
export interface PatternPlan {
  /** Every value the pattern names for a match, in normal form, no two alike. */
  readonly values: readonly ListedValue[];
  /** Whether seeing any one of `values` (at its port, when it has one) is all the pattern asks. */
  readonly complete: boolean;
  /** Whether nothing matches the pattern without one of `values`: then they are a filter in front of evaluating it. */
  readonly necessary: boolean;
  /** When not complete: the part of the pattern the values do not decide, as a phrase for people. */
  readonly reason?: string;
}

/**
 * Turns what a pattern says by equality into values for the screen.
 *
 * Read as values: `=`, `IN`, LIKE with a leading `%.` on names or a trailing `%` on URLs, ISSUBSET and `=` with a network
 * on addresses, a port beside an endpoint of network traffic. OR unites. Digests of one file under AND are names of the
 * same content, so any of them decides, and so it does beside other properties of that file: the same content under
 * another name is still it (docs/adr/0007-a-digest-decides.md). Every other AND, FOLLOWEDBY and each qualifier leaves the plan incomplete but keeps
 * the values. NOT, `!=` and orders name no value. Never looks at the same part twice but to print a reason.
 */
export function planPattern(pattern: Pattern): PatternPlan {
  return toPlan(planObservation(pattern.root));
}

/** A plan under way; values may repeat. */
interface Draft {
  values: ListedValue[];
  complete: boolean;
  necessary: boolean;
  /** A phrase, or the test that is asked for beyond the values: printed only when somebody is told. */
  reason: string | ComparisonExpression;
}

function toPlan(draft: Draft): PatternPlan {
  const { values, complete, necessary, reason } = draft;
  const distinct = values.length < 2 ? values : withoutRepeats(values);
  if (complete) return { values: distinct, complete, necessary };
  return {
    values: distinct,
    complete,
    necessary,
    reason: typeof reason === 'string' ? reason : `asks for ${cut(printComparison(reason))}`,
  };
}

function withoutRepeats(values: readonly ListedValue[]): ListedValue[] {
  const seen = new Map<string, ListedValue>();
  for (const value of values) seen.set(`${value.kind} ${value.value} ${value.port ?? ''}`, value);
  return [...seen.values()];
}

function planObservation(expression: ObservationExpression): Draft {
  if (expression.kind === 'observation') return planComparison(expression.comparison);
  if (expression.kind === 'qualified') {
    const inner = planObservation(expression.operand);
    const limit = expression.qualifiers.find((qualifier) => !isIdle(qualifier));
    return limit === undefined ? inner : narrow([inner], phraseOf(limit));
  }
  const operands = expression.operands.map(planObservation);
  if (expression.kind === 'or') return unite(operands);
  const together = expression.kind === 'and' ? 'together' : 'one after the other';
  return narrow(operands, `asks for several observations ${together}`);
}

function isIdle(qualifier: Qualifier): boolean {
  return qualifier.kind === 'repeats' && qualifier.times === '1';
}

function phraseOf(qualifier: Qualifier): string {
  if (qualifier.kind === 'repeats') return `asks to be seen ${qualifier.times} times`;
  if (qualifier.kind === 'within') return `asks for a match within ${qualifier.seconds} seconds`;
  return `holds only from ${qualifier.start} to ${qualifier.stop}`;
}

function planComparison(expression: ComparisonExpression): Draft {
  if (expression.kind === 'test') return planTest(expression);
  if (expression.kind === 'or') return unite(expression.operands.map(planComparison));
  if (expression.kind === 'and') return planAnd(expression.operands);
  return nothing(expression);
}

function planTest(test: PropertyTest): Draft {
  if (test.negated) return nothing(test);
  const kind = findPathKind(test.path);
  if (kind === undefined) return nothing(test);
  const values: Value[] = [];
  for (const literal of test.literals) {
    const value = valueOf(test, kind, literal);
    if (value === undefined) return { ...nothing(test), values };
    values.push(value);
  }
  return { values, complete: values.length > 0, necessary: values.length > 0, reason: '' };
}

function valueOf(test: PropertyTest, kind: PathKind, literal: Literal): Value | undefined {
  if (test.operator === '=' || test.operator === 'IN') return findValue(kind, literal);
  if (test.operator === 'LIKE') return findLikeValue(kind, literal);
  if (test.operator === 'MATCHES') return findMatchesValue(kind, literal);
  if (test.operator !== 'ISSUBSET') return undefined;
  const value = findValue(kind, literal);
  return value?.kind === 'ipv4' || value?.kind === 'ipv6' ? value : undefined;
}

function nothing(expression: ComparisonExpression): Draft {
  return { values: [], complete: false, necessary: false, reason: expression };
}

function cut(text: string): string {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

/** Any one of the parts is enough. */
function unite(parts: readonly Draft[]): Draft {
  const open = parts.find((part) => !part.complete);
  return {
    values: parts.flatMap((part) => part.values),
    complete: open === undefined,
    necessary: parts.every((part) => part.necessary),
    reason: open?.reason ?? '',
  };
}

/** All of the parts, or more than them, are asked for. */
function narrow(parts: readonly Draft[], reason: Draft['reason']): Draft {
  return {
    values: parts.flatMap((part) => part.values),
    complete: false,
    necessary: parts.some((part) => part.necessary),
    reason,
  };
}

/** AND inside one observation: one object answers every operand. */
function planAnd(operands: readonly ComparisonExpression[]): Draft {
  const src = endOf(operands, 'src');
  const dst = endOf(operands, 'dst');
  const parts: { operand: ComparisonExpression; plan: Draft }[] = [];
  for (const operand of operands) {
    if (operand === src?.portTest || operand === dst?.portTest) continue;
    const end = [src, dst].find((each) => each?.valueTests.includes(operand));
    const plan = planComparison(operand);
    parts.push({ operand, plan: end === undefined ? plan : atPorts(plan, end) });
  }
  const asked = parts.filter(
    ({ operand }) => !parts.some(({ operand: other, plan }) => isImplied(operand, other, plan)),
  );
  const plans = asked.map(({ plan }) => plan);
  const [only] = plans;
  if (plans.length === 1 && only !== undefined) return only;
  const digests = asked.filter(({ operand }) => digestOwner(operand) !== undefined);
  const owners = new Set(digests.map(({ operand }) => digestOwner(operand)));
  const [owner] = owners;
  if (owner !== undefined && owners.size === 1 && asked.every(({ operand }) => isOfOneObject(operand, owner))) {
    return unite(digests.map(({ plan }) => plan));
  }
  const beside = asked.find(({ plan }) => !plan.complete) ?? asked[1]!;
  return narrow(plans, beside.operand);
}

interface FlowEnd {
  /** Operands that only say which address or name the end has. */
  readonly valueTests: readonly ComparisonExpression[];
  readonly portTest: ComparisonExpression;
  readonly ports: readonly number[];
}

/** One end of a flow, when operands name both its address and, once, its port. */
function endOf(operands: readonly ComparisonExpression[], end: 'src' | 'dst'): FlowEnd | undefined {
  const valueTests = operands.filter((operand) => testsOnly(operand, `network-traffic:${end}_ref.value`));
  if (valueTests.length === 0) return undefined;
  const portTests = operands.filter((operand) => findPorts(operand, end) !== undefined);
  const [portTest] = portTests;
  const ports = portTest === undefined ? undefined : findPorts(portTest, end);
  if (portTest === undefined || ports === undefined || portTests.length > 1) return undefined;
  return { valueTests, portTest, ports };
}

/** The ports an expression restricts one end of a flow to; undefined when it does anything else. */
function findPorts(expression: ComparisonExpression, end: 'src' | 'dst'): number[] | undefined {
  if (expression.kind === 'or') {
    const united: number[] = [];
    for (const operand of expression.operands) {
      const ports = findPorts(operand, end);
      if (ports === undefined) return undefined;
      united.push(...ports);
    }
    return united;
  }
  if (expression.kind !== 'test' || expression.negated) return undefined;
  const { path, operator, literals } = expression;
  if (path.type !== 'network-traffic' || path.steps.length !== 1 || path.steps[0] !== `${end}_port`) return undefined;
  if ((operator !== '=' && operator !== 'IN') || literals.length === 0) return undefined;
  const ports = literals.map((literal) => (literal.kind === 'integer' ? Number(literal.value) : Number.NaN));
  return ports.every((port) => port >= 0 && port <= 65_535) ? ports : undefined;
}

/** Values times ports that are listed; beyond, the ports are left out, lest two lists in a pattern make millions of values. */
const portedValuesMax = 4096;

function atPorts(plan: Draft, { ports, portTest }: FlowEnd): Draft {
  if (plan.values.length * ports.length > portedValuesMax) return { ...plan, complete: false, reason: portTest };
  return { ...plan, values: plan.values.flatMap((value) => ports.map((port) => ({ ...value, port }))) };
}

const typeOfKind: Partial<Record<ValueKind, string>> = {
  ipv4: 'ipv4-addr',
  ipv6: 'ipv6-addr',
  domain: 'domain-name',
  mac: 'mac-addr',
};

/** `dst_ref.type = 'ipv4-addr'` says nothing new beside values of `dst_ref.value` that are all IPv4 addresses. */
function isImplied(operand: ComparisonExpression, other: ComparisonExpression, plan: Draft): boolean {
  if (operand.kind !== 'test' || operand.operator !== '=' || operand.negated || operand.path.steps.at(-1) !== 'type')
    return false;
  const valuePath = `${printPath(operand.path).slice(0, -'type'.length)}value`;
  const type = operand.literals[0]?.value;
  return testsOnly(other, valuePath) && plan.complete && plan.values.every(({ kind }) => typeOfKind[kind] === type);
}

/** Whether a test, or each of the tests under OR, asks for this path. */
function testsOnly(expression: ComparisonExpression, path: string): boolean {
  if (expression.kind === 'or') return expression.operands.every((operand) => testsOnly(operand, path));
  return expression.kind === 'test' && printPath(expression.path) === path;
}

/** Whether a test asks a property of the object whose digests stand at `digestsPath`: its name, its size. */
function isOfOneObject(expression: ComparisonExpression, digestsPath: string): boolean {
  if (expression.kind !== 'test' || expression.negated || expression.operator === '!=') return false;
  const owner = digestsPath.replace(/[:.]hashes$/, '');
  const path = printPath(expression.path);
  return path.startsWith(`${owner}:`) || path.startsWith(`${owner}.`);
}

/** The object whose digest a test asks for, as a path; undefined when it asks for anything but one screened digest. */
function digestOwner(expression: ComparisonExpression): string | undefined {
  if (expression.kind !== 'test' || expression.path.steps.at(-2) !== 'hashes' || !planTest(expression).complete)
    return undefined;
  return printPath({ type: expression.path.type, steps: expression.path.steps.slice(0, -1) });
}
