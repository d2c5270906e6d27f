import { ComityError, isJsonObject, parseJson, parseUtf8, utf8Bytes } from '../base/index.ts';
import type { FilteredEndpoint, TaxiiFilter } from './filters.ts';

/** Where a client goes on, and with what it began. All of it is in the cursor, so a server remembers nothing. */
export interface TaxiiCursor {
  readonly endpoint: FilteredEndpoint;
  /** Id of the collection, and of the object where the endpoint is about one. */
  readonly collection: string;
  readonly object: string | undefined;
  /** Only what came into the collection later, µs. */
  readonly afterUs: number;
  readonly filter: TaxiiFilter;
  readonly limit: number | undefined;
}

/**
 * HMAC-SHA-256 of some bytes with a server's own key of 32 secret bytes: handed over, since each platform has one that is many
 * times faster than any written in the language.
 */
export type CursorMac = (body: Uint8Array) => Uint8Array;

const macBytes = 16;
/** Longest cursor that is looked at: as many ids as a filter may have. */
const cursorCharsMax = 32 * 1024;
const version = 1;

/** A cursor as text that nobody without the key can make or change. */
export function writeCursor(cursor: TaxiiCursor, mac: CursorMac): string {
  const { filter } = cursor;
  const { versions } = filter;
  const body = utf8Bytes(
    JSON.stringify([
      version,
      cursor.endpoint,
      cursor.collection,
      cursor.object ?? null,
      cursor.afterUs,
      cursor.limit ?? null,
      filter.ids ?? null,
      filter.types ?? null,
      [versions.first, versions.last, versions.all, [...versions.atUs]],
      filter.specVersions ?? null,
    ]),
  );
  return `${base64Url(body)}.${base64Url(mac(body).slice(0, macBytes))}`;
}

/**
 * Reads a cursor of {@link writeCursor}.
 *
 * @param text - Attacker-controlled.
 * @throws {ComityError} `ARGUMENT_INVALID` for what was not written with the key, or for another request.
 */
export function readCursor(
  text: string,
  macOf: CursorMac,
  asked: Pick<TaxiiCursor, 'endpoint' | 'collection' | 'object'>,
): TaxiiCursor {
  const [bodyText = '', macText = ''] = text.length > cursorCharsMax ? [] : text.split('.', 2);
  const body = bytesOf(bodyText);
  const mac = bytesOf(macText);
  if (body === undefined || mac === undefined || !isSame(mac, macOf(body).slice(0, macBytes))) throw foreign();
  const read = parseBody(body);
  const isAsked =
    read.endpoint === asked.endpoint && read.collection === asked.collection && read.object === asked.object;
  if (!isAsked) throw foreign();
  return read;
}

/** Of bytes we wrote: only a program of another version wrote something else. */
function parseBody(body: Uint8Array): TaxiiCursor {
  const value = parseJson(parseUtf8(body), body.length);
  if (isJsonObject(value) || !Array.isArray(value) || value[0] !== version) throw foreign();
  const [, endpoint, collection, object, afterUs, limit, ids, types, versions, specVersions] = value as [
    number,
    FilteredEndpoint,
    string,
    string | null,
    number,
    number | null,
    string[] | null,
    string[] | null,
    [boolean, boolean, boolean, number[]],
    string[] | null,
  ];
  const [first, last, all, atUs] = versions;
  return {
    endpoint,
    collection,
    object: object ?? undefined,
    afterUs,
    limit: limit ?? undefined,
    filter: {
      addedAfterUs: undefined,
      ids: ids ?? undefined,
      types: types ?? undefined,
      versions: { first, last, all, atUs: new Set(atUs) },
      specVersions: specVersions ?? undefined,
    },
  };
}

/** In a time that does not tell where they differ. */
function isSame(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length;
  for (let index = 0; index < other.length; index += 1) difference |= (one[index] ?? 0) ^ other[index]!;
  return difference === 0;
}

function base64Url(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function bytesOf(text: string): Uint8Array | undefined {
  // A length of 4n + 1 is none, and the only one `atob` could not read.
  if (!/^[\w-]+$/.test(text) || text.length % 4 === 1) return undefined;
  const raw = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(raw, (sign) => sign.charCodeAt(0));
}

function foreign(): ComityError {
  return new ComityError(
    'ARGUMENT_INVALID',
    'Cannot go on from next: it is no cursor of this server for this request',
    {
      details: { parameter: 'next' },
    },
  );
}
