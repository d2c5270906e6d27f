import { z } from 'zod';
import type { JsonValue } from '../../base/index.ts';
import type { SigmaPath } from '../sigma-error.ts';

/** How bad what a rule finds is, least first. */
export const sigmaLevels = ['informational', 'low', 'medium', 'high', 'critical'] as const;
/** A level of {@link sigmaLevels}. */
export type SigmaLevel = (typeof sigmaLevels)[number];

const date = z.string().regex(/^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/, 'is no date YYYY-MM-DD');
const texts = z.array(z.string().min(2));

/**
 * What a rule may say about itself. None of it decides what the rule finds, so what has not its form is a warning and left
 * out. Spec: Sigma rules 2.1.0, "Components"; the JSON schemas beside it.
 */
export const metaForms = {
  name: z.string().max(256),
  taxonomy: z.string().max(256),
  status: z.enum(['stable', 'test', 'experimental', 'deprecated', 'unsupported']),
  description: z.string().max(65_535),
  license: z.string(),
  author: z.string(),
  references: z.array(z.string()),
  date,
  modified: date,
  fields: z.array(z.string()),
  falsepositives: z.union([texts, z.string().min(2)]),
  level: z.enum(sigmaLevels),
  tags: z.array(z.string().regex(/^[a-z0-9_-]+\.[a-z0-9._-]+$/, 'is no tag namespace.name')),
  scope: texts,
  related: z.array(z.looseObject({ id: z.string(), type: z.string() })),
  generate: z.boolean(),
} as const;

type MetaValues = { readonly [K in keyof typeof metaForms]?: z.infer<(typeof metaForms)[K]> };

/** What rules, correlations and filters have in common. */
export interface SigmaMeta extends MetaValues {
  readonly title: string;
  /** As it is written; a UUID if the rule keeps to the specification. */
  readonly id?: string;
  /** Line its document begins at, from 1. */
  readonly line: number;
  /** Line of what stands at a path of its document. */
  readonly lineOf: (path: SigmaPath) => number;
}

/** The records a rule is about; an attribute that is not there says nothing. Spec: Sigma rules, "LogSource". */
export interface SigmaLogsource {
  readonly product?: string;
  readonly category?: string;
  readonly service?: string;
}

/** Named searches, and what they must come to together. Spec: Sigma rules, "Detection". */
export interface SigmaDetection {
  /** Search identifiers with what they search for, as written. */
  readonly searches: ReadonlyMap<string, JsonValue>;
  /** Joined by OR. */
  readonly conditions: readonly string[];
}

/** A rule that judges one event. */
export interface SigmaRule extends SigmaMeta {
  readonly kind: 'rule';
  readonly logsource: SigmaLogsource;
  readonly detection: SigmaDetection;
}

/** Exceptions added to other rules. Spec: Sigma filters 2.1.0. */
export interface SigmaFilter extends SigmaMeta {
  readonly kind: 'filter';
  readonly logsource: SigmaLogsource;
  /** Ids or names; `any` stands for every rule of the log source. */
  readonly rules: readonly string[];
  readonly detection: SigmaDetection;
}

/** Kinds of correlation. Spec: Sigma correlations 2.1.0, "Correlation Types". */
export const correlationTypes = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
] as const;
/** A kind of {@link correlationTypes}. */
export type CorrelationType = (typeof correlationTypes)[number];

/** Comparisons of a correlation's condition, and of numbers in rules. */
export const operators = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const;
/** A comparison of {@link operators}. */
export type Operator = (typeof operators)[number];

/** A rule over what other rules find. */
export interface SigmaCorrelation extends SigmaMeta {
  readonly kind: 'correlation';
  readonly type: CorrelationType;
  /** Ids or names of rules and correlations. */
  readonly rules: readonly string[];
  readonly groupBy: readonly string[];
  readonly timespanUs: number;
  /** Field of an alias by the rule whose events have it. */
  readonly aliases: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** All must hold; empty only for `temporal` and `temporal_ordered`, which then ask for every rule. */
  readonly comparisons: readonly { readonly operator: Operator; readonly value: number }[];
  /** Fields whose values are counted or reckoned with. */
  readonly valueFields: readonly string[];
  /** Of `value_percentile`: which, 0 to 100; undefined when shares of values are meant (docs/spec/sigma.md). */
  readonly percentile: number | undefined;
}

/** A document of a rule file. */
export type SigmaDocument = SigmaRule | SigmaCorrelation | SigmaFilter;

/** Something that keeps no rule from being used. */
export interface SigmaWarning {
  /** `tags[1]`; empty for the document. */
  readonly path: string;
  readonly line: number;
  readonly message: string;
}
