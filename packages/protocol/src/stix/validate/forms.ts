import { languageSubtags } from './registries.ts';

// Forms of values, each told in one pass over its signs: no expression here can be made to go back.

const digitOf = (code: number): boolean => code >= 48 && code <= 57;
const lowerOf = (code: number): boolean => code >= 97 && code <= 122;
const letterOf = (code: number): boolean => lowerOf(code | 32);
const hexOf = (code: number): boolean => hexDigits[code] === 1;

/** 1 at the codes of hex digits: every id is 32 of them, and one look-up costs less than four comparisons. */
const hexDigits = new Uint8Array(128);
for (const sign of '0123456789abcdefABCDEF') hexDigits[sign.charCodeAt(0)] = 1;

const HYPHEN = 45;

/** Whether every sign from `start` up to `end` passes. */
function every(text: string, start: number, end: number, test: (code: number) => boolean): boolean {
  for (let at = start; at < end; at++) if (!test(text.charCodeAt(at))) return false;
  return true;
}

/**
 * The version of the RFC 4122 UUID in the 36 signs from `at`: 1 to 5, with the variant bits of the RFC;
 * -1 when there is none.
 */
export function uuidVersionAt(text: string, at: number): number {
  for (let index = 0; index < 36; index++) {
    const code = text.charCodeAt(at + index);
    if (hexDigits[code] === 1) continue;
    const isHyphenPlace = index === 8 || index === 13 || index === 18 || index === 23;
    if (!isHyphenPlace || code !== HYPHEN) return -1;
  }
  for (let place = at + 8; place <= at + 23; place += 5) if (text.charCodeAt(place) !== HYPHEN) return -1;
  const version = text.charCodeAt(at + 14) - 48;
  const variant = text.charCodeAt(at + 19) | 32;
  const isVariant = variant === 56 || variant === 57 || variant === 97 || variant === 98;
  return version >= 1 && version <= 5 && isVariant ? version : -1;
}

/** Where the UUID of an identifier begins, one past its `--`; -1 when `text` is no identifier (§2.9). */
export function uuidStartOf(text: string): number {
  const start = text.length - 36;
  if (start < 5 || text.charCodeAt(start - 1) !== HYPHEN || text.charCodeAt(start - 2) !== HYPHEN) return -1;
  return isTypeName(text, start - 2) && uuidVersionAt(text, start) > 0 ? start : -1;
}

/** A type: 3 to 250 of a-z, 0-9 and single hyphens, beginning with a letter (§3.2, §7.3); `text` is looked at up to `end`. */
export function isTypeName(text: string, end = text.length): boolean {
  if (end < 3 || end > 250 || !lowerOf(text.charCodeAt(0))) return false;
  for (let at = 1; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === HYPHEN ? text.charCodeAt(at - 1) === HYPHEN : !lowerOf(code) && !digitOf(code)) return false;
  }
  return true;
}

/** A property: 3 to 250 of a-z, 0-9 and underscore, beginning with a letter (§3.1, §7.3). */
export function isPropertyName(text: string): boolean {
  const fits = text.length >= 3 && text.length <= 250 && lowerOf(text.charCodeAt(0));
  return fits && every(text, 1, text.length, (code) => lowerOf(code) || digitOf(code) || code === 95);
}

/** A key of a dictionary: 1 to 250 letters, digits, hyphens and underscores (§2.3). */
export function isDictionaryKey(text: string): boolean {
  const fits = text.length > 0 && text.length <= 250;
  return (
    fits && every(text, 0, text.length, (code) => letterOf(code) || digitOf(code) || code === HYPHEN || code === 95)
  );
}

/** Lower case with hyphens between words, as vocabularies and kill chains are written. */
export function isHyphenated(text: string): boolean {
  return (
    text !== '' &&
    !text.includes('_') &&
    !text.includes(' ') &&
    text === text.toLowerCase() &&
    text !== text.toUpperCase()
  );
}

/** An even number of hex digits, at least two (§2.8). */
export function isHex(text: string): boolean {
  return text.length > 0 && text.length % 2 === 0 && every(text, 0, text.length, hexOf);
}

/** Hex digits only. */
export function isHexDigits(text: string): boolean {
  return every(text, 0, text.length, hexOf);
}

/** Base64 with its padding (RFC 4648 §4), which may be empty. */
export function isBase64(text: string): boolean {
  if (text.length % 4 !== 0) return false;
  const end = text.endsWith('==') ? text.length - 2 : text.endsWith('=') ? text.length - 1 : text.length;
  return every(text, 0, end, (code) => letterOf(code) || digitOf(code) || code === 43 || code === 47);
}

const uriSigns = new Set(Array.from(":/?#[]@!$&'()*+,;=-._~", (sign) => sign.charCodeAt(0)));

