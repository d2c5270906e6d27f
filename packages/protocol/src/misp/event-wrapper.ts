import { timestampOfUs } from '../base/index.ts';
import type { JsonObject, JsonValue } from '../base/index.ts';
import type { MispAttribute, MispEvent, MispObject } from './event.ts';
import type { MispMarking } from './event-marking.ts';

/**
 * Properties of the report or grouping an event becomes, all but its references to objects.
 *
 * @param changed - when the event changed last, as a STIX timestamp.
 * @param references - links of the event, as external references.
 */
export function wrapperProperties(
  event: MispEvent,
  changed: string,
  references: readonly JsonObject[],
  tags: readonly string[],
): JsonObject {
  const { name } = event.organisation;
  // The event says who made it to whoever may have it, which their identity by itself does not.
  const own = { source_name: 'misp-event', external_id: event.uuid, ...(name === '' ? {} : { description: name }) };
  const external: JsonObject[] = [own, ...references];
  if (event.extendsUuid !== undefined) {
    external.push({ source_name: 'misp-event', external_id: event.extendsUuid, description: 'extends' });
  }
  const levels = [
    ['threat-level', event.threatLevel],
    ['analysis', event.analysis],
    ['distribution', event.distribution],
  ] as const;
  const facts = levels.flatMap(([name, value]) => (value === undefined ? [] : [`misp:${name}="${value}"`]));
  return {
    created: createdOf(event.date, changed),
    modified: changed,
    name: event.info === '' ? `MISP event ${event.uuid}` : event.info,
    ...(event.published
      ? { published: timestampOfUs(event.publishedUs ?? event.changedUs ?? 0), report_types: ['threat-report'] }
      : { context: 'suspicious-activity' }),
    labels: [...tags, ...facts],
    external_references: external,
  };
}

/** The day of the event, when there is one and it is not after the last change. */
function createdOf(date: string, changed: string): string {
  const day = `${date}T00:00:00.000Z`;
  return date !== '' && !Number.isNaN(Date.parse(day)) && day < changed ? day : changed;
}

/**
 * Whether an attribute is a link of the event and no more: a reference has no label, tag, cluster or sighting of its own.
 *
 * @param around - marking of the event.
 */
export function isReference(attribute: MispAttribute, marking: MispMarking, around: MispMarking): boolean {
  const { type, value, toIds, galaxies, sightings } = attribute;
  const isLink = type === 'link' && !toIds && /^https?:\/\//i.test(value);
  const isAsEvent = marking.tlp === around.tlp && marking.pap === around.pap;
  return isLink && isAsEvent && marking.labels.length + galaxies.length + sightings.length === 0;
}

/**
 * Where an object made from an attribute comes from, so that a MISP user finds it again.
 *
 * @param value - the attribute's value where what it became does not say it as it is.
 */
export function originsOf(attribute: MispAttribute, object: MispObject | undefined, value?: string): JsonValue[] {
  const noted = value === undefined ? {} : { description: value };
  const refs: JsonValue[] = [{ source_name: 'misp-attribute', external_id: attribute.uuid, ...noted }];
  if (object !== undefined)
    refs.push({ source_name: 'misp-object', external_id: object.uuid, description: object.name });
  return refs;
}
