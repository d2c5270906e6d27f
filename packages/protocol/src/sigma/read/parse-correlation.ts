import { isJsonObject, quote } from '../../base/index.ts';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import { malformed, unsupported } from '../sigma-error.ts';
import type { DocumentReader } from './document-reader.ts';
import { correlationTypes, operators } from './rule-shape.ts';
import type { CorrelationType, SigmaCorrelation } from './rule-shape.ts';

const timespanForm = /^(\d{1,9})([smhd])$/;
const unitUs: Readonly<Record<string, number>> = { s: 1e6, m: 60e6, h: 3600e6, d: 86_400e6 };
/** A timespan beyond a year keeps state for ever. */
const timespanUsMax = 366 * 86_400e6;

/** A correlation from its document. Throws SigmaError. Spec: Sigma correlations 2.1.0. */
export function parseCorrelation(reader: DocumentReader): SigmaCorrelation {
  const meta = reader.meta();
  const section = reader.object('correlation');
  const type = typeOf(section);
  const rules = reader.texts(section['rules'], ['correlation', 'rules']);
  if (rules.length === 0) malformed('it names no rules to correlate', ['correlation']);
  if (new Set(rules).size < rules.length) malformed('it names a rule twice', ['correlation', 'rules']);
  const groupBy = reader.texts(section['group-by'], ['correlation', 'group-by']);
  if (groupBy.length === 0) reader.warn('has no group-by: all events are one group', ['correlation']);
  return {
    kind: 'correlation',
    ...meta,
    type,
    rules,
    groupBy,
    timespanUs: timespanOf(section),
    aliases: aliasesOf(section),
    ...conditionOf(section, type, reader),
  };
}

function typeOf(section: JsonObject): CorrelationType {
  const { type } = section;
  const known = correlationTypes.find((each) => each === type);
  return known ?? malformed(`its type is none of ${correlationTypes.join(', ')}`, ['correlation', 'type']);
}

/** Microseconds of `90m`. Spec: "Time Selection". */
function timespanOf(section: JsonObject): number {
  const path = ['correlation', 'timespan'];
  const { timespan } = section;
  const [, count, unit = ''] = typeof timespan === 'string' ? (timespanForm.exec(timespan) ?? []) : [];
  const us = Number(count) * (unitUs[unit] ?? Number.NaN);
  if (!(us > 0)) malformed('its timespan is no number followed by s, m, h or d', path);
  if (us > timespanUsMax) unsupported('its timespan is longer than a year', path);
  return us;
}

function aliasesOf(section: JsonObject): SigmaCorrelation['aliases'] {
  const { aliases = {} } = section;
  const path = ['correlation', 'aliases'];
  if (!isJsonObject(aliases)) malformed('its aliases are no map', path);
  return new Map(
    Object.entries(aliases).map(([name, fields]) => {
      if (!isJsonObject(fields)) malformed(`the alias ${quote(name)} is no map of rules to fields`, [...path, name]);
      const byRule = Object.entries(fields).map(([rule, field]): [string, string] => {
        if (typeof field !== 'string' || field === '') malformed('an alias leads to no field', [...path, name, rule]);
        return [rule, field];
      });
      return [name, new Map(byRule)];
    }),
  );
}

const temporal: ReadonlySet<CorrelationType> = new Set(['temporal', 'temporal_ordered']);

type Condition = Pick<SigmaCorrelation, 'comparisons' | 'valueFields' | 'percentile'>;

/** Spec: "Condition"; `percentile` as pySigma has it. */
function conditionOf(section: JsonObject, type: CorrelationType, reader: DocumentReader): Condition {
  const path = ['correlation', 'condition'];
  const { condition } = section;
  const isTemporal = temporal.has(type);
  if (condition === undefined) {
    if (!isTemporal) malformed(`a correlation ${type} needs a condition`, ['correlation']);
    return { comparisons: [], valueFields: [], percentile: undefined };
  }
  if (typeof condition === 'string') unsupported('a condition in words over rules is not part of Sigma 2.1', path);
  if (!isJsonObject(condition)) malformed('its condition is no map', path);
  if (type === 'temporal_ordered')
    unsupported('temporal_ordered with a count says not which rules may be missing', path);
  const { field, percentile, ...rest } = condition;
  const valueFields = reader.texts(field, [...path, 'field']);
  const comparisons = comparisonsOf(rest, path);
  const needsField = type.startsWith('value_');
  if (needsField && valueFields.length === 0) malformed(`a correlation ${type} needs a field`, path);
  if (!needsField && valueFields.length > 0) reader.warn(`a correlation ${type} looks at no field`, [...path, 'field']);
  if (needsField && type !== 'value_count' && valueFields.length > 1) {
    malformed(`a correlation ${type} looks at one field`, [...path, 'field']);
  }
  return { comparisons, valueFields, percentile: percentileOf(percentile, type, path) };
}

function comparisonsOf(rest: JsonObject, path: readonly string[]): Condition['comparisons'] {
  const comparisons = Object.entries(rest).map(([key, value]) => {
    const operator = operators.find((each) => each === key);
    if (operator === undefined) malformed(`its condition compares with ${quote(key)}`, [...path, key]);
    if (typeof value !== 'number') malformed('its condition compares with no number', [...path, key]);
    return { operator, value };
  });
  return comparisons.length > 0 ? comparisons : malformed('its condition compares with nothing', path);
}

function percentileOf(
  value: JsonValue | undefined,
  type: CorrelationType,
  path: readonly string[],
): number | undefined {
  if (value === undefined) return undefined;
  const isOne = typeof value === 'number' && value >= 0 && value <= 100;
  if (!isOne || type !== 'value_percentile') {
    malformed('its percentile is no number from 0 to 100 of a value_percentile', [...path, 'percentile']);
  }
  return value;
}
