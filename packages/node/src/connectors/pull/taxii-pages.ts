import { ComityError, isJsonObject, limits, parseJson, parseUtf8 } from '@comity/protocol/base';
import type { ImportDocument } from '../import/import-documents.ts';
import { taxiiPageOf } from '../read/taxii-page.ts';
import type { FetchOptions, FetchUrl } from './fetch-url.ts';
import { shownUrl } from './shown-url.ts';
import { wholeBytes } from './whole-bytes.ts';

/** What a server of TAXII 2.1 must be asked for (§1.6.8.1); others are answered 406. */
const taxiiMediaType = 'application/taxii+json;version=2.1';
/** Pages of one pull: at the hundred objects a page many servers give, a million objects. */
const pagesMax = 10_000;
const cursorCharsMax = 4096;
const edgeBytes = 32 * 1024;

/** Whether a path is the objects endpoint of a collection (TAXII 2.1 §5.4): `…/collections/{id}/objects/`. */
export function isTaxiiObjects(path: string): boolean {
  return /\/collections\/[^/]+\/objects\/?$/.test(path);
}

/**
 * The pages of a collection, each a document: the first is fetched at once, the others as they are read.
 *
 * Every page is asked of the URL of the feed, with its own parameters and what the page before said of the next (§3.4), so
 * no server leads to another one. All limits of a feed in many documents hold.
 *
 * @param progress - `isWhole` once the last page was read.
 * @throws {ComityError} as `fetchUrl`; `REMOTE_FAILED` while iterating when a server goes in circles or has too many pages,
 *   `INPUT_TOO_LARGE` when they are too large together.
 */
export async function taxiiPages(
  url: string,
  options: FetchOptions & { readonly timeMaxMs: number },
  progress: { isWhole: boolean },
  deps: { readonly fetchUrl: FetchUrl },
): Promise<AsyncGenerator<ImportDocument>> {
  const endMs = performance.now() + options.timeMaxMs;
  const { allowPrivate, signal } = options;
  const fetchPage = async (cursor: string | undefined): Promise<Uint8Array> => {
    const page = new URL(url);
    if (cursor !== undefined) page.searchParams.set('next', cursor);
    const fetched = await deps.fetchUrl(page.href, { allowPrivate, accept: taxiiMediaType, ...(signal && { signal }) });
    if (fetched.kind === 'unchanged') {
      throw new ComityError('REMOTE_FAILED', `Cannot fetch ${shownUrl(url)}: nothing was sent`);
    }
    return wholeBytes(fetched.chunks, url);
  };
  const first = await fetchPage(undefined);

  async function* pages(): AsyncGenerator<ImportDocument> {
    const asked = new Set<string>();
    let body = first;
    let bytes = 0;
    for (let count = 1; ; count += 1) {
      bytes += body.length;
      const { more, next } = taxiiPageOf(edgesOf(body));
      const name = `page ${count}`;
      // Without a cursor there is nothing to ask for; the reader then says that there were more.
      const follows = more && next !== undefined;
      if (!isEmptyEnvelope(body)) {
        yield { input: { name: `${name}.json`, chunks: chunksOf(body) }, label: name, pagesFollow: follows };
      }
      if (!follows) {
        progress.isWhole = !more;
        return;
      }
      if (signal?.aborted === true) return;
      if (asked.has(next) || next.length > cursorCharsMax || count >= pagesMax) throw badCursor(url, count);
      asked.add(next);
      if (bytes > limits.importBytesMax) {
        throw new ComityError(
          'INPUT_TOO_LARGE',
          `Cannot read more of the collection: its pages are larger than ${limits.importBytesMax} bytes`,
        );
      }
      if (performance.now() > endMs) {
        throw new ComityError(
          'REMOTE_FAILED',
          `Cannot read more of the collection now: it took too long, ${count} pages were read`,
        );
      }
      body = await fetchPage(next);
    }
  }
  return pages();
}

function badCursor(url: string, count: number): ComityError {
  const reason = count >= pagesMax ? 'it has too many' : 'the server names a page it named before, or none';
  return new ComityError('REMOTE_FAILED', `Cannot read ${shownUrl(url)} beyond page ${count}: ${reason}`);
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
function edgesOf(body: Uint8Array): string {
  const edges =
    body.length <= 2 * edgeBytes ? body : Buffer.concat([body.subarray(0, edgeBytes), body.subarray(-edgeBytes)]);
  return Buffer.from(edges.buffer, edges.byteOffset, edges.byteLength).toString('utf8');
}
