import { limits } from '../base/index.ts';
import { refangWithOffsets } from './fang.ts';
import type { Refanged } from './fang.ts';
import type { ListedValue } from './kinds.ts';
import { recogniseValue } from './recognise.ts';
import { isPrivateSuffix } from './suffix.ts';

/** A value found in free text. */
export interface ExtractedValue {
  readonly value: ListedValue;
  /** Where it begins in the text, in UTF-16 code units. */
  readonly offset: number;
  /** Whether the author wrote it defanged: as sure a sign as there is that it is meant as an indicator. */
  readonly defanged: boolean;
}

/** Top-level domains that are file name endings far more often when they stand in prose. */
const fileEndings = new Set([
  'zip',
  'mov',
  'md',
  'py',
  'sh',
  'so',
  'rs',
  'ps',
  'pl',
  'pm',
  'cab',
  'app',
  'java',
  'cc',
  'vi',
  'la',
]);

const word = /[^\s"<>`|\u2018-\u201f\u00ab\u00bb]+/gu;
const token = /[\p{L}\p{N}\p{M}._:@%+/~?*-]+/gu;
const schemeBefore = /[a-z][a-z0-9+.-]{0,15}$/i;
const leadingPunctuation = /^[.:/~?+*-]+/;
const trailingPunctuation = new Set(".,;:!?'*-_~)]}/");

/**
 * Takes the values out of a report's free text, in order, with repetitions.
 *
 * Of a URL only the URL is taken, not its host: reports link to the innocent. File names, paths, versions and the host of an
 * e-mail address are left alone; a two-label name with the ending of a script or an archive (`setup.py`), or of a private
 * network (`this.home`), counts only when defanged.
 *
 * @param text - Untrusted, any length. Linear in it.
 * @returns At most `limits.extractedValuesMax`: as many mean that there may be more.
 */
export function extractValues(text: string): ExtractedValue[] {
  const source = refangWithOffsets(text);
  const found: ExtractedValue[] = [];
  for (const match of source.text.matchAll(word)) {
    if (found.length >= limits.extractedValuesMax) break;
    extractFromWord(source, match[0], match.index, found);
  }
  return found.slice(0, limits.extractedValuesMax);
}

function extractFromWord(source: Refanged, text: string, offset: number, found: ExtractedValue[]): void {
  let at = 0;
  for (;;) {
    const colon = text.indexOf('://', at);
    const scheme = colon < 0 ? undefined : schemeBefore.exec(text.slice(Math.max(at, colon - 16), colon))?.[0];
    if (colon < 0 || scheme === undefined) {
      extractTokens(source, text.slice(at), offset + at, found);
      return;
    }
    const start = colon - scheme.length;
    if (start > at) extractTokens(source, text.slice(at, start), offset + at, found);
    const end = urlEnd(text, start, colon + 3);
    keep(source, text.slice(start, end), offset + start, found, false);
    at = end;
    if (at >= text.length) return;
  }
}

/** Where a URL ends in a word: at a comma or semicolon with another URL behind it, and without closing punctuation. */
function urlEnd(text: string, start: number, from: number): number {
  const list = text.slice(from).search(/[,;][a-z][a-z0-9+.-]{0,15}:\/\//i);
  let end = list < 0 ? text.length : from + list;
  let unclosed = 0;
  for (let at = start; at < end; at++) unclosed += text[at] === '(' ? 1 : text[at] === ')' ? -1 : 0;
  for (; end > from; end--) {
    const last = text[end - 1]!;
    if (!trailingPunctuation.has(last) || last === '/' || last === '-') break;
    // `/a_(b)` is whole, `(see /a)` is not.
    if (last === ')' && unclosed++ >= 0) break;
  }
  return end;
}

function extractTokens(source: Refanged, text: string, offset: number, found: ExtractedValue[]): void {
  // `C:\Users\a\evil.com` and `HKLM\Software\x.y` are paths, whatever their parts look like.
  if (text.includes('\\')) return;
  for (const match of text.matchAll(token)) {
    const leading = leadingPunctuation.exec(match[0])?.[0] ?? '';
    // `/usr/bin/x.sh` and `~/x.py` are paths; `::1` is an address.
    if (/[/~]/.test(leading)) continue;
    const start = leading.endsWith('::') ? leading.length - 2 : leading.length;
    let end = match[0].length;
    while (end > start && trailingPunctuation.has(match[0][end - 1]!) && !isNetworkEnd(match[0], end)) end--;
    if (end > start) keep(source, match[0].slice(start, end), offset + match.index + start, found, true);
  }
}

/** `2001:db8::` ends in its own colons. */
function isNetworkEnd(text: string, end: number): boolean {
  return end >= 3 && text.endsWith('::', end) && !text.endsWith(':::', end);
}

function keep(source: Refanged, text: string, offset: number, found: ExtractedValue[], isProse: boolean): void {
  if (text.length > limits.valueCharsMax || !/[.:@]|^[0-9a-f]{32,128}$/i.test(text)) return;
  const value = recogniseValue(text);
  if (value === undefined) return;
  const defanged = wasDefanged(source, offset, offset + text.length);
  if (isProse && !defanged && isLikelyNoHost(value)) return;
  found.push({ value, offset: source.offsets?.[offset] ?? offset, defanged });
}

function isLikelyNoHost(value: ListedValue): boolean {
  if (value.kind !== 'domain' && value.kind !== 'url') return false;
  const host = value.kind === 'url' ? value.value.slice(0, value.value.search(/[:/]/)) : value.value;
  const dot = host.indexOf('.');
  const ending = host.slice(dot + 1);
  return (
    dot === host.lastIndexOf('.') && (fileEndings.has(ending) || (value.kind === 'domain' && isPrivateSuffix(ending)))
  );
}

function wasDefanged(source: Refanged, start: number, end: number): boolean {
  return source.isRewritten !== undefined && source.isRewritten.subarray(start, end).includes(1);
}
