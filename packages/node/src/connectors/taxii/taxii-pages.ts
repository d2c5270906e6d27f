import { hash } from 'node:crypto';
import { ComityError, isJsonObject, limits, parseJson, parseUtf8 } from '@comity/protocol/base';
import { recogniseTaxiiDate } from '@comity/protocol/taxii';
import type { ImportDocument } from '../import/import-documents.ts';
import type { PullProgress } from '../pull/feed-documents.ts';
import { shownUrl } from '../pull/shown-url.ts';
import { taxiiPageOf } from '../read/taxii-page.ts';
import { askTaxii, statusOf } from './ask-taxii.ts';
import type { TaxiiAccess, TaxiiDeps, TaxiiReply } from './ask-taxii.ts';
import { advance, beginWalk } from './collection-cursor.ts';
import type { CollectionCursor, PageEdges, Walk } from './collection-cursor.ts';
import { findObjects } from './find-objects.ts';

/** What is pulled of a TAXII server, and what is kept of where that stands. */
export interface CollectionPull {
  /** Id, alias or title; undefined where the URL says it, or there is only one. */
  readonly collection: string | undefined;
  /** Where an earlier pull stopped. */
  readonly cursor: CollectionCursor | undefined;
  /** Keeps how far the collection was read: called when a page is on the disk, and before the next is asked for. */
  readonly keep: (cursor: CollectionCursor) => Promise<void>;
}

interface PagesOptions extends TaxiiAccess {
  readonly timeMaxMs: number;
}

/**
 * Objects a page is asked to have, so that a server without a limit of its own does not send everything at once. On every page:
 * medallion fails on a `next` without it.
 */
const pageObjects = 1000;
/** Pages of one pull: at the hundred objects a page many servers give, a million objects. */
const pagesMax = 10_000;
/** Times one pull begins again because a server forgot its cursor. */
const restartsMax = 3;
const cursorCharsMax = 4096;
const edgeBytes = 32 * 1024;
/** What servers answer to a `next` they know no more. */
const forgottenStatuses: ReadonlySet<unknown> = new Set([400, 404, 410, 422]);

/**
 * The pages of a collection that were not read yet, each a document: the first is fetched at once, the others as they are read.
 * How far it was read is kept after each page, once that is on the disk: a crash or a cut reads a page again and skips none.
 *
 * @param progress - `isWhole` once the last page was read; `isLeft` when a bound of ours ended the pull before.
 * @throws {ComityError} as `findObjects`; `REMOTE_FAILED` while iterating when a server goes in circles, has too many pages, or
 *   says that there is more and not how to ask for it.
 */
export async function taxiiPages(
  url: string,
  pull: CollectionPull,
  options: PagesOptions,
  progress: PullProgress,
  deps: TaxiiDeps,
): Promise<AsyncGenerator<ImportDocument>> {
  const endMs = performance.now() + options.timeMaxMs;
  const place = await findObjects(url, { name: pull.collection, right: 'canRead' }, options, deps);
  if (place.collection?.canRead === false) {
    const { title } = place.collection;
    throw new ComityError('REMOTE_FAILED', `Cannot read the collection "${title}": the server says can_read is false`);
  }
  const shown = shownUrl(place.objectsUrl);
  let walk = beginWalk(pull.cursor?.place === shown ? pull.cursor : beginning(place.objectsUrl));
  const { cursor: begun } = walk;
  let restarts = 0;
  /** Digests: ten thousand pages are not kept. */
  const seen = new Set<string>();

  /** Where a server forgot its cursor, the walk begins again behind what is surely in. */
  const fetchNext = async (): Promise<TaxiiReply> => {
    for (;;) {
      try {
        return await askTaxii(pageUrl(place.objectsUrl, walk), options, deps);
      } catch (error) {
        const isForgotten = walk.next !== undefined && forgottenStatuses.has(statusOf(error));
        if (!isForgotten || restarts >= restartsMax) throw error;
        restarts += 1;
        seen.clear();
        walk = beginWalk(walk.cursor);
      }
    }
  };
  const first = await fetchNext();

  async function* pages(): AsyncGenerator<ImportDocument> {
    let reply = first;
    let bytes = 0;
    for (let count = 1; ; count += 1) {
      bytes += reply.bytes.length;
      const edges = edgesOf(reply);
      let isIn = false;
      const onAdmitted = async (objects: number): Promise<void> => {
        const next = advance(walk, edges, objects);
        isIn = true;
        if (next === undefined) throw noWayOn(place.objectsUrl, count);
        walk = next;
        await pull.keep(walk.cursor);
      };
      if (isEmptyEnvelope(reply.bytes)) await onAdmitted(0);
      else {
        const name = `page ${count}`;
        const input = { name: `${name}.json`, chunks: chunksOf(reply.bytes) };
        yield { input, label: name, format: 'stix', pagesFollow: true, onAdmitted };
      }
      if (!isIn) throw noPage(place.objectsUrl, count);
      if (!edges.more) {
        progress.isWhole = true;
        return;
      }
      if (options.signal?.aborted === true) return;
      assertNoCircle(place.objectsUrl, walk, seen, reply, count);
      if (bytes > limits.importBytesMax || performance.now() > endMs) {
        if (walk.cursor.addedAfter === begun.addedAfter) throw noDateReached(place.objectsUrl, count);
        progress.isLeft = true;
        return;
      }
      try {
        reply = await fetchNext();
      } catch (error) {
        const seconds = error instanceof ComityError ? error.details['retryAfterSeconds'] : undefined;
        if (typeof seconds === 'number') progress.retryAfterSeconds = seconds;
        throw error;
      }
    }
  }
  return pages();
}

