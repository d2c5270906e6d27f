import { timestampOfUs } from '../base/index.ts';
import type { JsonObject, JsonValue, StixId } from '../base/index.ts';
import type { Tlp } from '../markings/index.ts';
import { attributeForm, endpointForm, hasForm, isSaidAsItIs, patternOfForm } from './attribute-form.ts';
import { namedObjects, noteTypes, ruleLanguages } from './attribute-kind.ts';
import { endpointsOf } from './endpoints.ts';
import type { Endpoint } from './endpoints.ts';
import type { MispConversion, MispToStixOptions } from './conversion.ts';
import { contradiction, decideMarking } from './event-marking.ts';
import type { MispMarking } from './event-marking.ts';
import type { MispAttribute, MispCluster, MispEvent, MispFault, MispObject } from './event.ts';
import { isReference, originsOf, wrapperProperties } from './event-wrapper.ts';
import { stixTypeOfGalaxy } from './galaxy-types.ts';
import { LossTally } from './loss-tally.ts';
import { idOf, ObjectList } from './object-list.ts';
import { clusterObject, organisationObject } from './shared-objects.ts';
import { uuidOfPair } from './uuid.ts';
import { deletedLoss, withdrawalOfDeleted, withdrawalOfUnlisted } from './withdrawal.ts';
import type { MispWithdrawal } from './withdrawal.ts';

/**
 * Turns a MISP event into STIX 2.1 objects and says what does not fit.
 *
 * An attribute with `to_ids` becomes an indicator, one without an observation with its observables; notes, links,
 * vulnerabilities, campaigns and actors become what they are in STIX. Ids carry the attribute's uuid, so that a later version
 * of the event replaces what an earlier one made, and a MISP user finds the attribute again. The event becomes a report
 * (published) or a grouping that refers to all of it. Pure: the same event gives the same objects.
 *
 * Follows the mapping of misp-stix; departs from it where {@link MispToStixOptions.patterns} says, in keeping detections and
 * observations apart, and in writing ports and numbers as numbers.
 */
export function mispToStix(event: MispEvent, options: MispToStixOptions = {}): MispConversion {
  const losses = new LossTally();
  const alerts: MispFault[] = [];
  const onContradiction = (tlp: Tlp): void => void alerts.push(contradiction(event.place, tlp));
  const deps = { defaultTlp: options.defaultTlp, losses, onContradiction };
  const marking = decideMarking(event.tags, event.distribution, undefined, deps);
  const builder = new EventBuilder(event, marking, losses, options);
  builder.addEvent();
  return {
    objects: builder.list.objects,
    places: builder.list.places,
    withdrawals: builder.withdrawals,
    losses: losses.list(),
    alerts: [...alerts, ...builder.alerts],
    faults: [...event.faults, ...builder.faults],
    attributes: builder.attributes,
  };
}

class EventBuilder {
  readonly list: ObjectList;
  readonly withdrawals: MispWithdrawal[] = [];
  readonly attributes = { indicators: 0, observables: 0, others: 0, deleted: 0, lost: 0 };
  readonly #event: MispEvent;
  readonly #marking: MispMarking;
  readonly #losses: LossTally;
  readonly #options: MispToStixOptions;
  readonly faults: MispFault[] = [];
  readonly alerts: MispFault[] = [];
  /** Who says or saw something is no part of what is said, and its label no label of that. */
  readonly #organisations = new Set<StixId>();
  readonly #attributeUuids = new Map<string, string>();
  readonly #references: JsonObject[] = [];
  readonly #changed: string;
  readonly #author: StixId | undefined;
  readonly #wrapperId: StixId;

  constructor(event: MispEvent, marking: MispMarking, losses: LossTally, options: MispToStixOptions) {
    this.#event = event;
    this.list = new ObjectList(event.place);
    this.#marking = marking;
    this.#losses = losses;
    this.#options = options;
    this.#changed = timestampOfUs(event.changedUs ?? event.publishedUs ?? 0);
    this.#wrapperId = idOf(event.published ? 'report' : 'grouping', event.uuid);
    this.#author = this.#addOrganisation(event.organisation.name, event.organisation.uuid);
  }

  addEvent(): void {
    const event = this.#event;
    for (const attribute of event.attributes) this.#addAttribute(attribute, undefined, this.#marking);
    for (const object of event.objects) this.#addObject(object);
    this.list.place = event.place;
    for (const cluster of event.galaxies) this.#addCluster(cluster);
    for (const [part, count] of Object.entries(event.otherParts)) {
      this.#losses.add(`Event.${part}`, 'is not taken over', count);
    }
    if (event.extendsUuid !== undefined) this.#losses.add('Event.extends_uuid', 'kept as a reference only');
    this.#noteSharingGroup(event.sharingGroup, event.distribution, 'Event');
    this.#addWrapper();
  }

