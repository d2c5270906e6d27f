import { ComityError } from '@comity/protocol/base';
import type { ImportReport, Intel, IntelSource } from '../../intel/index.ts';
import type { Feed, Feeds } from '../feeds/feed.ts';
import { importDocuments } from '../import/import-documents.ts';
import type { ImportProgress } from '../import/import-documents.ts';
import { intelligenceFormats } from '../item.ts';
import type { IntelligenceFormat } from '../item.ts';
import { feedDocuments } from './feed-documents.ts';
import type { PullProgress } from './feed-documents.ts';
import type { FetchUrl } from './fetch-url.ts';
import type { Wait } from '../taxii/ask-taxii.ts';

export interface PullDeps {
  readonly intel: Pick<Intel, 'openImport'>;
  readonly feeds: Feeds;
  readonly fetchUrl: FetchUrl;
  /** How to wait for a server that has too much to do; default: a timer. */
  readonly wait?: Wait;
}

export interface PullOptions {
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly signal?: AbortSignal;
}

export type PullResult =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'imported'; readonly report: ImportReport }
  | { readonly kind: 'failed'; readonly error: ComityError };

/**
 * Pulls a feed once and notes the outcome on it: what the server may be asked next time, and when that is.
 *
 * A failure is an outcome and not an exception, so that the schedule goes on. If the process dies in between, the feed is as
 * before the pull and is pulled again: what was admitted then is found to be duplicate.
 *
 * @throws the store's own errors.
 */
export async function pullFeed(feed: Feed, options: PullOptions, deps: PullDeps): Promise<PullResult> {
  deps.feeds.notePulling(feed.id);
  try {
    return await pull(feed, options, deps);
  } catch (error) {
    if (options.signal?.aborted === true) deps.feeds.noteStopped(feed.id);
    else {
      const reason = error instanceof Error ? error.message : String(error);
      await deps.feeds.noteFailure(feed.id, reason, retryAfterOf(error));
    }
    if (!(error instanceof ComityError)) throw error;
    return { kind: 'failed', error };
  }
}

async function pull(feed: Feed, options: PullOptions, deps: PullDeps): Promise<PullResult> {
  const content = await feedDocuments(
    deps.feeds.addressOf(feed.id),
    {
      allowPrivate: feed.allowPrivate,
      token: deps.feeds.tokenOf(feed.id),
      taxii: {
        collection: feed.collection,
        cursor: feed.cursor,
        keep: (cursor) => deps.feeds.noteCursor(feed.id, cursor),
      },
      knownEvents: deps.feeds.events(feed.id),
      ...(Object.keys(feed.validators).length === 0 ? {} : { validators: feed.validators }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    },
    deps,
  );
  if (content.kind === 'unchanged') {
    await deps.feeds.noteUnchanged(feed.id);
    return content;
  }
  const report = await importDocuments(
    content.documents,
    sourceOfFeed(feed),
    {
      name: feed.name,
      ...formatOf(feed.format),
      ...(feed.mapping === undefined ? {} : { mapping: feed.mapping }),
      ...options,
    },
    deps,
  );
  if (options.signal?.aborted === true) {
    deps.feeds.noteStopped(feed.id);
    return { kind: 'imported', report };
  }
  const problem = problemOf(report, content.progress);
  await deps.feeds.noteImport(feed.id, {
    importId: report.id,
    objectCount: report.counts.taken + report.counts.duplicate + report.counts.heldBack,
    // Half a feed must not be taken for the whole one next time.
    validators: problem === undefined ? content.validators : {},
    events: content.misp?.readEvents ?? new Map(),
    withdrawnEvents: content.misp?.withdrawn ?? [],
    problem,
    isLeft: content.progress.isLeft === true,
    retryAfterSeconds: content.progress.retryAfterSeconds,
  });
  return { kind: 'imported', report };
}

function retryAfterOf(error: unknown): number | undefined {
  const seconds = error instanceof ComityError ? error.details['retryAfterSeconds'] : undefined;
  return typeof seconds === 'number' ? seconds : undefined;
}

function problemOf(report: ImportReport, progress: PullProgress): string | undefined {
  if (progress.failed > 0) return `Cannot read ${progress.failed} of its events: the report of the import says why`;
  const isWhole = report.state === 'finished' && (progress.isWhole || progress.isLeft === true);
  return isWhole ? undefined : 'Cannot read the feed to its end: the report of the import says why';
}

/** The source under which everything a feed brings is kept. */
function sourceOfFeed(feed: Feed): IntelSource {
  const { id, name, url, reliability, defaultTlp, own } = feed;
  return { id, name, kind: 'feed', url, reliability, defaultTlp, own };
}

function formatOf(format: string): { format?: IntelligenceFormat } {
  return Object.hasOwn(intelligenceFormats, format) ? { format: format as IntelligenceFormat } : {};
}
