import { parseNetwork } from '../evaluate/network.ts';
import type { Network } from '../evaluate/network.ts';
import { formOf } from '../evaluate/path-walk.ts';
import type { ComparisonExpression, ObjectPath, PropertyTest } from '../tree.ts';

/**
 * Something an object shows without which an observation expression cannot be true of it as the root: a property at a
 * path, with one value, beginning or end, inside a network, or with any value; or only its type.
 */
export type LeafKey =
  | { readonly kind: 'equal'; readonly path: ObjectPath; readonly value: string | number }
  | { readonly kind: 'prefix' | 'suffix'; readonly path: ObjectPath; readonly text: string }
  | { readonly kind: 'network'; readonly path: ObjectPath; readonly network: Network }
  /** `property`: the last step is not followed when it is a reference. */
  | { readonly kind: 'present'; readonly path: ObjectPath; readonly property: boolean }
  | { readonly kind: 'type'; readonly type: string };

/** How much of what is seen each kind lets through; larger is more. A guess: the stream learns what is true of its records. */
const widths: Readonly<Record<LeafKey['kind'], number>> = {
  equal: 1,
  network: 2,
  prefix: 3,
  suffix: 3,
  present: 50,
  type: 100,
};
const commonWidth = 20;

/**
 * The sets of keys of which an object must show at least one key of each set to answer an expression, the narrowest
 * first: any one of the sets is enough to find it by. AND offers the sets of each operand, OR one of all that its operands
 * ask for. A set is empty when nothing answers.
 */
export function leafKeysOf(expression: ComparisonExpression): readonly (readonly LeafKey[])[] {
  if (expression.kind === 'test') return [testKeys(expression)];
  if (expression.kind === 'exists') {
    const { path, negated } = expression;
    return [[negated ? { kind: 'type', type: path.type } : { kind: 'present', path, property: true }]];
  }
  const sets = expression.operands.map(leafKeysOf);
  if (expression.kind === 'or') return [sets.flatMap(([narrowest = []]) => narrowest)];
  return sets.flat().toSorted((a, b) => widthOf(a) - widthOf(b));
}

function widthOf(keys: readonly LeafKey[]): number {
  let widest = 0;
  for (const key of keys) widest = Math.max(widest, isCommon(key) ? commonWidth : widths[key.kind]);
  return widest;
}

/** Whether a value is one of few: a type, a port, a protocol. */
function isCommon(key: LeafKey): boolean {
  if (key.kind !== 'equal') return false;
  return typeof key.value === 'number' || key.value.length < 5 || key.path.steps.at(-1) === 'type';
}

function testKeys(test: PropertyTest): readonly LeafKey[] {
  const { path, negated, operator, literals } = test;
  // Absence is false whatever the operator (STIX 2.1 §9.6), so every test needs its property.
  const present: LeafKey = { kind: 'present', path, property: false };
  const [first] = literals;
  if (first === undefined) return [];
  if (negated || formOf(path) !== 'plain') return [present];
  switch (operator) {
    case '=':
    case 'IN':
      return equalKeys(test) ?? [present];
    case 'LIKE':
      return [likeKey(path, first.value.normalize('NFC')) ?? present];
    case 'MATCHES':
      return [matchesKey(path, first.value.normalize('NFC')) ?? present];
    case 'ISSUBSET': {
      const network = parseNetwork(first.value);
      return network === undefined ? [] : [{ kind: 'network', path, network }];
    }
    case 'ISSUPERSET':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return [present];
  }
}

function equalKeys({ path, literals }: PropertyTest): readonly LeafKey[] | undefined {
  const keys: LeafKey[] = [];
  for (const { kind, value } of literals) {
    if (kind === 'string') keys.push({ kind: 'equal', path, value });
    else if (kind === 'integer' || kind === 'float') keys.push({ kind: 'equal', path, value: Number(value) });
    else return undefined;
  }
  return keys;
}

function likeKey(path: ObjectPath, like: string): LeafKey | undefined {
  const first = like.search(/[%_]/);
  const prefix = first < 0 ? like : like.slice(0, first);
  const suffix = first < 0 ? '' : like.slice(Math.max(like.lastIndexOf('%'), like.lastIndexOf('_')) + 1);
  if (prefix === '' && suffix === '') return undefined;
  return prefix.length >= suffix.length
    ? { kind: 'prefix', path, text: prefix }
    : { kind: 'suffix', path, text: suffix };
}

const literalStart = /^\^((?:[A-Za-z0-9 /:_@#%&=;,<>~"!-]|\\[./\\-])+)([*?{])?/;

/** An expression that is anchored and begins with plain signs: what it finds begins with them. */
function matchesKey(path: ObjectPath, source: string): LeafKey | undefined {
  if (source.includes('|') || source.includes('(?')) return undefined;
  const [, signs = '', repeated] = literalStart.exec(source) ?? [];
  const plain = signs.replace(/\\(.)/g, '$1');
  const text = repeated === undefined ? plain : plain.slice(0, -1);
  return text === '' ? undefined : { kind: 'prefix', path, text };
}
