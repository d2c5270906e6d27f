export { arePatternsEquivalent } from './equivalent.ts';
export { normalPattern } from './normal.ts';
