import { isJsonObject, parseJson } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import { isPap } from '@comity/protocol/markings';
import type { ScreeningMatch } from '../screening/index.ts';
import type { AdmittedObject } from '../sharing/index.ts';
import type { ToldIndicator, ToldMatch } from './form/told-match.ts';

/** Characters of a text of an indicator that are told. */
const textCharsMax = 1000;

/**
 * What is told of a match whose indicator may leave: the match as it is kept, and of the indicator what the object that was
 * admitted says, under the label it was admitted with.
 */
export function tellMatch(match: ScreeningMatch, admitted: AdmittedObject): ToldMatch {
  return { ...matchFacts(match), indicator: indicatorFacts(admitted, match.indicator.listed) };
}

/** The owner's own copy: what is known of the indicator without asking who may have it. */
export function ownMatch(match: ScreeningMatch): ToldMatch {
  const { id, listed, tlp } = match.indicator;
  return { ...matchFacts(match), indicator: { id, listed, label: { tlp, pap: undefined } } };
}

function matchFacts(match: ScreeningMatch): Omit<ToldMatch, 'indicator'> {
  const { id, at, recordedAt, sourceName, file, line, record, value, kind, relation, port, field, alarm, hunt } = match;
  return {
    id,
    at,
    ...(recordedAt !== undefined && { recordedAt }),
    sourceName,
    file,
    line,
    record,
    value,
    kind,
    relation,
    ...(port !== undefined && { port }),
    ...(field !== undefined && { field }),
    alarm,
    ...(hunt !== undefined && { hunt: { ...hunt } as JsonObject }),
  };
}

function indicatorFacts({ object, text, tlp, facets }: AdmittedObject, listed: string): ToldIndicator {
  const value = parseJson(text, text.length);
  const fields = isJsonObject(value) ? value : {};
  const { name, description, confidence, indicator_types: types, modified } = fields;
  return {
    id: object.id,
    listed,
    label: { tlp, pap: isPap(facets.pap) ? facets.pap : undefined },
    ...textOf('name', name),
    ...textOf('description', description),
    ...textOf('modified', modified),
    ...(typeof confidence === 'number' && { confidence }),
    ...(Array.isArray(types) && { types: types.filter((each) => typeof each === 'string').slice(0, 16) }),
  };
}

function textOf<K extends string>(key: K, value: JsonValue | undefined): { readonly [P in K]?: string } {
  const text = typeof value === 'string' && value !== '' ? { [key]: value.slice(0, textCharsMax) } : {};
  return text as { readonly [P in K]?: string };
}
