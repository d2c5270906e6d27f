import type { Value } from '../values/index.ts';
import type { StixObject } from './object.ts';
export declare function valuesOf(object: StixObject): Value[];
