import { createHash } from 'node:crypto';
import { ComityError, limits, parseUtf8 } from '@comity/protocol/base';
import { parseMispManifest } from '@comity/protocol/misp';
import type { MispManifestEntry } from '@comity/protocol/misp';
import { openStream } from '@comity/screen';
import type { ImportDocument } from '../import/import-documents.ts';
import { isTaxiiUrl } from '../taxii/find-objects.ts';
import { taxiiPages } from '../taxii/taxii-pages.ts';
import type { CollectionPull } from '../taxii/taxii-pages.ts';
import type { Wait } from '../taxii/ask-taxii.ts';
import type { FetchOptions, FetchUrl, Validators } from './fetch-url.ts';
import { wholeBytes } from './whole-bytes.ts';

export interface FeedOptions extends Pick<FetchOptions, 'allowPrivate' | 'validators' | 'signal'> {
  /** A bearer token for the origin of the URL. */
  readonly token?: string | undefined;
  /** Of a TAXII server: which collection, and where it was left. Without it a collection is read from its beginning. */
  readonly taxii?: CollectionPull;
  /** Of a MISP feed: the timestamp, in Unix seconds, each event had when it was read last. Events not newer are left out. */
  readonly knownEvents?: ReadonlyMap<string, number>;
  /** Of a feed in many documents: after this long no further one is fetched for this time. Default an hour. */
  readonly timeMaxMs?: number;
}

/** How far a feed was read; filled while its documents are. */
export interface PullProgress {
  /** Everything the server had to send was taken, up to the last byte. */
  isWhole: boolean;
  /** Events of a MISP feed that could not be fetched. */
  failed: number;
  /** A bound of ours ended the pull before the end: nothing failed, and the next one goes on there. */
  isLeft?: boolean;
  /** What the server that failed asks for. */
  retryAfterSeconds?: number;
}

interface DocumentsDeps {
  readonly fetchUrl: FetchUrl;
  /** How to wait for a server that has too much to do; default: a timer. */
  readonly wait?: Wait;
}

export type FeedContent =
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'content';
      readonly validators: Validators;
      /** Documents in order; iterate once and to the end. Each fetches itself when its chunks are read. */
      readonly documents: AsyncIterable<ImportDocument>;
      readonly progress: Readonly<PullProgress>;
      /** For a MISP feed, filled while the documents are read. */
      readonly misp: MispEvents | undefined;
    };

interface MispEvents {
  /** Events read whole, with their timestamp. */
  readonly readEvents: Map<string, number>;
  /** Events that were read earlier and stand in the manifest no more. */
  readonly withdrawn: readonly string[];
}

/** Events in a row that may fail before the rest of the feed is given up for this time. */
const failuresInARowMax = 10;
/** Two feeds are pulled at once: one of a hundred thousand slow events must not keep the others waiting for days. */
const timeMaxMs = 3_600_000;
/** What a server answers when a folder has no manifest. Anything else is a server that fails. */
const noManifestStatuses: ReadonlySet<unknown> = new Set([403, 404, 410]);

/**
 * Fetches what a feed's URL leads to: one document (a list, a bundle, an archive of them); for the folder or manifest of a
 * MISP feed, the events that are newer than what is known; for the objects of a TAXII collection, all its pages.
 *
 * @throws {ComityError} `ADDRESS_REFUSED`, `REMOTE_FAILED`, `INPUT_TOO_LARGE`, `MISP_MALFORMED`, `ARGUMENT_INVALID`.
 */
