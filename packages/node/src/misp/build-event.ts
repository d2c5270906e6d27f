import { setImmediate as nextTurn } from 'node:timers/promises';
import { assert, ComityError, isJsonObject, isStixId, parseJson, typeOfStixId } from '@comity/protocol/base';
import type { JsonObject, StixId } from '@comity/protocol/base';
import { markingIdOfTlp, papOfMarkingId, tlpOfMarkingId } from '@comity/protocol/markings';
import type { Tlp } from '@comity/protocol/markings';
import { mispUuidOfPair, referredBy, stixToMisp } from '@comity/protocol/misp';
import type { MispLoss } from '@comity/protocol/misp';
import type { StixObject } from '@comity/protocol/stix';
import type { Exit } from '../sharing/index.ts';
import type { Collection } from '../taxii/index.ts';
import { arrivalPieces } from './arrival-pieces.ts';
import { filterOf } from './event-index.ts';
import type { Arrivals, EventIndex, IndexedEvent } from './event-index.ts';

/** What an event is made with. */
export interface BuildDeps {
  readonly collection: Collection;
  readonly index: Pick<EventIndex, 'events' | 'find' | 'holdersOf' | 'formerHoldersOf'>;
  readonly arrivals: Arrivals;
  /** The id an object has here, of one that a source knows it by: observables come under ids of their senders. */
  readonly ownIdOf: (id: StixId) => StixId | undefined;
  /** Decides, records and reads again what leaves. */
  readonly exit: Pick<Exit, 'admit' | 'room' | 'guard'>;
  /** The same without a record: for what is only looked at. */
  readonly rehearsal: Pick<Exit, 'admit'>;
  /** False for the owner, whose own use is no sharing. */
  readonly isGuarded: boolean;
  /** When the law in force was activated, µs: what it lets out anew has to be newer than what a MISP has. */
  readonly lawUs: number;
  /** Told of an event the guard stopped after the decision let it pass. */
  readonly onStopped: (uuid: string, error: Error) => void;
}

/** An event as it leaves. */
export interface BuiltEvent {
  readonly uuid: string;
  /** What stands behind `Event`. */
  readonly event: JsonObject;
  /** `{"Event":…}`, as the guard read it. */
  readonly text: string;
  readonly losses: readonly MispLoss[];
}

const rowsAtOnce = 100;
/** Rounds in which what parts of an event refer to is looked for: an observation, its traffic, the address of that. */
const roundsMax = 3;

/** Every event somebody may have anything of, in the order they came up. */
export async function* buildEvents(deps: BuildDeps): AsyncGenerator<BuiltEvent> {
  const heldAmong = heldFor(deps);
  for (const indexed of deps.index.events()) {
    const built = await build(indexed, heldAmong, deps);
    if (built !== undefined) yield built;
    await nextTurn();
  }
}

/** One event as somebody may have it; undefined when nothing of it may leave, as if it was not there. */
export async function buildEvent(uuid: string, deps: BuildDeps): Promise<BuiltEvent | undefined> {
  const indexed = deps.index.find(uuid);
  return indexed === undefined ? undefined : await build(indexed, heldFor(deps), deps);
}

interface Admitted {
  readonly object: StixObject;
  readonly atUs: number;
}

async function build(indexed: IndexedEvent, heldAmong: HeldAmong, deps: BuildDeps): Promise<BuiltEvent | undefined> {
  const { collection, exit, lawUs } = deps;
  const wrapper = indexed.wrapper === undefined ? undefined : (await admitted([indexed.wrapper], deps)).at(0);
  if (indexed.wrapper !== undefined && wrapper === undefined) return undefined;
  const parts = await (wrapper === undefined ? partsOfDay(indexed, heldAmong, deps) : partsOfReport(indexed, deps));
  const author = wrapper?.object.value['created_by_ref'];
  const authors = isStixId(author) && !indexed.members.has(author) ? await admitted([author], deps, true) : [];
  const arrivedUs = [wrapper, ...parts].reduce((latest, each) => Math.max(latest, each?.atUs ?? 0), lawUs);
  const head = wrapper?.object ?? {
    uuid: indexed.uuid,
    info: `${collection.title}, ${indexed.date}${indexed.part === 1 ? '' : ` (${indexed.part})`}`,
    date: indexed.date,
    organisation: { name: collection.title, uuid: mispUuidOfPair(collection.id, 'organisation') },
  };
  const objects = [...authors, ...parts].map(({ object }) => object);
  const { event, losses, attributes } = stixToMisp(head, objects, {
    arrivedS: Math.floor(arrivedUs / 1_000_000),
    published: true,
  });
  await exit.room();
  return attributes === 0 ? undefined : guarded({ uuid: indexed.uuid, event, losses }, deps);
}

async function partsOfDay({ members }: IndexedEvent, heldAmong: HeldAmong, deps: BuildDeps): Promise<Admitted[]> {
  const { index } = deps;
  const held = await heldAmong([...members], (id) => index.holdersOf(id));
  const found = await withReferred(
    [...members].filter((id) => !held.has(id)),
    deps,
  );
  const revoked = found.filter(isRevoked).map(({ object }) => object.id);
  const wasHeld = await heldAmong(revoked, (id) => index.formerHoldersOf(id));
  return found.filter(({ object }) => !wasHeld.has(object.id));
}

async function partsOfReport({ members, former }: IndexedEvent, deps: BuildDeps): Promise<Admitted[]> {
  const found = await withReferred([...members], deps);
  const foundIds = new Set(found.map(({ object }) => object.id));
  const others = await admitted(
    [...former].filter((id) => !foundIds.has(id)),
    deps,
  );
  return [...found, ...others.filter(isRevoked)];
}

