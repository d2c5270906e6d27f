export { checkPatterns } from './check-patterns.ts';
export { explainPattern } from './explain-pattern.ts';
export { matchObservedData } from './match-observed-data.ts';
