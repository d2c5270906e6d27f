import { ComityError, parseRowId, quote } from '@comity/protocol/base';
import type { Clock, RowId } from '@comity/protocol/base';
import type { Connection, Seal, SqlRow, Store } from '../../store/index.ts';
import type { PendingSend, Push, PushBook, PushFailure, PushStatus } from './push.ts';
import { attemptsMax } from './push.ts';

export interface PushBookDeps {
  readonly clock: Clock;
  /** A fresh random UUID. */
  readonly uuid: () => string;
  /** Of the store's data folder. */
  readonly seal: Seal;
  /** A URL without what may not be shown. */
  readonly shownUrl: (url: string) => string;
  /** When something is done next, µs: after its interval, or later the more often it failed in a row. */
  readonly nextUs: (nowUs: number, intervalMinutes: number, failureCount: number) => number;
}

/** Bounds of what a person enters, and of what a server may fail to take. */
const pushesMax = 1000;
const failuresMax = 10_000;
const messageCharsMax = 500;
/** Longest time a server can have us leave it alone. */
const retryAfterSecondsMax = 86_400;

const selected = `id, collection, recipient, url, remote, interval_minutes, allow_private, enabled, status, position_us, pending,
  sent_count, last_push_us, next_push_us, last_error, failure_count,
  (select count(*) from taxii_push_failure where push_id = taxii_push.id) as failed_count`;

/** Opens the book on a store whose schemas include `taxiiSchema`. */
export function openPushBook(store: Pick<Store, 'reader' | 'write'>, deps: PushBookDeps): PushBook {
  return new StoredPushes(store, deps);
}

class StoredPushes implements PushBook {
  readonly #store: Pick<Store, 'reader' | 'write'>;
  readonly #deps: PushBookDeps;
  readonly #listeners = new Set<(push: Push) => void>();
  /** Runs under way; kept in memory only, since a crash ends them. */
  readonly #running = new Set<RowId>();

  constructor(store: Pick<Store, 'reader' | 'write'>, deps: PushBookDeps) {
    this.#store = store;
    this.#deps = deps;
  }

  list(): Push[] {
    return this.#read(`select ${selected} from taxii_push order by collection, url, id`);
  }

  find(id: RowId): Push | undefined {
    return this.#read(`select ${selected} from taxii_push where id = ?`, id)[0];
  }

  targetOf(id: RowId): { readonly url: string; readonly token: string | undefined } {
    const sql = 'select sealed from taxii_push where id = ?';
    const row = this.#store.reader.prepare<{ sealed: Uint8Array }>(sql).get(id);
    if (row === undefined) throw notFound(id);
    const text = this.#deps.seal.unseal(row.sealed, ownerOf(id));
    if (text !== undefined) {
      const { url, token } = JSON.parse(text) as { url: string; token?: string };
      return { url, token };
    }
    throw new ComityError(
      'FILE_UNREADABLE',
      `Cannot read the credentials of the push ${quote(id)}: comity.key in the data folder is not the key they were sealed with. Put that file back, or remove the push and add it again`,
    );
  }

  due(): Push[] {
    const sql = `select ${selected} from taxii_push where enabled = 1 and next_push_us <= ? order by next_push_us`;
    return this.#read(sql, this.#nowUs()).filter((push) => push.status !== 'pushing');
  }

  nextDueUs(): number | undefined {
    const waiting = this.#read(`select ${selected} from taxii_push where enabled = 1 order by next_push_us`);
    return waiting.find((push) => push.status !== 'pushing')?.nextPushUs;
  }

  failures(id: RowId): PushFailure[] {
    const sql =
      'select object_id, message, attempts, last_us from taxii_push_failure where push_id = ? order by object_id';
    return this.#store.reader
      .prepare<{ object_id: string; message: string; attempts: number; last_us: number }>(sql)
      .all(id)
      .map((row) => ({ id: row.object_id, message: row.message, attempts: row.attempts, lastUs: row.last_us }));
  }