  #addWrapper(): void {
    const refs = this.list.objects.map((object) => object.id).filter((id) => !this.#organisations.has(id));
    const properties = wrapperProperties(this.#event, this.#changed, this.#references, this.#marking.labels);
    // Both types need at least one reference (STIX 2.1 §4.4, §4.16); an empty event refers to itself.
    this.#add(this.#wrapperId, this.#marking, {
      ...properties,
      object_refs: refs.length === 0 ? [this.#wrapperId] : refs,
    });
  }

  #addObject(object: MispObject): void {
    for (const [part, count] of Object.entries(object.otherParts)) {
      this.#losses.add(`Object.${part}`, 'is not taken over', count);
    }
    if (object.deleted) {
      for (const attribute of object.attributes) this.#withdraw(attribute, object.changedUs);
      return;
    }
    const marking = decideMarking([], object.distribution, this.#marking, this.#deps(object.place));
    const endpoints = endpointsOf(object);
    for (const attribute of object.attributes) {
      const endpoint = endpoints.ofAddress.get(attribute);
      // The indicator or observation of the address says the port.
      if (endpoints.used.has(attribute)) this.attributes.others += 1;
      else if (endpoint === undefined) this.#addAttribute(attribute, object, marking);
      else this.#addAttribute({ ...attribute, changedUs: endpoint.changedUs }, object, marking, endpoint);
    }
    if (object.references.length > 0) {
      this.#losses.add('Object.ObjectReference', 'how objects relate is not taken over', object.references.length);
    }
  }

