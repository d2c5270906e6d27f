import { limits } from '../base/index.ts';

/** Where one JSON value stands in a text, found by its brackets and quotes alone: what is between is not checked. */
export interface JsonSlice {
  readonly start: number;
  /** One past its last character. */
  readonly end: number;
  /** `deep`: nested beyond `limits.jsonDepthMax`. `broken`: its brackets do not match or the text ends inside it. */
  readonly fault?: 'deep' | 'broken';
}

const quoteSign = 34;
const backslash = 92;
const openBrace = 123;
const openBracket = 91;
const closeBrace = 125;
const closeBracket = 93;
const comma = 44;
const colon = 58;

/** A member of a JSON object: `elements` when it is the array asked for. */
export interface JsonMember {
  /** As it reads, escapes undone. */
  readonly key: string;
  readonly slice: JsonSlice;
  readonly elements?: readonly JsonSlice[];
}

/**
 * The elements of the JSON array that begins at `at` (its `[`).
 *
 * Linear and without recursion. Made to go on after damage: a missing or superfluous closing sign, a missing comma or an
 * unclosed string at the end of a line spoil the element they stand in, not the ones behind it, as far as the text allows.
 *
 * @returns The elements, and where the array ends: one past its `]`, or -1 when the text ends first.
 */
export function sliceElements(text: string, at: number): { slices: JsonSlice[]; end: number } {
  const slices: JsonSlice[] = [];
  let place = at + 1;
  let separated = true;
  for (;;) {
    place = skipBlanks(text, place);
    if (place >= text.length) return { slices, end: -1 };
    const code = text.charCodeAt(place);
    if (code === closeBracket) return { slices, end: place + 1 };
    if (code === comma) {
      separated = true;
      place++;
    } else if (separated || code === openBrace) {
      const slice = sliceValue(text, place);
      slices.push(slice);
      // A value that is empty (a closing brace stands there) is stepped over, or the loop would stand still.
      place = Math.max(slice.end, place + 1);
      separated = false;
    } else {
      const { end } = sliceValue(text, place);
      if (code === closeBrace && skipBlanks(text, place + 1) >= text.length) return { slices, end: -1 };
      // What follows an element without a comma belongs to it and spoils it.
      place = Math.max(end, place + 1);
      const last = slices.pop();
      if (last !== undefined) slices.push({ start: last.start, end: place, fault: 'broken' });
    }
  }
}

/**
 * The members of the JSON object that begins at `at` (its `{`), with the elements of the array under `arrayKey`.
 *
 * @returns The members up to the first place where the text is no object any more, and where the object ends: one past its
 *   `}`, or -1 when it does not.
 */
export function sliceMembers(text: string, at: number, arrayKey: string): { members: JsonMember[]; end: number } {
  const members: JsonMember[] = [];
  let place = at + 1;
  for (;;) {
    place = skipBlanks(text, place);
    const code = text.charCodeAt(place); // NaN at the end
    if (code === closeBrace) return { members, end: place + 1 };
    if (code === comma && members.length > 0) {
      place++;
      continue;
    }
    if (code !== quoteSign) return { members, end: -1 };
    const keyEnd = skipString(text, place);
    const key = keyOf(text, place, keyEnd);
    place = skipBlanks(text, keyEnd);
    if (text.charCodeAt(place) !== colon) return { members, end: -1 };
    place = skipBlanks(text, place + 1);
    if (place >= text.length) return { members, end: -1 };
    if (key === arrayKey && text.charCodeAt(place) === openBracket) {
      const { slices, end } = sliceElements(text, place);
      members.push({ key, slice: { start: place, end: end < 0 ? text.length : end }, elements: slices });
      if (end < 0) return { members, end: -1 };
      place = end;
    } else {
      const slice = sliceValue(text, place);
      members.push({ key, slice });
      if (slice.end <= place) return { members, end: -1 };
      place = slice.end;
    }
  }
}

