/**
 * Bringing intelligence in: readers of every format (level 1, pure), imports, pulls and the feeds of a node (level 2).
 */
export { intelligenceFormats } from './item.ts';
export type {
  CsvMapping,
  FormatItem,
  IntelligenceFormat,
  IntelligenceInput,
  Item,
  LossItem,
  ObjectItem,
  ReadOptions,
  RejectedItem,
  ValueContext,
  ValueItem,
} from './item.ts';
export { readIntelligence } from './read/read-intelligence.ts';
export { importDocuments } from './import/import-documents.ts';
export type { ImportDeps, ImportDocument, ImportDocumentsOptions, ImportProgress } from './import/import-documents.ts';
export { importFrom, importStream, isUrl } from './import/import-from.ts';
export type { ImportFromDeps, ImportFromOptions } from './import/import-from.ts';
export { createFetcher } from './pull/fetch-url.ts';
export type { Fetched, Fetcher, FetchDeps, FetchOptions, FetchUrl, Validators } from './pull/fetch-url.ts';
export { allowsPrivate, allowsPublic } from './pull/address-guard.ts';
export type { AddressGuard } from './pull/address-guard.ts';
export { feedDocuments } from './pull/feed-documents.ts';
export type { FeedContent, MispProgress } from './pull/feed-documents.ts';
export { pullFeed, sourceOfFeed } from './pull/pull-feed.ts';
export type { PullDeps, PullOptions, PullResult } from './pull/pull-feed.ts';
export { createFeeds } from './feeds/create-feeds.ts';
export type { FeedsDeps } from './feeds/create-feeds.ts';
export { feedSchema } from './feeds/feed-schema.ts';
export type { Feed, FeedChange, FeedImport, FeedOptions, Feeds, FeedStatus } from './feeds/feed.ts';
