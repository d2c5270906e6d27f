import { ComityError } from '@comity/protocol/base';
import { parseValue, recogniseRange, recogniseValue } from '@comity/protocol/values';
import type { ListedValue, ValueKind } from '@comity/protocol/values';
import { recogniseListed } from './listed-value.ts';

/** What a column or key holds. `value`: an indicator whose kind another column or its own form tells. */
export type ColumnMeaning =
  | { readonly role: 'value' }
  | { readonly role: 'typed'; readonly kinds: TypeMeaning }
  /** A port; `of` is what its header says it belongs to: `dst` of `dst_port`, nothing of `port`. */
  | { readonly role: 'port'; readonly of: string }
  | { readonly role: 'type' | 'description' | 'labels' | 'firstSeen' | 'validUntil' | 'confidence' };

/** Kind a type word promises; `recognise`: one of those whose form tells. */
export type TypeMeaning = ValueKind | 'recognise' | 'name';

const roles: Readonly<Record<string, ColumnMeaning['role']>> = {
  value: 'value',
  indicator: 'value',
  indicatorvalue: 'value',
  ioc: 'value',
  iocvalue: 'value',
  observable: 'value',
  observablevalue: 'value',
  type: 'type',
  entitytype: 'type',
  indicatortype: 'type',
  ioctype: 'type',
  observabletype: 'type',
  description: 'description',
  desc: 'description',
  note: 'description',
  notes: 'description',
  comment: 'description',
  comments: 'description',
  name: 'description',
  tags: 'labels',
  tag: 'labels',
  labels: 'labels',
  label: 'labels',
  malware: 'labels',
  malwarefamily: 'labels',
  malwareprintable: 'labels',
  family: 'labels',
  threat: 'labels',
  app: 'labels',
  firstseen: 'firstSeen',
  firstseenutc: 'firstSeen',
  dateadded: 'firstSeen',
  date: 'firstSeen',
  timestamp: 'firstSeen',
  validuntil: 'validUntil',
  expires: 'validUntil',
  expiration: 'validUntil',
  confidence: 'confidence',
  confidencelevel: 'confidence',
};

const typeWords: Readonly<Record<string, TypeMeaning>> = {
  domain: 'name',
  domainname: 'name',
  hostname: 'name',
  host: 'name',
  fqdn: 'name',
  domainip: 'name',
  hostnameport: 'name',
  ipdstport: 'recognise',
  ipsrcport: 'recognise',
  website: 'name',
  ip: 'recognise',
  ipaddress: 'recognise',
  ipaddr: 'recognise',
  ipv4: 'recognise',
  ipv4addr: 'recognise',
  ipv6: 'recognise',
  ipv6addr: 'recognise',
  ipport: 'recognise',
  ipv4port: 'recognise',
  ipdst: 'recognise',
  ipsrc: 'recognise',
  cidr: 'recognise',
  network: 'recognise',
  url: 'recognise',
  uri: 'recognise',
  email: 'email',
  emailaddr: 'email',
  emailaddress: 'email',
  emailsrc: 'email',
  hash: 'recognise',
  filehash: 'recognise',
  filehashmd5: 'md5',
  filehashsha1: 'sha1',
  filehashsha256: 'sha256',
  md5: 'md5',
  md5hash: 'md5',
  sha1: 'sha1',
  sha1hash: 'sha1',
  sha256: 'sha256',
  sha256hash: 'sha256',
  sha512: 'sha512',
  filename: 'file-name',
  process: 'process-name',
  processname: 'process-name',
  mutex: 'mutex',
  registry: 'registry-key',
  registrykey: 'registry-key',
  regkey: 'registry-key',
  mac: 'mac',
  macaddress: 'mac',
  asn: 'asn',
  ja3: 'ja3',
  ja3fingerprint: 'ja3',
};

/** `dst_port`, `Destination Port`, `port`; not `report`. */
const portHeader =
  /^(src|source|dst|dest|destination|remote|c2|server|host|hostname|domain|ip|ipaddress)?ports?(?:number)?$/;

/** Letters and digits of a header, by which it is known: `Dst. IP` is `dstip`. */
export const wordOf = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');

/**
 * What a header says its column holds: `indicator`, `SHA256`, `Download URL`, `first_seen` …; undefined when it says nothing
 * that is known. A longer header counts by its last word, which is what it is about: `Remote Template IP`.
 */
