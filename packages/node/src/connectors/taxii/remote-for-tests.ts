import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIntel, intelSchema } from '../../intel/index.ts';
import { openSeal, openStore } from '../../store/index.ts';
import { createFeeds } from '../feeds/create-feeds.ts';
import { feedSchema } from '../feeds/feed-schema.ts';
import type { FeedOptions, Feeds } from '../feeds/feed.ts';
import { createFetcher } from '../pull/fetch-url.ts';
import { pullFeed } from '../pull/pull-feed.ts';
import type { PullDeps, PullResult } from '../pull/pull-feed.ts';

/** What a TAXII server of a test is asked. */
export interface RemoteAsked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface RemoteAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is written as JSON. */
  readonly body?: unknown;
}

interface Cleanup {
  after(fn: () => unknown): void;
}

const taxiiType = 'application/taxii+json;version=2.1';

/** A server that answers as the test says, and what it was asked. */
export async function serveRemote(cleanup: Cleanup, answer: (asked: RemoteAsked) => RemoteAnswer) {
  const asked: RemoteAsked[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const url = new URL(request.url ?? '', 'http://server.example');
      const one: RemoteAsked = {
        method: request.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body: Buffer.concat(pieces).toString(),
      };
      asked.push(one);
      const { status = 200, headers = {}, body } = answer(one);
      response.writeHead(status, { 'content-type': taxiiType, ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { asked, port, url: `http://127.0.0.1:${port}` };
}

export const idOf = (number: number): string =>
  `indicator--00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

export const indicator = (number: number): object => ({
  type: 'indicator',
  spec_version: '2.1',
  id: idOf(number),
  created: '2026-01-01T00:00:00.000Z',
  modified: '2026-01-01T00:00:00.000Z',
  valid_from: '2026-01-01T00:00:00Z',
  pattern: `[domain-name:value = 'n${number}.evil.example']`,
  pattern_type: 'stix',
});

/** The date object `number` came into the collection. */
export const dateOf = (number: number): string => `2026-01-01T00:00:${String(number).padStart(2, '0')}.000000Z`;

export interface CollectionOptions {
  /** Objects there are: 1 to so many. */
  count: number;
  readonly pageSize: number;
  /** The date of an object; default {@link dateOf}. Undefined: none is sent. */
  readonly date?: (number: number) => string | undefined;
  /** Whether pages name a `next`. Default: they do. */
  readonly hasNext?: boolean;
}

/** A page of a collection as the standard has it. `next` is the number of the first object of the page. */
export function pageOf(query: URLSearchParams, options: CollectionOptions): RemoteAnswer {
  const { count, pageSize, date = dateOf, hasNext = true } = options;
  const after = Date.parse(query.get('added_after') ?? '1970-01-01T00:00:00Z');
  const there = Array.from({ length: count }, (_, index) => index + 1).filter(
    (number) => Date.parse(date(number) ?? dateOf(number)) > after,
  );
  const from = query.get('next');
  const left = from === null ? there : there.filter((number) => number >= Number(from));
  const rows = left.slice(0, pageSize);
  const [first, last] = [rows[0], rows.at(-1)];
  const more = left.length > rows.length;
  const dates = first === undefined || last === undefined ? [] : [date(first), date(last)];
  return {
    headers: {
      ...(dates[0] !== undefined && { 'X-TAXII-Date-Added-First': dates[0] }),
      ...(dates[1] !== undefined && { 'X-TAXII-Date-Added-Last': dates[1] }),
    },
    body: {
      ...(more && { more, ...(hasNext && { next: String(left[pageSize]) }) }),
      ...(rows.length > 0 && { objects: rows.map(indicator) }),
    },
  };
}

/** Feeds and intelligence on a store of their own, pulled by hand. */
export async function openPuller(cleanup: Cleanup, dir = mkdtempSync(join(tmpdir(), 'comity-taxii-'))) {
  const clock = (): number => Date.UTC(2026, 5, 1);
  const store = await openStore({ dir, schemas: [intelSchema, feedSchema] }, { clock });
  const intel = await createIntel(store, { clock, uuid: randomUUID });
  const feeds = await createFeeds(store, { clock, uuid: randomUUID, random: () => 0.5, seal: openSeal(dir) });
  const fetcher = createFetcher();
  /** What was waited, in ms; nothing really is. */
  const waited: number[] = [];
  const wait = async (ms: number): Promise<void> => void waited.push(ms);
  const close = async (): Promise<void> => {
    await fetcher.close();
    await intel.close();
    await store.close();
  };
  cleanup.after(async () => {
    await close();
    rmSync(dir, { recursive: true, force: true });
  });
  const get = (id: Parameters<Feeds['find']>[0]) => {
    const feed = feeds.find(id);
    if (feed === undefined) throw new Error('Assertion failed: the feed is there');
    return feed;
  };
  return {
    dir,
    intel,
    feeds,
    waited,
    close,
    get,
    async add(url: string, options: Omit<FeedOptions, 'url'> = {}) {
      return await feeds.add({ url, name: 'taxii', allowPrivate: true, ...options });
    },
    /** Pulls once; `instead` replaces parts of what it works with. */
    async pull(
      id: Parameters<Feeds['find']>[0],
      instead: Partial<PullDeps> = {},
      options: { readonly signal?: AbortSignal; readonly timeMaxMs?: number } = {},
    ): Promise<PullResult> {
      return await pullFeed(get(id), options, { intel, feeds, fetchUrl: fetcher.fetchUrl, wait, ...instead });
    },
    /** Numbers of the objects that are in. */
    heldNow(): number[] {
      const { rows } = intel.arrivals(
        { afterUs: 0, ids: undefined, types: undefined, kinds: undefined, source: undefined, lastOnly: true },
        100_000,
      );
      return rows.map(({ object }) => Number(object.id.slice(-12))).toSorted((one, other) => one - other);
    },
  };
}

export type Puller = Awaited<ReturnType<typeof openPuller>>;
