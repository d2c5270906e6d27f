import type { JsonObject, JsonValue, StixId } from '../base/index.ts';
import { refang } from '../values/index.ts';

/** One comparison of a STIX pattern: `path = value`, or `path ISSUBSET value`. */
interface Comparison {
  readonly path: string;
  readonly value: string | number;
  readonly operator?: 'ISSUBSET';
}

/** An observable of an attribute. */
type Observable = JsonObject & { readonly id: StixId };

/**
 * What a MISP attribute type becomes in STIX.
 *
 * `all` is the conjunction that MISP's own converter (misp-stix) writes. `either` says what MISP's detection exports do with
 * the same attribute: alternatives, each a conjunction. A `domain|ip` raises an alarm on the name or on the address, a
 * `filename|md5` on the digest whatever the file is called now, an `ip-dst` in either direction.
 */
export interface AttributeForm {
  readonly all: readonly Comparison[];
  readonly either: readonly (readonly Comparison[])[];
  /** Observables, the main one first. Empty: detection only. */
  readonly observables: readonly Observable[];
}

/** A form whose `either` may be left out where it is no other than `all`. */
type Draft = Omit<AttributeForm, 'either'> & Partial<Pick<AttributeForm, 'either'>>;
/** Builds a form from the parts of a value (`a|b` split at the first `|`), or undefined when they do not fit the type. */
type FormOf = (parts: readonly [string, string], observable: MakeObservable) => Draft | undefined;
type MakeObservable = (type: string, properties: JsonObject) => Observable;

/** Hash names: MISP type → name in a pattern (STIX 2.1 §10.7 hash-algorithm-ov, else the name misp-stix uses). */
export const hashNames: Readonly<Record<string, string>> = {
  md5: 'MD5',
  sha1: 'SHA-1',
  sha224: 'SHA-224',
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
  'sha512/224': 'SHA-224',
  'sha512/256': 'SHA-256',
  'sha3-224': 'SHA3-224',
  'sha3-256': 'SHA3-256',
  'sha3-384': 'SHA3-384',
  'sha3-512': 'SHA3-512',
  ssdeep: 'SSDEEP',
  tlsh: 'TLSH',
  vhash: 'VHASH',
  telfhash: 'TELFHASH',
  imphash: 'IMPHASH',
  impfuzzy: 'IMPFUZZY',
  pehash: 'PEHASH',
  authentihash: 'AUTHENTIHASH',
  cdhash: 'CDHASH',
};

const hex = (digits: number): RegExp => new RegExp(`^[0-9a-fA-F]{${digits}}$`);

/** What a digest looks like where its algorithm says so: STIX patterns take no other (the reference validator, too). */
const digestForms: Readonly<Record<string, RegExp>> = {
  MD5: hex(32),
  'SHA-1': hex(40),
  'SHA-224': hex(56),
  'SHA-256': hex(64),
  'SHA-384': hex(96),
  'SHA-512': hex(128),
  'SHA3-224': hex(56),
  'SHA3-256': hex(64),
  'SHA3-384': hex(96),
  'SHA3-512': hex(128),
  SSDEEP: /^[a-zA-Z0-9/+:.]{1,128}$/,
};

const isDigest = (name: string, value: string): boolean => digestForms[name]?.test(value) ?? value !== '';

const hives: Readonly<Record<string, string>> = {
  HKLM: 'HKEY_LOCAL_MACHINE',
  HKCU: 'HKEY_CURRENT_USER',
  HKCR: 'HKEY_CLASSES_ROOT',
  HKCC: 'HKEY_CURRENT_CONFIG',
  HKU: 'HKEY_USERS',
};

/** A registry key with its hive in full, which STIX demands (STIX 2.1 §6.17); the rest as it is written. */
export function fullHive(key: string): string {
  const cut = key.indexOf('\\');
  const hive = cut < 0 ? key : key.slice(0, cut);
  return `${hives[hive.toUpperCase()] ?? hive}${key.slice(hive.length)}`;
}

