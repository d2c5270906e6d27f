export { compilePattern, matchPattern } from './match-pattern.ts';
export type { Binding, CompiledPattern, EvaluationFault, PatternMatch } from './match-pattern.ts';
export { observationsOf } from './observation.ts';
export type { Observation } from './observation.ts';
export type { EvaluationOptions } from './shape.ts';