/** The second look, at the bytes. */
function guarded(made: Omit<BuiltEvent, 'text'>, deps: BuildDeps): BuiltEvent | undefined {
  const text = JSON.stringify({ Event: made.event });
  try {
    return { ...made, text: deps.isGuarded ? deps.exit.guard.misp(text) : text };
  } catch (error) {
    if (!(error instanceof ComityError) || error.code !== 'SHARING_REFUSED') throw error;
    deps.onStopped(made.uuid, error);
    return undefined;
  }
}

/** Objects and what observations among them refer to, as far as they may leave and pass the collection. */
async function withReferred(ids: readonly StixId[], deps: BuildDeps): Promise<Admitted[]> {
  const known = new Set(ids);
  const found = await admitted(ids, deps);
  let last: readonly Admitted[] = found;
  for (let round = 0; round < roundsMax && last.length > 0; round += 1) {
    const referred = last.flatMap(({ object }) => refsOf(object)).filter((id) => !known.has(id));
    for (const id of referred) known.add(id);
    last = await admitted([...new Set(referred)], deps);
    found.push(...last);
  }
  return found;
}

/** What an observation is about, and what an observable refers to. */
function refsOf({ type, value }: StixObject): StixId[] {
  const refs = type === 'observed-data' ? [value['object_refs']].flat() : referredBy(value);
  return refs.filter((ref) => isStixId(ref));
}

/** Of some objects those that pass the collection and may leave to a MISP, as they leave, under the ids they were asked by. */
async function admitted(ids: readonly StixId[], deps: BuildDeps, isAuthor = false): Promise<Admitted[]> {
  const found: Admitted[] = [];
  for (let from = 0; from < ids.length; from += rowsAtOnce) {
    const asked = Map.groupBy(ids.slice(from, from + rowsAtOnce), (id) => deps.ownIdOf(id) ?? id);
    for (const row of rowsOf([...asked.keys()], deps, isAuthor)) {
      if (!isSayable(row.object.text)) continue;
      for (const { object, text, tlp } of deps.exit.admit([row.object]))
        for (const id of asked.get(object.id) ?? [])
          found.push({ object: stixObjectOf(id, text, deps.isGuarded ? undefined : tlp), atUs: row.atUs });
    }
    await deps.exit.room();
    await nextTurn();
  }
  return found;
}

function rowsOf(ids: readonly StixId[], { collection, arrivals }: BuildDeps, isAuthor: boolean) {
  // Who made a report is named with it, whatever the collection is of.
  const filter = isAuthor
    ? { types: undefined, kinds: undefined, source: undefined, lastOnly: true }
    : filterOf(collection);
  return [...arrivalPieces({ ...filter, ids }, rowsAtOnce, arrivals)].flat();
}

/** MISP has no words for a statement or a policy, so what bears one cannot be given with it and is not given. */
function isSayable(text: string): boolean {
  const value = parseJson(text, text.length);
  if (!isJsonObject(value)) return false;
  const refs = value['object_marking_refs'];
  const parts = value['granular_markings'];
  const isKnown = (ref: unknown): boolean =>
    typeof ref === 'string' && (tlpOfMarkingId(ref) !== undefined || papOfMarkingId(ref) !== undefined);
  const marks = Array.isArray(parts) ? parts.filter(isJsonObject).flatMap((part) => part['marking_ref'] ?? []) : [];
  return (Array.isArray(refs) ? refs : []).every(isKnown) && marks.every(isKnown);
}

/** @param tlp - the label in force, where the text may not say it: the owner gets what came, byte for byte. */
function stixObjectOf(id: StixId, text: string, tlp: Tlp | undefined): StixObject {
  const value = parseJson(text, text.length);
  assert(isJsonObject(value), 'what leaves is an object');
  const refs = Array.isArray(value['object_marking_refs']) ? value['object_marking_refs'] : [];
  const others = refs.filter((ref) => typeof ref === 'string' && tlpOfMarkingId(ref) === undefined);
  const labelled = tlp === undefined ? value : { ...value, object_marking_refs: [markingIdOfTlp(tlp), ...others] };
  return { id, type: typeOfStixId(id), modifiedUs: undefined, text, value: labelled };
}

function isRevoked({ object }: Admitted): boolean {
  return object.value['revoked'] === true;
}

/** Of some objects those that stand, or stood, in a report or observation somebody may have: there they are told, not by their day. */
type HeldAmong = (ids: readonly StixId[], holdersOf: (id: StixId) => readonly StixId[]) => Promise<ReadonlySet<StixId>>;

function heldFor(deps: BuildDeps): HeldAmong {
  const isThere = new Map<StixId, boolean>();
  return async (ids, holdersOf) => {
    const holders = [...new Set(ids.flatMap(holdersOf))].filter((id) => !isThere.has(id));
    for (let from = 0; from < holders.length; from += rowsAtOnce) {
      const asked = holders.slice(from, from + rowsAtOnce);
      for (const id of asked) isThere.set(id, false);
      const sayable = rowsOf(asked, deps, false).flatMap(({ object }) => (isSayable(object.text) ? [object] : []));
      for (const { object } of deps.rehearsal.admit(sayable)) isThere.set(object.id, true);
      await nextTurn();
    }
    return new Set(ids.filter((id) => holdersOf(id).some((holder) => isThere.get(holder))));
  };
}
