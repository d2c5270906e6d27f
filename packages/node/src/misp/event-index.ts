import { setImmediate as nextTurn } from 'node:timers/promises';
import { ComityError, isJsonObject, isStixId, parseJson, quote, typeOfStixId } from '@comity/protocol/base';
import type { StixId } from '@comity/protocol/base';
import { mispUuidOfPair } from '@comity/protocol/misp';
import type { Arrival, ArrivalQuery, ArrivalsRead } from '../intel/index.ts';
import type { Collection } from '../taxii/index.ts';
import { Holdings } from './holdings.ts';

/** Objects of a collection that are sorted into events, with these events and what is held: all of it is kept in memory. */
const objectsMax = 200_000;
/** Objects of one event; the guard reads an event as a whole. What a report holds beyond is told by its day. */
const membersMax = 10_000;
/** Collections whose index is kept. */
const indexesMax = 8;
const rowsAtOnce = 200;

export type Arrivals = (query: ArrivalQuery, rowsMax: number) => ArrivalsRead;

/** An event and the objects it is about. Says nothing of who may have them. */
export interface IndexedEvent {
  readonly uuid: string;
  /** The report or grouping; undefined: the event of a day, made up for what stands in none. */
  readonly wrapper: StixId | undefined;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** Counts the events of one day, from 1. */
  readonly part: number;
  readonly members: ReadonlySet<StixId>;
  /** What only earlier versions of the report were about: whoever has that is to hear when it is revoked. */
  readonly former: ReadonlySet<StixId>;
}

interface DayEvent extends IndexedEvent {
  readonly members: Set<StixId>;
}

/** Types whose objects an event of a day is about; anything else says something of these, or nothing MISP could. */
const dayTypes: ReadonlySet<string> = new Set(
  `indicator observed-data vulnerability domain-name ipv4-addr ipv6-addr url email-addr mac-addr mutex autonomous-system file
   windows-registry-key x509-certificate network-traffic email-message user-account`.split(/\s+/),
);
/** Types that are events. */
const wrapperTypes: ReadonlySet<string> = new Set(['report', 'grouping']);
/** Types that stand for what they hold. */
const holderTypes: ReadonlySet<string> = new Set([...wrapperTypes, 'observed-data']);
/** The day of what says none. */
const noDay = '1970-01-01';

/**
 * Which events a collection comes to: one a report or grouping, and one a day for the rest. Follows the order of arrival, so
 * that looking again costs what came since.
 *
 * An object stays in the event of the day it says it was created: a MISP keeps an attribute in one event.
 */
class EventIndex {
  readonly #collection: Collection;
  /** In the order they came up. */
  readonly #events: IndexedEvent[] = [];
  /** Events of days and of reports, by uuid. Anybody can work out the uuid of a day and send a report under it: the day is told. */
  readonly #days = new Map<string, DayEvent>();
  readonly #reports = new Map<string, IndexedEvent>();
  readonly #inDay = new Set<StixId>();
  readonly #held = new Holdings(membersMax);
  readonly #formerlyHeld = new Holdings(membersMax);
  /** Ids that observables came under, where those are not their own: observations refer to them by these. */
  readonly #cameAs = new Map<StixId, StixId>();
  readonly #openParts = new Map<string, number>();
  #afterUs = 0;
  #running: Promise<void> = Promise.resolve();

  constructor(collection: Collection) {
    this.#collection = collection;
  }

  /** Takes in what came since. @throws {ComityError} `CONFLICT` for a collection that is too large. */
  async update(arrivals: Arrivals): Promise<void> {
    const mine = this.#running.then(() => this.#read(arrivals));
    this.#running = mine.catch(() => undefined);
    await mine;
  }

  /** In the order they came up. */
  events(): readonly IndexedEvent[] {
    return this.#events.filter((event) => this.find(event.uuid) === event);
  }

  find(uuid: string): IndexedEvent | undefined {
    return this.#days.get(uuid) ?? this.#reports.get(uuid);
  }

  /** Reports, groupings and observations that hold an object. */
  holdersOf(id: StixId): readonly StixId[] {
    return this.#holdersIn(this.#held, id);
  }

  /** Those of which an earlier version did. */
  formerHoldersOf(id: StixId): readonly StixId[] {
    return this.#holdersIn(this.#formerlyHeld, id);
  }

  #holdersIn(holdings: Holdings, id: StixId): readonly StixId[] {
    const cameAs = this.#cameAs.get(id);
    const found = [...holdings.holdersOf(id), ...(cameAs === undefined ? [] : holdings.holdersOf(cameAs))];
    return found.filter((holder) => !wrapperTypes.has(typeOfStixId(holder)) || !this.#days.has(uuidOf(holder)));
  }

