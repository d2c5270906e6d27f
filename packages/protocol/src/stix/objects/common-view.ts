import type { JsonObject } from '../../base/index.ts';
import { findInteger, findText, textsOf } from '../fields.ts';
import type { StixObject } from '../object.ts';

/** Properties most objects share (STIX 2.1 §3.2). */
export interface CommonView {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly labels: readonly string[];
  /** 0 to 100. */
  readonly confidence: number | undefined;
  readonly revoked: boolean;
  readonly createdByRef: string | undefined;
  readonly markingRefs: readonly string[];
  /** Ids of objects named by any property that ends in `_ref` or `_refs`, at any depth, each once; markings left out. */
  readonly refs: readonly string[];
}

/** Reads what most objects share, leniently: a property of the wrong type counts as absent. */
export function commonView(object: StixObject): CommonView {
  const { value } = object;
  return {
    name: findText(value, 'name'),
    description: findText(value, 'description'),
    labels: textsOf(value, 'labels'),
    confidence: findInteger(value, 'confidence', 0, 100),
    revoked: value['revoked'] === true,
    createdByRef: findText(value, 'created_by_ref'),
    markingRefs: textsOf(value, 'object_marking_refs'),
    refs: refsOf(value),
  };
}

function refsOf(value: JsonObject): string[] {
  const refs = new Set<string>();
  // The depth of an object is bounded before it is parsed.
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    for (const [key, inner] of Object.entries(part)) {
      if (key === 'object_marking_refs' || key === 'granular_markings') continue;
      if (key.endsWith('_ref') && typeof inner === 'string') refs.add(inner);
      else if (key.endsWith('_refs') && Array.isArray(inner)) {
        for (const ref of inner) if (typeof ref === 'string') refs.add(ref);
      } else visit(inner);
    }
  };
  visit(value);
  return [...refs];
}
