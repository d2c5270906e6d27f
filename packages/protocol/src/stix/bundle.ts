import { ComityError } from '../base/index.ts';
import type { JsonObject } from '../base/index.ts';
import { skipBlanks, sliceElements, sliceMembers, sliceValue } from './json-slices.ts';
import type { JsonSlice } from './json-slices.ts';
import { isVersionedType } from './object-types.ts';
import type { StixObject } from './object.ts';
import { objectOfSlice, tooDeep } from './parse-object.ts';

/** One element of what was read: an object, or why it could not be one. `place` is `objects[12]`, `[12]` or `input`. */
export type BundleItem =
  | {
      readonly place: string;
      readonly object: StixObject;
      /** Whether the object is of STIX 2.0: its bundle says so, or it has a version but no `spec_version`. */
      readonly spec20: boolean;
      readonly error?: never;
    }
  | { readonly place: string; readonly error: ComityError; readonly object?: never; readonly spec20?: never };

/**
 * Reads the objects of a bundle, of a TAXII envelope, of a bare array, or a single object.
 *
 * Each object's `text` is the exact slice of the input: what is stored and passed on is what came. Keys may stand in any
 * order. A malformed element is one item with its place, and the rest goes on where the text allows; nothing is left out
 * without an item. Linear; the text is gone through once before the first item comes.
 *
 * Spec: STIX 2.1 §8; STIX 2.0 part 1 §5; TAXII 2.1 §3.7.
 *
 * @param text - Attacker-controlled, decoded; a leading byte-order mark is skipped.
 * @throws nothing while it is read: every fault is an item.
 */
export function* readBundle(text: string): Generator<BundleItem, void, void> {
  const start = skipBlanks(text, text.charCodeAt(0) === 0xfe_ff ? 1 : 0);
  if (text[start] === '[') {
    const { slices, end } = sliceElements(text, start);
    yield* readSlices(text, slices, '', false);
    yield* readEnd(text, end, slices);
  } else if (text[start] === '{') yield* readTopObject(text, start);
  else yield fault('input', 'JSON_MALFORMED', 'it is neither a JSON object nor an array');
}

function* readTopObject(text: string, start: number): Generator<BundleItem, void, void> {
  const { members, end } = sliceMembers(text, start, 'objects');
  const find = (key: string): string | undefined => {
    const slice = members.findLast((member) => member.key === key)?.slice;
    return slice === undefined ? undefined : text.slice(slice.start, slice.end);
  };
  const type = find('type');
  if (type !== undefined && type !== '"bundle"') {
    yield* readSlices(text, [sliceValue(text, start)], undefined, false);
    if (end >= 0) yield* readEnd(text, end, []);
    return;
  }
  const spec20 = find('spec_version') === '"2.0"';
  let last: readonly JsonSlice[] = [];
  for (const { key, elements } of members) {
    if (key !== 'objects') continue;
    if (elements === undefined) {
      yield fault('objects', 'STIX_MALFORMED', 'it is not an array');
      continue;
    }
    last = elements;
    yield* readSlices(text, last, 'objects', spec20);
  }
  const isContainer = type !== undefined || members.every(({ key }) => envelopeKeys.has(key));
  if (!isContainer && find('objects') === undefined) {
    yield fault('input', 'STIX_MALFORMED', 'it is no bundle, envelope or object: it has neither type nor objects');
  }
  yield* readEnd(text, end, last);
}

const envelopeKeys: ReadonlySet<string> = new Set(['more', 'next', 'objects']);

/** @param name - Of the array the slices stand in; undefined for a single object. */
function* readSlices(
  text: string,
  slices: readonly JsonSlice[],
  name: string | undefined,
  bundle20: boolean,
): Generator<BundleItem, void, void> {
  for (const [index, slice] of slices.entries()) {
    const place = name === undefined ? 'input' : `${name}[${index}]`;
    try {
      if (slice.fault === 'deep') throw tooDeep(place);
      const object = objectOfSlice(text.slice(slice.start, slice.end), place);
      yield { place, object, spec20: isSpec20(object.value, object.type, bundle20) };
    } catch (error) {
      if (!(error instanceof ComityError)) throw error;
      yield { place, error };
    }
  }
}

function isSpec20(value: JsonObject, type: string, bundle20: boolean): boolean {
  const version = value['spec_version'];
  if (version !== undefined) return version === '2.0';
  return bundle20 || value['created'] !== undefined || isVersionedType(type);
}

/** What is wrong with the end of the document, unless the last element already says it. */
function* readEnd(text: string, end: number, slices: readonly JsonSlice[]): Generator<BundleItem, void, void> {
  if (end < 0) {
    if (slices.at(-1)?.fault !== 'broken')
      yield fault('input', 'JSON_MALFORMED', 'it breaks off or its brackets do not match');
  } else if (skipBlanks(text, end) < text.length) {
    yield fault('input', 'JSON_MALFORMED', `something follows the document at character ${skipBlanks(text, end)}`);
  }
}

function fault(place: string, code: 'JSON_MALFORMED' | 'STIX_MALFORMED', why: string): BundleItem {
  return { place, error: new ComityError(code, `Cannot read ${place}: ${why}`, { details: { place } }) };
}
