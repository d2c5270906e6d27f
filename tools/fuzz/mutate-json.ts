import { isJsonObject } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import type { Random } from '../../packages/testkit/src/index.ts';

/** Values that stand where another was expected. */
const oddValues: readonly JsonValue[] = [
  null,
  true,
  false,
  0,
  -1,
  2 ** 53,
  1.5,
  '',
  ' ',
  '0',
  '\ud800',
  '\u202e',
  'x'.repeat(300),
  '2026-01-01T00:00:00.000Z',
  '2026-01-01T00:00:00.0000001Z',
  '2026-02-30T00:00:00Z',
  '2016-12-31T23:59:60Z',
  '2026-01-01',
  '0000-01-01T00:00:00Z',
  'indicator--0c7b5b88-8ff7-4a4d-aa9d-feb398cd0061',
  'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9',
  'identity--0C7B5B88-8FF7-4A4D-AA9D-FEB398CD0061',
  'd41d8cd98f00b204e9800998ecf8427e',
  'https://a.example/%',
  'de',
  '2.0',
  '2.1',
  '[file:size = 1]',
  'objects.[0].name',
  [],
  [null],
  ['a', 'a'],
  {},
  { a: {} },
];

/** Keys that are somebody else's, or no ordinary property of an object. */
const oddKeys: readonly string[] = [
  '',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'toString',
  'A',
  'x_own',
  'hashes',
  'objects',
  'extensions',
  'object_refs',
  'granular_markings',
  'spec_version',
  'labels',
  'extension-definition--0c7b5b88-8ff7-4a4d-aa9d-feb398cd0061',
  'y'.repeat(260),
];

interface Node {
  readonly holder: JsonObject | JsonValue[];
  readonly key: string | number;
}

/**
 * A document that is JSON but not what it was: one to six values replaced, removed, renamed, repeated, moved or buried. Bytes that
 * change at random seldom get past the parser; these do.
 *
 * @param document - JSON text; what is none comes back as it is.
 */
export function mutateJson(document: string, random: Random): string {
  let root: JsonValue;
  try {
    root = JSON.parse(document) as JsonValue;
  } catch {
    return document;
  }
  const nodes = nodesOf(root);
  if (nodes.length === 0) return document;
  const changes = 1 + random.below(6);
  for (let count = 0; count < changes; count += 1) change(random.pick(nodes), random.pick(nodes), random);
  return JSON.stringify(root);
}

/** Every value with what holds it; values that a change added are not changed again. */
function nodesOf(root: JsonValue): Node[] {
  const nodes: Node[] = [];
  const open: JsonValue[] = [root];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (!Array.isArray(value) && !isJsonObject(value)) continue;
    const holder = value;
    const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
    for (const key of keys) {
      nodes.push({ holder, key });
      open.push(valueAt({ holder, key }));
    }
  }
  return nodes;
}

function change(node: Node, other: Node, random: Random): void {
  switch (random.below(7)) {
    case 0:
      remove(node);
      break;
    case 1:
      put(node, copyOf(valueAt(other)));
      break;
    case 2:
      put({ holder: node.holder, key: random.pick(oddKeys) }, copyOf(valueAt(node)));
      break;
    case 3:
      put({ holder: node.holder, key: other.key }, copyOf(valueAt(other)));
      break;
    case 4:
      put(node, buried(copyOf(valueAt(node)), 1 + random.below(80)));
      break;
    default:
      put(node, copyOf(random.pick(oddValues)));
  }
}

function valueAt({ holder, key }: Node): JsonValue {
  return (holder as Record<string | number, JsonValue>)[key] ?? null;
}

/** In a list a text as key means its end. Defined, not assigned: `__proto__` is a key as any other. */
function put({ holder, key }: Node, value: JsonValue): void {
  if (Array.isArray(holder) && typeof key === 'string') holder.push(value);
  else Object.defineProperty(holder, key, { value, enumerable: true, writable: true, configurable: true });
}

function remove({ holder, key }: Node): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}

function copyOf(value: JsonValue): JsonValue {
  return structuredClone(value);
}

function buried(value: JsonValue, depth: number): JsonValue {
  let outer = value;
  for (let level = 0; level < depth; level += 1) outer = level % 2 === 0 ? [outer] : { a: outer };
  return outer;
}
