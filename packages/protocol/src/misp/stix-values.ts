import { isJsonObject } from '../base/index.ts';
import type { JsonObject } from '../base/index.ts';
import { hashNames } from './attribute-form.ts';
import type { Stated } from './pattern-tests.ts';
import { textIn, textsIn } from './stix-fields.ts';

/** A value as a MISP attribute says it. */
export interface TypedValue {
  readonly type: string;
  readonly value: string;
  /** Its part in an object of MISP's; the object's template has one of this name. */
  readonly relation?: string;
  /** Whether it is for detection, where it is not as the object it comes from is. */
  readonly isToIds?: boolean;
}

/** What an observable comes to: attributes, of an object where several belong together, and the properties that went in. */
export interface ObservedValues {
  /** Template of the object; undefined: each stands alone. */
  readonly template: string | undefined;
  readonly values: readonly TypedValue[];
  readonly properties: readonly string[];
}

/** Templates that are written here, with their uuid at MISP. */
export const templates: ReadonlyMap<string, { readonly uuid: string; readonly metaCategory: string }> = new Map([
  ['file', { uuid: '688c46fb-5edb-40a3-8273-1af7923e2215', metaCategory: 'file' }],
  ['domain-ip', { uuid: '43b3b146-77eb-4931-b4cc-b66c60f28734', metaCategory: 'network' }],
  ['network-connection', { uuid: 'af16764b-f8e5-4603-9de1-de34d272f80b', metaCategory: 'network' }],
  ['email', { uuid: 'a0c666e0-fc65-4be8-b48f-3423d788b552', metaCategory: 'network' }],
  ['ip-port', { uuid: '9f8cea74-16fe-4968-a2b4-026676949ac6', metaCategory: 'network' }],
]);

/** Digest as STIX names it, without case and hyphens → attribute type. The first of those with one name is the usual one. */
const typeOfHash: ReadonlyMap<string, string> = new Map(
  Object.entries(hashNames)
    .toReversed()
    .map(([type, name]) => [plainName(name), type]),
);
const certificateHashes: ReadonlyMap<string, string> = new Map([
  ['MD5', 'x509-fingerprint-md5'],
  ['SHA1', 'x509-fingerprint-sha1'],
  ['SHA256', 'x509-fingerprint-sha256'],
]);

function plainName(name: string): string {
  return name.toUpperCase().replaceAll('-', '');
}

const typeOfPath: ReadonlyMap<string, string> = new Map([
  ['domain-name:value', 'domain'],
  ['ipv4-addr:value', 'ip-dst'],
  ['ipv6-addr:value', 'ip-dst'],
  ['url:value', 'url'],
  ['email-addr:value', 'email'],
  ['mac-addr:value', 'mac-address'],
  ['mutex:name', 'mutex'],
  ['autonomous-system:number', 'AS'],
  ['file:name', 'filename'],
  ['file:size', 'size-in-bytes'],
  ['windows-registry-key:key', 'regkey'],
  ['network-traffic:dst_port', 'port'],
  ['network-traffic:dst_ref.value', 'ip-dst'],
  ['network-traffic:src_ref.value', 'ip-src'],
  ['email-message:from_ref.value', 'email-src'],
  ['email-message:to_refs.value', 'email-dst'],
  ['email-message:subject', 'email-subject'],
  ['email-message:body', 'email-body'],
  ['email-message:message_id', 'email-message-id'],
]);

function typeOfStated({ path, value }: Stated): string | undefined {
  const [, owner = '', name = ''] = /^(file|x509-certificate):hashes\.(.+)$/.exec(path) ?? [];
  const digest = owner === 'file' ? typeOfHash.get(plainName(name)) : certificateHashes.get(plainName(name));
  if (digest !== undefined) return digest;
  if (/:(?:dst|src)_ref\.value$/.test(path) && !isAddress(value)) return 'hostname';
  return typeOfPath.get(path);
}

function isAddress(value: string): boolean {
  return value.includes(':') || /^[\d.]+(?:\/\d+)?$/.test(value);
}

/** Pairs that one attribute says, by the types of its halves. */
const pairs: ReadonlyMap<string, string> = new Map([
  ['ip-dst port', 'ip-dst|port'],
  ['hostname port', 'hostname|port'],
  ['domain port', 'hostname|port'],
  ['ip-src src-port', 'ip-src|port'],
]);

/** The one attribute that says what is asked together; undefined: no attribute does. */
export function valueOfConjunction(tests: readonly Stated[]): TypedValue | undefined {
  const asked = tests.filter(({ path }) => !path.endsWith('_ref.type'));
  const typed = asked.map((each) => ({
    type: each.path === 'network-traffic:src_port' ? 'src-port' : typeOfStated(each),
    value: each.value,
  }));
  const [first, second] = typed;
  if (first?.type === undefined || typed.length > 2) return undefined;
  if (asked.some(({ value }) => value.trim() === '')) return undefined;
  if (second === undefined) return first.type === 'src-port' ? undefined : typedValue(first.type, first.value);
  const type =
    first.type === 'filename' && Object.hasOwn(hashNames, String(second.type))
      ? `filename|${second.type}`
      : pairs.get(`${first.type} ${second.type}`);
  return type === undefined ? undefined : { type, value: `${first.value}|${second.value}` };
}

/** A value as MISP writes it: the number of an autonomous system after its letters. */
export function typedValue(type: string, value: string): TypedValue {
  return { type, value: type === 'AS' ? value.replace(/^(?:AS)?/i, 'AS') : value };
}

