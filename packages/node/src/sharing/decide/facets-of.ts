import { isJsonObject, isStixId, parseJson } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import { markingsOf, papInForce, strictestPap, strictestTlp, tlpInForce } from '@comity/protocol/markings';
import type { Iep, MarkingLookup, Markings, Pap } from '@comity/protocol/markings';
import { isPersonal, leaseStates, originKinds } from '@comity/protocol/sharing';
import type { IepFacets, ObjectFacets, ObjectTraits } from '@comity/protocol/sharing';
import { papOf, tlpOf } from './floor.ts';
import type { ShareableObject } from './shareable.ts';

export interface FacetsDeps {
  /** Marking-definitions that are not predefined. */
  readonly findMarking: MarkingLookup;
  /** Objects that containers refer to, in this store. */
  readonly find: (id: string) => ShareableObject | undefined;
  /** How often what another member lends may still be passed on, as its text is; undefined: no member lends it. */
  readonly hopsLeftOf: (object: Pick<ShareableObject, 'id' | 'text'>) => number | undefined;
  /** Whether a person here has read a statement and found that it restricts nothing. */
  readonly isRead: (statement: string) => boolean;
}

/** Parts of containers that are looked at; a container with more is handled as if one of them could not be read. */
const partsMax = 1000;
/** Types that hold others: as strict as the strictest of them (TLP 2.0). */
const containers: ReadonlySet<string> = new Set(['report', 'grouping', 'observed-data']);

/**
 * Reads what a decision has to know from a stored object.
 *
 * The label is the stricter of the one in force in the store and of the one its own text comes to. An object whose text
 * cannot be read bears an unread marking.
 *
 * @param nowUs - The clock, µs; one that is no number ends every lease and policy.
 * @throws nothing.
 */
export function facetsOf(object: ShareableObject, nowUs: number, deps: FacetsDeps): ObjectFacets {
  const own = ownFacets(object, nowUs, deps);
  if (!isContainer(object)) return own;
  return partsOf(object, nowUs, deps).reduce((whole, part) => strictestFacets(whole, part), own);
}

/** Whether what it holds counts as well as what it says. */
export function isContainer({ type }: Pick<ShareableObject, 'type'>): boolean {
  return containers.has(type);
}

/** What holds for two things that go together: the stricter of each facet; type and policy of the first. */
function strictestFacets(whole: ObjectFacets, part: ObjectFacets): ObjectFacets {
  const paps: readonly [Pap, Pap] = [papOf(whole), papOf(part)];
  const hops = [whole.hopsLeft, part.hopsLeft].filter((left) => left !== undefined);
  return {
    ...whole,
    tlp: strictestTlp([tlpOf(whole), tlpOf(part)]),
    pap: strictestPap(paps),
    iep: strictestIep(whole.iep, part.iep),
    unreadMarking: whole.unreadMarking || part.unreadMarking,
    caveat: whole.caveat || part.caveat,
    origin: originKinds[Math.max(originKinds.indexOf(whole.origin), originKinds.indexOf(part.origin))] ?? 'received',
    personalData: whole.personalData || part.personalData,
    groups: [...new Set([...whole.groups, ...part.groups])].toSorted(),
    persons: whole.persons.filter((person) => part.persons.includes(person) || tlpOf(part) !== 'red'),
    lease: leaseStates[Math.max(leaseStates.indexOf(whole.lease), leaseStates.indexOf(part.lease))] ?? 'recalled',
    hopsLeft: hops.length === 0 ? undefined : Math.min(...hops),
  };
}

function strictestIep(a: IepFacets | undefined, b: IepFacets | undefined): IepFacets | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const stricter = (word: IepFacets['attribution']): boolean => a.attribution === word || b.attribution === word;
  return {
    period: a.period === 'within' ? b.period : a.period,
    encrypt: a.encrypt || b.encrypt,
    attribution: stricter('must-not') ? 'must-not' : stricter('must') ? 'must' : 'may',
    asksFirst: a.asksFirst || b.asksFirst,
    silent: a.silent || b.silent,
    noResale: a.noResale || b.noResale,
  };
}

