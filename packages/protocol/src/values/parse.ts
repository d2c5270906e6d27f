import { ComityError, limits, quote } from '../base/index.ts';
import { ipv4NumberOf, ipv4TextOf, ipv6GroupsOf, ipv6TextOf, mappedIpv4Of, maskIpv4, maskIpv6 } from './address.ts';
import { valueKinds } from './kinds.ts';
import type { Value, ValueKind } from './kinds.ts';
import { normalListedNameOf, normalNameOf, portOf } from './name.ts';
import { urlPartsOf, urlTextOf } from './url.ts';

const hexDigitsOf = { md5: 32, ja3: 32, sha1: 40, sha256: 64, sha512: 128 } as const;
const hexadecimal = /^[0-9a-fA-F]+$/;
const macForm = /^(?:[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}|[0-9a-f]{12})$/;
// RFC 5321 atoms and their UTF-8 extension, dots anywhere; quoted local parts are not read.
const localForm = /^[^\u0000-\u0020"<>(),:;@[\\\]\u007f]{1,128}$/;

/**
 * Reads untrusted text as a value of a known kind and gives its one normal form (docs/spec/matching.md, kinds.ts).
 *
 * White space round it is dropped. Nothing is refanged: that is for text people wrote, see `recogniseValue`. IPv4-mapped
 * IPv6 comes back as `ipv4`, so the kind of the answer may differ from the one asked for.
 *
 * @throws {ComityError} `VALUE_MALFORMED`; never any other error.
 */
export function parseValue(text: string, kind: ValueKind): Value {
  const value = text.length <= limits.valueCharsMax ? normalValueOf(text.trim(), kind) : undefined;
  if (value === undefined) {
    throw new ComityError('VALUE_MALFORMED', `Cannot read ${quote(text)} as ${valueKinds[kind].label}`);
  }
  return value;
}

/** {@link parseValue} of trimmed text of bounded length, undefined instead of an error. */
function normalValueOf(text: string, kind: ValueKind): Value | undefined {
  const normalise = normalisers[kind];
  if (normalise !== undefined) return valueOf(kind, normalise(text));
  if (kind === 'ipv4' || kind === 'ipv6') return normalAddressOf(text, kind);
  if (Object.hasOwn(hexDigitsOf, kind)) {
    const isDigest = text.length === hexDigitsOf[kind as keyof typeof hexDigitsOf] && hexadecimal.test(text);
    return isDigest ? { kind, value: text.toLowerCase() } : undefined;
  }
  return text === '' ? undefined : { kind, value: text };
}

const normalisers: Partial<Record<ValueKind, (text: string) => string | undefined>> = {
  domain: normalListedNameOf,
  url: normalUrlOf,
  email: normalEmailOf,
  mac: (text) => normalMacOf(text.toLowerCase()),
  asn: normalAsnOf,
};

function valueOf(kind: ValueKind, value: string | undefined): Value | undefined {
  return value === undefined ? undefined : { kind, value };
}

/** Address or network of either version; `kind` says which one was asked for. */
export function normalAddressOf(text: string, kind: 'ipv4' | 'ipv6'): Value | undefined {
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  if (kind === 'ipv4') {
    const number = ipv4NumberOf(address);
    if (number < 0) return undefined;
    return slash < 0 ? { kind, value: text } : ipv4Network(number, portOf(text.slice(slash + 1)));
  }
  const groups = ipv6GroupsOf(address);
  const bits = slash < 0 ? 128 : portOf(text.slice(slash + 1));
  if (groups === undefined || bits < 0 || bits > 128) return undefined;
  const masked = bits === 128 ? groups : maskIpv6(groups, bits);
  const mapped = bits >= 96 ? mappedIpv4Of(masked) : -1;
  if (mapped >= 0) return ipv4Network(mapped, bits - 96);
  return { kind, value: bits === 128 ? ipv6TextOf(masked) : `${ipv6TextOf(masked)}/${bits}` };
}

function ipv4Network(address: number, bits: number): Value | undefined {
  if (bits < 0 || bits > 32) return undefined;
  const value = ipv4TextOf(maskIpv4(address, bits));
  return { kind: 'ipv4', value: bits === 32 ? value : `${value}/${bits}` };
}

function normalUrlOf(text: string): string | undefined {
  const parts = urlPartsOf(text);
  if (parts === undefined) return undefined;
  const normal = urlTextOf(parts);
  return normal.length <= limits.valueCharsMax ? normal : undefined;
}

/** Local part in lower case, host in normal form; `mailto:` is dropped. Undefined when it is not an address. */
export function normalEmailOf(text: string): string | undefined {
  const bare = text.slice(0, 7).toLowerCase() === 'mailto:' ? text.slice(7) : text;
  const at = bare.lastIndexOf('@');
  if (at < 1) return undefined;
  const local = bare.slice(0, at);
  const host = normalNameOf(bare.slice(at + 1));
  if (host === undefined || !localForm.test(local)) return undefined;
  // Only ASCII is folded: the matcher folds bytes.
  return `${local.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())}@${host}`;
}

function normalMacOf(text: string): string | undefined {
  if (!macForm.test(text)) return undefined;
  return text.replace(/[^0-9a-f]/g, '').replace(/(..)(?!$)/g, '$1:');
}

function normalAsnOf(text: string): string | undefined {
  const digits = text.replace(/^AS ?/i, '');
  return /^(?:0|[1-9]\d{0,9})$/.test(digits) && Number(digits) <= 0xffff_ffff ? digits : undefined;
}