  async add(options: Parameters<PushBook['add']>[0]): Promise<Push> {
    const { collection, recipient, remoteCollection, token, intervalMinutes, allowPrivate } = options;
    const url = assertTarget(options.url, token);
    assertInterval(intervalMinutes);
    const id = parseRowId(`push-${this.#deps.uuid().replaceAll('-', '')}`);
    await this.#store.write((db) => {
      const count = db.prepare<{ count: number }>('select count(*) as count from taxii_push').get()?.count ?? 0;
      if (count >= pushesMax) throw new ComityError('CONFLICT', `Cannot add a push: there are ${pushesMax}`);
      const alike = db.prepare(
        'select 1 from taxii_push where collection = ? and recipient = ? and url = ? and remote is ?',
      );
      const shown = this.#deps.shownUrl(url);
      if (alike.get(collection, recipient, shown, remoteCollection ?? null) !== undefined)
        throw new ComityError('CONFLICT', `Cannot add the push: that collection goes to ${quote(shown)} already`);
      db.prepare(
        `insert into taxii_push (id, collection, recipient, url, sealed, remote, interval_minutes, allow_private, enabled, status,
           position_us, sent_count, next_push_us, failure_count) values (?, ?, ?, ?, ?, ?, ?, ?, 1, 'new', 0, 0, ?, 0)`,
      ).run(
        id,
        collection,
        recipient,
        shown,
        this.#deps.seal.seal(JSON.stringify({ url, token }), ownerOf(id)),
        remoteCollection ?? null,
        intervalMinutes,
        allowPrivate ? 1 : 0,
        this.#nowUs(),
      );
    });
    return this.#tell(id);
  }

  async change(id: RowId, change: Parameters<PushBook['change']>[1]): Promise<Push> {
    const { intervalMinutes, enabled, allowPrivate } = change;
    if (intervalMinutes !== undefined) assertInterval(intervalMinutes);
    const flag = (value: boolean | undefined): number | null => (value === undefined ? null : Number(value));
    await this.#store.write((db) => {
      const sql = `update taxii_push set interval_minutes = coalesce(?, interval_minutes), enabled = coalesce(?, enabled),
        allow_private = coalesce(?, allow_private) where id = ?`;
      const { changes } = db.prepare(sql).run(intervalMinutes ?? null, flag(enabled), flag(allowPrivate), id);
      if (changes === 0) throw notFound(id);
      // A shorter interval takes effect now, not after the longer one.
      if (intervalMinutes !== undefined) {
        const soonest = this.#deps.nextUs(this.#nowUs(), intervalMinutes, 0);
        db.prepare('update taxii_push set next_push_us = min(next_push_us, ?) where id = ?').run(soonest, id);
      }
    });
    return this.#tell(id);
  }

  async remove(id: RowId): Promise<void> {
    await this.#store.write((db) => {
      db.prepare('delete from taxii_push_failure where push_id = ?').run(id);
      if (db.prepare('delete from taxii_push where id = ?').run(id).changes === 0) throw notFound(id);
    });
  }

  async restart(id: RowId): Promise<void> {
    await this.#store.write((db) => {
      const sql = `update taxii_push set position_us = 0, sent_count = 0, pending = null where id = ?`;
      if (db.prepare(sql).run(id).changes === 0) throw notFound(id);
      db.prepare('delete from taxii_push_failure where push_id = ?').run(id);
    });
    this.#tell(id);
  }

  noteRunning(id: RowId): void {
    this.#running.add(id);
    this.#tellIfThere(id);
  }

  noteStopped(id: RowId): void {
    this.#running.delete(id);
    this.#tellIfThere(id);
  }

  async notePending(id: RowId, pending: PendingSend): Promise<void> {
    await this.#update(id, 'pending = ?', JSON.stringify(pending));
  }

  async noteLost(id: RowId): Promise<void> {
    await this.#update(id, 'pending = null');
  }

  async noteStep(id: RowId, { positionUs, sent, taken, failed }: Parameters<PushBook['noteStep']>[1]): Promise<void> {
    await this.#store.write((db) => {
      const sql = `update taxii_push set position_us = max(position_us, ?), sent_count = sent_count + ?, pending = null where id = ?`;
      // Removed while its objects were on their way: nothing is kept of it.
      if (db.prepare(sql).run(positionUs, sent, id).changes === 0) return;
      const done = db.prepare('delete from taxii_push_failure where push_id = ? and object_id = ?');
      for (const each of taken) done.run(id, each);
      keepFailures(db, id, failed, this.#nowUs());
    });
    this.#tellIfThere(id);
  }

  async noteDone(id: RowId): Promise<void> {
    await this.#note(id, `status = 'ok', last_error = null`, 0, undefined);
  }

  async noteFailure(id: RowId, reason: string, retryAfterSeconds: number | undefined): Promise<void> {
    const failures = (this.find(id)?.failureCount ?? 0) + 1;
    await this.#note(id, `status = 'failing', last_error = ?`, failures, retryAfterSeconds, reason.slice(0, 1000));
  }

  onChange(fn: (push: Push) => void): () => void {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  }

  async #note(
    id: RowId,
    set: string,
    failures: number,
    retryAfterSeconds: number | undefined,
    ...params: readonly string[]
  ): Promise<void> {
    const nowUs = this.#nowUs();
    const soonest = this.#deps.nextUs(nowUs, this.find(id)?.intervalMinutes ?? 60, failures);
    const notBefore = nowUs + Math.min(retryAfterSeconds ?? 0, retryAfterSecondsMax) * 1_000_000;
    try {
      const rest = 'last_push_us = ?, next_push_us = ?, failure_count = ?';
      await this.#update(id, `${set}, ${rest}`, ...params, nowUs, Math.max(soonest, notBefore), failures);
    } finally {
      this.#running.delete(id);
    }
    this.#tellIfThere(id);
  }

  async #update(id: RowId, set: string, ...params: readonly (string | number)[]): Promise<void> {
    await this.#store.write((db) => db.prepare(`update taxii_push set ${set} where id = ?`).run(...params, id));
  }

  #nowUs(): number {
    return Math.floor(this.#deps.clock() * 1000);
  }

  #tell(id: RowId): Push {
    const push = this.find(id);
    if (push === undefined) throw notFound(id);
    for (const listener of this.#listeners) listener(push);
    return push;
  }

  #tellIfThere(id: RowId): void {
    const push = this.find(id);
    if (push !== undefined) for (const listener of this.#listeners) listener(push);
  }

  #read(sql: string, ...params: readonly (string | number)[]): Push[] {
    return this.#store.reader
      .prepare(sql)
      .all(...params)
      .map((row) => pushOf(row, (id) => this.#running.has(id)));
  }
}

