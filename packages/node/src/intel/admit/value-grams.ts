/**
 * The substring index of values. Refs are cut into segments of {@link segmentValues}; a segment is written once, when all
 * its values are there, and never changed: no merging, and an import pays the same for each value however many there are.
 *
 * A trigram (three UTF-16 code units, letter case folded) falls into one of {@link bucketCount} buckets; a bucket holds the
 * places in the segment of the values that have it, ascending, as differences. Buckets are kept by the part, a row of the
 * database each: `length difference…` for every bucket, as varints. Trigrams that share a bucket only make candidates, and a
 * candidate is compared with the text it should contain in any case.
 */

/** Values of a segment: what is left over is read one by one by a search. */
export const segmentValues = 4096;
const bucketBits = 15;
const bucketCount = 2 ** bucketBits;
const partBuckets = 128;
export const segmentParts = bucketCount / partBuckets;

/** The buckets of the trigrams of a text in lower case, in its order; fewer than three characters have none. */
export function bucketsOf(text: string): number[] {
  return Array.from({ length: Math.max(0, text.length - 2) }, (_, at) => bucketAt(text, at));
}

function bucketAt(text: string, at: number): number {
  const first = text.charCodeAt(at);
  const second = text.charCodeAt(at + 1);
  const third = text.charCodeAt(at + 2);
  return (
    Math.imul(Math.imul(Math.imul(first, multiplier) + second, multiplier) + third, multiplier) >>> (32 - bucketBits)
  );
}

/** Odd, without a pattern: high bits of a product depend on all bits below. */
const multiplier = 0x9e37_79b1;

/**
 * Cuts the values of one segment into buckets. Yields now and then, so that long values do not keep the event loop.
 *
 * @param values - Of the whole segment, by their place in it; a hole is a ref without a value.
 * @returns The rows of the segment, {@link segmentParts} of them.
 */
export function* packSegment(values: readonly (string | undefined)[]): Generator<void, Uint8Array[], void> {
  const texts = values.map((value) => value?.toLowerCase() ?? '');
  const ends = new Uint32Array(bucketCount);
  for (let from = 0; from < texts.length;) {
    from = eachGram(texts, from, (bucket) => {
      ends[bucket]! += 1;
    });
    yield;
  }
  let sum = 0;
  for (let bucket = 0; bucket < bucketCount; bucket += 1) {
    const count = ends[bucket]!;
    ends[bucket] = sum;
    sum += count;
  }
  const places = new Uint16Array(sum);
  for (let from = 0; from < texts.length;) {
    from = eachGram(texts, from, (bucket, place) => {
      places[ends[bucket]!] = place;
      ends[bucket]! += 1;
    });
    yield;
  }
  const bytes = new Uint8Array(2 * segmentValues);
  return Array.from({ length: segmentParts }, (_, part) => packPart(places, ends, part, bytes));
}

/** Gives the trigrams of some texts, and how far it came. */
function eachGram(texts: readonly string[], from: number, take: (bucket: number, place: number) => void): number {
  let chars = 0;
  let place = from;
  for (; place < texts.length && chars < charsAStep; place += 1) {
    const text = texts[place]!;
    for (let at = 0; at < text.length - 2; at += 1) take(bucketAt(text, at), place);
    chars += text.length;
  }
  return place;
}

/** Characters cut between two turns of the event loop: some milliseconds. */
const charsAStep = 100_000;

/**
 * @param ends - Where in `places` each bucket ends, and the next begins.
 * @param bucketBytes - Room for one bucket.
 */
function packPart(places: Uint16Array, ends: Uint32Array, part: number, bucketBytes: Uint8Array): Uint8Array {
  const first = part * partBuckets;
  let from = first === 0 ? 0 : ends[first - 1]!;
  // A difference or a length takes two bytes at most: both are below 2^14.
  const bytes = Buffer.allocUnsafe(2 * (ends[first + partBuckets - 1]! - from + partBuckets));
  let size = 0;
  for (let bucket = first; bucket < first + partBuckets; bucket += 1) {
    const to = ends[bucket]!;
    let length = 0;
    let last = -1;
    for (let index = from; index < to; index += 1) {
      const place = places[index]!;
      if (place !== last) length = writeNumber(bucketBytes, length, place - last);
      last = place;
    }
    size = writeNumber(bytes, size, length);
    for (let index = 0; index < length; index += 1) bytes[size + index] = bucketBytes[index]!;
    size += length;
    from = to;
  }
  return bytes.subarray(0, size);
}

/** @returns Where the next number goes. */
function writeNumber(bytes: Uint8Array, at: number, number: number): number {
  if (number < 0x80) {
    bytes[at] = number;
    return at + 1;
  }
  bytes[at] = (number & 0x7f) | 0x80;
  bytes[at + 1] = number >>> 7;
  return at + 2;
}

/** The row of a segment a bucket is in. */
export function partOf(bucket: number): number {
  return Math.floor(bucket / partBuckets);
}

/** Bytes a bucket takes: about how many values are in it. @param bytes - The row {@link partOf} says. */
export function bucketSize(bytes: Uint8Array, bucket: number): number {
  const { from, to } = findBucket(bytes, bucket);
  return to - from;
}

/** Places in the segment of the values in a bucket, ascending. @param bytes - The row {@link partOf} says. */
export function placesOf(bytes: Uint8Array, bucket: number): number[] {
  const { from, to } = findBucket(bytes, bucket);
  const places: number[] = [];
  for (let at = from, place = -1; at < to;) {
    const low = bytes[at]!;
    place += low < 0x80 ? low : (low & 0x7f) | ((bytes[at + 1] ?? 0) << 7);
    at += low < 0x80 ? 1 : 2;
    places.push(place);
  }
  return places;
}

/** Where in its row a bucket lies; a row that is not there has empty ones. */
function findBucket(bytes: Uint8Array, bucket: number): { from: number; to: number } {
  let from = 0;
  let to = 0;
  for (let skipped = bucket % partBuckets; skipped >= 0; skipped -= 1) {
    const low = bytes[to] ?? 0;
    from = to + (low < 0x80 ? 1 : 2);
    to = from + (low < 0x80 ? low : (low & 0x7f) | ((bytes[to + 1] ?? 0) << 7));
  }
  return { from, to: Math.min(to, bytes.length) };
}
