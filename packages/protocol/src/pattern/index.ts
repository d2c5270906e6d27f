export { parsePattern } from './read/parse.ts';
export type { PatternOptions } from './read/parse.ts';
export { printPattern } from './write/print.ts';
export { arePatternsEquivalent, normalPattern } from './equivalence/index.ts';
export { planPattern } from './plan/plan.ts';
export type { PatternPlan } from './plan/plan.ts';
export { patternOfValue } from './plan/of-value.ts';
export { compilePattern, matchPattern, observationsOf } from './evaluate/index.ts';
export type {
  Binding,
  CompiledPattern,
  EvaluationFault,
  EvaluationOptions,
  Observation,
  PatternMatch,
} from './evaluate/index.ts';
export { createPatternStream } from './stream/index.ts';
export type { PatternStream, StreamBinding, StreamFigures, StreamMatch, StreamOptions } from './stream/index.ts';
export type {
  ComparisonExpression,
  Literal,
  ObjectPath,
  ObservationExpression,
  Operator,
  PathStep,
  Pattern,
  PropertyTest,
  Qualifier,
} from './tree.ts';