const quoted = (name: string): string => (/^[A-Za-z]\w*$/.test(name) ? name : `'${name}'`);
const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
const addressType = (text: string): 'ipv4-addr' | 'ipv6-addr' => (text.includes(':') ? 'ipv6-addr' : 'ipv4-addr');

const compareAddress = (address: string): Comparison => ({
  path: `${addressType(address)}:value`,
  value: address,
  ...(address.includes('/') ? { operator: 'ISSUBSET' as const } : {}),
});

/** A single property of a single observable: most types. */
function plain(type: string, property: string): FormOf {
  return ([value], observable) => ({
    all: [{ path: `${type}:${property}`, value }],
    observables: [observable(type, { [property]: value })],
  });
}

/** Something a pattern can name but no observable holds. */
function patternOnly(path: string): FormOf {
  return ([value]) => ({ all: [{ path, value }], observables: [] });
}

function hash(type: 'file' | 'x509-certificate', name: string): FormOf {
  return ([value], observable) =>
    isDigest(name, value)
      ? {
          all: [{ path: `${type}:hashes.${quoted(name)}`, value }],
          observables: [observable(type, { hashes: { [name]: value } })],
        }
      : undefined;
}

function namedHash(name: string): FormOf {
  return ([file, digest], observable) => {
    if (!isDigest(name, digest)) return undefined;
    const compared = { path: `file:hashes.${quoted(name)}`, value: digest };
    return {
      all: [{ path: 'file:name', value: file }, compared],
      either: [[compared]],
      observables: [observable('file', { hashes: { [name]: digest }, name: file })],
    };
  };
}

function address(side: 'src' | 'dst', withPort: boolean): FormOf {
  return ([value, port], observable) => {
    if (withPort && !isPort(port)) return undefined;
    const main = observable(addressType(value), { value });
    const ports: Comparison[] = withPort ? [{ path: `network-traffic:${side}_port`, value: Number(port) }] : [];
    const traffic = observable('network-traffic', {
      [`${side}_ref`]: main.id,
      ...(withPort ? { [`${side}_port`]: Number(port) } : {}),
      protocols: ['tcp'],
    });
    return {
      all: [
        { path: `network-traffic:${side}_ref.type`, value: addressType(value) },
        { path: `network-traffic:${side}_ref.value`, value },
        ...ports,
      ],
      either: [withPort ? [{ path: `network-traffic:${side}_ref.value`, value }, ...ports] : [compareAddress(value)]],
      observables: [traffic, main],
    };
  };
}

/** An address in a role of a message; the alarm is on the address itself. */
function mailAddress(path: string, property: 'from_ref' | 'to_refs'): FormOf {
  return ([value], observable) => {
    const main = observable('email-addr', { value });
    return {
      all: [{ path, value }],
      either: [[{ path: 'email-addr:value', value }]],
      observables: [
        observable('email-message', { is_multipart: false, [property]: property === 'to_refs' ? [main.id] : main.id }),
        main,
      ],
    };
  };
}

function mailPart(path: string, properties: (value: string) => Record<string, JsonValue>): FormOf {
  return ([value], observable) => ({
    all: [{ path: `email-message:${path}`, value }],
    observables: [observable('email-message', { is_multipart: false, ...properties(value) })],
  });
}

const domain = plain('domain-name', 'value');
const url = plain('url', 'value');
const registryKey = plain('windows-registry-key', 'key');
const fileName = plain('file', 'name');