export async function feedDocuments(url: string, options: FeedOptions, deps: DocumentsDeps): Promise<FeedContent> {
  const path = URL.parse(url)?.pathname ?? '';
  if (options.taxii?.collection !== undefined || isTaxiiUrl(url)) {
    const progress: PullProgress = { isWhole: false, failed: 0 };
    const pull = options.taxii ?? { collection: undefined, cursor: undefined, keep: async () => undefined };
    const access = { allowPrivate: options.allowPrivate, token: options.token, signal: options.signal };
    const bounds = { timeMaxMs: options.timeMaxMs ?? timeMaxMs };
    const documents = await taxiiPages(url, pull, { ...access, ...bounds }, progress, deps);
    // A collection grows at its end: an unchanged first page would say nothing of the last.
    return { kind: 'content', validators: {}, documents, progress, misp: undefined };
  }
  const asked = askedOf(options);
  if (path.endsWith('/manifest.json')) return mispFeed(url, asked, deps);
  if (path.endsWith('/') && path !== '/') {
    const found = await feedInFolder(url, asked, deps);
    if (found !== undefined) return found;
  }
  const fetched = await deps.fetchUrl(url, asked);
  if (fetched.kind === 'unchanged') return fetched;
  const name = nameOf(fetched.url);
  const progress: PullProgress = { isWhole: false, failed: 0 };
  async function* toItsEnd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    yield* chunks;
    progress.isWhole = true;
  }
  const documents = opened(name, toItsEnd(fetched.chunks));
  return { kind: 'content', validators: fetched.validators, documents, progress, misp: undefined };
}

/** Options of a feed with the header its token becomes. */
type AskedOptions = FeedOptions & Pick<FetchOptions, 'authorization'>;

function askedOf(options: FeedOptions): AskedOptions {
  return options.token === undefined ? options : { ...options, authorization: `Bearer ${options.token}` };
}

/** A folder without a manifest is a page like any other. */
async function feedInFolder(url: string, options: AskedOptions, deps: DocumentsDeps): Promise<FeedContent | undefined> {
  try {
    return await mispFeed(new URL('manifest.json', url).href, options, deps);
  } catch (error) {
    if (!(error instanceof ComityError)) throw error;
    const isOther = error.code === 'JSON_MALFORMED' || error.code === 'MISP_MALFORMED';
    if (isOther || noManifestStatuses.has(error.details['status'])) return undefined;
    throw error;
  }
}

async function mispFeed(url: string, options: AskedOptions, deps: DocumentsDeps): Promise<FeedContent> {
  const fetched = await deps.fetchUrl(url, options);
  if (fetched.kind === 'unchanged') return fetched;
  const manifest = parseMispManifest(parseUtf8(await wholeBytes(fetched.chunks, url), 'manifest.json'));
  const known = options.knownEvents ?? new Map<string, number>();
  const listed = new Set(manifest.entries.map((entry) => entry.uuid));
  const due = manifest.entries.filter((entry) => entry.timestampSeconds > (known.get(entry.uuid) ?? -1));
  const misp: MispEvents = {
    readEvents: new Map(),
    withdrawn: [...known.keys()].filter((uuid) => !listed.has(uuid)),
  };
  const progress: PullProgress = { isWhole: false, failed: 0 };
  // Events lie beside the manifest as it was asked for: a redirect of the manifest alone does not move them.
  const documents = eventsOf(due, url, options, deps, misp, progress);
  return { kind: 'content', validators: fetched.validators, documents, progress, misp };
}

async function* eventsOf(
  entries: readonly MispManifestEntry[],
  manifestUrl: string,
  options: AskedOptions,
  deps: DocumentsDeps,
  misp: MispEvents,
  progress: PullProgress,
): AsyncGenerator<ImportDocument> {
  const endMs = performance.now() + (options.timeMaxMs ?? timeMaxMs);
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
        progress.failed += 1;
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
        `Cannot read more of the feed: its events are larger than ${limits.importBytesMax} bytes; the rest is left for the next time`,
      );
    }
    if (performance.now() > endMs) {
      throw new ComityError('REMOTE_FAILED', 'Cannot read more of the feed now: the rest is left for the next time');
    }
  }
  progress.isWhole = true;
}

async function fetchEvent(
  entry: MispManifestEntry,
  url: string,
  options: AskedOptions,
  deps: DocumentsDeps,
): Promise<Uint8Array> {
  const { allowPrivate, signal, authorization } = options;
  const fetched = await deps.fetchUrl(url, {
    allowPrivate,
    authorization,
    ...(signal === undefined ? {} : { signal }),
  });
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
