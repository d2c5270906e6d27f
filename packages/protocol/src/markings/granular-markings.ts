import { ComityError, isJsonObject, isStixId, quote } from '../base/index.ts';
import type { JsonObject, JsonValue } from '../base/index.ts';
import { findSelected, isSelector, isWithin } from './selectors.ts';

/** What is asked about: an object as a whole, or what selectors point to. */
export interface MarkingScope {
  /** Parts of the object; the object as a whole when left out. */
  readonly selectors?: readonly string[];
  /** Whether markings of what a part stands in count too, those of the whole object among them. */
  readonly inherited?: boolean;
  /** Whether markings of what stands inside a part count too. */
  readonly descendants?: boolean;
}

/** Which markings are meant: references to marking-definitions, languages, or both. */
export interface MarkingKinds {
  readonly refs?: boolean;
  readonly langs?: boolean;
}

/**
 * The markings of an object or of its parts: ids of marking-definitions, then languages, each once.
 *
 * Spec: STIX 2.1 §7.2.2, §7.2.3.
 *
 * @throws {ComityError} `MARKING_MALFORMED` when a selector points to nothing.
 */
export function markingsAt(object: JsonObject, scope: MarkingScope, kinds: MarkingKinds = {}): string[] {
  const { selectors, inherited = false, descendants = false } = scope;
  const { refs = true, langs = true } = kinds;
  const ofWhole = refs ? textsOf(object['object_marking_refs']) : [];
  if (selectors === undefined) return ofWhole;
  checkSelectors(object, selectors);
  const found = new Set<string>();
  for (const { marking, isLang, selector: marked } of singlesOf(object)) {
    if (isLang ? !langs : !refs) continue;
    const counts = selectors.some(
      (asked) => asked === marked || (inherited && isWithin(asked, marked)) || (descendants && isWithin(marked, asked)),
    );
    if (counts) found.add(marking);
  }
  if (inherited) for (const ref of ofWhole) found.add(ref);
  return [...found];
}

/**
 * Whether an object or a part of it is marked: with all of `markings`, or with anything when none are named.
 *
 * @throws {ComityError} `MARKING_MALFORMED` when a selector points to nothing.
 */
export function isMarked(object: JsonObject, scope: MarkingScope, markings: readonly string[] = []): boolean {
  const found = markingsAt(object, scope);
  if (markings.length === 0) return found.length > 0;
  // Any of them for the whole object, all of them for a part: as STIX 2.1's reference library answers.
  if (scope.selectors === undefined) return markings.some((marking) => found.includes(marking));
  return markings.every((marking) => found.includes(marking));
}

/**
 * Adds markings to an object or to its parts. A marking that is no id of a marking-definition is a language.
 *
 * Pure: gives a changed copy with the same `modified`; a new version is made of it with `newVersion`.
 *
 * @param selectors - Parts; the object as a whole when left out.
 * @throws {ComityError} `MARKING_MALFORMED` when a selector points to nothing, or a marking of the whole object is no id
 *   of a marking-definition.
 */
export function addMarkings(
  object: JsonObject,
  markings: readonly string[],
  selectors?: readonly string[],
): JsonObject {
  if (selectors === undefined) {
    for (const marking of markings) checkMarkingId(marking);
    return withRefs(object, [...new Set([...textsOf(object['object_marking_refs']), ...markings])]);
  }
  checkSelectors(object, selectors);
  const added = markings.flatMap((marking) =>
    selectors.map((selector) => ({ marking, isLang: !isMarkingId(marking), selector })),
  );
  return withSingles(object, [...added, ...singlesOf(object)]);
}

/**
 * Removes markings from an object or from its parts.
 *
 * @throws {ComityError} `MARKING_MALFORMED` when a selector points to nothing; `NOT_FOUND` when the object has markings,
 *   but not these.
 */
export function removeMarkings(
  object: JsonObject,
  markings: readonly string[],
  selectors?: readonly string[],
): JsonObject {
  if (selectors === undefined) {
    const refs = textsOf(object['object_marking_refs']);
    if (refs.length > 0 && !markings.every((marking) => refs.includes(marking))) throw notFound(markings);
    return withRefs(
      object,
      refs.filter((ref) => !markings.includes(ref)),
    );
  }
  checkSelectors(object, selectors);
  const singles = singlesOf(object);
  const kept = singles.filter(({ marking, selector }) => !markings.includes(marking) || !selectors.includes(selector));
  if (singles.length > 0 && kept.length === singles.length) throw notFound(markings);
  return withSingles(object, kept);
}

