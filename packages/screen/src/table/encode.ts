import { ComityError, quote } from '@comity/protocol/base';
import { ipv4NumberOf, ipv4TextOf, ipv6GroupsOf, ipv6TextOf } from '@comity/protocol/values';
import type { Value, ValueKind } from '@comity/protocol/values';
import { entryTags } from './entry-list.ts';
import { EMAIL_HEAD_BYTES, NO_PORT, URL_HEAD_BYTES } from './entry-set.ts';
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

/** The bytes of what was read last. Values are read one after another, so one room is enough, and none is made for each. */
let bytes = new Uint8Array(4096);

/** Puts `text.slice(from, to)` as UTF-8 into {@link bytes}; returns how many there are. */
function readBytes(text: string, from: number, to: number): number {
  const length = to - from;
  if (length * 3 > bytes.length) bytes = new Uint8Array(length * 3);
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(from + at);
    if (code > 127) return encoder.encodeInto(text.slice(from, to), bytes).written;
    bytes[at] = code;
  }
  return length;
}

/**
 * The entry of a value, -1 when there is none and none is to be made.
 *
 * @throws {ComityError} `VALUE_MALFORMED` when the value is not in the normal form of its kind.
 */
export function entryFor(set: EntrySet, value: Value, create: boolean): number {
  const { kind, value: text } = value;
  if (kind === 'domain') {
    return text.startsWith('*.')
      ? nameEntry(set, text, 2, text.length, entryTags.below, create)
      : nameEntry(set, text, 0, text.length, entryTags.name, create);
  }
  if (kind === 'ipv4' || kind === 'ipv6') return networkEntry(set, text, create);
  if (kind === 'url') return urlEntry(set, text, create);
  return kind === 'email' ? emailEntry(set, text, create) : digestEntry(set, text, create);
}

function malformed(text: string): never {
  throw new ComityError('VALUE_MALFORMED', `Cannot list ${quote(text)}: it is not in normal form`);
}

/** The entry of the name `text.slice(from, to)`. */
function nameEntry(set: EntrySet, text: string, from: number, to: number, tag: number, create: boolean): number {
  const dot = text.indexOf('.', from);
  if (dot < 0 || dot >= to || to - from > 253) malformed(text.slice(from, to));
  return set.nameEntry(bytes, readBytes(text, from, to), tag, create);
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
  const groups = Uint16Array.from(ipv6GroupsOf(address) ?? malformed(text));
  const found = set.findIpv6(set.hashIpv6(groups, prefixBits), groups, prefixBits);
  return found >= 0 || !create ? found : set.addIpv6(groups, prefixBits);
}

function urlEntry(set: EntrySet, text: string, create: boolean): number {
  const slash = text.indexOf('/');
  if (slash < 1) malformed(text);
  const isIpv6 = text.startsWith('[');
  const colon = text.indexOf(':', isIpv6 ? text.indexOf(']') : 0);
  const hostEnd = colon < 0 || colon > slash ? slash : colon;
  const port = hostEnd === slash ? NO_PORT : Number(text.slice(hostEnd + 1, slash));
  const host = hostEntry(set, text, hostEnd, isIpv6, create);
  if (host < 0) return -1;
  const isPrefix = text.endsWith('*');
  // Every path begins with the slash, so it is not kept.
  const tailLength = readBytes(text, slash + 1, isPrefix ? text.length - 1 : text.length);
  return set.urlEntry(isPrefix ? entryTags.prefix : entryTags.url, host, port, bytes, tailLength, create);
}

/** The entry of the host of a URL, which ends at `end`. */
function hostEntry(set: EntrySet, text: string, end: number, isIpv6: boolean, create: boolean): number {
  if (isIpv6) return networkEntry(set, text.slice(1, end - 1), create);
  // An address ends in a digit; hardly a name does.
  const isNumeric = text.charCodeAt(end - 1) < 58 && ipv4NumberOf(text.slice(0, end)) >= 0;
  return isNumeric
    ? networkEntry(set, text.slice(0, end), create)
    : nameEntry(set, text, 0, end, entryTags.name, create);
}

function emailEntry(set: EntrySet, text: string, create: boolean): number {
  const at = text.lastIndexOf('@');
  if (at < 1) malformed(text);
  const host = nameEntry(set, text, at + 1, text.length, entryTags.name, create);
  return host < 0 ? -1 : set.emailEntry(host, bytes, readBytes(text, 0, at), create);
}

function digestEntry(set: EntrySet, text: string, create: boolean): number {
  const count = readBytes(text, 0, text.length);
  if (count % 2 !== 0 || digestKinds[count / 2] === undefined) malformed(text);
  return set.digestEntry(bytes, count, create);
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
