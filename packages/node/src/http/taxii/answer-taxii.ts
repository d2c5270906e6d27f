import { ComityError, isStixId, quote } from '@comity/protocol/base';
import type { StixId } from '@comity/protocol/base';
import {
  allVersions,
  envelopeText,
  parseTaxiiQuery,
  stixMediaType,
  taxiiMediaType,
  taxiiTimestamp,
} from '@comity/protocol/taxii';
import type { FilteredEndpoint, TaxiiPlace } from '@comity/protocol/taxii';
import type { Intel } from '../../intel/index.ts';
import type { Exit, Sharing } from '../../sharing/index.ts';
import { isFor, isThere, readPage } from '../../taxii/index.ts';
import type { Collection, Page, PageDeps, PageRequest, Taxii } from '../../taxii/index.ts';
import { openAnswerExit } from '../answer-exit.ts';
import { assertMayRead, collectionView, getCollection } from './audience.ts';
import type { TaxiiCaller } from './audience.ts';
import type { LastingPage } from './page-cache.ts';
import { contentBytesMax, takeBack, takeObjects } from './take-objects.ts';

const apiRoot = 'api';
/** Objects of a page unless a client wants fewer, and the most it gets. */
const pageObjectsMax = 1000;

export interface AnswerTaxiiDeps {
  readonly taxii: Taxii;
  readonly sharing: Pick<Sharing, 'openExit' | 'recipients' | 'edition'>;
  readonly intel: Pick<Intel, 'arrivals' | 'openImport' | 'revision'>;
  readonly nowUs: () => number;
  readonly uuid: () => string;
  /** Scheme, host and port clients reach the node at: what a proxy in front says, not what a request says. */
  readonly publicUrl: () => string;
  readonly onFault: (error: unknown) => void;
}

/** A request after everything about the request itself was checked. */
export interface TaxiiRequest {
  readonly place: TaxiiPlace;
  readonly method: string;
  /** Behind the `?`; untrusted. */
  readonly query: string;
  readonly body: Uint8Array;
  readonly caller: TaxiiCaller;
}

export interface TaxiiAnswer {
  readonly status: 200 | 202;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of a page that may be given to the same caller again as long as it stands. */
  readonly lasting?: LastingPage | undefined;
}

/** Where clients find a collection. */
export function collectionUrl(publicUrl: string, id: string): string {
  return `${publicUrl}/taxii2/${apiRoot}/collections/${id}/`;
}

/**
 * What a TAXII 2.1 server answers.
 *
 * @throws {ComityError} for everything of 4xx.
 */
export async function answerTaxii(request: TaxiiRequest, deps: AnswerTaxiiDeps): Promise<TaxiiAnswer> {
  const { place, method, caller } = request;
  if (place.endpoint === 'discovery') return json(discovery(deps.publicUrl()));
  if (place.root !== apiRoot) throw notFound('API root', place.root);
  const { collections, statuses } = deps.taxii;
  if (place.endpoint === 'api-root') return json(root);
  if (place.endpoint === 'status') {
    const status = statuses.find(place.status, caller.key);
    if (status === undefined) throw notFound('status', place.status);
    return json(status);
  }
  if (place.endpoint === 'collections') {
    const seen = collections.list().filter((each) => isFor(each, caller.recipient));
    return json(seen.length === 0 ? {} : { collections: seen.map((each) => collectionView(each, caller)) });
  }
  const collection = getCollection(collections.find(place.collection), place.collection, caller);
  if (place.endpoint === 'collection') return json(collectionView(collection, caller));
  if (method === 'POST') return await post(request, collection, deps);
  if (place.endpoint === 'object' && method === 'DELETE') return await remove(request, collection, deps);
  const object = 'object' in place ? objectOf(place.object) : undefined;
  return await read({ ...request, endpoint: place.endpoint, collection, object }, deps);
}

function discovery(publicUrl: string): object {
  const url = `${publicUrl}/taxii2/${apiRoot}/`;
  return {
    title: 'Comity',
    description: 'Threat intelligence of this member, under its law',
    default: url,
    api_roots: [url],
  };
}

const root = { title: 'Comity', versions: [taxiiMediaType], max_content_length: contentBytesMax };

type Reading = Omit<TaxiiRequest, 'place'> & {
  readonly endpoint: Exclude<FilteredEndpoint, 'delete'>;
  readonly collection: Collection;
  readonly object: StixId | undefined;
};

async function read(
  { endpoint, query, collection, object, caller }: Reading,
  deps: AnswerTaxiiDeps,
): Promise<TaxiiAnswer> {
  assertMayRead(caller);
  const asked = parseTaxiiQuery(query, endpoint);
  const of = { endpoint, collection: collection.id, object };
  // A cursor goes on with what it began with, whatever else stands beside it: clients drop or change parameters.
  const cursor = asked.next === undefined ? undefined : deps.taxii.cursors.read(asked.next, of);
  const filter = cursor?.filter ?? asked.filter;
  const limit = asked.limit ?? cursor?.limit;
  const request: PageRequest = {
    collection,
    object,
    filter,
    limit: Math.min(limit ?? pageObjectsMax, pageObjectsMax),
    afterUs: cursor?.afterUs ?? filter.addedAfterUs ?? 0,
  };
  const isStanding = standingOf(deps);
  const pageDeps = openPageDeps(caller, deps);
  const page = await readPage(request, pageDeps);
  if (object !== undefined && page.records.length === 0 && !isThere(anyVersion(request), pageDeps))
    throw notFound('object', object);
  const { nextAfterUs } = page;
  const next =
    nextAfterUs === undefined ? undefined : deps.taxii.cursors.write({ ...of, filter, limit, afterUs: nextAfterUs });
  const isSealed = next !== undefined && (endpoint === 'objects' || endpoint === 'manifest') && isStanding();
  const lasting = isSealed ? lastingOf(pageDeps, isStanding) : undefined;
  return { status: 200, text: textOf(endpoint, page, next), headers: dateHeaders(page), lasting };
}

