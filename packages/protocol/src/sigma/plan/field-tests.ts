import { limits, quote } from '../../base/index.ts';
import type { JsonValue } from '../../base/index.ts';
import { malformed, tooComplex, unsupported } from '../sigma-error.ts';
import type { SigmaPath } from '../sigma-error.ts';
import { applyModifier, isModifier } from './modifiers.ts';
import type { ModifiedValue, ModifierContext } from './modifiers.ts';
import type { Placeholders } from './placeholders.ts';
import { compileExpression } from './regular-expression.ts';
import { opened, parseText } from './text-value.ts';
import type { SigmaNode, SigmaTest, TextPart } from './tree.ts';
import { parseNetwork } from '../evaluate/network.ts';

/** What the parts of a key change about all of its values. */
interface KeyPlan {
  readonly field: string | undefined;
  readonly modifiers: readonly string[];
  readonly all: boolean;
  readonly negated: boolean;
  readonly cased: boolean;
}

/** What planning must know beside the rule, and whom it tells of what does no harm. */
export interface PlanContext {
  readonly placeholders: Placeholders;
  warn(message: string, path: SigmaPath): void;
}

/**
 * What a key `field|modifier|…` with its values asks. Without a field the values are looked for in the whole event.
 *
 * Modifiers are applied in their order, `all`, `neq` and `cased` to the whole. Spec: modifiers 2.1.0.
 *
 * @throws {SigmaError}
 */
export function planField(key: string, value: JsonValue, path: SigmaPath, context: PlanContext): SigmaNode {
  const plan = parseKey(key, path);
  const values = Array.isArray(value) ? value : [value];
  if (values.length === 0) malformed(`${quote(key)} has an empty list of values`, path);
  if (plan.all && values.length === 1) context.warn('has "all" with a single value', path);
  const nodes = values.map((each, index) => {
    const place = Array.isArray(value) ? [...path, index] : path;
    if (each === null && values.length > 1) context.warn('has null in a list of values', place);
    return planValue(plan, each, place, context);
  });
  const node = joined(plan.all ? 'and' : 'or', nodes);
  return plan.negated ? { kind: 'not', node } : node;
}

/** Nodes joined; one node is itself. */
export function joined(kind: 'and' | 'or', nodes: readonly SigmaNode[]): SigmaNode {
  return nodes.length === 1 ? nodes[0]! : { kind, nodes };
}

function parseKey(key: string, path: SigmaPath): KeyPlan {
  const [field = '', ...names] = key.split('|');
  for (const name of names)
    if (!isModifier(name)) malformed(`it has a modifier ${quote(name)} that is none of Sigma's`, path);
  return {
    field: field === '' ? undefined : field,
    modifiers: names.filter((name) => name !== 'all' && name !== 'neq' && name !== 'cased'),
    all: names.includes('all'),
    negated: names.includes('neq'),
    cased: names.includes('cased'),
  };
}

function planValue(plan: KeyPlan, value: JsonValue, path: SigmaPath, context: PlanContext): SigmaNode {
  let values: readonly ModifiedValue[] = [valueOf(value, path)];
  const { modifiers } = plan;
  const modifierContext: ModifierContext = { path, placeholders: context.placeholders };
  for (const name of modifiers) values = values.flatMap((each) => applyModifier(name, each, modifierContext));
  if (values.length > limits.sigmaAlternativesMax) tooComplex('a value of it stands for too many others', path);
  if (values.length === 0) malformed('its modifiers leave nothing of a value', path);
  const nodes = values.map((each) => nodeOf(plan, each, path));
  return joined('or', nodes);
}

function valueOf(value: JsonValue, path: SigmaPath): ModifiedValue {
  if (value === null) return { kind: 'null' };
  if (typeof value === 'number') return { kind: 'number', value };
  if (typeof value === 'boolean') return { kind: 'boolean', value };
  if (typeof value !== 'string') malformed('it has a list or map where a value stands', path);
  if (value.length > limits.sigmaValueCharsMax) {
    tooComplex(`a value of it is longer than ${limits.sigmaValueCharsMax} characters`, path);
  }
  return { kind: 'text', parts: parseText(value), raw: value, isBytes: false };
}

function nodeOf(plan: KeyPlan, value: ModifiedValue, path: SigmaPath): SigmaNode {
  if (value.kind === 'exists' && !value.wanted)
    return { kind: 'not', node: nodeOf(plan, { ...value, wanted: true }, path) };
  const test = testOf(value, plan.cased, path);
  if (plan.field !== undefined) return { kind: 'test', field: plan.field, test };
  if (test.kind === 'text')
    return { kind: 'test', field: undefined, test: { ...test, parts: opened(test.parts, true, true) } };
  if (test.kind === 'expression') return { kind: 'test', field: undefined, test };
  return unsupported('it asks of the whole event what only a field can answer', path);
}

function testOf(value: ModifiedValue, cased: boolean, path: SigmaPath): SigmaTest {
  switch (value.kind) {
    case 'text':
      return { kind: 'text', parts: value.parts, cased };
    case 'number':
    case 'boolean':
      return { kind: 'text', parts: textParts(String(value.value)), cased };
    case 'null':
      return { kind: 'null' };
    case 'exists':
      return { kind: 'exists' };
    case 'expression':
      // Compiled once here, so that a rule with an expression that cannot be used is refused when it is read.
      compileExpression(value.source, value.flags, path);
      return { kind: 'expression', source: value.source, flags: value.flags };
    case 'network':
      if (parseNetwork(value.text) === undefined) malformed(`${quote(value.text)} is no network`, path);
      return { kind: 'network', network: value.text };
    case 'field':
      return { kind: 'field', name: value.name, standing: value.standing, cased };
    case 'compared':
      return { kind: 'number', operator: value.operator, value: value.value };
    case 'time':
      return { kind: 'time', part: value.part, operator: value.operator, value: value.value };
  }
}

function textParts(text: string): readonly TextPart[] {
  return [text];
}
