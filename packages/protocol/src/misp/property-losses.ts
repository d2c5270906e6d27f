import type { JsonObject } from '../base/index.ts';
import type { LossTally } from './loss-tally.ts';
import { listIn, textIn } from './stix-fields.ts';

export const noPlace = 'has no place in a MISP event';

/** Beside each object's own: looked at by themselves, or said by the tags. */
const alwaysCarried: ReadonlySet<string> = new Set(
  'type spec_version id created modified created_by_ref labels object_marking_refs external_references confidence revoked'.split(
    ' ',
  ),
);

/** What of an object went into the event. */
interface Carried {
  /** Its properties that did; `external_references` among them only where each is looked at by itself. */
  readonly carried: readonly string[];
  /** Its external references that did; those that lead to a MISP always do. */
  readonly references?: readonly JsonObject[] | undefined;
  /** Who the event is said to be of. */
  readonly author: JsonObject[string] | undefined;
}

/** Counts as lost what an object says beside what went into the event. */
export function addLostProperties(
  value: JsonObject,
  { carried, references = [], author }: Carried,
  losses: LossTally,
): void {
  const type = textIn(value['type']).slice(0, 60);
  for (const name of Object.keys(value)) {
    if (!alwaysCarried.has(name) && !carried.includes(name)) losses.add(`${type}.${name.slice(0, 60)}`, noPlace);
  }
  const isSaid = (ref: JsonObject): boolean =>
    textIn(ref['source_name']).startsWith('misp-') || references.includes(ref);
  if (!carried.includes('external_references') && !listIn(value['external_references']).every(isSaid))
    losses.add(`${type}.external_references`, noPlace);
  const { created, modified, created_by_ref: by } = value;
  if (created !== modified && created !== undefined && !carried.includes('created'))
    losses.add(`${type}.created`, noPlace);
  if (by !== undefined && by !== author) losses.add(`${type}.created_by_ref`, 'an event has one organisation');
}
