export { parseSigma, readSigma } from './read/read-sigma.ts';
export type { SigmaRead } from './read/read-sigma.ts';
export { sigmaLevels } from './read/rule-shape.ts';
export type {
  CorrelationType,
  Operator,
  SigmaCorrelation,
  SigmaDetection,
  SigmaDocument,
  SigmaFilter,
  SigmaLevel,
  SigmaLogsource,
  SigmaMeta,
  SigmaRule,
  SigmaWarning,
} from './read/rule-shape.ts';
export { SigmaError } from './sigma-error.ts';
export type { SigmaErrorCode, SigmaPath } from './sigma-error.ts';
export { planRule } from './plan/plan-rule.ts';
export type { PlanOptions, SigmaPlan } from './plan/plan-rule.ts';
export type { Placeholders } from './plan/placeholders.ts';
export type { SigmaNode, SigmaTest, Standing, TextPart, TimePart } from './plan/tree.ts';
export { eventOfRecord } from './evaluate/sigma-event.ts';
export type { SigmaEvent } from './evaluate/sigma-event.ts';
export type { FieldMatch } from './evaluate/compile-node.ts';
export { createSigmaEngine } from './engine/sigma-engine.ts';
export type {
  RefusedDocument,
  SigmaEngine,
  SigmaEngineOptions,
  SigmaFigures,
  SigmaMatch,
} from './engine/sigma-engine.ts';