function ownerOf(id: string): string {
  return `push ${id}`;
}

function pushOf(row: SqlRow, isRunning: (id: RowId) => boolean): Push {
  const id = parseRowId(String(row['id']));
  const text = (column: string): string | undefined => {
    const value = row[column];
    return typeof value === 'string' ? value : undefined;
  };
  const pending = text('pending');
  return {
    id,
    collection: text('collection') ?? '',
    recipient: text('recipient') ?? '',
    url: text('url') ?? '',
    remoteCollection: text('remote'),
    intervalMinutes: Number(row['interval_minutes']),
    allowPrivate: row['allow_private'] === 1,
    enabled: row['enabled'] === 1,
    status: isRunning(id) ? 'pushing' : (text('status') as PushStatus),
    positionUs: Number(row['position_us']),
    pending: pending === undefined ? undefined : (JSON.parse(pending) as PendingSend),
    sentCount: Number(row['sent_count']),
    failedCount: Number(row['failed_count']),
    lastPushUs: typeof row['last_push_us'] === 'number' ? row['last_push_us'] : undefined,
    nextPushUs: Number(row['next_push_us']),
    lastError: text('last_error'),
    failureCount: Number(row['failure_count']),
  };
}

function keepFailures(
  db: Connection,
  pushId: RowId,
  failed: Parameters<PushBook['noteStep']>[1]['failed'],
  nowUs: number,
): void {
  const keep = db.prepare(
    `insert into taxii_push_failure values (?, ?, ?, 1, ?) on conflict (push_id, object_id) do update set
       message = excluded.message, attempts = min(attempts + 1, ${attemptsMax}), last_us = excluded.last_us`,
  );
  for (const { id, message } of failed) keep.run(pushId, id, message.slice(0, messageCharsMax), nowUs);
  const sql = 'select count(*) as count from taxii_push_failure where push_id = ?';
  const count = db.prepare<{ count: number }>(sql).get(pushId)?.count ?? 0;
  // Nothing is forgotten in silence: the position stays where it was, and somebody has to look.
  if (count > failuresMax)
    throw new ComityError('CONFLICT', `Cannot push more: the server did not take ${failuresMax} objects`);
}

/** @throws {ComityError} `ARGUMENT_INVALID`. Nothing is quoted: it may hold a secret. */
function assertTarget(text: string, token: string | undefined): string {
  const url = URL.parse(text);
  const why =
    url === null || (url.protocol !== 'https:' && url.protocol !== 'http:') || text.length > 2000
      ? 'its URL is no http or https URL of 2,000 characters'
      : token !== undefined && !/^[\x21-\x7e]{1,4000}$/.test(token)
        ? 'its token is not 1 to 4,000 printable characters of ASCII'
        : token !== undefined && (url.username !== '' || url.password !== '')
          ? 'it has a token, and a user in its URL: a server takes one of them'
          : undefined;
  if (why !== undefined) throw new ComityError('ARGUMENT_INVALID', `Cannot add the push: ${why}`);
  return url!.href;
}

function assertInterval(minutes: number): void {
  if (Number.isInteger(minutes) && minutes >= 5 && minutes <= 43_200) return;
  throw new ComityError('ARGUMENT_INVALID', `Cannot use an interval of ${minutes} minutes: it is 5 to 43200`);
}

function notFound(id: RowId): ComityError {
  return new ComityError('NOT_FOUND', `Cannot find the push ${quote(id)}`);
}
