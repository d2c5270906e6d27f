import { domainObjects } from './domain-objects.ts';
import { metaObjects } from './meta-objects.ts';
import { observables } from './observables.ts';
import { relationshipObjects } from './relationship-objects.ts';
import type { ObjectRow } from './rows.ts';

/** What an object is: domain, relationship, observable or meta object (STIX 2.1 §1.5), or of a type nobody defined. */
export type ObjectKind = 'SDO' | 'SRO' | 'SCO' | 'meta' | 'custom';

/** Every object type of the standard with its table. */
export const objectRows: ReadonlyMap<string, ObjectRow> = new Map(
  [...domainObjects, ...relationshipObjects, ...observables, ...metaObjects].map((row) => [row.type, row]),
);

const kinds: ReadonlyMap<string, ObjectKind> = new Map(
  [...objectRows.values()].map(({ type, section }) => [type, kindOfChapter(section)]),
);

function kindOfChapter(section: string): ObjectKind {
  const chapter = section.split('.', 1)[0];
  if (chapter === '4') return 'SDO';
  if (chapter === '5') return 'SRO';
  return chapter === '6' ? 'SCO' : 'meta';
}

/** The kind of a type; `custom` for those the standard does not define. */
export function kindOfType(type: string): ObjectKind {
  return kinds.get(type) ?? 'custom';
}
