import { ComityError } from '../base/index.ts';
import { parsePattern } from '../pattern/index.ts';
import type { ComparisonExpression, PropertyTest } from '../pattern/index.ts';

/** A property and the value that is asked of it, or that it has. */
export interface Stated {
  /** `file:hashes.MD5`, with `[*]` and quotes left out. */
  readonly path: string;
  readonly value: string;
}

/** Alternatives of one pattern; more say nothing an attribute each could say. */
const alternativesMax = 1000;

/**
 * What a pattern asks of one observation as alternatives, each a list of equalities that hold together; undefined when it asks
 * anything else.
 *
 * @param pattern - Untrusted.
 */
export function alternativesOf(pattern: string): readonly (readonly Stated[])[] | undefined {
  try {
    const { root } = parsePattern(pattern);
    if (root.kind !== 'observation') return undefined;
    const { comparison } = root;
    const operands = comparison.kind === 'or' ? comparison.operands : [comparison];
    const found = operands.map(conjunctionOf).filter((each) => each !== undefined);
    const all = found.flat();
    return found.length < operands.length || all.length > alternativesMax ? undefined : all;
  } catch (error) {
    if (error instanceof ComityError) return undefined;
    throw error;
  }
}

/** An IN that stands alone is an alternative a value. */
function conjunctionOf(comparison: ComparisonExpression): readonly (readonly Stated[])[] | undefined {
  if (comparison.kind === 'and') {
    const tests = comparison.operands.map((operand) => (operand.kind === 'test' ? statedIn(operand) : undefined));
    const single = tests.flatMap((each) => (each?.length === 1 ? each : []));
    return single.length === tests.length ? [single] : undefined;
  }
  if (comparison.kind !== 'test') return undefined;
  return statedIn(comparison)?.map((each) => [each]);
}

function statedIn({ path, negated, operator, literals }: PropertyTest): readonly Stated[] | undefined {
  // A network in a pattern is a network in an attribute.
  const isEquality =
    operator === '=' || operator === 'IN' || (operator === 'ISSUBSET' && /^ipv[46]-addr$/.test(path.type));
  if (negated || !isEquality) return undefined;
  if (literals.some(({ kind }) => kind !== 'string' && kind !== 'integer')) return undefined;
  const steps = path.steps.map((step) => (typeof step === 'string' ? `.${step}` : '')).join('');
  return literals.map(({ value }) => ({ path: `${path.type}:${steps.slice(1)}`, value }));
}
