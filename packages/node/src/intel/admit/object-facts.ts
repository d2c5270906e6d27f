import { hash } from 'node:crypto';
import { ComityError, isStixId, quote } from '@comity/protocol/base';
import type { JsonObject, JsonValue, StixId } from '@comity/protocol/base';
import { markingsOf, tlpInForce } from '@comity/protocol/markings';
import type { MarkingLookup, Tlp } from '@comity/protocol/markings';
import { normalPattern, parsePattern, planPattern } from '@comity/protocol/pattern';
import { readSigma } from '@comity/protocol/sigma';
import { deterministicId, parseIndicator, valuesOf } from '@comity/protocol/stix';
import type { StixObject } from '@comity/protocol/stix';
import { valueKinds } from '@comity/protocol/values';
import type { ListedValue } from '@comity/protocol/values';
import { referencesMax } from '../bounds.ts';
import { keyOfStixId } from '../codes.ts';

/** Part an object plays in a reference to another. */
export const referenceRoles = { source_ref: 1, target_ref: 2, sighting_of_ref: 3, object_refs: 4 } as const;

/**
 * How far the values of an object decide: of an indicator part of its pattern or the whole; not at all of another object and
 * of an indicator in a language Comity does not read (YARA, Snort). A pattern that screened values decide partly is asked of
 * records.
 */
export const completeness = { partly: 0, wholly: 1, noIndicator: 2, unread: 3 } as const;
type Completeness = (typeof completeness)[keyof typeof completeness];

/** All that admitting an object needs to know of it, read before anything of it is written. */
export interface ObjectFacts {
  /** The id it is kept under: for an observable the deterministic one. */
  readonly id: StixId;
  /** {@link keyOfStixId} of it. */
  readonly key: Buffer;
  /** The id it came with, when that is another. */
  readonly alias: StixId | undefined;
  readonly type: string;
  readonly text: string;
  readonly value: JsonObject;
  readonly modifiedUs: number | undefined;
  readonly revoked: boolean;
  readonly validFromUs: number | undefined;
  readonly validUntilUs: number | undefined;
  readonly values: readonly ListedValue[];
  readonly complete: Completeness;
  /** Normal form of a pattern that is more than one value; undefined for those, and for other objects. */
  readonly pattern: string | undefined;
  readonly confidence: number | undefined;
  /** What it is handled under, the source's default included. */
  readonly tlp: Tlp;
  /** Marking-definitions it bears that cannot be read yet; the first {@link unreadMarkingsMax}. */
  readonly unreadMarkings: readonly StixId[];
  readonly references: readonly { readonly target: StixId; readonly role: number }[];
  /** Name, description and aliases, for the word search; empty when there are none. */
  readonly words: string;
}

/** Longest pattern text that is its own key; longer ones go by their SHA-256. */
const patternKeyCharsMax = 200;
const wordsCharsMax = 16_384;
/** Of an object with more, one that comes later is not waited for: the others keep it as strict. */
const unreadMarkingsMax = 50;

/**
 * Reads what admitting needs from an object.
 *
 * @param defaultTlp - Marking of what its source hands over unmarked.
 * @throws {ComityError} `STIX_MALFORMED`, `PATTERN_MALFORMED`, `PATTERN_TOO_COMPLEX` and the like: the object is rejected.
 */
export function readObjectFacts(object: StixObject, defaultTlp: Tlp, findMarking: MarkingLookup): ObjectFacts {
  const { type, value, text } = object;
  const confidence = value['confidence'];
  const facts = {
    type,
    text,
    value,
    modifiedUs: object.modifiedUs,
    revoked: value['revoked'] === true,
    confidence:
      typeof confidence === 'number' && confidence >= 0 && confidence <= 100 ? Math.round(confidence) : undefined,
    ...markingFacts(value, defaultTlp, findMarking),
    references: referencesOf(value),
    words: wordsOf(value),
  };
  if (type === 'indicator') {
    return { ...facts, id: object.id, key: keyOfStixId(object.id), alias: undefined, ...indicatorFacts(object) };
  }
  const id = object.modifiedUs === undefined ? (deterministicId(type, value, sha1) ?? object.id) : object.id;
  return {
    ...facts,
    id,
    key: keyOfStixId(id),
    alias: id === object.id ? undefined : object.id,
    validFromUs: undefined,
    validUntilUs: undefined,
    values: valuesOf(object),
    complete: completeness.noIndicator,
    pattern: undefined,
  };
}

