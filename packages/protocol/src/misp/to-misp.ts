import { timestampOfUs } from '../base/index.ts';
import type { JsonObject, StixId } from '../base/index.ts';
import type { StixObject } from '../stix/index.ts';
import type { MadeEvent, MispExport, StixToMispOptions } from './conversion.ts';
import { DraftSet } from './draft-set.ts';
import { attributeJson, distributionOf, expiry, latest, objectJson, tagsJson, withConfidence } from './event-json.ts';
import type { AttributeDraft, EventReach } from './event-json.ts';
import { isStricter, LabelReader, strictestLabel } from './event-label.ts';
import type { EventLabel } from './event-label.ts';
import { LossTally } from './loss-tally.ts';
import { addLostProperties, noPlace } from './property-losses.ts';
import { attributesOf, isCluster, isOfGalaxy, onlyValue, tagOfCluster } from './stix-attributes.ts';
import type { AttributeValues } from './stix-attributes.ts';
import { listIn, notesOf, referencesOf, secondsOf, textIn, textsIn, timeIn, uuidOfId } from './stix-fields.ts';
import type { TypedValue } from './stix-values.ts';
import { observedBy, referredBy } from './referred.ts';
import { isMispType } from './attribute-types.ts';
import { recogniseMispUuid, uuidOfPair, uuidOfText } from './uuid.ts';

/**
 * Turns a report or grouping, or an event that is made up, with objects into a MISP event and says what does not fit.
 *
 * The inverse of {@link mispToStix}: what came from MISP in this report goes back under its uuid, type and value. Anything else
 * gets a uuid made of the event's and its own, since a MISP keeps an attribute in one event and an object may stand in several
 * reports. Pure: the same objects make the same event.
 *
 * @param head - the report or grouping, or what to make up.
 * @param objects - what the event is about, the report's author among them; untrusted.
 */
export function stixToMisp(
  head: StixObject | MadeEvent,
  objects: readonly StixObject[],
  options: StixToMispOptions = {},
): MispExport {
  return new EventDraft(head, objects, options).build();
}

class EventDraft {
  readonly #head: StixObject | MadeEvent;
  readonly #wrapper: JsonObject | undefined;
  readonly #objects: readonly StixObject[];
  readonly #options: StixToMispOptions;
  readonly #byId: ReadonlyMap<string, JsonObject>;
  readonly #losses = new LossTally();
  readonly #labels = new LabelReader(this.#losses);
  readonly #uuid: string;
  readonly #isOfMisp: boolean;
  readonly #drafts = new DraftSet();
  readonly #tags = new Set<string>();
  readonly #tagged = new Set<string>();
  /** What may still be read for it and tagged in it: a few objects can refer to each other without end. */
  #effort = effortMax;
  /** Who made something or saw it: said by that. */
  readonly #organisations: ReadonlySet<string>;

