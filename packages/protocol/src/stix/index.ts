export type { StixObject } from './object.ts';
export { parseStixObject } from './parse-object.ts';
export { readBundle } from './bundle.ts';
export type { BundleItem } from './bundle.ts';
export { deterministicId } from './deterministic-id.ts';
export { valuesOf } from './values-of.ts';
export { makeIdentity, makeIndicator, makeObservable, makeRelationship, makeSighting } from './make-object.ts';
export type {
  CommonOptions,
  IdentityOptions,
  IndicatorOptions,
  RelationshipOptions,
  SightingOptions,
} from './make-object.ts';
export { commonView, parseIndicator, parseRelationship, parseSighting } from './views.ts';
export type { CommonView, IndicatorView, RelationshipView, SightingView } from './views.ts';
