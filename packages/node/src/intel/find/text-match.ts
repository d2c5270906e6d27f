import type { ListedValue } from '@comity/protocol/values';
import type { Connection } from '../../store/index.ts';
import { gramsRefOf, indexedUpTo } from '../admit/search-index.ts';
import { bucketSize, bucketsOf, partOf, placesOf, segmentValues } from '../admit/value-grams.ts';

/** What a search looks for, in the forms the parts of the store need. */
export interface Needle {
  /** Lower case, as typed. */
  readonly text: string;
  /** Values that are exactly it, in normal form first. */
  readonly exact: readonly string[];
  isExact(value: string): boolean;
  /** Whether a value contains it, letter case aside. */
  isIn(value: string): boolean;
  /** Buckets of the trigram index; none for one or two characters. */
  readonly grams: readonly number[];
  /** Query of the word index; undefined when there is no word in it. */
  readonly words: string | undefined;
  /** The same with the last word as the beginning of one: it may be half typed. */
  readonly wordsBegun: string | undefined;
}

/** Trigrams of a text whose rarity is compared, trigrams asked of the index at most, and candidates few enough to be compared with the whole text at once. */
const gramsCompared = 64;
const gramsMax = 8;
const candidatesFew = 4;
const wordsMax = 8;
/** Hits of an index looked at in one step, segments of it (a million values), and values compared: some milliseconds. */
const hitsAtOnce = 200;
const segmentsAtOnce = 256;
const comparedAtOnce = 1000;

export function needleOf(typed: string, recognised: ListedValue | undefined): Needle {
  const text = typed.toLowerCase();
  const normal = recognised?.value;
  const parts = normal === undefined || normal === text ? [text] : [normal.toLowerCase(), text];
  const exact = [...new Set([...(normal === undefined ? [] : [normal]), typed, text])];
  // A defanged or otherwise decorated value is looked for as what it means.
  const main = parts[0] ?? text;
  return {
    text: main,
    exact,
    isExact: (value) => exact.includes(value),
    isIn: (value) => value.toLowerCase().includes(main),
    grams: bucketsOf(main),
    ...wordsQueriesOf(text),
  };
}

function wordsQueriesOf(text: string): Pick<Needle, 'words' | 'wordsBegun'> {
  const words = text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  if (words.length === 0) return { words: undefined, wordsBegun: undefined };
  const query = words
    .slice(0, wordsMax)
    .map((word) => `"${word}"`)
    .join(' AND ');
  // Short beginnings would stand for too many words.
  const isLong = (words.at(-1) ?? '').length >= 3 && words.length <= wordsMax;
  return { words: query, wordsBegun: isLong ? `${query}*` : undefined };
}

export interface Hits {
  /** In descending order. */
  readonly refs: number[];
  /** Where the next step begins; undefined when there is none. */
  readonly nextBefore: number | undefined;
}

/** Values below `beforeRef` that contain the needle; of one or two characters, values that begin with it. */
export function valuesWith(db: Connection, needle: Needle, beforeRef: number): Hits {
  if (needle.grams.length === 0) return valuesBeginning(db, needle.text, beforeRef);
  const upTo = indexedUpTo(db, 'values');
  const refs = valuesLeftOver(db, needle, upTo, beforeRef);
  const value = db.prepare<{ value: string }>('select value from intel_value where ref = ?');
  let before = Math.min(beforeRef, upTo + 1);
  let compared = 0;
  const grams = before > 1 ? rarestFirst(db, segmentBelow(before), needle.grams) : [];
  // The newest segment first, and in each the newest value.
  for (let count = 0; before > 1 && count < segmentsAtOnce && refs.length < hitsAtOnce; count += 1) {
    const from = segmentBelow(before);
    for (const place of candidatesIn(db, from, grams).toReversed()) {
      const ref = from + 1 + place;
      if (ref >= before) continue;
      compared += 1;
      if (needle.isIn(value.get(ref)?.value ?? '')) refs.push(ref);
      if (refs.length >= hitsAtOnce || compared === comparedAtOnce) return { refs, nextBefore: ref };
    }
    before = from + 1;
  }
  return { refs, nextBefore: before > 1 ? before : undefined };
}