  #addAttribute(listed: MispAttribute, object: MispObject | undefined, around: MispMarking, endpoint?: Endpoint): void {
    for (const [part, count] of Object.entries(listed.otherParts)) {
      this.#losses.add(`Attribute.${part}`, 'is not taken over', count);
    }
    if (listed.deleted) {
      this.#withdraw(listed, undefined);
      return;
    }
    const attribute = this.#distinct(listed);
    if (attribute === undefined) return;
    this.list.place = attribute.place;
    const marking = decideMarking(attribute.tags, attribute.distribution, around, this.#deps(attribute.place));
    this.#noteSharingGroup(attribute.sharingGroup, attribute.distribution, 'Attribute');
    if (attribute.hasData) this.#losses.add('Attribute.data', 'attached files are never taken in');
    const rule = ruleLanguages.get(attribute.type);
    if (!attribute.toIds && rule === undefined && this.#options.withdraws === true) {
      this.withdrawals.push(withdrawalOfUnlisted(attribute, this.#changedUs(attribute)));
    }
    const named = namedObjects.get(attribute.type);
    if (rule !== undefined) this.#addRule(attribute, object, marking, rule);
    else if (named !== undefined) this.#addNamed(attribute, object, marking, named);
    else if (noteTypes.has(attribute.type)) this.#addNote(attribute, object, marking);
    else if (isReference(attribute, marking, this.#marking)) this.#addReference(attribute);
    else this.#addByForm(attribute, object, marking, endpoint);
  }

  /** @param objectChangedUs - when the object it is part of changed, which may be what deleted it. */
  #withdraw(attribute: MispAttribute, objectChangedUs: number | undefined): void {
    this.attributes.deleted += 1;
    if (this.#options.withdraws === true) {
      const atUs = Math.max(this.#changedUs(attribute), objectChangedUs ?? 0);
      this.withdrawals.push(withdrawalOfDeleted(attribute, atUs));
    } else this.#losses.add(deletedLoss.field, deletedLoss.reason);
  }

  /** Two attributes under one uuid are both kept when they differ: the later one gets a uuid made of both. */
  #distinct(attribute: MispAttribute): MispAttribute | undefined {
    const known = this.#attributeUuids.get(attribute.uuid);
    const content = `${attribute.type}\n${attribute.value}`;
    if (known === undefined) {
      this.#attributeUuids.set(attribute.uuid, content);
      return attribute;
    }
    if (known !== content) return this.#distinct({ ...attribute, uuid: uuidOfPair(attribute.uuid, content) });
    this.attributes.lost += 1;
    this.faults.push({ place: attribute.place, reason: `it repeats ${attribute.uuid}` });
    return undefined;
  }

  #addByForm(
    attribute: MispAttribute,
    object: MispObject | undefined,
    marking: MispMarking,
    endpoint: Endpoint | undefined,
  ): void {
    const observableId = (type: string): StixId => idOf(type, attribute.uuid);
    const form =
      endpoint === undefined
        ? attributeForm(attribute.type, attribute.value, observableId)
        : endpointForm(endpoint.addressType, attribute.value, endpoint.ports, observableId);
    if (form === undefined && hasForm(attribute.type)) {
      this.attributes.lost += 1;
      this.faults.push({ place: attribute.place, reason: `its value is no ${attribute.type.slice(0, 60)}` });
      return;
    }
    if (form === undefined || (!attribute.toIds && form.observables.length === 0)) {
      this.#losses.add(`Attribute type "${attribute.type.slice(0, 60)}"`, 'has no STIX form: kept as a note');
      this.#addNote(attribute, object, marking);
      return;
    }
    const origins = originsOf(attribute, object, isSaidAsItIs(form, attribute.value) ? undefined : attribute.value);
    if (attribute.toIds) {
      const pattern = patternOfForm(form, this.#options.patterns ?? 'either');
      const id = this.#addIndicator(attribute, origins, marking, pattern, 'stix');
      this.#addDetails(attribute, id, marking);
      this.attributes.indicators += 1;
      return;
    }
    for (const observable of form.observables) this.list.add(observable.id, marking, undefined, observable);
    const observedId = idOf('observed-data', attribute.uuid);
    this.#add(observedId, marking, {
      ...this.#versions(attribute),
      first_observed: timestampOfUs(this.#seenUs(attribute)),
      last_observed: timestampOfUs(Math.max(attribute.lastSeenUs ?? 0, this.#seenUs(attribute))),
      number_observed: 1,
      object_refs: form.observables.map(({ id }) => id),
      labels: this.#labels(attribute, marking, false),
      external_references: origins,
    });
    if (attribute.comment !== '') this.#losses.add('Attribute.comment', 'an observation has no description');
    this.#addDetails(attribute, observedId, marking);
    this.attributes.observables += 1;
  }

  #addIndicator(
    attribute: MispAttribute,
    origins: JsonValue[],
    marking: MispMarking,
    pattern: string,
    language: string,
  ): StixId {
    const id = idOf('indicator', attribute.uuid);
    const expiredUs = attribute.sightings.find((sighting) => sighting.type === 2)?.seenUs;
    const fromUs = this.#seenUs(attribute);
    if (attribute.lastSeenUs !== undefined) {
      this.#losses.add('Attribute.last_seen', 'an indicator says until when it holds, not when it was last seen');
    }
    const description = attribute.comment || this.#event.info;
    this.#add(id, marking, {
      ...this.#versions(attribute),
      ...(description === '' ? {} : { description }),
      pattern,
      pattern_type: language,
      ...(language === 'stix' ? { pattern_version: '2.1' } : {}),
      valid_from: timestampOfUs(fromUs),
      ...(expiredUs !== undefined && expiredUs > fromUs ? { valid_until: timestampOfUs(expiredUs) } : {}),
      ...(attribute.category === ''
        ? {}
        : { kill_chain_phases: [{ kill_chain_name: 'misp-category', phase_name: attribute.category }] }),
      labels: this.#labels(attribute, marking, true),
      external_references: origins,
    });
    return id;
  }

  #addRule(attribute: MispAttribute, object: MispObject | undefined, marking: MispMarking, language: string): void {
    const id = this.#addIndicator(attribute, originsOf(attribute, object), marking, attribute.value, language);
    this.#addDetails(attribute, id, marking);
    this.attributes.indicators += 1;
  }

