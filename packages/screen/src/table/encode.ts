import { ComityError, quote } from '@comity/protocol/base';
import { ipv4NumberOf, ipv4TextOf, ipv6GroupsOf, ipv6TextOf } from '@comity/protocol/values';
import type { Value, ValueKind } from '@comity/protocol/values';
import { entryTags } from './entry-list.ts';
import { EMAIL_HEAD_BYTES, NO_PORT, URL_HEAD_BYTES } from './entry-set.ts';
import { uses } from './key-index.ts';
import type { EntrySet } from './entry-set.ts';

const digestKinds: Partial<Record<number, ValueKind>> = { 16: 'md5', 20: 'sha1', 32: 'sha256', 64: 'sha512' };
const kindsOfTags: Partial<Record<number, ValueKind>> = {
  [entryTags.ipv4]: 'ipv4',
  [entryTags.ipv6]: 'ipv6',
  [entryTags.url]: 'url',
  [entryTags.prefix]: 'url',
  [entryTags.email]: 'email',
};
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The shortest name: `a.b`. */
export const nameBytesMin = 3;

const STAR = 42;
const DOT = 46;
const SLASH = 47;
const COLON = 58;
const AT = 64;
const BRACKET = 91;

/** The value that was read last, in UTF-8. Values are read one after another, so one room is enough, and none is made for each. */
let bytes = new Uint8Array(4096);
/** The same of an IPv6 address. */
const groups = new Uint16Array(8);

/** Puts a text into {@link bytes}; returns how many there are. */
function readBytes(text: string): number {
  if (text.length * 3 > bytes.length) bytes = new Uint8Array(text.length * 3);
  return encoder.encodeInto(text, bytes).written;
}

/** Where a byte stands first in `bytes[start, end)`; `end` when nowhere. */
function placeOf(byte: number, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== byte) at++;
  return at;
}

/**
 * The entry of a value, -1 when there is none and none is to be made.
 *
 * @throws {ComityError} `VALUE_MALFORMED` when the value is not in the normal form of its kind.
 */
export function entryFor(set: EntrySet, value: Value, create: boolean): number {
  const { kind, value: text } = value;
  if (kind === 'ipv4' || kind === 'ipv6') return networkEntry(set, text, create);
  const length = readBytes(text);
  // What lies behind is of values before.
  if (length === 0) malformed(text);
  if (kind === 'domain') {
    return bytes[0] === STAR && bytes[1] === DOT && length > 1
      ? nameEntry(set, text, 2, length, entryTags.below, uses.asName, create)
      : nameEntry(set, text, 0, length, entryTags.name, uses.asName, create);
  }
  if (kind === 'url') return urlEntry(set, text, length, create);
  return kind === 'email' ? emailEntry(set, text, length, create) : digestEntry(set, text, length, create);
}

function malformed(text: string): never {
  throw new ComityError('VALUE_MALFORMED', `Cannot list ${quote(text)}: it is not in normal form`);
}

/** The entry of the name `bytes[start, end)` of a value. */
function nameEntry(
  set: EntrySet,
  text: string,
  start: number,
  end: number,
  tag: number,
  use: number,
  create: boolean,
): number {
  if (end - start < nameBytesMin || end - start > 253 || placeOf(DOT, start, end) === end) malformed(text);
  return set.nameEntry(bytes, start, end, tag, use, create);
}

function networkEntry(set: EntrySet, text: string, create: boolean): number {
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const number = ipv4NumberOf(address);
  const prefixBits = slash < 0 ? (number >= 0 ? 32 : 128) : Number(text.slice(slash + 1));
  if (!(prefixBits >= 0 && prefixBits <= (number >= 0 ? 32 : 128))) malformed(text);
  if (number >= 0) {
    const found = set.findIpv4(number, prefixBits);
    return found >= 0 || !create ? found : set.addIpv4(number, prefixBits);
  }
  groups.set(ipv6GroupsOf(address) ?? malformed(text));
  const found = set.findIpv6(set.hashIpv6(groups, prefixBits), groups, prefixBits);
  return found >= 0 || !create ? found : set.addIpv6(groups, prefixBits);
}