export function meaningOfHeader(header: string): ColumnMeaning | undefined {
  if (header.length > 100) return undefined;
  const word = wordOf(header);
  const role = Object.hasOwn(roles, word) ? roles[word] : undefined;
  if (role !== undefined && role !== 'typed' && role !== 'port') return { role };
  const port = portHeader.exec(word);
  if (port !== null && !Object.hasOwn(typeWords, word)) return { role: 'port', of: port[1] ?? '' };
  const kinds =
    meaningOfType(header) ??
    meaningOfType(
      header
        .trim()
        .split(/[\s_.-]+/)
        .at(-1) ?? '',
    );
  return kinds === undefined ? undefined : { role: 'typed', kinds };
}

/** What a type word promises: `domain`, `ip-dst`, `FileHash-SHA256`, `IPv4 Address` …; plurals too. */
export function meaningOfType(text: string): TypeMeaning | undefined {
  const word = wordOf(text);
  if (Object.hasOwn(typeWords, word)) return typeWords[word];
  const singular =
    word.endsWith('es') && word.startsWith('address', word.length - 9) ? word.slice(0, -2) : word.replace(/s$/, '');
  return Object.hasOwn(typeWords, singular) ? typeWords[singular] : undefined;
}

/** What people write where there is nothing. */
const nothing = /^(?:n\/?a|none|null|unknown|-|tbd)$/i;

/** The value a cell holds when its column or type promises `meaning`; undefined when it does not keep the promise. */
function valueOfCell(text: string, meaning: TypeMeaning | undefined): ListedValue | undefined {
  if (meaning === undefined) return recogniseValue(text);
  if (meaning === 'recognise') return recogniseListed(text);
  if (meaning === 'name') return recogniseValue(text, { anySuffix: true });
  try {
    return parseValue(text, meaning);
  } catch (error) {
    if (error instanceof ComityError) return undefined;
    throw error;
  }
}

/**
 * The values of a cell that may hold several: digests of one file side by side, addresses on lines of their own.
 *
 * @param meaning - undefined when nothing says that the cell holds a value: then a name needs an ending that is known.
 */
export function valuesOfCell(text: string, meaning: TypeMeaning | undefined): ListedValue[] {
  const whole = text.trim();
  if (whole === '' || nothing.test(whole)) return [];
  // MISP writes a value and its port as one: `ip-dst|port`.
  const paired = /^([^|]+)\|(\d{1,5})$/.exec(whole);
  if (paired !== null) return valuesOfCell(`${paired[1]?.trim()}:${paired[2]}`, meaning);
  const named = meaning !== undefined && meaning !== 'recognise' && meaning !== 'name';
  const one = named && whole.includes('\n') ? undefined : valueOfCell(whole, meaning);
  if (one !== undefined) return [one];
  const networks = named ? undefined : recogniseRange(whole);
  if (networks !== undefined) return networks;
  const parts = whole.split(named && meaning === 'file-name' ? /\n+/ : /[\s,;|]+/).filter((part) => part !== '');
  const values = parts.map((part) => valueOfCell(part.trim(), meaning));
  return values.every((value) => value !== undefined) ? values : [];
}

/**
 * The ports a cell names for the value beside it: `443`, `80,443`; none when the cell is empty or says so.
 *
 * @returns undefined when it holds anything else.
 */
export function portsOfCell(text: string): number[] | undefined {
  const whole = text.trim();
  if (whole === '' || nothing.test(whole) || whole === '0') return [];
  const ports = whole.split(/[\s,;|/]+/).map((part) => (/^[1-9]\d{0,4}$/.test(part) ? Number(part) : 65_536));
  return ports.length <= 100 && ports.every((port) => port <= 65_535) ? ports : undefined;
}

/** Reads the times tables write, as UTC: `2026-08-16 01:04:58`, `2026-08-16`, RFC 3339. Others say nothing. */
export function cellTimeUs(text: string): number | undefined {
  const parts = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?(?:Z| UTC)?)?$/.exec(text.trim());
  if (parts === null) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1).map((part) => Number(part ?? 0));
  const ms = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
  const shown = new Date(ms);
  return shown.getUTCMonth() === (month ?? 0) - 1 && shown.getUTCDate() === day && ms > 0 ? ms * 1000 : undefined;
}
