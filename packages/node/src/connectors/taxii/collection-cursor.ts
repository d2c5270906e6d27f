import type { RemoteDate } from '@comity/protocol/taxii';

/** How far a collection was read: what is behind it is on the disk. */
export interface CollectionCursor {
  /** Origin and path of its objects: of another collection it says nothing. */
  readonly place: string;
  /**
   * Everything with this date of the server or an earlier one was read: what the next poll begins with. From the server's own
   * headers, never from a clock of ours or a date of an object. Undefined: the poll begins at the beginning.
   *
   * A `next` is not kept: some servers hand the page behind out to whoever asks with it again, and forget the one before.
   */
  readonly addedAfter: RemoteDate | undefined;
  /** Whether the last page was read. */
  readonly isWhole: boolean;
  /** Pages and objects read since the beginning of the collection; what was read twice counts twice. */
  readonly pages: number;
  readonly objects: number;
}

/** A walk through the pages of a collection. */
export interface Walk {
  readonly cursor: CollectionCursor;
  /** What the next page is asked for with. */
  readonly addedAfter: RemoteDate | undefined;
  readonly next: string | undefined;
  /** The latest date of the pages before. */
  readonly last: RemoteDate | undefined;
}

/** What a page says of itself and of the one behind it. */
export interface PageEdges {
  readonly more: boolean;
  readonly next: string | undefined;
  /** `X-TAXII-Date-Added-Last`; undefined where the server sends none. */
  readonly last: RemoteDate | undefined;
}

/** A walk that begins behind what was read. */
export function beginWalk(cursor: CollectionCursor): Walk {
  return { cursor, addedAfter: cursor.addedAfter, next: undefined, last: undefined };
}

/**
 * Where a walk stands once a page of it is in. Pure.
 *
 * A date is passed only when a later one was seen behind it, or the end: a page may end between two objects of one date, and
 * `added_after` leaves out both. Where a server says `more` without `next`, the standard has its last date be asked for (§3.4).
 *
 * @returns Undefined when there is more and no way to ask for it: neither a `next`, nor a date later than the one asked with.
 */
export function advance(walk: Walk, page: PageEdges, objects: number): Walk | undefined {
  const { place, addedAfter, pages } = walk.cursor;
  const read = { place, pages: pages + 1, objects: walk.cursor.objects + objects };
  const last = latest(walk.last, page.last);
  if (!page.more) return beginWalk({ ...read, addedAfter: latest(addedAfter, last), isWhole: true });
  if (page.next === undefined) {
    const reached = latest(addedAfter, page.last);
    return reached === addedAfter ? undefined : beginWalk({ ...read, addedAfter: reached, isWhole: false });
  }
  const isPassed = walk.last !== undefined && last !== walk.last;
  const cursor = { ...read, addedAfter: isPassed ? latest(addedAfter, walk.last) : addedAfter, isWhole: false };
  return { cursor, addedAfter: walk.addedAfter, next: page.next, last };
}

function latest(one: RemoteDate | undefined, other: RemoteDate | undefined): RemoteDate | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return other.us > one.us ? other : one;
}