function urlEntry(set: EntrySet, text: string, length: number, create: boolean): number {
  const slash = placeOf(SLASH, 0, length);
  if (slash < 1 || slash === length) malformed(text);
  const isIpv6 = bytes[0] === BRACKET;
  const hostEnd = placeOf(COLON, isIpv6 ? text.indexOf(']') : 0, slash);
  const port = hostEnd === slash ? NO_PORT : Number(text.slice(hostEnd + 1, slash));
  const host = hostEntry(set, text, hostEnd, isIpv6, create);
  if (host < 0) return -1;
  const isPrefix = bytes[length - 1] === STAR;
  // Every path begins with the slash, so it is not kept.
  const tailEnd = isPrefix ? length - 1 : length;
  return set.urlEntry(isPrefix ? entryTags.prefix : entryTags.url, host, port, bytes, slash + 1, tailEnd, create);
}

/** The entry of the host of a URL, which ends at `end`. */
function hostEntry(set: EntrySet, text: string, end: number, isIpv6: boolean, create: boolean): number {
  if (isIpv6) return networkEntry(set, text.slice(1, end - 1), create);
  // An address ends in a digit; hardly a name does.
  const isNumeric = text.charCodeAt(end - 1) < 58 && ipv4NumberOf(text.slice(0, end)) >= 0;
  return isNumeric
    ? networkEntry(set, text.slice(0, end), create)
    : nameEntry(set, text, 0, end, entryTags.name, uses.otherwise, create);
}

function emailEntry(set: EntrySet, text: string, length: number, create: boolean): number {
  const at = bytes.lastIndexOf(AT, length - 1);
  if (at < 1) malformed(text);
  const host = nameEntry(set, text, at + 1, length, entryTags.name, uses.otherwise, create);
  return host < 0 ? -1 : set.emailEntry(host, bytes, at, create);
}

function digestEntry(set: EntrySet, text: string, length: number, create: boolean): number {
  if (length % 2 !== 0 || digestKinds[length / 2] === undefined) malformed(text);
  return set.digestEntry(bytes, length, create);
}

/** Kind of the value an entry stands for; a host that is only a gate is a `domain` or an address. */
export function kindOfEntry(set: EntrySet, entry: number): ValueKind {
  const tag = set.list.tag[entry]!;
  return tag === entryTags.digest ? (digestKinds[set.list.length[entry]!] ?? 'other') : (kindsOfTags[tag] ?? 'domain');
}

/** The normal form an entry was listed in. */
export function textOfEntry(set: EntrySet, entry: number): string {
  const { list } = set;
  const at = list.at[entry]!;
  const length = list.length[entry]!;
  const tag = list.tag[entry];
  if (tag === entryTags.ipv4) return length === 32 ? ipv4TextOf(at) : `${ipv4TextOf(at)}/${length}`;
  if (tag === entryTags.ipv6) {
    const address = ipv6TextOf(list.groupsOf(entry));
    return length === 128 ? address : `${address}/${length}`;
  }
  if (tag === entryTags.url) return `${authorityText(set, entry)}/${arenaText(set, at + URL_HEAD_BYTES, length)}`;
  if (tag === entryTags.prefix) return `${authorityText(set, entry)}/${arenaText(set, at + URL_HEAD_BYTES, length)}*`;
  if (tag === entryTags.email) {
    return `${arenaText(set, at + EMAIL_HEAD_BYTES, length)}@${textOfEntry(set, list.hostOf(entry))}`;
  }
  if (tag === entryTags.digest) return Buffer.from(list.arena.subarray(at, at + length)).toString('hex');
  return tag === entryTags.below ? `*.${arenaText(set, at, length)}` : arenaText(set, at, length);
}

function authorityText(set: EntrySet, entry: number): string {
  const { list } = set;
  const hostEntry = list.hostOf(entry);
  const hostText = textOfEntry(set, hostEntry);
  const host = list.tag[hostEntry] === entryTags.ipv6 ? `[${hostText}]` : hostText;
  return list.portOf(entry) === NO_PORT ? host : `${host}:${list.portOf(entry)}`;
}

function arenaText(set: EntrySet, at: number, length: number): string {
  return decoder.decode(set.list.arena.slice(at, at + length));
}