/** Observables whose one property is an attribute: the property, the type. */
const plainObservables: ReadonlyMap<string, readonly [string, string]> = new Map([
  ['domain-name', ['value', 'domain']],
  ['ipv4-addr', ['value', 'ip-dst']],
  ['ipv6-addr', ['value', 'ip-dst']],
  ['url', ['value', 'url']],
  ['email-addr', ['value', 'email']],
  ['mac-addr', ['value', 'mac-address']],
  ['mutex', ['name', 'mutex']],
  ['autonomous-system', ['number', 'AS']],
]);

/**
 * What an observable comes to; undefined when MISP has no attribute for it.
 *
 * @param find - an observable it refers to.
 */
export function valuesOfObservable(
  observable: JsonObject,
  find: (id: string) => JsonObject | undefined,
): ObservedValues | undefined {
  const type = textIn(observable['type']);
  const resolved = textsIn(observable['resolves_to_refs']).flatMap((id) => valueAt(find(id)));
  if (type === 'domain-name' && resolved.length > 0) {
    const name: TypedValue = { type: 'domain', value: textIn(observable['value']), relation: 'domain' };
    const values = [name, ...resolved.map((value) => ({ type: 'ip-dst', value, relation: 'ip' }))];
    return { template: 'domain-ip', values, properties: ['value', 'resolves_to_refs'] };
  }
  const plain = plainObservables.get(type);
  if (plain !== undefined) return alone(plain, observable);
  if (type === 'file') return ofFile(observable);
  if (type === 'windows-registry-key') return ofRegistryKey(observable);
  if (type === 'x509-certificate')
    return { template: undefined, values: digestsOf(observable, type), properties: ['hashes'] };
  if (type === 'network-traffic') return ofTraffic(observable, find);
  if (type === 'email-message') return ofMessage(observable, find);
  if (type === 'user-account' && observable['account_type'] === 'github') {
    const value = textIn(observable['account_login']);
    return {
      template: undefined,
      values: [{ type: 'github-username', value }],
      properties: ['account_login', 'account_type'],
    };
  }
  return undefined;
}

function alone([property, type]: readonly [string, string], observable: JsonObject): ObservedValues | undefined {
  const value = observable[property];
  const text = type === 'AS' && typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') return undefined;
  return { template: undefined, values: [typedValue(type, text)], properties: [property] };
}

function ofFile(observable: JsonObject): ObservedValues {
  const name = textIn(observable['name']);
  const size = observable['size'];
  const values: TypedValue[] = [
    ...(name === '' ? [] : [{ type: 'filename', value: name, relation: 'filename' }]),
    ...digestsOf(observable, 'file'),
    ...(typeof size === 'number' ? [{ type: 'size-in-bytes', value: String(size), relation: 'size-in-bytes' }] : []),
  ];
  return { template: values.length > 1 ? 'file' : undefined, values, properties: ['name', 'hashes', 'size'] };
}

function digestsOf({ hashes }: JsonObject, owner: string): TypedValue[] {
  if (hashes === undefined || !isJsonObject(hashes)) return [];
  return Object.entries(hashes).flatMap(([name, value]) => {
    const type = typeOfStated({ path: `${owner}:hashes.${name}`, value: textIn(value) });
    return type === undefined || typeof value !== 'string' ? [] : [{ type, value, relation: type }];
  });
}

function ofRegistryKey(observable: JsonObject): ObservedValues {
  const key = textIn(observable['key']);
  if (key.trim() === '') return { template: undefined, values: [], properties: [] };
  const list = Array.isArray(observable['values']) ? observable['values'].filter(isJsonObject) : [];
  const [only] = list;
  const data = only === undefined || list.length > 1 ? '' : textIn(only['data']);
  return data === ''
    ? { template: undefined, values: [{ type: 'regkey', value: key }], properties: ['key'] }
    : {
        template: undefined,
        values: [{ type: 'regkey|value', value: `${key}|${data}` }],
        properties: ['key', 'values'],
      };
}

function ofTraffic(observable: JsonObject, find: (id: string) => JsonObject | undefined): ObservedValues {
  const end = (side: 'src' | 'dst'): TypedValue[] =>
    valueAt(find(textIn(observable[`${side}_ref`]))).map((value) =>
      isAddress(value)
        ? { type: `ip-${side}`, value, relation: `ip-${side}` }
        : { type: 'hostname', value, relation: `hostname-${side}` },
    );
  const port = (side: 'src' | 'dst'): TypedValue[] => {
    const number = observable[`${side}_port`];
    return typeof number === 'number' ? [{ type: 'port', value: String(number), relation: `${side}-port` }] : [];
  };
  const values = [...end('src'), ...end('dst'), ...port('src'), ...port('dst')];
  const properties = ['src_ref', 'dst_ref', 'src_port', 'dst_port', 'protocols'];
  return { template: 'network-connection', values, properties };
}

function ofMessage(observable: JsonObject, find: (id: string) => JsonObject | undefined): ObservedValues {
  const text = (property: string, type: string, relation: string): TypedValue[] => {
    const value = textIn(observable[property]);
    return value === '' ? [] : [{ type, value, relation }];
  };
  const from = valueAt(find(textIn(observable['from_ref'])));
  const to = textsIn(observable['to_refs']).flatMap((id) => valueAt(find(id)));
  const values = [
    ...text('subject', 'email-subject', 'subject'),
    ...text('body', 'email-body', 'email-body'),
    ...text('message_id', 'email-message-id', 'message-id'),
    ...from.map((value) => ({ type: 'email-src', value, relation: 'from' })),
    ...to.map((value) => ({ type: 'email-dst', value, relation: 'to' })),
  ];
  const properties = ['subject', 'body', 'message_id', 'from_ref', 'to_refs', 'is_multipart'];
  return { template: values.length > 1 ? 'email' : undefined, values, properties };
}

function valueAt(observable: JsonObject | undefined): string[] {
  const value = textIn(observable?.['value']);
  return value === '' ? [] : [value];
}
