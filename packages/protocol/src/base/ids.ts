import { ComityError, quote } from './error.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** `type--UUID`, the identifier of a STIX object (STIX 2.1 §2.9). */
export type StixId = Branded<'StixId'>;
/** A ULID-like sortable id of our own rows: `imp-…`, `feed-…`, `src-…`. */
export type RowId = Branded<'RowId'>;

const rowIdForm = /^[a-z]{2,8}-[0-9a-z]{8,32}$/;

/**
 * Reads a STIX id. A UUID may be written in capitals (RFC 4122 §3); the text stays as it is, since it is the name.
 *
 * @throws {ComityError} `ID_MALFORMED` when `text` is not `type--UUID`.
 */
export function parseStixId(text: string): StixId {
  if (!isStixId(text))
    throw new ComityError('ID_MALFORMED', `Cannot use ${quote(text)} as a STIX id: it is not type--UUID`);
  return text;
}

/** Characters of `--` and a UUID. */
const uuidCharsAndDashes = 38;
const typeCharsMax = 250;
const DASH = 45;

/**
 * Whether `text` has the form of a STIX id: a type of lower-case letters, digits and dashes, `--`, a UUID. Read sign by
 * sign, since every object has several: a fifth of the time a regular expression takes.
 */
export function isStixId(text: unknown): text is StixId {
  if (typeof text !== 'string') return false;
  const typeEnd = text.length - uuidCharsAndDashes;
  if (typeEnd < 1 || typeEnd > typeCharsMax) return false;
  for (let at = 0; at < typeEnd; at += 1) if (!isTypeSign(text.charCodeAt(at))) return false;
  for (let at = typeEnd; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isDashPlace(at - typeEnd) ? code !== DASH : !isHexDigit(code)) return false;
  }
  return true;
}

/** Of `--00000000-0000-0000-0000-000000000000`. */
function isDashPlace(place: number): boolean {
  return place < 2 || place === 10 || place === 15 || place === 20 || place === 25;
}

function isTypeSign(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === DASH;
}

function isHexDigit(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}

/** The object type in front of `--`. */
export function typeOfStixId(id: StixId): string {
  return id.slice(0, id.lastIndexOf('--'));
}

/** @throws {ComityError} `ID_MALFORMED`. */
export function parseRowId(text: string): RowId {
  if (!rowIdForm.test(text)) throw new ComityError('ID_MALFORMED', `Cannot use ${quote(text)} as an id`);
  return text as RowId;
}
