import type { JsonObject } from '../base/index.ts';
import type { LossTally } from './loss-tally.ts';
import { textIn } from './stix-fields.ts';

export const noPlace = 'has no place in a MISP event';

/** Beside each object's own: looked at by themselves, or said by the tags. */
const alwaysCarried: ReadonlySet<string> = new Set(
  'type spec_version id created modified created_by_ref labels object_marking_refs external_references confidence revoked'.split(
    ' ',
  ),
);

/**
 * Counts as lost what an object says beside what went into the event.
 *
 * @param carried - its properties that did.
 * @param author - who the event is said to be of.
 */
export function addLostProperties(
  value: JsonObject,
  carried: readonly string[],
  author: JsonObject[string] | undefined,
  losses: LossTally,
): void {
  const type = textIn(value['type']).slice(0, 60);
  for (const name of Object.keys(value)) {
    if (!alwaysCarried.has(name) && !carried.includes(name)) losses.add(`${type}.${name.slice(0, 60)}`, noPlace);
  }
  const { created, modified, created_by_ref: by } = value;
  if (created !== modified && created !== undefined && !carried.includes('created'))
    losses.add(`${type}.created`, noPlace);
  if (by !== undefined && by !== author) losses.add(`${type}.created_by_ref`, 'an event has one organisation');
}