/** A parameter `added_after` of the URL itself is where the first pull begins. */
function beginning(objectsUrl: string): CollectionCursor {
  const given = new URL(objectsUrl).searchParams.get('added_after');
  const addedAfter = given === null ? undefined : recogniseTaxiiDate(given);
  return { place: shownUrl(objectsUrl), addedAfter, isWhole: false, pages: 0, objects: 0 };
}

function pageUrl(objectsUrl: string, { addedAfter, next }: Walk): string {
  const url = new URL(objectsUrl);
  if (!url.searchParams.has('limit')) url.searchParams.set('limit', String(pageObjects));
  if (addedAfter !== undefined) url.searchParams.set('added_after', addedAfter.text);
  if (next !== undefined) url.searchParams.set('next', next);
  return url.href;
}

function edgesOf({ bytes, header }: TaxiiReply): PageEdges {
  const { more, next } = taxiiPageOf(edgeTextOf(bytes));
  const last = header('x-taxii-date-added-last');
  return { more, next, last: last === undefined ? undefined : recogniseTaxiiDate(last) };
}

/** A server may name the same `next` again and mean the page behind. A page that comes again is another matter. */
function assertNoCircle(url: string, { next }: Walk, seen: Set<string>, { bytes }: TaxiiReply, count: number): void {
  const print = hash('sha256', bytes, 'base64');
  const isEmpty = isEmptyEnvelope(bytes);
  const reason =
    count >= pagesMax
      ? 'it has too many'
      : (next?.length ?? 0) > cursorCharsMax
        ? 'the server names a page by too many characters'
        : !isEmpty && seen.has(print)
          ? 'the server sends a page again that it sent before'
          : undefined;
  if (reason !== undefined)
    throw new ComityError('REMOTE_FAILED', `Cannot read ${shownUrl(url)} beyond page ${count}: ${reason}`);
  seen.add(print);
}

function noDateReached(url: string, count: number): ComityError {
  const why = 'it took too long, and the server names no date behind which to go on. It begins again';
  return new ComityError('REMOTE_FAILED', `Cannot read ${shownUrl(url)} beyond page ${count}: ${why}`);
}

function noWayOn(url: string, count: number): ComityError {
  const why = 'the server says that there is more, and names neither a next page nor a later date';
  return new ComityError('REMOTE_FAILED', `Cannot read ${shownUrl(url)} beyond page ${count}: ${why}`);
}

function noPage(url: string, count: number): ComityError {
  const why = 'it is no whole envelope. It is asked for again next time';
  return new ComityError('REMOTE_FAILED', `Cannot read page ${count} of ${shownUrl(url)}: ${why}`);
}

/** What a server says of a collection, or a time, without objects: an envelope without them (TAXII 2.1 §3.7). */
function isEmptyEnvelope(body: Uint8Array): boolean {
  if (body.length > cursorCharsMax + 100) return false;
  try {
    const envelope = parseJson(parseUtf8(body, 'the page'), body.length, 'the page');
    return isJsonObject(envelope) && Object.keys(envelope).every((key) => key === 'more' || key === 'next');
  } catch (error) {
    // What is wrong with it is said by who reads it.
    if (error instanceof ComityError) return false;
    throw error;
  }
}

async function* chunksOf(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}

/** Beginning and end of a page: what stands between can be large and is read elsewhere. */
function edgeTextOf(body: Uint8Array): string {
  const edges =
    body.length <= 2 * edgeBytes ? body : Buffer.concat([body.subarray(0, edgeBytes), body.subarray(-edgeBytes)]);
  return Buffer.from(edges.buffer, edges.byteOffset, edges.byteLength).toString('utf8');
}
