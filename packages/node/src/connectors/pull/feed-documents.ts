import { createHash } from 'node:crypto';
import { ComityError, limits, parseUtf8 } from '@comity/protocol/base';
import { parseMispManifest } from '@comity/protocol/misp';
import type { MispManifestEntry } from '@comity/protocol/misp';
import { openStream } from '@comity/screen';
import type { ImportDocument } from '../import/import-documents.ts';
import { shownUrl } from './shown-url.ts';
import type { FetchOptions, FetchUrl, Validators } from './fetch-url.ts';

export interface FeedOptions extends FetchOptions {
  /** Of a MISP feed: the timestamp, in Unix seconds, each event had when it was read last. Events not newer are left out. */
  readonly knownEvents?: ReadonlyMap<string, number>;
}

export type FeedContent =
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'content';
      readonly validators: Validators;
      /** Documents in order; iterate once and to the end. Each fetches itself when its chunks are read. */
      readonly documents: AsyncIterable<ImportDocument>;
      /** For a MISP feed, filled while the documents are read. */
      readonly misp: MispProgress | undefined;
    };

interface MispProgress {
  /** Events read whole, with their timestamp. */
  readonly readEvents: Map<string, number>;
  /** Events that were read earlier and stand in the manifest no more. */
  readonly withdrawn: readonly string[];
  /** Events that could not be fetched. */
  failed: number;
}

/** Events in a row that may fail before the rest of the feed is given up for this time. */
const failuresInARowMax = 10;

/**
 * Fetches what a feed's URL leads to: one document (a list, a bundle, an archive of them), or, for the folder or manifest of a
 * MISP feed, the events that are newer than what is known.
 *
 * @throws {ComityError} `ADDRESS_REFUSED`, `REMOTE_FAILED`, `INPUT_TOO_LARGE`, `MISP_MALFORMED`, `ARGUMENT_INVALID`.
 */
export async function feedDocuments(
  url: string,
  options: FeedOptions,
  deps: { readonly fetchUrl: FetchUrl },
): Promise<FeedContent> {
  const path = URL.parse(url)?.pathname ?? '';
  if (path.endsWith('/manifest.json')) return mispFeed(url, options, deps);
  if (path.endsWith('/') && path !== '/') {
    const found = await feedInFolder(url, options, deps);
    if (found !== undefined) return found;
  }
  const fetched = await deps.fetchUrl(url, options);
  if (fetched.kind === 'unchanged') return fetched;
  const name = nameOf(fetched.url);
  return { kind: 'content', validators: fetched.validators, documents: opened(name, fetched.chunks), misp: undefined };
}

/** A folder without a manifest is a page like any other. */
async function feedInFolder(
  url: string,
  options: FeedOptions,
  deps: { readonly fetchUrl: FetchUrl },
): Promise<FeedContent | undefined> {
  try {
    return await mispFeed(new URL('manifest.json', url).href, options, deps);
  } catch (error) {
    const noManifest =
      error instanceof ComityError && (error.code === 'REMOTE_FAILED' || error.code === 'JSON_MALFORMED');
    if (noManifest || (error instanceof ComityError && error.code === 'MISP_MALFORMED')) return undefined;
    throw error;
  }
}

async function mispFeed(
  url: string,
  options: FeedOptions,
  deps: { readonly fetchUrl: FetchUrl },
): Promise<FeedContent> {
  const fetched = await deps.fetchUrl(url, options);
  if (fetched.kind === 'unchanged') return fetched;
  const manifest = parseMispManifest(parseUtf8(await wholeBytes(fetched.chunks, url), 'manifest.json'));
  const known = options.knownEvents ?? new Map<string, number>();
  const listed = new Set(manifest.entries.map((entry) => entry.uuid));
  const due = manifest.entries.filter((entry) => entry.timestampSeconds > (known.get(entry.uuid) ?? -1));
  const misp: MispProgress = {
    readEvents: new Map(),
    withdrawn: [...known.keys()].filter((uuid) => !listed.has(uuid)),
    failed: 0,
  };
  // Events lie beside the manifest as it was asked for: a redirect of the manifest alone does not move them.
  return { kind: 'content', validators: fetched.validators, documents: eventsOf(due, url, options, deps, misp), misp };
}

async function* eventsOf(
  entries: readonly MispManifestEntry[],
  manifestUrl: string,
  options: FeedOptions,
  deps: { readonly fetchUrl: FetchUrl },
  misp: MispProgress,
): AsyncGenerator<ImportDocument> {
  let inARow = 0;
  let bytes = 0;
  for (const entry of entries) {
    if (options.signal?.aborted === true) return;
    const name = `${entry.uuid}.json`;
    async function* chunks(): AsyncGenerator<Uint8Array> {
      try {
        const body = await fetchEvent(entry, new URL(name, manifestUrl).href, options, deps);
        bytes += body.length;
        inARow = 0;
        misp.readEvents.set(entry.uuid, entry.timestampSeconds);
        yield body;
      } catch (error) {
        inARow += 1;
        misp.failed += 1;
        throw error;
      }
    }
    yield { input: { name, chunks: chunks() }, label: name };
    if (inARow >= failuresInARowMax) {
      throw new ComityError(
        'REMOTE_FAILED',
        `Cannot read the feed: ${inARow} events in a row failed; the rest is left for the next time`,
      );
    }
    if (bytes > limits.importBytesMax) {
      throw new ComityError(
        'INPUT_TOO_LARGE',
        `Cannot read the feed: its events are larger than ${limits.importBytesMax} bytes`,
      );
    }
  }
}

async function fetchEvent(
  entry: MispManifestEntry,
  url: string,
  options: FeedOptions,
  deps: { readonly fetchUrl: FetchUrl },
): Promise<Uint8Array> {
  const { allowPrivate, signal } = options;
  const fetched = await deps.fetchUrl(url, { allowPrivate, ...(signal === undefined ? {} : { signal }) });
  if (fetched.kind === 'unchanged')
    throw new ComityError('REMOTE_FAILED', `Cannot fetch event ${entry.uuid}: nothing was sent`);
  const body = await wholeBytes(fetched.chunks, url);
  if (entry.sha256 !== undefined && createHash('sha256').update(body).digest('hex') !== entry.sha256) {
    throw new ComityError(
      'MISP_MALFORMED',
      `Cannot use event ${entry.uuid}: its digest is not the one the manifest states`,
    );
  }
  return body;
}

async function wholeBytes(chunks: AsyncIterable<Uint8Array>, url: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const name = shownUrl(url);
  for await (const input of openStream(name, chunks, { bytesMax: limits.jsonDocumentBytesMax })) {
    for await (const chunk of input.chunks) {
      bytes += chunk.length;
      if (bytes > limits.jsonDocumentBytesMax) {
        throw new ComityError(
          'INPUT_TOO_LARGE',
          `Cannot read ${name}: larger than ${limits.jsonDocumentBytesMax} bytes`,
        );
      }
      parts.push(chunk);
    }
  }
  return Buffer.concat(parts);
}

async function* opened(name: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ImportDocument> {
  for await (const input of openStream(name, chunks, { bytesMax: limits.importBytesMax })) {
    yield input.name === name ? { input } : { input, label: input.name };
  }
}

/** Last part of the path, so that a name ending (`.csv`) helps to recognise the format. */
function nameOf(url: string): string {
  const { pathname, hostname } = new URL(url);
  return pathname.split('/').findLast((part) => part !== '') ?? hostname;
}
