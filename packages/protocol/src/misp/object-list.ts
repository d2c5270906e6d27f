import type { JsonObject, StixId } from '../base/index.ts';
import type { StixObject } from '../stix/index.ts';
import type { MispMarking } from './event-marking.ts';

/** The STIX objects an event becomes, each once, with the place of the event it comes from. */
export class ObjectList {
  readonly objects: StixObject[] = [];
  readonly places = new Map<StixId, string>();
  /** Place of what is added next: `Event.Attribute[12]`. */
  place: string;

  constructor(place: string) {
    this.place = place;
  }

  /**
   * Adds an object once: the same cluster or organisation stands on many attributes. Of several places the first counts.
   *
   * @param author - who created it; none on observables and on what is the same for every event.
   */
  add(id: StixId, marking: MispMarking | undefined, author: StixId | undefined, properties: JsonObject): void {
    if (this.places.has(id)) return;
    this.places.set(id, this.place);
    const type = id.slice(0, id.indexOf('--'));
    const value: JsonObject = { type, spec_version: '2.1', id };
    if (author !== undefined) value['created_by_ref'] = author;
    for (const [name, property] of Object.entries(properties)) {
      if (Array.isArray(property) && property.length === 0) continue;
      value[name] = property;
    }
    if (marking !== undefined && marking.refs.length > 0) value['object_marking_refs'] = [...marking.refs];
    const modifiedUs = typeof value['modified'] === 'string' ? Date.parse(value['modified']) * 1000 : undefined;
    this.objects.push({ id, type, modifiedUs, text: JSON.stringify(value), value });
  }
}

/** The STIX id that carries a MISP uuid, so that a MISP user finds the thing again. */
export function idOf(type: string, uuid: string): StixId {
  return `${type}--${uuid}` as StixId;
}
