import { parseStixId, timestampOfUs } from '@comity/protocol/base';
import type { JsonObject, StixId } from '@comity/protocol/base';
import { markingIdOfTlp } from '@comity/protocol/markings';
import type { Tlp } from '@comity/protocol/markings';
import { patternOfValue } from '@comity/protocol/pattern';
import { makeIndicator } from '@comity/protocol/stix';
import type { ListedValue } from '@comity/protocol/values';
import { keyOfStixId } from '../codes.ts';
import type { IntelSource, ListContext } from '../import.ts';
import { uuidOfName } from '../name-uuid.ts';
import { completenessOf, wordsOf } from './object-facts.ts';
import type { ObjectFacts } from './object-facts.ts';

/** Namespace of the ids of indicators made of list values. */
const listNamespace = '6f0c1b1e5a3e4d0f9d1c8b2f7a64c0e3';

/**
 * The same value of the same source is the same indicator, on every node and at every import (UUIDv5).
 *
 * @param turn - 0, or how many ids before it somebody else's objects have.
 */
export function listIndicatorId(value: ListedValue, source: IntelSource, turn: number): StixId {
  const name = `${source.id}\n${patternOfValue(value)}${turn === 0 ? '' : `\n${turn}`}`;
  return parseStixId(`indicator--${uuidOfName(listNamespace, name)}`);
}

/** The indicator a value of a plain list becomes. */
export function listIndicatorFacts(
  id: StixId,
  value: ListedValue,
  context: ListContext | undefined,
  source: IntelSource,
  nowUs: number,
): ObjectFacts {
  const tlp = context?.tlp ?? source.defaultTlp;
  const firstSeenUs = Math.min(context?.firstSeenUs ?? nowUs, nowUs);
  const object = makeIndicator({
    id,
    createdUs: nowUs,
    pattern: patternOfValue(value),
    validFromUs: firstSeenUs,
    markingRefs: [markingIdOfTlp(tlp)],
    ...(context?.name === undefined ? {} : { name: context.name }),
    ...(context?.description === undefined ? {} : { description: context.description }),
    ...(context?.labels === undefined ? {} : { labels: context.labels }),
    ...(context?.confidence === undefined ? {} : { confidence: context.confidence }),
    ...(context?.validUntilUs === undefined || context.validUntilUs <= firstSeenUs
      ? {}
      : { validUntilUs: context.validUntilUs }),
  });
  return {
    id,
    key: keyOfStixId(id),
    alias: undefined,
    type: 'indicator',
    text: object.text,
    value: object.value,
    modifiedUs: nowUs,
    revoked: false,
    validFromUs: firstSeenUs,
    validUntilUs: context?.validUntilUs,
    values: [value],
    complete: completenessOf([value]),
    pattern: undefined,
    confidence: context?.confidence,
    tlp,
    unreadMarkings: [],
    references: [],
    words: wordsOf(object.value),
  };
}

/** The text of a list's indicator told anew: under another marking, with another end; undefined is without end. */
export function retoldListIndicator(
  value: JsonObject,
  told: { readonly tlp: Tlp; readonly validUntilUs: number | undefined },
  nowUs: number,
): string {
  const { valid_until: _, ...rest } = value;
  return JSON.stringify({
    ...rest,
    modified: timestampOfUs(nowUs),
    ...(told.validUntilUs === undefined ? {} : { valid_until: timestampOfUs(told.validUntilUs) }),
    object_marking_refs: [markingIdOfTlp(told.tlp)],
  });
}
