import { isTokenByte } from '../table/index.ts';
import type { Table } from '../table/index.ts';
import { scanAddressRun } from './address-run.ts';
import { scanDigests } from './digest.ts';
import { scanDotted } from './dotted.ts';
import type { HitList } from './hits.ts';
import { resetUrlRun } from './url.ts';

const DOT = 46;
const COLON = 58;

const TOP_BITS = 0x8080_8080 | 0;
const LOW_BITS = 0x7f7f_7f7f;
const DOTS = 0x2e2e_2e2e;
const COLONS = 0x3a3a_3a3a;
/** Below it, setting up the view of words costs more than it saves. */
const WORDS_BYTES_MIN = 128;

/**
 * Appends to `hits` every listed value in `bytes[start, end)`: a line, many whole lines, or one field of a record. What
 * lies outside is not looked at: both ends are borders. No string is made. Linear in the bytes, whatever they are.
 *
 * Hits come in no order; the same value at two places is two hits. A gate is reported where the host of a listed URL or
 * e-mail address stands and none of these matched there.
 *
 * Meaning of a match: docs/spec/matching.md. The cost of a matcher is wrongly predicted branches, so nothing is decided
 * about a token until a dot or a colon is found, four bytes at a time; only then are its borders looked for.
 */
export function scan(table: Table, bytes: Uint8Array, start: number, end: number, hits: HitList): void {
  const { set } = table;
  const readsIpv6 = set.gates.readsIpv6;
  resetUrlRun();
  if (set.gates.hasDigests) scanDigests(set, bytes, start, end, hits);
  const search = specialSearchOf(bytes, start, end);
  // Up to here runs of colons are dealt with.
  let colonsDone = start;
  for (let at = findSpecial(search, bytes, start, end); at < end; at = findSpecial(search, bytes, at, end)) {
    if (bytes[at] === DOT) {
      let tokenStart = at;
      while (tokenStart > start && isTokenByte[bytes[tokenStart - 1]!] === 1) tokenStart--;
      do at++;
      while (at < end && isTokenByte[bytes[at]!] === 1);
      scanDotted(set, bytes, tokenStart, at, start, end, hits);
    } else {
      if (at >= colonsDone && readsIpv6) colonsDone = scanAddressRun(set, bytes, at, start, end, hits);
      at++;
    }
  }
}

/** The whole words among the bytes, as far as they are looked at four at a time. */
interface SpecialSearch {
  readonly words: Int32Array;
  /** Offset in the bytes of the first word, and after the last. */
  readonly wordsStart: number;
  readonly wordsEnd: number;
}

const noWords: SpecialSearch = { words: new Int32Array(0), wordsStart: 0, wordsEnd: 0 };

function specialSearchOf(bytes: Uint8Array, start: number, end: number): SpecialSearch {
  if (end - start < WORDS_BYTES_MIN) return noWords;
  const wordsStart = start + (-(bytes.byteOffset + start) & 3);
  const count = (end - wordsStart) >> 2;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + wordsStart, count);
  return { words, wordsStart, wordsEnd: wordsStart + count * 4 };
}

/** First offset from `from` on with a dot or a colon, which every listed value but a digest has, or `end`. */
function findSpecial(search: SpecialSearch, bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  const { words, wordsStart, wordsEnd } = search;
  if (at >= wordsStart && at < wordsEnd) {
    let index = (at - wordsStart) >> 2;
    // Bytes before `from` are masked out of the first word; a word's first byte is its lowest on every machine Node runs on.
    let found = specialBits(words[index]!) & (-1 << (((at - wordsStart) & 3) * 8));
    while (found === 0 && ++index < words.length) found = specialBits(words[index]!);
    if (found !== 0) return wordsStart + index * 4 + ((31 - Math.clz32(found & -found)) >> 3);
    at = wordsEnd;
  }
  while (at < end && bytes[at] !== DOT && bytes[at] !== COLON) at++;
  return at;
}

/** The top bit of each byte of a word that is a dot or a colon. Exact: adding to seven bits carries into the eighth only. */
function specialBits(word: number): number {
  const dots = word ^ DOTS;
  const colons = word ^ COLONS;
  return ~((((dots & LOW_BITS) + LOW_BITS) | dots) & (((colons & LOW_BITS) + LOW_BITS) | colons)) & TOP_BITS;
}