/**
 * Removes every marking from an object or from its parts.
 *
 * @throws {ComityError} `MARKING_MALFORMED` when a selector points to nothing; `NOT_FOUND` when parts of the object are
 *   marked, but not these.
 */
export function clearMarkings(object: JsonObject, selectors?: readonly string[], kinds: MarkingKinds = {}): JsonObject {
  if (selectors === undefined) return withRefs(object, []);
  checkSelectors(object, selectors);
  const { refs = true, langs = true } = kinds;
  const singles = singlesOf(object);
  if (singles.length > 0 && !singles.some(({ selector }) => selectors.includes(selector))) throw notFound(selectors);
  return withSingles(
    object,
    singles.filter(({ selector, isLang }) => !selectors.includes(selector) || (isLang ? !langs : !refs)),
  );
}

/** {@link clearMarkings}, then {@link addMarkings}. */
export function setMarkings(
  object: JsonObject,
  markings: readonly string[],
  selectors?: readonly string[],
): JsonObject {
  return addMarkings(clearMarkings(object, selectors), markings, selectors);
}

/** One marking on one part. */
interface Single {
  readonly marking: string;
  readonly isLang: boolean;
  readonly selector: string;
}

function singlesOf(object: JsonObject): Single[] {
  const markings = object['granular_markings'];
  if (!Array.isArray(markings)) return [];
  return markings.flatMap((marking) => {
    if (!isJsonObject(marking)) return [];
    const { marking_ref: ref, lang } = marking;
    return textsOf(marking['selectors']).flatMap((selector) => [
      ...(typeof ref === 'string' && ref !== '' ? [{ marking: ref, isLang: false, selector }] : []),
      ...(typeof lang === 'string' && lang !== '' ? [{ marking: lang, isLang: true, selector }] : []),
    ]);
  });
}

/** One entry for each marking, in the order they first stand, with its selectors in alphabetical order. */
function withSingles(object: JsonObject, singles: readonly Single[]): JsonObject {
  const entries = new Map<string, { readonly isLang: boolean; readonly selectors: Set<string> }>();
  for (const { marking, isLang, selector } of singles) {
    const entry = entries.get(marking) ?? { isLang, selectors: new Set() };
    entry.selectors.add(selector);
    entries.set(marking, entry);
  }
  const { granular_markings: _, ...rest } = object;
  if (entries.size === 0) return rest;
  const markings = [...entries].map(([marking, { isLang, selectors }]): JsonObject => {
    const list = [...selectors].toSorted();
    return isLang ? { lang: marking, selectors: list } : { marking_ref: marking, selectors: list };
  });
  return { ...rest, granular_markings: markings };
}

function withRefs(object: JsonObject, refs: readonly string[]): JsonObject {
  const { object_marking_refs: _, ...rest } = object;
  return refs.length === 0 ? rest : { ...rest, object_marking_refs: [...refs] };
}

function checkSelectors(object: JsonObject, selectors: readonly string[]): void {
  if (selectors.length === 0) throw new ComityError('MARKING_MALFORMED', 'Cannot mark parts: no selector is named');
  for (const selector of selectors) {
    if (!isSelector(selector) || findSelected(object, selector) === undefined)
      throw new ComityError('MARKING_MALFORMED', `Cannot select ${quote(selector)}: nothing is there in the object`);
  }
}

function isMarkingId(text: string): boolean {
  return text.startsWith('marking-definition--');
}

function checkMarkingId(text: string): void {
  if (!isStixId(text) || !isMarkingId(text))
    throw new ComityError('MARKING_MALFORMED', `Cannot mark with ${quote(text)}: it is no id of a marking-definition`);
}

function notFound(markings: readonly string[]): ComityError {
  return new ComityError('NOT_FOUND', `Cannot remove ${quote(markings.join(', '))}: the object is not marked so`);
}

function textsOf(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