  #addNamed(attribute: MispAttribute, object: MispObject | undefined, marking: MispMarking, type: string): void {
    const cve = type === 'vulnerability' ? [{ source_name: 'cve', external_id: attribute.value.toUpperCase() }] : [];
    const id = idOf(type, attribute.uuid);
    this.#add(id, marking, {
      ...this.#versions(attribute),
      name: attribute.value,
      ...(attribute.comment === '' ? {} : { description: attribute.comment }),
      labels: this.#labels(attribute, marking, false),
      external_references: [...cve, ...originsOf(attribute, object)],
    });
    this.#addDetails(attribute, id, marking);
    this.attributes.others += 1;
  }

  #addNote(attribute: MispAttribute, object: MispObject | undefined, marking: MispMarking): void {
    const id = idOf('note', attribute.uuid);
    this.#add(id, marking, {
      ...this.#versions(attribute),
      ...(attribute.comment === '' ? {} : { abstract: attribute.comment }),
      content: attribute.value,
      object_refs: [this.#wrapperId],
      labels: this.#labels(attribute, marking, false),
      external_references: originsOf(attribute, object),
    });
    this.#addDetails(attribute, id, marking);
    this.attributes.others += 1;
  }

  #addReference(attribute: MispAttribute): void {
    const description = attribute.comment === '' ? {} : { description: attribute.comment };
    this.#references.push({
      source_name: 'misp-link',
      external_id: attribute.uuid,
      url: attribute.value,
      ...description,
    });
    this.attributes.others += 1;
  }

  /** Sightings and clusters of one attribute. */
  #addDetails(attribute: MispAttribute, id: StixId, marking: MispMarking): void {
    for (const cluster of attribute.galaxies) {
      const target = this.#addCluster(cluster);
      if (target === undefined) continue;
      const indicates = id.startsWith('indicator--') && !/^(?:identity|vulnerability|course-of-action)--/.test(target);
      this.#add(idOf('relationship', uuidOfPair(attribute.uuid, target)), marking, {
        ...this.#versions(attribute),
        relationship_type: indicates ? 'indicates' : 'related-to',
        source_ref: id,
        target_ref: target,
      });
    }
    for (const sighting of attribute.sightings) {
      if (sighting.type === 2 && id.startsWith('indicator--')) continue;
      const seen = sighting.seenUs === undefined ? this.#changed : timestampOfUs(sighting.seenUs);
      if (sighting.type !== 0) {
        this.#losses.add(
          'Attribute.Sighting',
          sighting.type === 1
            ? 'a report of a false positive is not taken over'
            : 'an expiry of what is no indicator has no STIX form',
        );
        continue;
      }
      const where = this.#addOrganisation(sighting.organisation, undefined);
      this.#add(idOf('sighting', sighting.uuid), marking, {
        created: seen,
        modified: seen,
        sighting_of_ref: id,
        ...(sighting.seenUs === undefined ? {} : { first_seen: seen, last_seen: seen }),
        count: 1,
        ...(where === undefined ? {} : { where_sighted_refs: [where] }),
      });
    }
  }

  #addCluster(cluster: MispCluster): StixId | undefined {
    const type = stixTypeOfGalaxy(cluster.galaxy);
    if (type === undefined) {
      this.#losses.add(`Galaxy "${cluster.galaxy.slice(0, 60)}"`, 'has no STIX form');
      return undefined;
    }
    const { id, properties } = clusterObject(cluster, type);
    this.list.add(id, undefined, undefined, properties);
    return id;
  }

  #addOrganisation(name: string, uuid: string | undefined): StixId | undefined {
    if (name === '') return undefined;
    const { id, properties } = organisationObject(name, uuid);
    this.#organisations.add(id);
    this.list.add(id, undefined, undefined, properties);
    return id;
  }

  #noteSharingGroup(group: string | undefined, distribution: number | undefined, part: string): void {
    if (group !== undefined && distribution === 4) {
      this.#losses.add(`${part}.SharingGroup`, 'its members are not taken over: held at TLP:AMBER at least');
    }
  }

  /** @param usual - whether what it becomes is for detection where nothing else is said. */
  #labels(attribute: MispAttribute, marking: MispMarking, usual: boolean): JsonValue[] {
    const labels: JsonValue[] = [`misp:type="${attribute.type}"`];
    if (attribute.toIds !== usual) labels.push(`misp:to_ids="${attribute.toIds}"`);
    if (attribute.category !== '') labels.push(`misp:category="${attribute.category}"`);
    if (attribute.relation !== '') labels.push(`misp:object-relation="${attribute.relation}"`);
    if (attribute.distribution !== undefined && attribute.distribution !== 5)
      labels.push(`misp:distribution="${attribute.distribution}"`);
    return [...labels, ...marking.labels];
  }

  #versions(attribute: MispAttribute): { created: string; modified: string } {
    const at = timestampOfUs(this.#changedUs(attribute));
    return { created: at, modified: at };
  }

  #changedUs(attribute: MispAttribute): number {
    return attribute.changedUs ?? this.#event.changedUs ?? this.#event.publishedUs ?? 0;
  }

  #seenUs(attribute: MispAttribute): number {
    return attribute.firstSeenUs ?? attribute.changedUs ?? this.#event.changedUs ?? 0;
  }

  #deps(place: string): Parameters<typeof decideMarking>[3] {
    const onContradiction = (tlp: Tlp): void => void this.alerts.push(contradiction(place, tlp));
    return { defaultTlp: this.#options.defaultTlp, losses: this.#losses, onContradiction };
  }

  #add(id: StixId, marking: MispMarking, properties: JsonObject): void {
    this.list.add(id, marking, this.#author, properties);
  }
}