/** Of the values that are in no whole segment yet. */
function valuesLeftOver(db: Connection, needle: Needle, upTo: number, beforeRef: number): number[] {
  return db
    .prepare<{ ref: number; value: string }>(
      'select ref, value from intel_value where ref > ? and ref < ? order by ref desc',
    )
    .all(upTo, beforeRef)
    .filter((row) => needle.isIn(row.value))
    .map((row) => row.ref);
}

/** The refs up to which segments stand before the one that holds the last value below `before`. */
function segmentBelow(before: number): number {
  return Math.floor((before - 2) / segmentValues) * segmentValues;
}

/** Places, ascending, of the values of a segment that may have all trigrams. */
function candidatesIn(db: Connection, from: number, grams: readonly number[]): number[] {
  let places: number[] | undefined;
  for (const bucket of grams) {
    if (places !== undefined && places.length <= candidatesFew) break;
    const having = placesOf(partWith(db, from, bucket), bucket);
    places = places === undefined ? having : inBoth(places, having);
  }
  return places ?? [];
}

/**
 * The trigrams to ask for, in the order that leaves few candidates soonest. What is rare in one segment is rare in most,
 * and what nearly every value has (`.ex`, `://`) costs much to read and rules little out.
 */
function rarestFirst(db: Connection, from: number, grams: readonly number[]): number[] {
  const sizes = new Map(
    grams.slice(0, gramsCompared).map((bucket) => [bucket, bucketSize(partWith(db, from, bucket), bucket)]),
  );
  return [...sizes.keys()].toSorted((a, b) => sizes.get(a)! - sizes.get(b)!).slice(0, gramsMax);
}

/** The row of a segment's index that holds a bucket. */
function partWith(db: Connection, from: number, bucket: number): Uint8Array {
  const part = db.prepare<{ places: Uint8Array }>('select places from intel_value_grams where ref = ?');
  return part.get(gramsRefOf(from, partOf(bucket)))?.places ?? new Uint8Array();
}

/** What two ascending lists share. */
function inBoth(some: readonly number[], others: readonly number[]): number[] {
  let at = 0;
  return some.filter((place) => {
    while (at < others.length && others[at]! < place) at += 1;
    return others[at] === place;
  });
}

function valuesBeginning(db: Connection, text: string, beforeRef: number): Hits {
  // Values that begin alike stand side by side in the index; a page of them is enough for one or two letters.
  const refs = db
    .prepare<{ ref: number }>('select ref from intel_value where value >= ? and value < ? limit 1000')
    .all(text, `${text}\u{10ffff}`)
    .map((row) => row.ref)
    .filter((ref) => ref < beforeRef);
  return { refs: refs.toSorted((a, b) => b - a), nextBefore: undefined };
}

/** Objects below `beforeRef` whose name or description has every word of the needle. */
export function wordsWith(
  db: Connection,
  needle: Needle,
  beforeRef: number,
  pending: ReadonlyMap<number, string>,
): Hits {
  if (needle.words === undefined) return { refs: [], nextBefore: undefined };
  const words = needle.text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  const tail: number[] = [];
  for (const [ref, text] of pending) {
    if (ref >= beforeRef) continue;
    const folded = text.toLowerCase();
    if (words.every((word) => folded.includes(word))) tail.push(ref);
  }
  const index = db.prepare<{ ref: number }>(
    'select rowid as ref from intel_name_words where intel_name_words match ? and rowid < ? order by rowid desc limit ?',
  );
  // Whole words come as a stream; beginnings are gathered first, so they are asked for only when nothing has the words.
  const isTyped = index.get(needle.words, Number.MAX_SAFE_INTEGER, 1) !== undefined;
  const query = isTyped ? needle.words : (needle.wordsBegun ?? needle.words);
  const hits = index.all(query, beforeRef, hitsAtOnce).map((row) => row.ref);
  const last = hits.length < hitsAtOnce ? undefined : hits.at(-1);
  return { refs: [...new Set([...tail.toSorted((a, b) => b - a), ...hits])], nextBefore: last };
}
