import { kindOfType } from './model/object-kinds.ts';

/** Whether STIX 2.1 defines the type and gives its objects a version; observables and custom types are not among them. */
export function isVersionedType(type: string): boolean {
  const kind = kindOfType(type);
  return kind === 'SDO' || kind === 'SRO' || kind === 'meta';
}
