import { ComityError } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import type { ReceivedItem } from '@comity/protocol/peer';
import type { Connection, Store } from '../../store/index.ts';
import type { FederationDeps, Limit, PeerState, Quota, Used } from '../federation.ts';
import { countLoans } from '../inbox/known-book.ts';

const dayUs = 86_400_000_000;
/** Where nobody said otherwise. A first sync of 180,000 objects passes at once, and once more on the day it was lost. */
const usual: Quota = {
  itemsPerDay: 500_000,
  bytesPerDay: 2 * 1024 ** 3,
  objects: 1_000_000,
  sentBytesPerDay: 4 * 1024 ** 3,
};
/** Requests a member makes us do the work of in a day: those with receipts, one a second and more; and those that begin its outbox anew. */
const requestsPerDay = { receipts: 100_000, restarts: 24 } as const;
/** How long it is believed that there is no room: counting a million loans takes longer than refusing one. */
const noRoomMs = 60_000;

/** What one day brought. */
type Counts = Record<'items' | 'bytes' | 'sentBytes' | 'receipts' | 'restarts', number>;

const nothing: Counts = { items: 0, bytes: 0, sentBytes: 0, receipts: 0, restarts: 0 };

/**
 * What each member used of what it may make us read, keep and send. Counts are of a day of UTC and outlive the process, else whoever brings
 * it down begins at nothing; that a limit was reached is told once a day.
 */
export class Quotas {
  readonly #store: Store;
  readonly #deps: Pick<FederationDeps, 'clock' | 'onLimit'>;
  /** Objects each may add before they are counted again. */
  readonly #room = new Map<MemberId, { left: number; readonly countedMs: number }>();

  constructor(store: Store, deps: Pick<FederationDeps, 'clock' | 'onLimit'>) {
    this.#store = store;
    this.#deps = deps;
  }

  of(member: MemberId): Quota {
    return (
      this.#store.reader
        .prepare<Quota>(
          `select items as itemsPerDay, bytes as bytesPerDay, objects, sent_bytes as sentBytesPerDay
           from peer_quota where member = ?`,
        )
        .get(member) ?? usual
    );
  }

