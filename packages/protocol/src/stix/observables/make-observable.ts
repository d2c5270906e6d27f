import { assert } from '../../base/index.ts';
import type { JsonObject, StixId } from '../../base/index.ts';
import type { Value, ValueKind } from '../../values/index.ts';
import { deterministicId } from '../deterministic-id.ts';
import type { StixObject } from '../object.ts';

const shapes: Partial<Record<ValueKind, (value: string) => JsonObject>> = {
  asn: (value) => ({ type: 'autonomous-system', number: Number(value.replace(/^AS/i, '')) }),
  domain: (value) => ({ type: 'domain-name', value }),
  email: (value) => ({ type: 'email-addr', value }),
  'file-name': (value) => ({ type: 'file', name: value }),
  ipv4: (value) => ({ type: 'ipv4-addr', value }),
  ipv6: (value) => ({ type: 'ipv6-addr', value }),
  mac: (value) => ({ type: 'mac-addr', value }),
  md5: (value) => ({ type: 'file', hashes: { MD5: value } }),
  mutex: (value) => ({ type: 'mutex', name: value }),
  'registry-key': (value) => ({ type: 'windows-registry-key', key: value }),
  sha1: (value) => ({ type: 'file', hashes: { 'SHA-1': value } }),
  sha256: (value) => ({ type: 'file', hashes: { 'SHA-256': value } }),
  sha512: (value) => ({ type: 'file', hashes: { 'SHA-512': value } }),
  // The normal form has no scheme and STIX asks for one.
  url: (value) => ({ type: 'url', value: `http://${value}` }),
};

/**
 * The observable that states a value, under its deterministic id.
 *
 * Undefined where there is none: `*.name` and URL prefixes describe many values, and STIX has no observable for a process
 * name, a JA3 fingerprint or `other`.
 *
 * @param value - In normal form.
 */
export function makeObservable(
  value: Value,
  options: { readonly markingRefs?: readonly StixId[] } = {},
): StixObject | undefined {
  const shape = value.value.startsWith('*') || value.value.endsWith('*') ? undefined : shapes[value.kind];
  if (shape === undefined) return undefined;
  const { type, ...own } = shape(value.value);
  assert(typeof type === 'string', 'an observable has a type');
  const id = deterministicId(type, own);
  assert(id !== undefined, 'every shape has a contributing property');
  const markings = options.markingRefs ?? [];
  const object: JsonObject = { type, spec_version: '2.1', id, ...own };
  if (markings.length > 0) object['object_marking_refs'] = [...markings];
  return { id, type, modifiedUs: undefined, text: JSON.stringify(object), value: object };
}
