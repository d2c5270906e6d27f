import type { StixId } from '@comity/protocol/base';
import { paps, tlps } from '@comity/protocol/markings';
import type { Pap, Tlp } from '@comity/protocol/markings';
import { valueKinds } from '@comity/protocol/values';
import type { ValueKind } from '@comity/protocol/values';
import type { IntelState } from './intel.ts';

/**
 * The small numbers that stand in the database for words. Append only: a number once written keeps its meaning.
 */
const kindCodes = {
  domain: 1,
  ipv4: 2,
  ipv6: 3,
  url: 4,
  email: 5,
  md5: 6,
  sha1: 7,
  sha256: 8,
  sha512: 9,
  'file-name': 10,
  'process-name': 11,
  mutex: 12,
  'registry-key': 13,
  mac: 14,
  asn: 15,
  ja3: 16,
  other: 17,
} as const satisfies Record<ValueKind, number>;
const stateCodes = {
  active: 1,
  'held-back': 2,
  recalled: 3,
  revoked: 4,
  'lease-ended': 5,
  expired: 6,
  decayed: 7,
  pending: 8,
} as const satisfies Record<IntelState, number>;

const wordOf = <Word extends string>(codes: Record<Word, number>): ((code: number) => Word) => {
  const words = new Map((Object.entries(codes) as [Word, number][]).map(([word, code]) => [code, word]));
  return (code) => {
    const word = words.get(code);
    if (word === undefined) throw new Error(`Assertion failed: the code ${code} is known`);
    return word;
  };
};

export const codeOfKind = (kind: ValueKind): number => kindCodes[kind];
export const kindOfCode = wordOf<ValueKind>(kindCodes);
/** Every state, in no order that means anything. */
export const intelStates = Object.keys(stateCodes) as IntelState[];
export const codeOfState = (state: IntelState): number => stateCodes[state];
export const stateOfCode = wordOf<IntelState>(stateCodes);
/** In their order: the larger the stricter. */
export const codeOfPap = (pap: Pap): number => paps.indexOf(pap);
/** Undefined of null. */
export const papOfCode = (code: number | null): Pap | undefined => (code === null ? undefined : paps[code]);
export const codeOfTlp = (tlp: Tlp): number => tlps.indexOf(tlp);
export const tlpOfCode = (code: number): Tlp => tlps[code] ?? 'red';
/** Codes of the kinds a raw record is searched for. */
export const screenedKindCodes: ReadonlySet<number> = new Set(
  (Object.keys(valueKinds) as ValueKind[]).filter((kind) => valueKinds[kind].screened).map(codeOfKind),
);

/**
 * Key of a STIX id in the database: the 16 bytes of the UUID, then the type. A third shorter than the text, and the
 * random part first, where an index compares.
 */
export function keyOfStixId(id: StixId): Buffer {
  const cut = id.length - 38;
  const key = Buffer.allocUnsafe(16 + cut);
  // By hand: this runs several times an object, and the form was checked when the id was parsed.
  let at = 0;
  for (let index = cut + 2; index < id.length; index += 2) {
    if (id.charCodeAt(index) === DASH) index += 1;
    key[at] = (hexDigit(id.charCodeAt(index)) << 4) | hexDigit(id.charCodeAt(index + 1));
    at += 1;
  }
  for (let index = 0; index < cut; index += 1) key[16 + index] = id.charCodeAt(index);
  return key;
}

const DASH = 45;

function hexDigit(code: number): number {
  return code < 58 ? code - 48 : (code | 32) - 87;
}

/** The id a key was made of, in small letters. */
export function stixIdOfKey(key: Uint8Array): StixId {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  return stixIdOfHexKey(bytes.toString('hex'));
}

/** Types by the end of a key in hexadecimal digits: there are a few dozen, unless somebody invents some. */
const typesByHex = new Map<string, string>();
const typesByHexMax = 1000;

/** The same from the key in hexadecimal digits, small letters: a text crosses from the database at a fifth of the cost of bytes. */
export function stixIdOfHexKey(hex: string): StixId {
  const end = hex.slice(32);
  let type = typesByHex.get(end);
  if (type === undefined) {
    type = Buffer.from(end, 'hex').toString('latin1');
    if (typesByHex.size >= typesByHexMax) typesByHex.clear();
    typesByHex.set(end, type);
  }
  const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
  return `${type}--${uuid}` as StixId;
}