  constructor(head: StixObject | MadeEvent, objects: readonly StixObject[], options: StixToMispOptions) {
    this.#head = head;
    this.#wrapper = 'value' in head ? head.value : undefined;
    this.#objects = objects;
    this.#options = options;
    this.#byId = new Map(objects.map(({ id, value }) => [id, value]));
    this.#uuid = 'uuid' in head ? head.uuid : uuidOfId(head.id);
    this.#organisations = new Set(
      [this.#wrapper ?? {}, ...this.#byId.values()].flatMap((value) => [
        textIn(value['created_by_ref']),
        ...textsIn(value['where_sighted_refs']),
      ]),
    );
    const origin = this.#wrapper && referencesOf(this.#wrapper, 'misp-event')[0];
    this.#isOfMisp = origin !== undefined && origin['external_id'] === this.#uuid;
  }

  build(): MispExport {
    if (this.#wrapper !== undefined) this.#addWrapper(this.#wrapper);
    const find = (id: string): JsonObject | undefined => this.#byId.get(id);
    const observed = observedBy(
      {
        object_refs: this.#objects.flatMap(({ type, value }) =>
          type === 'observed-data' ? textsIn(value['object_refs']) : [],
        ),
      },
      find,
    );
    for (const object of this.#objects) if (!observed.has(object.id)) this.#add(object);
    const standing = this.#objects.filter(({ value }) => value['revoked'] !== true);
    this.#dropSaidTwice(standing);
    for (const object of standing) this.#addAbout(object);
    const label = strictestLabel([
      ...(this.#wrapper === undefined ? [] : [this.#labels.labelOf(this.#wrapper)]),
      ...this.#drafts.list(),
    ]);
    for (const { id, type, value } of standing) {
      if (!isCluster(type, value) || this.#tagged.has(id) || this.#isWithheld(value, label)) continue;
      for (const tag of this.#tagsOf(id)) this.#tags.add(tag);
    }
    return this.#close(label);
  }

  #close(label: EventLabel): MispExport {
    const { tlp, pap } = label;
    const around = { tlp, pap, distribution: distributionOf(tlp, notesOf(this.#wrapper ?? {}).distribution) };
    const drafts = this.#drafts.list();
    const parts = Map.groupBy(
      drafts.filter(({ object }) => object !== undefined),
      ({ object }) => object!.uuid,
    );
    const event: JsonObject = {
      ...this.#headJson(around),
      Tag: tagsJson(tlp, pap, this.#tags),
      Attribute: drafts.filter(({ object }) => object === undefined).map((draft) => attributeJson(draft, around)),
      Object: [...parts.values()].map((each) => objectJson(each[0]!.object!, each, around)),
    };
    return { event, losses: this.#losses.list(), attributes: drafts.length, tlp };
  }

  #headJson(around: EventReach): JsonObject {
    const head = this.#head;
    const notes = notesOf(this.#wrapper ?? {});
    const changedS = this.#changedS();
    const isPublished = this.#options.published ?? ('uuid' in head || head.type === 'report');
    const extended = referencesOf(this.#wrapper ?? {}, 'misp-event').find((ref) => ref['external_id'] !== this.#uuid);
    return {
      uuid: this.#uuid,
      info: 'uuid' in head ? head.info : textIn(head.value['name']).trim() || head.id,
      date:
        'uuid' in head
          ? head.date
          : (timeIn(head.value['created']) || timestampOfUs(changedS * 1_000_000)).slice(0, 10),
      timestamp: String(changedS),
      publish_timestamp: String(isPublished ? changedS : 0),
      published: isPublished,
      threat_level_id: /^[1-4]$/.test(notes.threatLevel) ? notes.threatLevel : '4',
      analysis: /^[0-2]$/.test(notes.analysis) ? notes.analysis : '2',
      distribution: String(around.distribution),
      sharing_group_id: '0',
      extends_uuid: recogniseMispUuid(extended?.['external_id']) ?? '',
      Orgc: 'uuid' in head ? { ...head.organisation } : this.#organisation(head.value, around),
    };
  }

  #changedS(): number {
    const ownS = secondsOf(this.#wrapper?.['modified']);
    if (this.#isOfMisp) return ownS;
    return this.#options.arrivedS ?? latest([ownS, ...this.#drafts.list().map(({ changedS }) => changedS)]);
  }

  /** The true origin, never who hands it on. */
  #organisation(wrapper: JsonObject, label: EventLabel): JsonObject {
    const id = textIn(wrapper['created_by_ref']);
    const noted = this.#isOfMisp ? textIn(referencesOf(wrapper, 'misp-event')[0]?.['description']) : '';
    const name = noted || this.#nameOf(id, label);
    if (id === '') return { name: 'unknown', uuid: uuidOfText('organisation\nunknown') };
    return { name: name === '' ? id : name, uuid: uuidOfId(id) };
  }

  #addWrapper(value: JsonObject): void {
    for (const tag of this.#tagsIn(value)) this.#tags.add(tag);
    const said = (type: string, text: string, uuid: string, comment: string): void =>
      this.#drafts.add([
        this.#draft(value, { type, value: text }, uuid, {
          ...onlyValue,
          ...this.#labels.labelOf(value),
          comment,
          category: 'External analysis',
        }),
      ]);
    const description = textIn(value['description']);
    if (description.trim() !== '') said('text', description, uuidOfPair(this.#uuid, 'description'), 'Description');
    for (const ref of listIn(value['external_references'])) {
      const url = textIn(ref['url']).trim();
      const own = ref['source_name'] === 'misp-link' ? recogniseMispUuid(ref['external_id']) : undefined;
      if (url !== '') said('link', url, own ?? uuidOfPair(this.#uuid, url), textIn(ref['description']));
      else if (ref['source_name'] !== 'misp-event')
        this.#losses.add(`${textIn(value['type'])}.external_references`, noPlace);
    }
    this.#noteRest(value, [
      'name',
      'description',
      'published',
      'report_types',
      'context',
      'object_refs',
      'external_references',
      'created',
    ]);
  }

  #add(object: StixObject): void {
    const { id, type, value } = object;
    if (isCluster(type, value)) {
      // A MISP has the rest in its own galaxy, if that is one.
      if (!isOfGalaxy(value)) this.#noteRest(value, ['name', 'is_family']);
      return;
    }
    if (type === 'relationship' || type === 'sighting' || type === 'marking-definition') return;
    if (this.#effort <= 0) {
      this.#losses.add(`Object type "${type.slice(0, 60)}"`, tooMuch);
      return;
    }
    const read = new Set([value]);
    const found = attributesOf(object, (each) => {
      this.#effort -= 1;
      const part = this.#byId.get(each);
      if (part !== undefined) read.add(part);
      return part;
    });
    if (found === undefined) {
      if (type !== 'identity' || !this.#organisations.has(id))
        this.#losses.add(`Object type "${type.slice(0, 60)}"`, noForm);
      return;
    }
    // What it says may stand in what it refers to.
    const label = strictestLabel([...read].map((each) => this.#labels.labelOf(each)));
    this.#drafts.add(this.#drafted(value, found, label), id);
    for (const carried of found.from ?? []) this.#noteRest(carried.value, carried.properties);
    for (const lost of found.lost ?? []) this.#losses.add(`Object type "${lost.slice(0, 60)}"`, noForm);
    this.#noteRest(value, found.properties, found.references);
  }

  #drafted(value: JsonObject, found: AttributeValues, label: EventLabel): AttributeDraft[] {
    const id = textIn(value['id']);
    const kept = this.#isOfMisp
      ? recogniseMispUuid(referencesOf(value, 'misp-attribute')[0]?.['external_id'])
      : undefined;
    const parts =
      found.object === undefined
        ? undefined
        : {
            name: found.object.name,
            uuid:
              this.#isOfMisp && found.object.isOfMisp ? found.object.uuid : uuidOfPair(this.#uuid, found.object.uuid),
          };
    return found.values.map((each, index) => {
      const isKept = index === 0 && kept !== undefined && id.endsWith(kept);
      const uuid = isKept ? kept : uuidOfPair(this.#uuid, `${id}\n${each.type}\n${each.value}`);
      return this.#draft(value, each, uuid, {
        ...found,
        ...label,
        object: parts,
        comment: found.comment === this.#wrapper?.['name'] ? '' : found.comment,
      });
    });
  }

  #draft(
    value: JsonObject,
    { type, value: text, relation, isToIds }: TypedValue,
    uuid: string,
    said: Omit<AttributeValues, 'object'> & Pick<AttributeDraft, 'tlp' | 'pap' | 'object'>,
  ): AttributeDraft {
    const isKnown = isMispType(type) && (type !== 'datetime' || !Number.isNaN(Date.parse(text)));
    if (!isKnown) this.#losses.add(`Attribute type "${type.slice(0, 60)}"`, 'is none of MISP: given as text');
    const notes = notesOf(value);
    const isInside = value !== this.#wrapper;
    const isNarrowed = isInside && /^[0-4]$/.test(notes.distribution);
    const changedS = secondsOf(value['modified']) || this.#options.arrivedS || 0;
    return {
      uuid,
      type: isKnown ? type : 'text',
      value: text,
      category: said.category,
      isToIds: (isToIds ?? said.isToIds) && notes.isToIds !== false,
      isDeleted: value['revoked'] === true,
      comment: said.comment,
      relation: said.object === undefined ? '' : (relation ?? (notes.relation || type)),
      changedS,
      firstSeen: timeIn(said.firstSeen),
      lastSeen: timeIn(said.lastSeen),
      distribution: isNarrowed ? distributionOf(said.tlp, notes.distribution) : undefined,
      tlp: said.tlp,
      pap: said.pap,
      tags: new Set(isInside ? this.#tagsIn(value) : []),
      sightings: said.expiresS === 0 ? [] : [expiry(uuid, said.expiresS)],
      object: said.object,
    };
  }

  /** Sightings of attributes, and which clusters attributes point to. */
  #addAbout({ id, type, value }: StixObject): void {
    if (type === 'sighting') this.#addSighting(id, value);
    if (type !== 'relationship') return;
    const target = textIn(value['target_ref']);
    const cluster = this.#byId.get(target);
    const drafts = this.#drafts.of(textIn(value['source_ref']));
    if (cluster?.['revoked'] === true || (drafts.length > 0 && value['relationship_type'] === 'based-on')) return;
    const tags = this.#tagsOf(target);
    if (drafts.length === 0 || tags.length === 0) {
      this.#losses.add(
        `relationship "${textIn(value['relationship_type']).slice(0, 60)}"`,
        'how objects relate has no form in MISP',
      );
      return;
    }
    this.#tagged.add(target);
    this.#effort -= drafts.length * tags.length;
    if (this.#effort < 0) {
      this.#losses.add(`Object type "${textIn(cluster!['type']).slice(0, 60)}"`, tooMuch);
      return;
    }
    for (const draft of drafts)
      if (!this.#isWithheld(cluster!, draft, value)) for (const tag of tags) draft.tags.add(tag);
  }

  #dropSaidTwice(objects: readonly StixObject[]): void {
    // What an observable refers to is said with it: a name with its addresses, traffic with its ends.
    for (const { id, value } of objects) this.#drafts.dropSaid(id, referredBy(value), (draft) => draft.value);
    // An indicator and the observation it is based on are one attribute where they say the same.
    const bases = objects.filter(
      ({ type, value }) => type === 'relationship' && value['relationship_type'] === 'based-on',
    );
    for (const [source, relationships] of Map.groupBy(bases, ({ value }) => textIn(value['source_ref'])))
      this.#drafts.dropSaid(
        source,
        relationships.map(({ value }) => textIn(value['target_ref'])),
        (draft) => `${draft.type}\n${draft.value}`,
      );
  }

  #addSighting(id: StixId, value: JsonObject): void {
    const draft = this.#drafts.of(textIn(value['sighting_of_ref']))[0];
    const seenS = secondsOf(value['last_seen'] ?? value['first_seen'] ?? value['created']);
    if (draft === undefined || seenS === 0) {
      this.#losses.add('Object type "sighting"', 'what it is of has no attribute');
      return;
    }
    if (isStricter(this.#labels.labelOf(value), draft)) {
      this.#losses.add('Object type "sighting"', tooStrict);
      return;
    }
    const names = textsIn(value['where_sighted_refs']).map((ref) => this.#nameOf(ref, draft));
    const source = names.filter((name) => name !== '').join(', ');
    draft.sightings.push({ uuid: uuidOfId(id), type: '0', date_sighting: String(seenS), source });
    this.#noteRest(value, [
      'sighting_of_ref',
      'first_seen',
      'last_seen',
      'where_sighted_refs',
      ...(value['count'] === 1 ? ['count'] : []),
    ]);
  }

  #tagsOf(id: string): string[] {
    const value = this.#byId.get(id);
    if (value === undefined || !isCluster(textIn(value['type']), value)) return [];
    const { tags } = notesOf(value);
    return [tagOfCluster(value), ...tags];
  }

  #tagsIn(value: JsonObject): string[] {
    const { tags } = notesOf(value);
    const { confidence } = value;
    return typeof confidence === 'number' ? withConfidence(tags, confidence) : [...tags];
  }

  /** Whether a cluster is left out of something, since it bears a stricter label than that. */
  #isWithheld(cluster: JsonObject, label: EventLabel, by?: JsonObject): boolean {
    const is =
      isStricter(this.#labels.labelOfShared(cluster), label) ||
      (by !== undefined && isStricter(this.#labels.labelOf(by), label));
    if (is) this.#losses.add(`Object type "${textIn(cluster['type']).slice(0, 60)}"`, tooStrict);
    return is;
  }

  /** The name of an organisation; empty: it is not known, or not for whoever may have what bears `label`. */
  #nameOf(id: string, label: EventLabel): string {
    const value = this.#byId.get(id);
    if (value === undefined) return '';
    if (!isStricter(this.#labels.labelOfShared(value), label)) return textIn(value['name']);
    this.#losses.add(`${textIn(value['type']).slice(0, 60)}.name`, tooStrict);
    return '';
  }

  #noteRest(value: JsonObject, carried: readonly string[], references?: readonly JsonObject[]): void {
    addLostProperties(value, { carried, references, author: this.#wrapper?.['created_by_ref'] }, this.#losses);
  }
}

/** Ten times the objects an event has at most, which is more than any that is not made to be too much. */
const effortMax = 100_000;
const tooMuch = 'its event says too much already';
const noForm = 'has no form in MISP';
const tooStrict = 'its label is stricter than that of what it would stand on';