function ownFacets(object: ShareableObject, nowUs: number, deps: FacetsDeps): ObjectFacets {
  const { traits } = object;
  const value = traits === undefined ? valueOf(object.text) : markedAs(traits);
  const markings = value === undefined ? undefined : markingsOf(value, deps.findMarking);
  const iep = markings?.iep;
  return {
    tlp: markings === undefined ? object.tlp : strictestTlp([object.tlp, tlpInForce(markings, object.tlp)]),
    pap: papInForce(markings?.pap, object.lentPap),
    iep: iep === undefined ? undefined : iepFacets(iep, nowUs),
    unreadMarking: markings === undefined || markings.unknownRefs.length > 0,
    caveat: markings === undefined || bearsCaveat(markings, deps),
    origin: object.own ? 'own' : 'received',
    type: object.type,
    personalData: traits?.personal ?? (value === undefined || isPersonal(value)),
    // Groups are this member's own affair, and RED reaches persons in person: no envelope of a peer tells of either.
    groups: [],
    persons: [],
    lease: leaseOf(object, nowUs),
    // What is lent without a lease was told by somebody else too: as often as the markings allow.
    hopsLeft: object.leaseUntilUs === undefined || object.own ? undefined : deps.hopsLeftOf(object),
  };
}

/** The properties of an object that its markings are read from. */
export function markedAs({ markingRefs }: ObjectTraits): JsonObject {
  return markingRefs === undefined ? {} : { object_marking_refs: [...markingRefs] };
}

/** What is written in words: a statement nobody here has read, or a field of a policy that is no part of the standard. */
function bearsCaveat({ statements, iep }: Markings, { isRead }: FacetsDeps): boolean {
  return statements.some((statement) => !isRead(statement)) || (iep?.unread.length ?? 0) > 0;
}

function iepFacets(iep: Iep, nowUs: number): IepFacets {
  const { startUs = Number.NEGATIVE_INFINITY, endUs = Number.POSITIVE_INFINITY } = iep;
  const begun = nowUs >= startUs;
  return {
    period: begun && nowUs < endUs ? 'within' : begun || Number.isNaN(nowUs) ? 'after' : 'before',
    encrypt: iep.encryptInTransit === 'must',
    attribution: iep.attribution ?? 'may',
    asksFirst: iep.permittedActions === 'none' || iep.permittedActions === 'contact-for-instruction',
    silent: iep.affectedPartyNotifications === 'must-not',
    noResale: iep.unmodifiedResale === 'must-not',
  };
}

function leaseOf({ recalled, leaseUntilUs }: ShareableObject, nowUs: number): ObjectFacets['lease'] {
  if (recalled) return 'recalled';
  if (leaseUntilUs === undefined) return 'none';
  return nowUs < leaseUntilUs ? 'running' : 'ended';
}

/** Parts at any depth, each once. */
function partsOf(container: ShareableObject, nowUs: number, deps: FacetsDeps): ObjectFacets[] {
  const seen = new Set<string>([container.id]);
  const waiting = [container];
  const parts: ObjectFacets[] = [];
  for (let holder = waiting.pop(); holder !== undefined; holder = waiting.pop()) {
    for (const id of refsOf(holder.text)) {
      if (seen.has(id)) continue;
      seen.add(id);
      const part = deps.find(id);
      // What is not here cannot leave from here.
      if (part === undefined) continue;
      if (parts.length === partsMax) return [...parts, { ...ownFacets(container, nowUs, deps), unreadMarking: true }];
      parts.push(ownFacets(part, nowUs, deps));
      if (isContainer(part)) waiting.push(part);
    }
  }
  return parts;
}

function refsOf(text: string): readonly string[] {
  const list: JsonValue | undefined = valueOf(text)?.['object_refs'];
  return Array.isArray(list) ? list.filter((ref): ref is string => isStixId(ref)).slice(0, partsMax + 1) : [];
}

function valueOf(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text, text.length);
    return isJsonObject(value) ? value : undefined;
  } catch {
    // Handled as what bears a marking nobody can read: it stays.
    return undefined;
  }
}