/** A URI with its scheme: the signs and percent-encodings of RFC 3986, something behind the colon. */
export function isUri(text: string): boolean {
  const colon = text.indexOf(':');
  if (colon < 1 || colon === text.length - 1 || !letterOf(text.charCodeAt(0))) return false;
  if (
    !every(text, 1, colon, (code) => letterOf(code) || digitOf(code) || code === 43 || code === HYPHEN || code === 46)
  )
    return false;
  for (let at = colon + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 37) {
      if (!hexOf(text.charCodeAt(at + 1)) || !hexOf(text.charCodeAt(at + 2))) return false;
    } else if (!letterOf(code) && !digitOf(code) && !uriSigns.has(code)) return false;
  }
  return true;
}

/** A language tag (RFC 5646 §2.1) whose language IANA lists; the parts behind it are well-formed. */
export function isLanguageTag(text: string): boolean {
  const [language = '', ...rest] = text.length > 100 ? [''] : text.split('-');
  if (language.toLowerCase() === 'x') return rest.length > 0 && rest.every((part) => isAlphanumeric(part, 1, 8));
  if (!isLanguageSubtag(language.toLowerCase())) return false;
  let at = 0;
  const take = (form: RegExp, most: number): void => {
    for (let count = 0; count < most && at < rest.length && form.test(rest[at] ?? ''); count++) at++;
  };
  take(/^[A-Za-z]{3}$/, 3);
  take(/^[A-Za-z]{4}$/, 1);
  take(/^(?:[A-Za-z]{2}|[0-9]{3})$/, 1);
  take(/^(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3})$/, rest.length);
  while (at < rest.length) {
    const single = rest[at++] ?? '';
    if (!isAlphanumeric(single, 1, 1)) return false;
    const from = at;
    take(single.toLowerCase() === 'x' ? /^[A-Za-z0-9]{1,8}$/ : /^[A-Za-z0-9]{2,8}$/, rest.length);
    if (at === from) return false;
  }
  return true;
}

/** `qaa` to `qtz` are for private use. */
function isLanguageSubtag(language: string): boolean {
  if (!/^[a-z]{2,3}$/.test(language)) return false;
  if (/^q[a-t][a-z]$/.test(language)) return true;
  const thirds = languageSubtags.get(language.slice(0, 2)) ?? '';
  return thirds.includes(language.length === 2 ? '2' : language.slice(2));
}

function isAlphanumeric(text: string, min: number, max: number): boolean {
  return text.length >= min && text.length <= max && /^[A-Za-z0-9]*$/.test(text);
}

/** Text with the signs a MIME name may have (RFC 6838 §4.2) behind a type IANA lists. */
export function isMediaType(text: string): boolean {
  return mediaTypeForm.test(text);
}

const mediaTypeForm =
  /^(?:application|audio|font|haptics|image|message|model|multipart|text|video)\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$/;

/** A service name (RFC 6335 §5.1), or the family names of STIX's own examples. */
export function isServiceName(text: string): boolean {
  return /^[A-Za-z0-9-]{1,15}$/.test(text);
}

/** The form of IPFIX element names (RFC 7012 §2.3): words run together, the first in lower case. */
export function isIpfixName(text: string): boolean {
  return /^[a-z][A-Za-z0-9]{1,100}$/.test(text);
}

/** Six pairs of lower-case hex digits with colons (§6.10). */
export function isMacAddress(text: string): boolean {
  return /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/.test(text);
}

/** An addr-spec (RFC 5322 §3.4.1) without comments: something, an at sign, a domain. */
export function isEmailAddress(text: string): boolean {
  const at = text.lastIndexOf('@');
  if (at < 1 || at === text.length - 1 || text.length > 1000) return false;
  const local = text.slice(0, at);
  const isQuoted = local.length > 2 && local.startsWith('"') && local.endsWith('"');
  return (isQuoted || /^[^\s"(),:;<>@[\\\]]+$/.test(local)) && !/[\s<>,;()]/.test(text.slice(at + 1));
}

/** Labels of 1 to 63 signs without blanks or separators of other forms, at most 253 in all; a final dot is allowed. */
export function isDomainName(text: string): boolean {
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  if (name === '' || name.length > 253) return false;
  return name
    .split('.')
    .every((label) => label.length > 0 && label.length <= 63 && /^[\p{L}\p{M}\p{N}_-]+$/u.test(label));
}

/** A formatted string of CPE 2.3 (NIST IR 7695 §6.2): `cpe:2.3:` and eleven components. */
export function isCpe(text: string): boolean {
  if (text.length > 2000 || !text.startsWith('cpe:2.3:')) return false;
  const parts = text.slice(8).split(/(?<!\\):/);
  const [part = '', ...rest] = parts;
  return parts.length === 11 && /^[aho*-]$/.test(part) && rest.every((component) => cpeComponent.test(component));
}

const cpeComponent = /^(?:[*-]|\?*\*?(?:[A-Za-z0-9._-]|\\[^A-Za-z0-9\s])+\?*\*?)$/;