const forms: Readonly<Record<string, FormOf>> = {
  domain,
  hostname: domain,
  'onion-address': domain,
  url,
  uri: url,
  link: url,
  filename: fileName,
  mutex: plain('mutex', 'name'),
  'mac-address': plain('mac-addr', 'value'),
  email: plain('email-addr', 'value'),
  'whois-registrant-email': plain('email-addr', 'value'),
  'dns-soa-email': plain('email-addr', 'value'),
  regkey: ([key], observable) => registryKey([fullHive(key), ''], observable),
  'ip-src': address('src', false),
  'ip-dst': address('dst', false),
  'ip-src|port': address('src', true),
  'ip-dst|port': address('dst', true),
  'email-src': mailAddress('email-message:from_ref.value', 'from_ref'),
  'email-dst': mailAddress('email-message:to_refs[*].value', 'to_refs'),
  'email-subject': mailPart('subject', (subject) => ({ subject })),
  'email-body': mailPart('body', (body) => ({ body })),
  'email-message-id': mailPart('message_id', (id) => ({ message_id: id })),
  'email-header': mailPart('received_lines', (line) => ({ received_lines: [line] })),
  'email-reply-to': mailPart('additional_header_fields.reply_to', (value) => ({
    additional_header_fields: { 'Reply-To': value },
  })),
  'email-x-mailer': mailPart('additional_header_fields.x_mailer', (value) => ({
    additional_header_fields: { 'X-Mailer': value },
  })),
  'email-attachment': ([value], observable) => {
    const file = observable('file', { name: value });
    const part = { body_raw_ref: file.id, content_disposition: `attachment; filename='${value}'` };
    return {
      all: [{ path: 'email-message:body_multipart[*].body_raw_ref.name', value }],
      either: [[{ path: 'file:name', value }]],
      observables: [observable('email-message', { is_multipart: true, body_multipart: [part] }), file],
    };
  },
  'domain|ip': ([name, ip], observable) => {
    if (ip === '') return undefined;
    const resolved = observable(addressType(ip), { value: ip });
    return {
      all: [
        { path: 'domain-name:value', value: name },
        { path: 'domain-name:resolves_to_refs[*].value', value: ip },
      ],
      either: [[{ path: 'domain-name:value', value: name }], [compareAddress(ip)]],
      observables: [observable('domain-name', { value: name, resolves_to_refs: [resolved.id] }), resolved],
    };
  },
  'hostname|port': ([name, port], observable) => {
    if (!isPort(port)) return undefined;
    const host = observable('domain-name', { value: name });
    const dst: Comparison = { path: 'network-traffic:dst_port', value: Number(port) };
    return {
      all: [{ path: 'domain-name:value', value: name }, dst],
      either: [[{ path: 'network-traffic:dst_ref.value', value: name }, dst]],
      observables: [
        host,
        observable('network-traffic', { dst_ref: host.id, dst_port: Number(port), protocols: ['tcp'] }),
      ],
    };
  },
  port: ([value]) =>
    isPort(value) ? { all: [{ path: 'network-traffic:dst_port', value: Number(value) }], observables: [] } : undefined,
  AS: ([value], observable) => {
    const number = /^(?:as)?\s?(\d{1,10})$/i.exec(value.trim())?.[1];
    if (number === undefined) return undefined;
    return {
      all: [{ path: 'autonomous-system:number', value: Number(number) }],
      observables: [observable('autonomous-system', { number: Number(number) })],
    };
  },
  'regkey|value': ([key, data], observable) => ({
    all: [
      { path: 'windows-registry-key:key', value: fullHive(key) },
      { path: 'windows-registry-key:values.data', value: data },
    ],
    observables: [observable('windows-registry-key', { key: fullHive(key), values: [{ data }] })],
  }),
  'github-username': ([value], observable) => ({
    all: [
      { path: 'user-account:account_type', value: 'github' },
      { path: 'user-account:account_login', value },
    ],
    observables: [observable('user-account', { account_login: value, account_type: 'github' })],
  }),
  'http-method': patternOnly("network-traffic:extensions.'http-request-ext'.request_method"),
  'user-agent': patternOnly("network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'"),
  'ja3-fingerprint-md5': patternOnly('network-traffic:x_ja3_hash'),
  'size-in-bytes': ([value]) =>
    /^\d{1,15}$/.test(value) ? { all: [{ path: 'file:size', value: Number(value) }], observables: [] } : undefined,
  'x509-fingerprint-md5': hash('x509-certificate', 'MD5'),
  'x509-fingerprint-sha1': hash('x509-certificate', 'SHA-1'),
  'x509-fingerprint-sha256': hash('x509-certificate', 'SHA-256'),
  // The file itself is never taken in: its name, and for a sample its digest, are.
  attachment: fileName,
  'malware-sample': namedHash('MD5'),
  ...Object.fromEntries(Object.entries(hashNames).map(([type, name]) => [type, hash('file', name)])),
  ...Object.fromEntries(Object.entries(hashNames).map(([type, name]) => [`filename|${type}`, namedHash(name)])),
};

