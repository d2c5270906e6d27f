import { ComityError, parseRowId, quote } from '@comity/protocol/base';
import type { Clock, RowId } from '@comity/protocol/base';
import { isTlp } from '@comity/protocol/markings';
import type { Reliability } from '../../intel/index.ts';
import type { Connection, Seal, SqlRow, Store } from '../../store/index.ts';
import { intelligenceFormats } from '../item.ts';
import type { CsvMapping } from '../item.ts';
import type { Feed, FeedChange, FeedImport, FeedOptions, Feeds, FeedStatus } from './feed.ts';
import { shownUrl } from '../pull/shown-url.ts';
import type { CollectionCursor } from '../taxii/collection-cursor.ts';
import { nextPullUs } from './next-pull.ts';

export interface FeedsDeps {
  readonly clock: Clock;
  /** A fresh random UUID. */
  readonly uuid: () => string;
  /** 0 to 1. */
  readonly random: () => number;
  /** Of the store's data folder. */
  readonly seal: Seal;
}

/** Opens the feeds of a store whose schemas include `feedSchema`, and seals what an earlier version kept in clear. */
export async function createFeeds(store: Store, deps: FeedsDeps): Promise<Feeds> {
  await sealOldAddresses(store, deps.seal);
  return new StoredFeeds(store, deps);
}

/** A crash before the commit leaves the rows as they were, and the next start seals them. */
async function sealOldAddresses(store: Store, seal: Seal): Promise<void> {
  const select = 'select id, url from feed where sealed_url is null';
  const inClear = (db: Connection): { id: string; url: string }[] =>
    db
      .prepare<{ id: string; url: string }>(select)
      .all()
      .filter(({ url }) => shownUrl(url) !== url);
  if (inClear(store.reader).length === 0) return;
  await store.write((db) =>
    db.overwriting(() => {
      const update = db.prepare('update feed set url = ?, sealed_url = ? where id = ?');
      for (const { id, url } of inClear(db)) update.run(shownUrl(url), seal.seal(url, ownerOf(id)), id);
    }),
  );
}

function ownerOf(id: string): string {
  return `feed ${id}`;
}

function tokenOwnerOf(id: string): string {
  return `token of feed ${id}`;
}

interface AddressRow {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly sealed_url: Uint8Array | null;
}

/** As they are written; what else is shown of a feed is behind {@link selected}. */
const columns = `id, name, url, collection, format, mapping, reliability, default_tlp, interval_minutes, allow_private, enabled, status,
  last_pull_us, next_pull_us, last_error, failure_count, last_import_id, object_count, etag, last_modified`;
const selected = `${columns}, own, (select cursor from feed_cursor where feed_id = feed.id) as cursor`;

class StoredFeeds implements Feeds {
  readonly #store: Store;
  readonly #deps: FeedsDeps;
  readonly #listeners = new Set<(feed: Feed) => void>();
  /** Pulls under way; kept in memory only, since a crash ends them. */
  readonly #pulling = new Set<RowId>();

  constructor(store: Store, deps: FeedsDeps) {
    this.#store = store;
    this.#deps = deps;
  }

  list(): Feed[] {
    return this.#read(`select ${selected} from feed order by name, id`);
  }

  find(id: RowId): Feed | undefined {
    return this.#read(`select ${selected} from feed where id = ?`, id)[0];
  }

  addressOf(id: RowId): string {
    const sql = 'select id, name, url, sealed_url from feed where id = ?';
    const row = this.#store.reader.prepare<AddressRow>(sql).get(id);
    if (row === undefined) throw notFound(id);
    const address = this.#unsealed(row);
    if (address !== undefined) return address;
    throw sealedElsewhere(row.name);
  }

  tokenOf(id: RowId): string | undefined {
    const sql = 'select name, sealed_token as sealed from feed where id = ?';
    const row = this.#store.reader.prepare<{ name: string; sealed: Uint8Array | null }>(sql).get(id);
    if (row === undefined) throw notFound(id);
    if (row.sealed === null) return undefined;
    const token = this.#deps.seal.unseal(row.sealed, tokenOwnerOf(id));
    if (token === undefined) throw sealedElsewhere(row.name);
    return token;
  }

