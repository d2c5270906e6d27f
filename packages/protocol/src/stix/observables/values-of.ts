import { ComityError, isJsonObject } from '../../base/index.ts';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import { parseValue } from '../../values/index.ts';
import type { Value, ValueKind } from '../../values/index.ts';
import type { StixObject } from '../object.ts';

/** Where an observable states a value: type → property → kind (STIX 2.1 §6). */
const statedIn = new Map<string, readonly (readonly [property: string, kind: ValueKind])[]>([
  ['autonomous-system', [['number', 'asn']]],
  ['domain-name', [['value', 'domain']]],
  ['email-addr', [['value', 'email']]],
  ['file', [['name', 'file-name']]],
  ['ipv4-addr', [['value', 'ipv4']]],
  ['ipv6-addr', [['value', 'ipv6']]],
  ['mac-addr', [['value', 'mac']]],
  ['mutex', [['name', 'mutex']]],
  // `name` is of STIX 2.0; 2.1 names the image file.
  ['process', [['name', 'process-name']]],
  ['url', [['value', 'url']]],
  ['windows-registry-key', [['key', 'registry-key']]],
]);

const hashedTypes: ReadonlySet<string> = new Set(['artifact', 'file', 'x509-certificate']);

const digestKinds = new Map<string, ValueKind>([
  ['MD5', 'md5'],
  ['SHA1', 'sha1'],
  ['SHA256', 'sha256'],
  ['SHA512', 'sha512'],
]);

/**
 * The values an object states as facts, in normal form, each once: those of an observable, or of the observables inside
 * observed-data (`objects`, STIX 2.0 and deprecated in 2.1). What cannot be read as its kind is no value.
 *
 * An indicator states none: its pattern is planned apart.
 */
export function valuesOf(object: StixObject): Value[] {
  const found: Value[] = [];
  if (object.type === 'observed-data') {
    const inner = object.value['objects'];
    if (isJsonObject(inner)) for (const part of Object.values(inner)) addOf(part, found);
  } else addOf(object.value, found);
  return found.length < 2 ? found : withoutRepeats(found);
}

function addOf(part: JsonValue, found: Value[]): void {
  if (!isJsonObject(part) || typeof part['type'] !== 'string') return;
  const { type } = part;
  for (const [property, kind] of statedIn.get(type) ?? []) addValue(part[property], kind, found);
  if (hashedTypes.has(type)) addDigests(part, found);
}

function addDigests(part: JsonObject, found: Value[]): void {
  const { hashes } = part;
  if (!isJsonObject(hashes)) return;
  for (const [key, digest] of Object.entries(hashes)) {
    const kind = key.length > 16 ? undefined : digestKinds.get(key.toUpperCase().replaceAll('-', ''));
    if (kind !== undefined) addValue(digest, kind, found);
  }
}

function addValue(value: JsonValue | undefined, kind: ValueKind, found: Value[]): void {
  const text = typeof value === 'number' && kind === 'asn' ? String(value) : value;
  if (typeof text !== 'string') return;
  try {
    found.push(parseValue(text, kind));
  } catch (error) {
    // Text that is not of its kind (a name with a blank) states nothing that could be looked for.
    if (!(error instanceof ComityError)) throw error;
  }
}

function withoutRepeats(values: readonly Value[]): Value[] {
  return [...new Map(values.map((value) => [`${value.kind} ${value.value}`, value])).values()];
}
