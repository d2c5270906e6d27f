import type { RemoteDate } from '@comity/protocol/taxii';

/** A walk through the pages of a collection that is not at its end. */
interface Walk {
  /** `added_after` it was begun with: what goes with every `next` of it. */
  readonly addedAfter: string | undefined;
  /** The cursor of the page to read next; the server's own, which may forget it. */
  readonly next: string;
  /** The latest date of the page before. */
  readonly last: RemoteDate | undefined;
}

/** How far a collection was read: what is behind it is on the disk. */
export interface CollectionCursor {
  /** Origin and path of its objects: of another collection it says nothing. */
  readonly place: string;
  /**
   * Everything with this date of the server or an earlier one was read: what the next poll begins with. From the server's own
   * headers, never from a clock of ours or a date of an object. Undefined: the poll begins at the beginning.
   */
  readonly addedAfter: RemoteDate | undefined;
  /** Undefined: nothing was cut, the poll begins with {@link CollectionCursor.addedAfter}. */
  readonly walk: Walk | undefined;
  /** Whether the last page was read. */
  readonly isWhole: boolean;
  /** Pages and objects read since the beginning of the collection. */
  readonly pages: number;
  readonly objects: number;
}

/** What a page says of itself and of the one behind it. */
export interface PageEdges {
  readonly more: boolean;
  readonly next: string | undefined;
  /** `X-TAXII-Date-Added-Last`; undefined where the server sends none. */
  readonly last: RemoteDate | undefined;
}

/** What the next page is asked for with. */
export interface Asking {
  readonly addedAfter: string | undefined;
  readonly next: string | undefined;
}

/** What a poll begins with: where a walk was cut, there. */
export function askingOf({ walk, addedAfter }: Pick<CollectionCursor, 'walk' | 'addedAfter'>): Asking {
  return walk === undefined
    ? { addedAfter: addedAfter?.text, next: undefined }
    : { addedAfter: walk.addedAfter, next: walk.next };
}

/**
 * Where a collection stands once a page is in. Pure.
 *
 * A date is passed only when a later one was seen behind it, or the end: a page may end between two objects of one date, and
 * `added_after` leaves out both. Where a server says `more` without `next`, the standard has its last date be asked for (§3.4).
 *
 * @returns Undefined when there is more and no way to ask for it: neither a `next`, nor a date later than the one asked with.
 */
export function advance(
  cursor: CollectionCursor,
  asked: Asking,
  page: PageEdges,
  objects: number,
): CollectionCursor | undefined {
  const { place } = cursor;
  const counts = { pages: cursor.pages + 1, objects: cursor.objects + objects };
  const before = cursor.walk?.last;
  if (!page.more) {
    const reached = latest(latest(cursor.addedAfter, before), page.last);
    return { place, ...counts, addedAfter: reached, walk: undefined, isWhole: true };
  }
  if (page.next === undefined) {
    const reached = latest(cursor.addedAfter, page.last);
    const isFurther = reached !== undefined && reached !== cursor.addedAfter;
    return isFurther ? { place, ...counts, addedAfter: reached, walk: undefined, isWhole: false } : undefined;
  }
  const isPassed = before !== undefined && page.last !== undefined && page.last.us > before.us;
  return {
    place,
    ...counts,
    addedAfter: isPassed ? latest(cursor.addedAfter, before) : cursor.addedAfter,
    walk: { addedAfter: asked.addedAfter, next: page.next, last: latest(before, page.last) },
    isWhole: false,
  };
}

function latest(one: RemoteDate | undefined, other: RemoteDate | undefined): RemoteDate | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return other.us > one.us ? other : one;
}