function sha1(bytes: Uint8Array): Uint8Array {
  return hash('sha1', bytes, 'buffer');
}

function indicatorFacts(
  object: StixObject,
): Pick<ObjectFacts, 'validFromUs' | 'validUntilUs' | 'values' | 'complete' | 'pattern'> {
  const indicator = parseIndicator(object);
  const { validFromUs, validUntilUs } = indicator;
  if (indicator.patternType !== 'stix') {
    const pattern = patternKey(`${indicator.patternType} ${indicator.pattern}`);
    const isRead = indicator.patternType === 'sigma' && holdsRule(indicator.pattern);
    const complete = isRead ? completeness.partly : completeness.unread;
    return { validFromUs, validUntilUs, values: [], complete, pattern };
  }
  const pattern = parsePattern(indicator.pattern);
  const plan = planPattern(pattern);
  const { values } = plan;
  const complete = plan.complete ? completenessOf(values) : completeness.partly;
  if (plan.complete && values.length === 1) {
    return { validFromUs, validUntilUs, values, complete, pattern: undefined };
  }
  // When values alone decide, equal sets of values are equal patterns, however they are written.
  const normal = plan.complete
    ? values
        .map(({ kind, value, port }) => `${kind} ${value} ${port ?? ''}`)
        .toSorted()
        .join('\n')
    : normalPattern(pattern);
  return { validFromUs, validUntilUs, values, complete, pattern: patternKey(normal) };
}

/** Of a pattern that is nothing but values: records are asked of it where the screen does not look for all of them. */
export function completenessOf(values: readonly ListedValue[]): Completeness {
  return values.every(({ kind }) => valueKinds[kind].screened) ? completeness.wholly : completeness.partly;
}

function holdsRule(text: string): boolean {
  return readSigma(text).some(({ error }) => error === undefined);
}

function patternKey(normal: string): string {
  return normal.length <= patternKeyCharsMax ? normal : `sha256 ${hash('sha256', normal)}`;
}

/** What an object's markings come to, for the source that told of it. */
export function markingFacts(
  value: JsonObject,
  defaultTlp: Tlp,
  findMarking: MarkingLookup,
): Pick<ObjectFacts, 'tlp' | 'unreadMarkings'> {
  if (value['object_marking_refs'] === undefined && value['granular_markings'] === undefined) {
    return { tlp: defaultTlp, unreadMarkings: [] };
  }
  const markings = markingsOf(value, findMarking);
  const unreadMarkings = markings.unknownRefs
    .filter((ref) => isStixId(ref))
    .filter((ref) => ref.startsWith('marking-definition--'))
    .slice(0, unreadMarkingsMax);
  return { tlp: tlpInForce(markings, defaultTlp), unreadMarkings };
}

/** What an object refers to in the places that are indexed. */
export function referencesOf(value: JsonObject): ObjectFacts['references'] {
  const references: { target: StixId; role: number }[] = [];
  for (const role of ['source_ref', 'target_ref', 'sighting_of_ref'] as const) {
    const target = value[role];
    if (isStixId(target)) references.push({ target, role: referenceRoles[role] });
  }
  const list = value['object_refs'];
  if (Array.isArray(list)) {
    for (const target of list.slice(0, referencesMax)) {
      if (isStixId(target)) references.push({ target, role: referenceRoles.object_refs });
    }
  }
  return references;
}

/** The text the word search indexes; also what a search compares an object not yet indexed with. */
export function wordsOf(value: JsonObject): string {
  const parts = [value['name'], value['description'], value['abstract'], ...listOf(value['aliases'])];
  return parts
    .filter((part): part is string => typeof part === 'string' && part !== '')
    .join('\n')
    .slice(0, wordsCharsMax);
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value.slice(0, 50) : [];
}

/** @throws {ComityError} `ARGUMENT_INVALID` for a batch larger than one transaction should be. */
export function assertBatch(count: number, countMax: number): void {
  if (count > countMax) {
    throw new ComityError(
      'ARGUMENT_INVALID',
      `Cannot admit ${quote(String(count))} candidates at once: at most ${countMax}`,
    );
  }
}