  /** Undefined when another key sealed it. */
  #unsealed({ id, url, sealed_url: sealed }: AddressRow): string | undefined {
    return sealed === null ? url : this.#deps.seal.unseal(sealed, ownerOf(id));
  }

  due(): Feed[] {
    const nowUs = this.#deps.clock() * 1000;
    const sql = `select ${selected} from feed where enabled = 1 and next_pull_us <= ? order by next_pull_us`;
    return this.#read(sql, nowUs).filter((feed) => feed.status !== 'pulling');
  }

  nextDueUs(): number | undefined {
    const waiting = this.#read(`select ${selected} from feed where enabled = 1 order by next_pull_us`);
    return waiting.find((feed) => feed.status !== 'pulling')?.nextPullUs;
  }

  events(id: RowId): ReadonlyMap<string, number> {
    const sql = 'select uuid, timestamp_seconds as at from feed_event where feed_id = ?';
    const rows = this.#store.reader.prepare<{ uuid: string; at: number }>(sql).all(id);
    return new Map(rows.map((row) => [row.uuid, row.at]));
  }

  async add(options: FeedOptions): Promise<Feed> {
    const url = URL.parse(options.url);
    const { collection, token } = options;
    if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:') || options.url.length > 2000) {
      // Not quoted: what was meant as a URL may hold a password.
      throw new ComityError(
        'ARGUMENT_INVALID',
        'Cannot add the feed: its URL is no http or https URL of 2,000 characters',
      );
    }
    if (token !== undefined) assertToken(token, url);
    const format = options.format ?? 'auto';
    if (format !== 'auto' && !Object.hasOwn(intelligenceFormats, format)) {
      throw new ComityError('ARGUMENT_INVALID', `Cannot add the feed: ${quote(format)} is no known format`);
    }
    const intervalMinutes = assertInterval(options.intervalMinutes ?? 60);
    const id = parseRowId(`feed-${this.#deps.uuid().replaceAll('-', '')}`);
    const shown = shownUrl(url.href);
    await this.#store.write((db) => {
      const alike = db
        .prepare<AddressRow>('select id, name, url, sealed_url from feed where url = ? and collection is ?')
        .all(shown, collection ?? null);
      if (alike.some((row) => this.#unsealed(row) === url.href)) {
        throw new ComityError('CONFLICT', `Cannot add the feed: there is one with the URL ${quote(shown)}`);
      }
      db.prepare(
        `insert into feed (${columns}, sealed_url, sealed_token, own)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 'new', null, ?, null, 0, null, 0, null, null, ?, ?, ?)`,
      ).run(
        id,
        options.name ?? (collection === undefined ? url.hostname : `${collection} of ${url.hostname}`),
        shown,
        collection ?? null,
        format,
        options.mapping === undefined ? null : JSON.stringify(options.mapping),
        options.reliability ?? 'F',
        options.defaultTlp ?? 'amber+strict',
        intervalMinutes,
        options.allowPrivate === true ? 1 : 0,
        this.#deps.clock() * 1000,
        shown === url.href ? null : this.#deps.seal.seal(url.href, ownerOf(id)),
        token === undefined ? null : this.#deps.seal.seal(token, tokenOwnerOf(id)),
        Number(options.own === true),
      );
    });
    return this.#tell(id);
  }

  async change(id: RowId, change: FeedChange): Promise<Feed> {
    if (change.intervalMinutes !== undefined) assertInterval(change.intervalMinutes);
    await this.#store.write((db) => {
      const sql = `update feed set name = coalesce(?, name), interval_minutes = coalesce(?, interval_minutes),
        enabled = coalesce(?, enabled), allow_private = coalesce(?, allow_private) where id = ?`;
      const flag = (value: boolean | undefined): number | null => (value === undefined ? null : Number(value));
      const { changes } = db
        .prepare(sql)
        .run(change.name ?? null, change.intervalMinutes ?? null, flag(change.enabled), flag(change.allowPrivate), id);
      if (changes === 0) throw notFound(id);
      // A shorter interval takes effect now, not after the longer one.
      if (change.intervalMinutes !== undefined) {
        const soonest = nextPullUs(this.#deps.clock() * 1000, change.intervalMinutes, 0, this.#deps.random());
        db.prepare('update feed set next_pull_us = min(next_pull_us, ?) where id = ?').run(soonest, id);
      }
    });
    return this.#tell(id);
  }

  async remove(id: RowId): Promise<void> {
    await this.#store.write((db) => {
      db.prepare('delete from feed_event where feed_id = ?').run(id);
      db.prepare('delete from feed_cursor where feed_id = ?').run(id);
      if (db.prepare('delete from feed where id = ?').run(id).changes === 0) throw notFound(id);
    });
  }

  notePulling(id: RowId): void {
    this.#pulling.add(id);
    this.#tellIfThere(id);
  }

  noteStopped(id: RowId): void {
    this.#pulling.delete(id);
    this.#tellIfThere(id);
  }

  async noteUnchanged(id: RowId): Promise<void> {
    await this.#note(id, (db, next) => {
      const sql = `update feed set status = 'unchanged', last_pull_us = ?, next_pull_us = ?, last_error = null,
        failure_count = 0 where id = ?`;
      db.prepare(sql).run(next.nowUs, next.after(0), id);
    });
  }

  async noteImport(id: RowId, result: FeedImport): Promise<void> {
    await this.#note(id, (db, next) => {
      const sql = `update feed set status = ?, last_pull_us = ?, next_pull_us = ?, last_error = ?, failure_count = ?,
        last_import_id = ?, object_count = ?, etag = ?, last_modified = ? where id = ?`;
      const { etag, lastModified } = result.validators;
      const failures = result.problem === undefined ? 0 : (this.find(id)?.failureCount ?? 0) + 1;
      // One event that never comes must not keep the new ones waiting longer than the interval.
      const againUs = Math.min(next.after(result.isLeft === true ? 1 : failures), next.after(0));
      db.prepare(sql).run(
        failures === 0 ? 'ok' : 'failing',
        next.nowUs,
        Math.max(againUs, notBeforeUs(next.nowUs, result.retryAfterSeconds)),
        result.problem?.slice(0, 1000) ?? null,
        failures,
        result.importId,
        result.objectCount,
        etag ?? null,
        lastModified ?? null,
        id,
      );
    });
    await this.#noteEvents(id, result);
  }

  async noteFailure(id: RowId, reason: string, retryAfterSeconds?: number): Promise<void> {
    await this.#note(id, (db, next) => {
      const failures = (this.find(id)?.failureCount ?? 0) + 1;
      const sql = `update feed set status = 'failing', last_pull_us = ?, next_pull_us = ?, last_error = ?, failure_count = ?
        where id = ?`;
      const againUs = Math.max(next.after(failures), notBeforeUs(next.nowUs, retryAfterSeconds));
      db.prepare(sql).run(next.nowUs, againUs, reason.slice(0, 1000), failures, id);
    });
  }

  async noteCursor(id: RowId, cursor: CollectionCursor): Promise<void> {
    await this.#store.write((db) =>
      db
        .prepare(
          `insert into feed_cursor (feed_id, cursor) select id, ? from feed where id = ?
           on conflict (feed_id) do update set cursor = excluded.cursor`,
        )
        .run(JSON.stringify(cursor), id),
    );
    this.#tellIfThere(id);
  }

  onChange(fn: (feed: Feed) => void): () => void {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  }

  /** In pieces, since a feed may have a hundred thousand events and a write must stay short. */
  async #noteEvents(id: RowId, result: FeedImport): Promise<void> {
    const rows = [...result.events];
    for (let from = 0; from < rows.length; from += 1000) {
      await this.#store.write((db) => {
        const insert = db.prepare(
          `insert into feed_event (feed_id, uuid, timestamp_seconds) select ?, ?, ? where exists (select 1 from feed where id = ?)
           on conflict (feed_id, uuid) do update set timestamp_seconds = excluded.timestamp_seconds`,
        );
        for (const [uuid, at] of rows.slice(from, from + 1000)) insert.run(id, uuid, at, id);
      });
    }
    if (result.withdrawnEvents.length === 0) return;
    await this.#store.write((db) => {
      const forget = db.prepare('delete from feed_event where feed_id = ? and uuid = ?');
      for (const uuid of result.withdrawnEvents) forget.run(id, uuid);
    });
  }

  async #note(
    id: RowId,
    write: (db: Connection, next: { nowUs: number; after(failures: number): number }) => void,
  ): Promise<void> {
    const nowUs = this.#deps.clock() * 1000;
    const interval = this.find(id)?.intervalMinutes ?? 60;
    const after = (failures: number): number => nextPullUs(nowUs, interval, failures, this.#deps.random());
    try {
      await this.#store.write((db) => write(db, { nowUs, after }));
    } finally {
      this.#pulling.delete(id);
    }
    this.#tellIfThere(id);
  }

  #tell(id: RowId): Feed {
    const feed = this.find(id);
    if (feed === undefined) throw notFound(id);
    for (const listener of this.#listeners) listener(feed);
    return feed;
  }

  #tellIfThere(id: RowId): void {
    const feed = this.find(id);
    if (feed !== undefined) for (const listener of this.#listeners) listener(feed);
  }

  #read(sql: string, ...params: readonly (string | number)[]): Feed[] {
    return this.#store.reader
      .prepare(sql)
      .all(...params)
      .map((row) => this.#feedOf(row));
  }

  #feedOf(row: SqlRow): Feed {
    const id = parseRowId(textIn(row, 'id'));
    const tlp = textIn(row, 'default_tlp');
    const importId = row['last_import_id'];
    return {
      id,
      name: textIn(row, 'name'),
      url: textIn(row, 'url'),
      collection: row['collection'] === null ? undefined : textIn(row, 'collection'),
      format: textIn(row, 'format'),
      mapping: row['mapping'] === null ? undefined : (JSON.parse(textIn(row, 'mapping')) as CsvMapping),
      reliability: textIn(row, 'reliability') as Reliability,
      defaultTlp: isTlp(tlp) ? tlp : 'red',
      own: row['own'] === 1,
      intervalMinutes: Number(row['interval_minutes']),
      allowPrivate: row['allow_private'] === 1,
      enabled: row['enabled'] === 1,
      status: this.#pulling.has(id) ? 'pulling' : (textIn(row, 'status') as FeedStatus),
      lastPullUs: numberIn(row, 'last_pull_us'),
      nextPullUs: Number(row['next_pull_us']),
      lastError: row['last_error'] === null ? undefined : textIn(row, 'last_error'),
      failureCount: Number(row['failure_count']),
      lastImportId: typeof importId === 'string' ? parseRowId(importId) : undefined,
      objectCount: Number(row['object_count']),
      validators: {
        ...(typeof row['etag'] === 'string' ? { etag: row['etag'] } : {}),
        ...(typeof row['last_modified'] === 'string' ? { lastModified: row['last_modified'] } : {}),
      },
      cursor: row['cursor'] === null ? undefined : (JSON.parse(textIn(row, 'cursor')) as CollectionCursor),
    };
  }
}

