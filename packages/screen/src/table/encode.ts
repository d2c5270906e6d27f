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

/**
 * The entry of a value, -1 when there is none and none is to be made.
 *
 * @throws {ComityError} `VALUE_MALFORMED` when the value is not in the normal form of its kind.
 */
export function entryFor(set: EntrySet, value: Value, create: boolean): number {
  const { kind, value: text } = value;
  if (kind === 'domain') {
    return text.startsWith('*.')
      ? nameEntry(set, text.slice(2), entryTags.below, create)
      : nameEntry(set, text, entryTags.name, create);
  }
  if (kind === 'ipv4' || kind === 'ipv6') return networkEntry(set, text, create);
  if (kind === 'url') return urlEntry(set, text, create);
  return kind === 'email' ? emailEntry(set, text, create) : digestEntry(set, text, create);
}

function malformed(text: string): never {
  throw new ComityError('VALUE_MALFORMED', `Cannot list ${quote(text)}: it is not in normal form`);
}

function nameEntry(set: EntrySet, name: string, tag: number, create: boolean): number {
  if (!name.includes('.') || name.length > 253) malformed(name);
  const bytes = encoder.encode(name);
  const found = set.findName(bytes, 0, bytes.length, tag);
  return found >= 0 || !create ? found : set.addName(bytes, 0, bytes.length, tag);
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
  const authority = text.slice(0, slash);
  const isIpv6 = authority.startsWith('[');
  const hostEnd = isIpv6 ? authority.indexOf(']') + 1 : authority.search(/:|$/);
  const port = hostEnd === slash ? NO_PORT : Number(authority.slice(hostEnd + 1));
  const hostText = isIpv6 ? authority.slice(1, hostEnd - 1) : authority.slice(0, hostEnd);
  const isNumeric = isIpv6 || ipv4NumberOf(hostText) >= 0;
  const host = isNumeric ? networkEntry(set, hostText, create) : nameEntry(set, hostText, entryTags.name, create);
  if (host < 0) return -1;
  const isPrefix = text.endsWith('*');
  // Every path begins with the slash, so it is not kept.
  const tail = encoder.encode(text.slice(slash + 1, isPrefix ? -1 : undefined));
  const tag = isPrefix ? entryTags.prefix : entryTags.url;
  const found = set.findUrl(set.hashUrl(tag, host, port, tail), tag, host, port, tail, 0, tail.length);
  return found >= 0 || !create ? found : set.addUrl(tag, host, port, tail);
}

function emailEntry(set: EntrySet, text: string, create: boolean): number {
  const at = text.lastIndexOf('@');
  if (at < 1) malformed(text);
  const host = nameEntry(set, text.slice(at + 1), entryTags.name, create);
  if (host < 0) return -1;
  const local = encoder.encode(text.slice(0, at));
  const found = set.findEmails(host, local, 0, local.length);
  const same = found.find((entry) => set.list.length[entry] === local.length);
  return same ?? (create ? set.addEmail(host, local) : -1);
}

function digestEntry(set: EntrySet, text: string, create: boolean): number {
  const digits = encoder.encode(text);
  if (digits.length % 2 !== 0 || digestKinds[digits.length / 2] === undefined) malformed(text);
  const found = set.findDigest(digits, 0, digits.length);
  return found >= 0 || !create ? found : set.addDigest(digits);
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
