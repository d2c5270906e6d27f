const DOT = 46;
const HYPHEN = 45;
const UNDERSCORE = 95;

/** Class of each ASCII character in a host name: 1 name character, 2 upper-case letter, 0 anything else. */
const nameClass = new Uint8Array(128);
for (const character of 'abcdefghijklmnopqrstuvwxyz0123456789-_.') nameClass[character.charCodeAt(0)] = 1;
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') nameClass[character.charCodeAt(0)] = 2;

/** Characters that may stand in a host with letters beyond ASCII; anything else would make a URL parser read another host. */
const unicodeHost = /^[\p{L}\p{M}\p{N}\p{Pd}_.\u3002\uff0e\uff61\u00b7\u0375\u05f3\u05f4\u30fb\u200c\u200d]+$/u;

/**
 * The one normal form of a host name: A-labels, lower case, no dot at its end. Undefined when it is not one: labels of 1 to
 * 63 letters, digits, `-` and `_`, at least two of them, 253 characters in all, no hyphen at either end, the last label
 * not a number.
 */
export function normalNameOf(text: string): string | undefined {
  const ascii = normalAsciiNameOf(text);
  if (ascii !== '') return ascii;
  return text.length <= 253 && unicodeHost.test(text) ? normalAsciiNameOf(aLabelsOf(text)) || undefined : undefined;
}

/** Spec: UTS #46 as the URL standard applies it; the platform's own implementation. Empty when it refuses. */
function aLabelsOf(text: string): string {
  const url = `http://${text}/`;
  return URL.canParse(url) ? new URL(url).hostname : '';
}

/** {@link normalNameOf} for ASCII text, or an empty string: one pass, since every row of a feed comes here. */
function normalAsciiNameOf(text: string): string {
  let length = text.length;
  if (length > 1 && text.charCodeAt(length - 1) === DOT) length--;
  if (length < 3 || length > 253) return '';
  let dots = 0;
  let labelStart = 0;
  let isUpper = false;
  let isLastNumber = true;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code > 127) return '';
    const kind = nameClass[code];
    if (kind === 0) return '';
    if (kind === 2) isUpper = true;
    if (code === DOT) {
      const labelLength = index - labelStart;
      if (labelLength === 0 || labelLength > 63) return '';
      dots++;
      labelStart = index + 1;
      isLastNumber = true;
    } else if (code < 48 || code > 57) {
      isLastNumber = false;
    }
  }
  const lastLength = length - labelStart;
  if (dots === 0 || isLastNumber || lastLength === 0 || lastLength > 63) return '';
  if (text.charCodeAt(0) === HYPHEN || text.charCodeAt(length - 1) === HYPHEN) return '';
  if (text.charCodeAt(length - 1) === UNDERSCORE) return '';
  const whole = length === text.length ? text : text.slice(0, length);
  return isUpper ? whole.toLowerCase() : whole;
}

/** A listed name: {@link normalNameOf}, or `*.` before it for the names below only. A leading dot says nothing and goes. */
export function normalListedNameOf(text: string): string | undefined {
  const first = text.charCodeAt(0);
  if (first === 42 && text.charCodeAt(1) === DOT) {
    const below = normalNameOf(text.slice(2));
    return below === undefined || below.length > 251 ? undefined : `*.${below}`;
  }
  return normalNameOf(first === DOT ? text.slice(1) : text);
}

/** Port of decimal digits without leading zeros, 0 to 65535, or -1. */
export function portOf(text: string): number {
  if (text.length === 0 || text.length > 5 || (text.length > 1 && text.charCodeAt(0) === 48)) return -1;
  let port = 0;
  for (let index = 0; index < text.length; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return -1;
    port = port * 10 + digit;
  }
  return port <= 65535 ? port : -1;
}
