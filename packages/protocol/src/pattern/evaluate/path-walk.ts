import { isJsonObject } from '../../base/index.ts';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import type { ObjectPath } from '../tree.ts';

/** What a path leads into: the objects of one observation by the name references use. */
export type Surroundings = ReadonlyMap<string, JsonObject>;

/** How the property at the end of a path is written in JSON (STIX 2.1 §9.6.4): as its name says. */
export type PropertyForm = 'plain' | 'hex' | 'base64';

interface Step {
  readonly key?: string;
  readonly index?: number;
  /** The value names another object of the observation, which takes its place (§9.7.4). */
  readonly follows: boolean;
}

/** A path made ready to be walked. */
export interface PathWalk {
  readonly type: string;
  readonly form: PropertyForm;
  /** Whether any value the path leads to passes (`[*]` leads to several, §9.7.2); false when it leads nowhere (§9.6). */
  some(root: JsonObject, surroundings: Surroundings, passes: (value: JsonValue) => boolean): boolean;
}

/**
 * Makes a path ready. `_ref` is followed where it stands, `_refs` at the index behind it; references that lead out of
 * the observation lead nowhere. Linear in the observation for each step, whatever refers to what: nothing is looked at
 * twice in one step.
 *
 * @param toProperty - The last property is meant itself, not the object it names: for EXISTS.
 */
export function walkOf(path: ObjectPath, toProperty = false): PathWalk {
  const steps = stepsOf(path);
  const last = steps.at(-1);
  if (toProperty && last !== undefined) steps[steps.length - 1] = { ...last, follows: false };
  const form = formOf(path);
  const [only] = steps;
  if (steps.length === 1 && only?.key !== undefined && !only.follows) {
    const { key } = only;
    return { type: path.type, form, some: (root, _, passes) => Object.hasOwn(root, key) && passes(root[key]!) };
  }
  return {
    type: path.type,
    form,
    some: (root, surroundings, passes) => {
      let value: JsonValue | undefined = root;
      for (let at = 0; at < steps.length; at++) {
        const step = steps[at]!;
        if (step.key === undefined && step.index === undefined) {
          return Array.isArray(value) && someOf(value, steps, at, surroundings, passes);
        }
        value = take(value, step, surroundings);
        if (value === undefined) return false;
      }
      return passes(value);
    },
  };
}

function stepsOf({ steps }: ObjectPath): Step[] {
  return steps.map((step, at) => {
    const before = steps[at - 1];
    const inList = typeof before === 'string' && before.endsWith('_refs');
    if (typeof step === 'string') return { key: step, follows: step.endsWith('_ref') };
    return typeof step === 'number' ? { index: step, follows: inList } : { follows: inList };
  });
}

/** How the property at the end of a path is written in JSON. */
export function formOf({ steps }: ObjectPath): PropertyForm {
  const key = steps.findLast((step) => typeof step === 'string');
  if (key?.endsWith('_hex') === true) return 'hex';
  return key?.endsWith('_bin') === true ? 'base64' : 'plain';
}

function take(value: JsonValue, step: Step, surroundings: Surroundings): JsonValue | undefined {
  const { key, index } = step;
  let next: JsonValue | undefined;
  if (key !== undefined) next = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  else next = Array.isArray(value) && index !== undefined ? value[index] : undefined;
  return step.follows ? follow(next, surroundings) : next;
}

function follow(reference: JsonValue | undefined, surroundings: Surroundings): JsonValue | undefined {
  return typeof reference === 'string' ? surroundings.get(reference) : undefined;
}

/** From a `[*]` on: all values together, each once, so that references in circles do not multiply. */
function someOf(
  list: readonly JsonValue[],
  steps: readonly Step[],
  from: number,
  surroundings: Surroundings,
  passes: (value: JsonValue) => boolean,
): boolean {
  let values: Set<JsonValue> = new Set();
  addAll(list, steps[from]!, surroundings, values);
  for (let at = from + 1; at < steps.length; at++) {
    const step = steps[at]!;
    const next = new Set<JsonValue>();
    for (const value of values) {
      if (step.key === undefined && step.index === undefined) {
        if (Array.isArray(value)) addAll(value, step, surroundings, next);
        continue;
      }
      const taken = take(value, step, surroundings);
      if (taken !== undefined) next.add(taken);
    }
    values = next;
  }
  for (const value of values) if (passes(value)) return true;
  return false;
}

function addAll(list: readonly JsonValue[], step: Step, surroundings: Surroundings, into: Set<JsonValue>): void {
  for (const item of list) {
    const value = step.follows ? follow(item, surroundings) : item;
    if (value !== undefined) into.add(value);
  }
}
