export { findShared, sharedDir, skipWithout } from './shared.ts';
export { createRandom } from './random.ts';
export type { Random } from './random.ts';
