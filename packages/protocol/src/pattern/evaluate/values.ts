import { ComityError, recogniseTimestampUs } from '../../base/index.ts';
import type { JsonValue } from '../../base/index.ts';
import type { Literal } from '../tree.ts';
import type { PropertyForm } from './path-walk.ts';

/**
 * A property or a constant in the form both are compared in: bytes as text of one character a byte, timestamps as text
 * that sorts as time does, to any digit.
 */
export type Comparable = string | number | boolean;

/** The property is of another type than the constant (STIX 2.1 §9.6.1). */
export const clash = Symbol('clash');
/** The property says by its name or by the constant beside it what it holds, and does not hold that: no data (§9.6). */
export const malformed = Symbol('malformed');

/** Reads a property to compare it with constants of one kind. */
export type PropertyReader = (value: JsonValue) => Comparable | typeof clash | typeof malformed;

/** How properties of a form are read to be compared with constants of a kind (§9.2, §9.6.4). */
export function readerFor(kind: Literal['kind'], form: PropertyForm): PropertyReader {
  if (form !== 'plain') {
    const isComparable = kind === 'string' || kind === 'hex' || kind === 'binary';
    return isComparable ? (value) => bytesOfProperty(value, form) : () => clash;
  }
  switch (kind) {
    case 'string':
      return (value) => (typeof value === 'string' ? value : clash);
    case 'hex':
    case 'binary':
      return (value) => (typeof value === 'string' && isByteText(value) ? value : clash);
    case 'integer':
    case 'float':
      return (value) => (typeof value === 'number' ? value : clash);
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? value : clash);
    case 'timestamp':
      return (value) => (typeof value === 'string' ? (sortableTime(value) ?? malformed) : clash);
  }
}

/**
 * A constant in the form it is compared in; undefined when it equals no property of that form: a string that is no bytes
 * beside a binary property (§9.6.4).
 *
 * @throws {ComityError} `PATTERN_MALFORMED` for an invalid constant, which must match nothing (§9.4): a day that does not
 *   exist, an integer beyond 2^53.
 */
export function comparableOf(literal: Literal, form: PropertyForm): Comparable | undefined {
  const { kind, value } = literal;
  switch (kind) {
    case 'string':
      return form === 'plain' || isByteText(value) ? value : undefined;
    case 'hex':
      return bytesOfHex(value);
    case 'binary':
      return bytesOfBase64(value);
    case 'boolean':
      return value === 'true';
    case 'integer':
      if (!Number.isSafeInteger(Number(value))) fail(`the integer ${value} is out of range`);
      return Number(value);
    case 'float':
      return Number(value);
    case 'timestamp':
      return sortableTime(value) ?? fail(`there is no time ${value}`);
  }
}

/** Less than 0, 0 or more, as sorted: text by code point, not normalised (§9.6.2), bytes as unsigned (§9.6.3). */
export function compare(a: Comparable, b: Comparable): number {
  if (typeof a !== 'string' || typeof b !== 'string') return a < b ? -1 : Number(a > b);
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    // A surrogate stands for a code point beyond all that are written with one unit.
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x1_0000 : unit;
}

/** Bytes of a property whose name ends in `_hex` or `_bin`. */
export function bytesOfProperty(value: JsonValue, form: 'hex' | 'base64'): string | typeof malformed {
  if (typeof value !== 'string') return malformed;
  const isWellFormed =
    form === 'hex' ? value.length % 2 === 0 && hexForm.test(value) : value.length % 4 === 0 && base64Form.test(value);
  if (!isWellFormed) return malformed;
  return form === 'hex' ? bytesOfHex(value) : bytesOfBase64(value);
}

const hexForm = /^[0-9a-fA-F]*$/;
const base64Form = /^[A-Za-z0-9+/]*={0,2}$/;
const wideCharacter = /[^\u0000-\u00ff]/;

/** Whether every character is below U+0100 and so stands for a byte (§9.2). */
function isByteText(text: string): boolean {
  return !wideCharacter.test(text);
}

function bytesOfHex(hex: string): string {
  let text = '';
  for (let at = 0; at < hex.length; at += 2) text += String.fromCharCode(Number.parseInt(hex.slice(at, at + 2), 16));
  return text;
}

function bytesOfBase64(base64: string): string {
  return atob(base64);
}

/** `…:00.120Z` as `…:00.12`: prefixes sort before what they begin, and so do times written with fewer digits. */
function sortableTime(text: string): string | undefined {
  if (recogniseTimestampUs(text) === undefined) return undefined;
  let end = text.length - 1;
  if (text.includes('.')) {
    while (text[end - 1] === '0') end--;
    if (text[end - 1] === '.') end--;
  }
  return text.slice(0, end);
}

function fail(what: string): never {
  throw new ComityError('PATTERN_MALFORMED', `Cannot evaluate pattern: ${what}`);
}