/** The JSON value that begins at `at`, which is no blank. */
export function sliceValue(text: string, at: number): JsonSlice {
  const code = text.charCodeAt(at);
  if (code === openBrace || code === openBracket) return sliceContainer(text, at);
  if (code === quoteSign) return { start: at, end: skipString(text, at) };
  let end = at;
  while (end < text.length && !endsScalar(text.charCodeAt(end))) end++;
  return { start: at, end };
}

/** From `{` or `[` to the sign that closes it. */
function sliceContainer(text: string, start: number): JsonSlice {
  const { length } = text;
  // What is open, outermost first; beyond the limit only counted, so that a bomb of brackets costs no memory.
  const open = new Uint8Array(limits.jsonDepthMax);
  let depth = 0;
  let deep = false;
  let mismatch = false;
  for (let at = start; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code === quoteSign) {
      at = skipString(text, at) - 1;
    } else if (code === openBrace || code === openBracket) {
      if (code === openBrace && depth > 0 && depth <= open.length && open[depth - 1] === openBrace) {
        // An object cannot stand where a key is expected: a closing brace is missing before it.
        const before = lastSignBefore(text, at, start);
        if (text.charCodeAt(before) === comma) return { start, end: before, fault: 'broken' };
      }
      if (depth < open.length) open[depth] = code;
      else deep = true;
      depth++;
    } else if (code === closeBrace || code === closeBracket) {
      const opener = code - 2;
      if (depth > open.length) depth--;
      else if (open[depth - 1] === opener) depth--;
      else {
        mismatch = true;
        let match = depth - 1;
        while (match >= 0 && open[match] !== opener) match--;
        if (match >= 0) depth = match;
        // The sign closes what encloses this value, which therefore ended before it; else it is a stray one.
        else if (code === closeBrace || endsDocument(text, at)) return { start, end: at, fault: 'broken' };
      }
      if (depth === 0) return spanOf(start, at + 1, deep, mismatch);
    }
  }
  return { start, end: length, fault: 'broken' };
}

/** Whether nothing but the end of the enclosing object comes after the bracket at `at`. */
function endsDocument(text: string, at: number): boolean {
  const next = skipBlanks(text, at + 1);
  return next >= text.length || (text.charCodeAt(next) === closeBrace && skipBlanks(text, next + 1) >= text.length);
}

function spanOf(start: number, end: number, deep: boolean, mismatch: boolean): JsonSlice {
  if (mismatch) return { start, end, fault: 'broken' };
  return deep ? { start, end, fault: 'deep' } : { start, end };
}

/** One past the closing quote of the string that opens at `at`; an unclosed string ends at the end of its line. */
function skipString(text: string, at: number): number {
  const { length } = text;
  for (let place = at + 1; place < length; place++) {
    const code = text.charCodeAt(place);
    if (code === quoteSign) return place + 1;
    if (code === backslash) place++;
    else if (code === 10) return place;
  }
  return length;
}

/** Where the blanks (RFC 8259 §2) that begin at `at` end. */
export function skipBlanks(text: string, at: number): number {
  let place = at;
  for (; place < text.length; place++) {
    const code = text.charCodeAt(place);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) break;
  }
  return place;
}

function lastSignBefore(text: string, at: number, from: number): number {
  let place = at - 1;
  while (place > from && isBlank(text.charCodeAt(place))) place--;
  return place;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}

function endsScalar(code: number): boolean {
  return code === comma || code === closeBrace || code === closeBracket || isBlank(code) || code === openBrace;
}

/** A key as it reads: escapes are undone, since `"\u006fbjects"` is the same key as `"objects"`. */
function keyOf(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end - 1);
  if (!raw.includes('\\')) return raw;
  try {
    return String(JSON.parse(text.slice(start, end)));
  } catch {
    // Not a JSON string: then it is no key anybody asks for, and whoever parses the whole will say so.
    return raw;
  }
}
