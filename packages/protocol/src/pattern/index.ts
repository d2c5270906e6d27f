export { parsePattern } from './parse.ts';
export type { PatternOptions } from './parse.ts';
export { printPattern } from './print.ts';
export { normalPattern } from './normal.ts';
export { planPattern } from './plan.ts';
export type { PatternPlan } from './plan.ts';
export { patternOfValue } from './of-value.ts';
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
