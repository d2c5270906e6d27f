import { ComityError, parseJson, parseUtf8, quote } from '@comity/protocol/base';
import type { JsonValue } from '@comity/protocol/base';
import {
  findCollection,
  recogniseApiRoot,
  recogniseCollection,
  recogniseCollections,
  recogniseDiscovery,
} from '@comity/protocol/taxii';
import type { RemoteCollection } from '@comity/protocol/taxii';
import { shownUrl } from '../pull/shown-url.ts';
import { decoded } from '../pull/url-credentials.ts';
import { askTaxii, statusOf } from './ask-taxii.ts';
import type { TaxiiAccess, TaxiiDeps } from './ask-taxii.ts';

/** Where a collection is, with the credentials and the query of the URL it was found from. */
export interface CollectionPlace {
  /** Of its objects; ends in a slash before the query. */
  readonly objectsUrl: string;
  /** Of the API root it is in. */
  readonly rootUrl: string;
  /** Undefined: nobody asked, since the URL said where it is. */
  readonly collection: RemoteCollection | undefined;
}

/** Which collection is meant. */
interface Sought {
  /** Id, alias or title; undefined where the URL says it, or there is only one with the right. */
  readonly name: string | undefined;
  /** What is to be done with it. */
  readonly right: 'canRead' | 'canWrite';
}

/** API roots that are looked through for a collection. */
const rootsMax = 20;
/** A discovery, an API root or a list of collections. */
const resourceBytesMax = 4 * 1024 * 1024;
/** Statuses of what is not there, or not for us. */
const absentStatuses: ReadonlySet<unknown> = new Set([401, 403, 404, 405, 406, 410]);

/** Whether a URL alone says that a TAXII server is meant: objects, a collection, a list of them or a discovery. */
export function isTaxiiUrl(url: string): boolean {
  const path = URL.parse(url)?.pathname ?? '';
  return /\/collections\/[^/]+\/objects\/?$/.test(path) || /\/taxii2?\/?$/.test(path);
}

/**
 * Where the objects of a collection are: of a URL of objects or of one collection, of a list of them, an API root or a
 * discovery with the name of the collection. Everything is asked of the origin of `url`: behind a proxy a server names hosts
 * that are not reached from here, and credentials are for nobody else. Who means another host gives its API root.
 *
 * @param url - With its credentials; a query is kept and put behind every URL.
 * @throws {ComityError} `NOT_FOUND` names what there is; else as `askTaxii`, and `REMOTE_FAILED` for what is no TAXII.
 */
export async function findObjects(
  url: string,
  { name, right }: Sought,
  access: TaxiiAccess,
  deps: TaxiiDeps,
): Promise<CollectionPlace> {
  const given = new URL(url);
  const direct = /^(.*\/)collections\/([^/]+)\/(?:objects\/?)?$/.exec(withSlash(given.pathname));
  if (direct !== null && (name === undefined || decoded(direct[2]!) === name)) {
    return placeOf(given, direct[1]!, direct[2]!, undefined);
  }
  const search = { seen: [] as RemoteCollection[] };
  for (const root of await rootsOf(given, access, deps)) {
    const rows = await collectionsOf(given, root, access, deps);
    search.seen.push(...rows);
    const found = name === undefined ? onlyOne(rows, right) : findCollection(rows, name);
    if (found !== undefined) return placeOf(given, root, encodeURIComponent(found.id), found);
  }
  throw notFound(url, name, search.seen);
}

/** Paths of the API roots that `given` leads to. */
async function rootsOf(given: URL, access: TaxiiAccess, deps: TaxiiDeps): Promise<readonly string[]> {
  const path = withSlash(given.pathname);
  const listed = /^(.*\/)collections\/(?:[^/]+\/)?(?:objects\/)?$/.exec(path)?.[1];
  if (listed !== undefined) return [listed];
  let value: JsonValue;
  try {
    value = await readResource(given, path, access, deps);
  } catch (error) {
    // Some serve collections and nothing above them.
    if (statusOf(error) === 404) return [path];
    throw error;
  }
  const roots = recogniseDiscovery(value);
  if (roots === undefined) {
    if (recogniseApiRoot(value) !== undefined || recogniseCollections(value) !== undefined) return [path];
    throw noTaxii(given, 'it answers with neither a discovery nor an API root');
  }
  // What is relative is meant beside the discovery by the standard of URLs, and beside the host by some servers.
  const bases = [new URL(path, given).href, given.origin];
  const paths = roots.slice(0, rootsMax).flatMap((root) =>
    bases.flatMap((base) => {
      const parsed = URL.parse(root, base);
      return parsed === null ? [] : [withSlash(parsed.pathname)];
    }),
  );
  return [...new Set(paths)];
}

/** None where an API root is not there or not for us: another may have it. */
async function collectionsOf(
  given: URL,
  root: string,
  access: TaxiiAccess,
  deps: TaxiiDeps,
): Promise<readonly RemoteCollection[]> {
  try {
    const value = await readResource(given, `${root}collections/`, access, deps);
    const one = recogniseCollection(value);
    return recogniseCollections(value) ?? (one === undefined ? [] : [one]);
  } catch (error) {
    const status = statusOf(error);
    if (status === 401) throw error;
    if (absentStatuses.has(status)) return [];
    throw error;
  }
}

/** A resource under a path of the origin that is asked. */
export async function readResource(given: URL, path: string, access: TaxiiAccess, deps: TaxiiDeps): Promise<JsonValue> {
  const { bytes } = await askTaxii(atPath(given, path), access, deps);
  if (bytes.length > resourceBytesMax) throw noTaxii(given, `it answers with ${bytes.length} bytes`);
  try {
    return parseJson(parseUtf8(bytes, 'the answer'), resourceBytesMax, 'the answer');
  } catch (error) {
    if (error instanceof ComityError) throw noTaxii(given, 'it answers with what is no JSON');
    throw error;
  }
}

/** The same origin, credentials and query under another path. */
export function atPath(given: URL, path: string): string {
  const url = new URL(given);
  url.pathname = path;
  return url.href;
}

function placeOf(given: URL, root: string, id: string, collection: RemoteCollection | undefined): CollectionPlace {
  return {
    objectsUrl: atPath(given, `${root}collections/${id}/objects/`),
    rootUrl: atPath(given, root),
    collection,
  };
}

/** One alone is meant even without the right: then that is what is wrong. */
function onlyOne(rows: readonly RemoteCollection[], right: Sought['right']): RemoteCollection | undefined {
  const allowed = rows.filter((row) => row[right] !== false);
  const meant = allowed.length === 0 ? rows : allowed;
  return meant.length === 1 ? meant[0] : undefined;
}

function withSlash(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}

/** Collections that are named to who asked for another. */
const namedMax = 20;

function notFound(url: string, name: string | undefined, seen: readonly RemoteCollection[]): ComityError {
  const what = name === undefined ? 'the one collection' : `the collection ${quote(name)}`;
  const there = seen.slice(0, namedMax).map(({ title, id }) => `${quote(title)} (${id})`);
  const more = seen.length > namedMax ? `, and ${seen.length - namedMax} more` : '';
  const why = there.length === 0 ? 'it shows none to these credentials' : `it has ${there.join(', ')}${more}`;
  return new ComityError('NOT_FOUND', `Cannot find ${what} at ${shownUrl(url)}: ${why}`);
}

function noTaxii(given: URL, why: string): ComityError {
  return new ComityError('REMOTE_FAILED', `Cannot use ${shownUrl(given.href)} as a TAXII server: ${why}`);
}