  /** What was stopped goes on, as far as the quota lets it now. */
  async set(member: MemberId, { itemsPerDay, bytesPerDay, objects, sentBytesPerDay }: Quota): Promise<void> {
    await this.#store.write((db) => {
      db.prepare(
        'insert or replace into peer_quota (member, items, bytes, objects, sent_bytes) values (?, ?, ?, ?, ?)',
      ).run(member, itemsPerDay, bytesPerDay, objects, sentBytesPerDay);
      db.prepare('delete from peer_reached where member = ?').run(member);
    });
    this.#room.delete(member);
  }

  usedBy(member: MemberId): Used {
    const { items, bytes, sentBytes } = this.#today(this.#store.reader, member);
    return { items, bytes, sentBytes, objects: countLoans(this.#store.reader, member, this.#nowUs()) };
  }

  /** Limits that were reached today. Of objects there may be room again at any time. */
  reachedBy(member: MemberId): PeerState['reached'] {
    return this.#store.reader
      .prepare<{ what: Limit }>('select what from peer_reached where member = ? and day = ? order by what')
      .all(member, this.#day())
      .map(({ what }) => ({ limit: what, untilUs: what === 'objects' ? undefined : (this.#day() + 1) * dayUs }));
  }

  /** Whether a member's outbox is read any further today. */
  async mayAsk(member: MemberId): Promise<boolean> {
    // What stands in front there is known: it does not change until it is taken.
    if (this.reachedBy(member).some(({ limit }) => limit === 'items' || limit === 'bytes')) return false;
    if (this.#today(this.#store.reader, member).bytes < this.of(member).bytesPerDay) return true;
    await this.#store.write((db) => this.reach(db, member, 'bytes'));
    return false;
  }

  /**
   * Whether a batch is taken today. One that lends nothing is: what is taken back or ends must arrive. The last may go over the limit.
   *
   * @param before - Items that are taken with it, and are not counted yet.
   */
  async mayTake(member: MemberId, items: readonly ReceivedItem[], before: number): Promise<boolean> {
    const isLending = items.some(({ item }) => item.kind === 'lent');
    if (!isLending || this.#today(this.#store.reader, member).items + before < this.of(member).itemsPerDay) return true;
    await this.#store.write((db) => this.reach(db, member, 'items'));
    return false;
  }

  /** Whether a member may lend one object more; it is counted as lent. */
  takeRoom(member: MemberId): boolean {
    const nowUs = this.#nowUs();
    let room = this.#room.get(member);
    if (room === undefined || (room.left <= 0 && Math.abs(nowUs / 1000 - room.countedMs) >= noRoomMs)) {
      const left = this.of(member).objects - countLoans(this.#store.reader, member, nowUs);
      room = { left, countedMs: nowUs / 1000 };
      this.#room.set(member, room);
    }
    if (room.left <= 0) return false;
    room.left -= 1;
    return true;
  }

  /** Loans that had run out may be back. */
  forgetRoom(member: MemberId): void {
    this.#room.delete(member);
  }

  count(db: Connection, member: MemberId, more: Partial<Counts>): void {
    const { items, bytes, sentBytes, receipts, restarts } = { ...nothing, ...more };
    db.prepare(
      `insert into peer_used (member, day, items, bytes, sent_bytes, receipts, restarts) values (?, ?, ?, ?, ?, ?, ?)
       on conflict (member) do update set
         items = iif(day = excluded.day, items, 0) + excluded.items,
         bytes = iif(day = excluded.day, bytes, 0) + excluded.bytes,
         sent_bytes = iif(day = excluded.day, sent_bytes, 0) + excluded.sent_bytes,
         receipts = iif(day = excluded.day, receipts, 0) + excluded.receipts,
         restarts = iif(day = excluded.day, restarts, 0) + excluded.restarts,
         day = excluded.day`,
    ).run(member, this.#day(), items, bytes, sentBytes, receipts, restarts);
  }

  /** @throws {ComityError} `TOO_MANY_REQUESTS` when a member was answered enough today. */
  async assertMaySend(member: MemberId): Promise<void> {
    if (this.#today(this.#store.reader, member).sentBytes < this.of(member).sentBytesPerDay) return;
    await this.#store.write((db) => this.reach(db, member, 'sent-bytes'));
    throw this.#enough('sent-bytes');
  }

  /** Counts a request before its work is done. @throws {ComityError} `TOO_MANY_REQUESTS` when there were enough today. */
  async takeRequest(member: MemberId, what: keyof typeof requestsPerDay): Promise<void> {
    const isLeft = await this.#store.write((db) => {
      const isLess = this.#today(db, member)[what] < requestsPerDay[what];
      if (isLess) this.count(db, member, { [what]: 1 });
      else this.reach(db, member, what);
      return isLess;
    });
    if (!isLeft) throw this.#enough(what);
  }

  /** Writes down that a limit was reached, and tells of it when it is the first time today. */
  reach(db: Connection, member: MemberId, limit: Limit): void {
    const noted = db
      .prepare(
        `insert into peer_reached (member, what, day) values (?, ?, ?)
         on conflict (member, what) do update set day = excluded.day where day <> excluded.day`,
      )
      .run(member, limit, this.#day());
    if (noted.changes > 0) this.#deps.onLimit(db, member, limit);
  }

  #enough(limit: Limit): ComityError {
    const retryAfterSeconds = Math.ceil(((this.#day() + 1) * dayUs - this.#nowUs()) / 1_000_000);
    return new ComityError(
      'TOO_MANY_REQUESTS',
      `Cannot answer: the quota of the day is used up (${limit}); try again in ${retryAfterSeconds} s`,
      { details: { limit, retryAfterSeconds } },
    );
  }

  #today(db: Connection, member: MemberId): Counts {
    return (
      db
        .prepare<Counts>(
          `select items, bytes, sent_bytes as sentBytes, receipts, restarts from peer_used where member = ? and day = ?`,
        )
        .get(member, this.#day()) ?? nothing
    );
  }

  #day(): number {
    return Math.floor(this.#nowUs() / dayUs);
  }

  #nowUs(): number {
    return this.#deps.clock() * 1000;
  }
}