/** Whether {@link attributeForm} knows the type at all. */
export function hasForm(type: string): boolean {
  return Object.hasOwn(forms, type);
}

/** Types whose values people defang; every other value is what it says. */
const fangedTypes: ReadonlySet<string> = new Set(
  `domain hostname onion-address url uri link domain|ip hostname|port ip-src ip-dst ip-src|port ip-dst|port
   email email-src email-dst email-reply-to whois-registrant-email dns-soa-email`.split(/\s+/),
);

/** Types that hold a name; a URL that stands in one is still a URL. */
const nameTypes: ReadonlySet<string> = new Set(['domain', 'hostname', 'onion-address']);

/**
 * The STIX form of an attribute, or undefined when its type has none or its value does not fit its type.
 *
 * @param text - As sent, defanged or not.
 * @param idOf - makes the id of an observable from its type; an attribute has at most one observable of a type.
 */
export function attributeForm(
  type: string,
  text: string,
  idOf: (observableType: string) => StixId,
): AttributeForm | undefined {
  const value = fangedTypes.has(type) ? refang(text) : text;
  const form =
    nameTypes.has(type) && value.includes('://') ? url : Object.hasOwn(forms, type) ? forms[type] : undefined;
  if (form === undefined) return undefined;
  const composite = type.includes('|') || type === 'malware-sample';
  const cut = composite ? value.indexOf('|') : -1;
  if (composite && cut < 0) return undefined;
  const parts: [string, string] = cut < 0 ? [value, ''] : [value.slice(0, cut), value.slice(cut + 1)];
  if (composite && parts[0] === '' && type !== 'malware-sample' && !type.startsWith('filename|')) return undefined;
  const draft = form(parts, (observableType, properties) => ({
    type: observableType,
    spec_version: '2.1',
    id: idOf(observableType),
    ...properties,
  }));
  return draft && { either: [draft.all], ...draft };
}

/**
 * The form of one address at any of several ports, as an object of MISP states them together: `ip-dst|port` for each.
 *
 * @param ports - as sent; what is no port is left out. Undefined when none is left.
 */
export function endpointForm(
  addressType: 'ip-src' | 'ip-dst',
  address: string,
  ports: readonly string[],
  idOf: (observableType: string) => StixId,
): AttributeForm | undefined {
  const forms = ports.flatMap((port) => attributeForm(`${addressType}|port`, `${address}|${port}`, idOf) ?? []);
  const [first] = forms;
  if (first === undefined || forms.length === 1) return first;
  return { ...first, either: forms.flatMap((form) => form.either) };
}

/** Whether an alarm or observation says the value of its attribute to the letter, and nothing beside. */
export function isSaidAsItIs({ either }: AttributeForm, value: string): boolean {
  return either.length === 1 && either[0]?.length === 1 && either[0][0]?.value === value;
}

/** Pattern text of a form; `how` chooses between the two readings of {@link AttributeForm}. */
export function patternOfForm(form: AttributeForm, how: 'all' | 'either'): string {
  const alternatives = how === 'either' ? form.either : [form.all];
  const printed = alternatives.map((comparisons) => {
    const text = comparisons.map(printComparison).join(' AND ');
    return alternatives.length > 1 && comparisons.length > 1 ? `(${text})` : text;
  });
  return `[${printed.join(' OR ')}]`;
}

function printComparison({ path, value, operator }: Comparison): string {
  if (typeof value === 'number') return `${path} = ${value}`;
  return `${path} ${operator ?? '='} '${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