/** Longest time a server can have us leave it alone. */
const retryAfterSecondsMax = 86_400;

function notBeforeUs(nowUs: number, seconds: number | undefined): number {
  return seconds === undefined ? 0 : nowUs + Math.min(seconds, retryAfterSecondsMax) * 1_000_000;
}

/** A token is sent in a header as it is. Not quoted: it is a secret. */
function assertToken(token: string, url: URL): void {
  const why = !/^[\x21-\x7e]{1,4000}$/.test(token)
    ? 'its token is not 1 to 4,000 printable characters of ASCII'
    : url.username !== '' || url.password !== ''
      ? 'it has a token, and a user in its URL: a server takes one of them'
      : undefined;
  if (why !== undefined) throw new ComityError('ARGUMENT_INVALID', `Cannot add the feed: ${why}`);
}

function sealedElsewhere(name: string): ComityError {
  return new ComityError(
    'FILE_UNREADABLE',
    `Cannot read the credentials of the feed ${quote(name)}: comity.key in the data folder is not the key they were sealed with. Put that file back, or remove the feed and add it again`,
  );
}

function assertInterval(minutes: number): number {
  if (Number.isInteger(minutes) && minutes >= 5 && minutes <= 43_200) return minutes;
  throw new ComityError('ARGUMENT_INVALID', `Cannot use an interval of ${minutes} minutes: it is 5 to 43200`);
}

function notFound(id: RowId): ComityError {
  return new ComityError('NOT_FOUND', `Cannot find feed ${quote(id)}`);
}

function textIn(row: SqlRow, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : '';
}

function numberIn(row: SqlRow, column: string): number | undefined {
  const value = row[column];
  return typeof value === 'number' ? value : undefined;
}