/** Whether all a page is made of is as it is now: law, recipients, statements, collections, and what was in the store. */
function standingOf({ sharing, taxii, intel }: AnswerTaxiiDeps): () => boolean {
  const edition = sharing.edition();
  const collections = taxii.collections.list();
  const revision = intel.revision();
  return () =>
    sharing.edition() === edition && taxii.collections.list() === collections && intel.revision() === revision;
}

/**
 * A page with a `next` is sealed: what comes later has a later date. Undefined when something was decided by the clock or by
 * what is not here yet.
 */
function lastingOf({ exit, rehearsal }: ExitsOfPage, isStanding: () => boolean): LastingPage | undefined {
  const again = exit.again();
  if (again === undefined || rehearsal.again() === undefined) return undefined;
  return { isStanding, again: again.record, recordBytes: again.bytes };
}

function anyVersion(request: PageRequest): PageRequest {
  const filter = { addedAfterUs: undefined, ids: undefined, types: undefined, specVersions: undefined };
  return { ...request, filter: { ...filter, versions: allVersions } };
}

function textOf(endpoint: Reading['endpoint'], { records, texts }: Page, next: string | undefined): string {
  if (endpoint === 'objects' || endpoint === 'object') return envelopeText(texts, next);
  const more = { more: next !== undefined, ...(next !== undefined && { next }) };
  if (records.length === 0) return JSON.stringify(more);
  if (endpoint === 'versions') {
    const sorted = records.toSorted((one, other) => one.versionUs - other.versionUs);
    return JSON.stringify({ ...more, versions: sorted.map(({ versionUs }) => taxiiTimestamp(versionUs)) });
  }
  const objects = records.map(({ id, addedUs, versionUs }) => ({
    id,
    date_added: taxiiTimestamp(addedUs),
    version: taxiiTimestamp(versionUs),
    media_type: stixMediaType,
  }));
  return JSON.stringify({ ...more, objects });
}

function dateHeaders({ records }: Page): Record<string, string> {
  const first = records[0];
  const last = records.at(-1);
  if (first === undefined || last === undefined) return {};
  return {
    'x-taxii-date-added-first': taxiiTimestamp(first.addedUs),
    'x-taxii-date-added-last': taxiiTimestamp(last.addedUs),
  };
}

interface ExitsOfPage {
  readonly exit: Exit;
  readonly rehearsal: Exit;
}

function openPageDeps({ recipient, encrypted }: TaxiiCaller, deps: AnswerTaxiiDeps): PageDeps & ExitsOfPage {
  return {
    ...openAnswerExit(recipient, encrypted, deps.sharing),
    arrivals: (query, rowsMax) => deps.intel.arrivals(query, rowsMax),
    onStopped: (_id, error) => deps.onFault(error),
  };
}

async function post(
  { body, caller }: TaxiiRequest,
  collection: Collection,
  deps: AnswerTaxiiDeps,
): Promise<TaxiiAnswer> {
  assertMayWrite(collection, caller);
  const status = await takeObjects(body, { collection, caller }, deps);
  await deps.taxii.statuses.keep(status, caller.key);
  return { ...json(status), status: 202 };
}

async function remove(request: TaxiiRequest, collection: Collection, deps: AnswerTaxiiDeps): Promise<TaxiiAnswer> {
  const { caller, query, place } = request;
  assertMayWrite(collection, caller);
  const object = objectOf('object' in place ? place.object : '');
  const { filter } = parseTaxiiQuery(query, 'delete');
  const about: PageRequest = { collection, object, filter, limit: pageObjectsMax, afterUs: 0 };
  const pageDeps = openPageDeps(caller, deps);
  const isOfVersion = filter.specVersions?.includes('2.1') !== false;
  if (!isOfVersion || !isThere(anyVersion(about), pageDeps)) throw notFound('object', object);
  if (!filter.versions.all && !filter.versions.last)
    throw new ComityError(
      'NOT_ALLOWED',
      'Cannot delete a version alone: versions are kept, the object can be taken back',
    );
  await takeBack(object, { collection, caller }, deps);
  return { status: 200, text: '{}' };
}

function assertMayWrite(collection: Collection, caller: TaxiiCaller): void {
  if (collection.takesObjects && caller.maySend) return;
  throw new ComityError('NOT_ALLOWED', `Cannot write to the collection ${quote(collection.title)}: can_write is false`);
}

function objectOf(text: string): StixId {
  if (!isStixId(text)) throw notFound('object', text);
  return text;
}

function notFound(what: string, name: string): ComityError {
  return new ComityError('NOT_FOUND', `Cannot find the ${what} ${quote(name)}`);
}

function json(value: object): TaxiiAnswer {
  return { status: 200, text: JSON.stringify(value) };
}
