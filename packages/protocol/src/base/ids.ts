import { ComityError, quote } from './error.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** `type--UUID`, the identifier of a STIX object (STIX 2.1 §2.9). */
export type StixId = Branded<'StixId'>;
/** A ULID-like sortable id of our own rows: `imp-…`, `feed-…`, `src-…`. */
export type RowId = Branded<'RowId'>;
/** A member of the federation: SHA-256 of the first descriptor of its node, in lower-case hexadecimal (docs/spec/members.md §3). */
export type MemberId = Branded<'MemberId'>;

const stixIdForm = /^[a-z0-9-]{1,250}--[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;
const rowIdForm = /^[a-z]{2,8}-[0-9a-z]{8,32}$/;
const memberIdForm = /^[0-9a-f]{64}$/;

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

/** Whether `text` has the form of a STIX id. */
export function isStixId(text: unknown): text is StixId {
  return typeof text === 'string' && text.length <= 300 && stixIdForm.test(text);
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

/** @throws {ComityError} `ID_MALFORMED`. */
export function parseMemberId(text: string): MemberId {
  if (isMemberId(text)) return text;
  throw new ComityError(
    'ID_MALFORMED',
    `Cannot use ${quote(text)} as the id of a member: it is not 64 lower-case hexadecimal digits`,
  );
}

/** Whether `text` has the form of the id of a member. */
export function isMemberId(text: unknown): text is MemberId {
  return typeof text === 'string' && memberIdForm.test(text);
}

/**
 * The beginning of a member's id, for people: `0a1b-2c3d-4e5f-6071`. Enough to tell members apart and to read out on the
 * telephone; not enough to trust one by.
 */
export function shortMemberId(id: MemberId): string {
  return [0, 4, 8, 12].map((at) => id.slice(at, at + 4)).join('-');
}
