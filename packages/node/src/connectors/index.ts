/**
 * Bringing intelligence in: readers of every format (level 1, pure), imports, pulls and the feeds of a node (level 2).
 */
export { intelligenceFormats } from './item.ts';
export type { CsvMapping, IntelligenceFormat, IntelligenceInput, Item, ReadOptions } from './item.ts';
export { readIntelligence } from './read/read-intelligence.ts';
export { importDocuments } from './import/import-documents.ts';
export type { ImportDocument, ImportDocumentsOptions } from './import/import-documents.ts';
export { importFrom, importStream } from './import/import-from.ts';
export { shownUrl } from './pull/shown-url.ts';
export { createFetcher } from './pull/fetch-url.ts';
export type { Fetcher, FetchUrl } from './pull/fetch-url.ts';
export type { Exchange } from './pull/exchange.ts';
export { guardOf } from './pull/address-guard.ts';
export { assertAllowed, guardedLookup } from './pull/guarded-lookup.ts';
export { takeBasic } from './pull/url-credentials.ts';
export { feedDocuments } from './pull/feed-documents.ts';
export { pullFeed } from './pull/pull-feed.ts';
export { nextPullUs } from './feeds/next-pull.ts';
export { waitFor } from './taxii/ask-taxii.ts';
export { openPushTarget } from './taxii/open-push-target.ts';
export { createFeeds } from './feeds/create-feeds.ts';
export { feedSchema } from './feeds/feed-schema.ts';
export type { Feed, Feeds } from './feeds/feed.ts';
