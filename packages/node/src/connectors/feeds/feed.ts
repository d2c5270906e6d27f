import type { RowId } from '@comity/protocol/base';
import type { Tlp } from '@comity/protocol/markings';
import type { Reliability } from '../../intel/index.ts';
import type { CsvMapping } from '../item.ts';
import type { Validators } from '../pull/fetch-url.ts';
import type { CollectionCursor } from '../taxii/collection-cursor.ts';

/** `pulling` stands only while a pull runs in this process; after a crash the feed is simply due. */
export type FeedStatus = 'new' | 'ok' | 'unchanged' | 'failing' | 'pulling';

/** Something that is pulled on a schedule. */
export interface Feed {
  readonly id: RowId;
  readonly name: string;
  /** As it may be shown (`shownUrl`); what is fetched is {@link Feeds.addressOf}. */
  readonly url: string;
  /** Of a TAXII server: id, alias or title of the collection that is read. Undefined: the URL says it, or it is none. */
  readonly collection: string | undefined;
  /** `auto`, or one of `intelligenceFormats`. */
  readonly format: string;
  readonly mapping: CsvMapping | undefined;
  readonly reliability: Reliability;
  readonly defaultTlp: Tlp;
  /** Whether the member answers for what it says as its own. */
  readonly own: boolean;
  readonly intervalMinutes: number;
  readonly allowPrivate: boolean;
  readonly enabled: boolean;
  readonly status: FeedStatus;
  readonly lastPullUs: number | undefined;
  readonly nextPullUs: number;
  readonly lastError: string | undefined;
  /** Pulls that failed in a row. */
  readonly failureCount: number;
  readonly lastImportId: RowId | undefined;
  /** Objects and values of the last import, new or not. */
  readonly objectCount: number;
  readonly validators: Validators;
  /** Of a TAXII collection: how far it was read. */
  readonly cursor: CollectionCursor | undefined;
}

export interface FeedOptions {
  readonly url: string;
  /** Id, alias or title of a collection of the TAXII server at the URL. */
  readonly collection?: string | undefined;
  /** Bearer token for the origin of the URL, which then holds no user and password. Sealed. */
  readonly token?: string | undefined;
  /** Default: the host. */
  readonly name?: string;
  /** Default `auto`. */
  readonly format?: string;
  readonly mapping?: CsvMapping;
  /** Default F: it cannot be judged. */
  readonly reliability?: Reliability;
  /** Default `amber+strict`: what is not marked goes no further. */
  readonly defaultTlp?: Tlp;
  /** Default: no. */
  readonly own?: boolean;
  /** 5 to 43,200; default 60. */
  readonly intervalMinutes?: number;
  readonly allowPrivate?: boolean;
}

export type FeedChange = Partial<Pick<Feed, 'name' | 'intervalMinutes' | 'enabled' | 'allowPrivate'>>;

export interface FeedImport {
  readonly importId: RowId;
  readonly objectCount: number;
  readonly validators: Validators;
  /** Of a MISP feed: events read, with their timestamp in Unix seconds. */
  readonly events: ReadonlyMap<string, number>;
  readonly withdrawnEvents: readonly string[];
  /** What was not read of the feed, as a sentence: it counts as failing and is pulled again soon, what was read stays. */
  readonly problem?: string | undefined;
  /** Nothing failed, and there is more: it is pulled again soon. */
  readonly isLeft?: boolean;
  /** How long the server wants to be left alone. */
  readonly retryAfterSeconds?: number | undefined;
}

/** The feeds of a node, kept in its store. Reads are synchronous, writes durable when they resolve. */
export interface Feeds {
  list(): Feed[];
  find(id: RowId): Feed | undefined;
  /**
   * The URL a feed is fetched from, with its credentials: for the fetcher alone, never shown, logged or kept.
   *
   * @throws {ComityError} `NOT_FOUND`, or `FILE_UNREADABLE` when they were sealed with another key than that of the folder.
   */
  addressOf(id: RowId): string;
  /** The bearer token of a feed, as {@link Feeds.addressOf}; undefined: it has none. */
  tokenOf(id: RowId): string | undefined;
  /** @throws {ComityError} `ARGUMENT_INVALID`, or `CONFLICT` when a feed has this URL and collection already. */
  add(options: FeedOptions): Promise<Feed>;
  /** @throws {ComityError} `NOT_FOUND` or `ARGUMENT_INVALID`. */
  change(id: RowId, change: FeedChange): Promise<Feed>;
  /** What the feed brought stays. @throws {ComityError} `NOT_FOUND`. */
  remove(id: RowId): Promise<void>;
  /** Timestamps of the events of a MISP feed that were read. */
  events(id: RowId): ReadonlyMap<string, number>;
  /** Enabled feeds whose time has come, the most overdue first. */
  due(): Feed[];
  /** When the next enabled feed is due, µs; undefined when there is none. */
  nextDueUs(): number | undefined;
  notePulling(id: RowId): void;
  /** The pull was called off by us: the feed is as before and due at once. */
  noteStopped(id: RowId): void;
  noteUnchanged(id: RowId): Promise<void>;
  noteImport(id: RowId, result: FeedImport): Promise<void>;
  noteFailure(id: RowId, reason: string, retryAfterSeconds?: number): Promise<void>;
  /** Keeps how far the collection of a feed was read; nothing when the feed is gone. */
  noteCursor(id: RowId, cursor: CollectionCursor): Promise<void>;
  /** Called after a change is on the disk. Returns how to stop. */
  onChange(fn: (feed: Feed) => void): () => void;
}