  async #read(arrivals: Arrivals): Promise<void> {
    for (;;) {
      const query = { ...filterOf(this.#collection), lastOnly: false, afterUs: this.#afterUs, ids: undefined };
      const { rows, upToUs, isEnd } = arrivals(query, rowsAtOnce);
      for (const row of rows) {
        this.#take(row);
        this.#assertRoom();
      }
      this.#afterUs = upToUs;
      if (isEnd) return;
      await nextTurn();
    }
  }

  #take({ object, isLast }: Arrival): void {
    const { id, type, text } = object;
    const value = parseJson(text, text.length);
    if (!isJsonObject(value)) return;
    if (isStixId(value['id']) && value['id'] !== id) this.#cameAs.set(id, value['id']);
    const created = typeof value['created'] === 'string' ? value['created'].slice(0, 10) : '';
    const date = /^\d{4}-\d{2}-\d{2}$/.test(created) ? created : noDay;
    if (wrapperTypes.has(type)) {
      if (this.#openReport(id, date).wrapper !== id) return;
    } else if (dayTypes.has(type) && !this.#inDay.has(id)) this.#addToDay(id, date);
    if (holderTypes.has(type)) this.#hold(id, value['object_refs'], isLast);
  }

  /** Of those under one uuid, the first. */
  #openReport(id: StixId, date: string): IndexedEvent {
    const uuid = uuidOf(id);
    const known = this.#reports.get(uuid);
    if (known !== undefined) return known;
    const members = this.#held.heldBy(id);
    const event = { uuid, wrapper: id, date, part: 1, members, former: this.#formerlyHeld.heldBy(id) };
    this.#reports.set(uuid, event);
    this.#events.push(event);
    return event;
  }

  #addToDay(id: StixId, date: string): void {
    const part = this.#openParts.get(date) ?? 1;
    const uuid = mispUuidOfPair(this.#collection.id, part === 1 ? date : `${date}\n${part}`);
    const event = this.#days.get(uuid) ?? this.#openDay(uuid, date, part);
    this.#inDay.add(id);
    event.members.add(id);
    if (event.members.size >= membersMax) this.#openParts.set(date, part + 1);
  }

  #openDay(uuid: string, date: string, part: number): DayEvent {
    const event: DayEvent = { uuid, wrapper: undefined, date, part, members: new Set(), former: new Set() };
    this.#days.set(uuid, event);
    this.#events.push(event);
    return event;
  }

  #hold(id: StixId, refs: unknown, isLast: boolean): void {
    const ids = Array.isArray(refs) ? refs.filter((ref): ref is StixId => isStixId(ref)) : [];
    const given = new Set(ids.slice(0, membersMax));
    if (!isLast) {
      for (const ref of given) this.#formerlyHeld.add(id, ref);
      return;
    }
    for (const ref of this.#held.heldBy(id)) {
      if (given.has(ref)) continue;
      this.#held.delete(id, ref);
      this.#formerlyHeld.add(id, ref);
    }
    for (const ref of given) {
      this.#formerlyHeld.delete(id, ref);
      this.#held.add(id, ref);
    }
  }

  #assertRoom(): void {
    const references = this.#held.size + this.#formerlyHeld.size + this.#cameAs.size;
    const count = this.#inDay.size + this.#events.length + references;
    if (count <= objectsMax) return;
    throw new ComityError(
      'CONFLICT',
      `Cannot give the collection ${quote(this.#collection.title)} to a MISP: more than ${objectsMax} objects and references; narrow its filter`,
    );
  }
}

export type { EventIndex };

/** Of a report. MISP compares UUIDs in small letters; an id may have capitals. */
function uuidOf(id: StixId): string {
  return id.slice(-36).toLowerCase();
}

/** Indexes of collections; one is made anew when the filter of its collection changes. */
export class EventIndexes {
  readonly #known = new Map<string, EventIndex>();

  /** @throws {ComityError} `CONFLICT`. */
  async of(collection: Collection, arrivals: Arrivals): Promise<EventIndex> {
    const { id, types, kinds, source } = collection;
    const key = JSON.stringify([id, types, kinds, source ?? '']);
    const index = this.#known.get(key) ?? new EventIndex(collection);
    this.#known.delete(key);
    this.#known.set(key, index);
    for (const oldest of this.#known.keys()) if (this.#known.size > indexesMax) this.#known.delete(oldest);
    try {
      await index.update(arrivals);
    } catch (error) {
      this.#known.delete(key);
      throw error;
    }
    return index;
  }
}

/** What passes a collection, in the version that counts. */
export function filterOf({ types, kinds, source }: Collection): Omit<ArrivalQuery, 'afterUs' | 'ids'> {
  return {
    types: types.length === 0 ? undefined : types,
    kinds: kinds.length === 0 ? undefined : kinds,
    source,
    lastOnly: true,
  };
}
