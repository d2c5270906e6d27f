import type { ComityError } from '../base/index.ts';
import type { StixObject } from './object.ts';

/** One element of what was read: an object, or why it could not be one. `place` is `objects[12]`, or `input`. */
export type BundleItem =
  | { readonly place: string; readonly object: StixObject; readonly spec20: boolean; readonly error?: never }
  | { readonly place: string; readonly error: ComityError; readonly object?: never };

export declare function readBundle(text: string): Generator<BundleItem, void, void>;
