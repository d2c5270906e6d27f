import { createHash } from 'node:crypto';
import type { Value } from '../../packages/protocol/src/values/index.ts';
import { parseValue } from '../../packages/protocol/src/values/index.ts';
import type { SeenKeys } from '../../packages/screen/src/seen/index.ts';
import { createRandom } from '../../packages/testkit/src/index.ts';
import type { Random } from '../../packages/testkit/src/index.ts';

/** Values that come back: so many of a day's, each in so many of its 24 hours. */
const POPULAR_SHARE = 0.04;
const POPULAR_HOURS = 8;
const KIND_WEIGHTS = { name: 45, ipv4: 25, ipv6: 4, url: 16, digest: 6, email: 4 } as const;
type Kind = keyof typeof KIND_WEIGHTS;
const kindOfPercent: readonly Kind[] = (Object.keys(KIND_WEIGHTS) as Kind[]).flatMap((kind) =>
  Array.from({ length: KIND_WEIGHTS[kind] }, () => kind),
);

/**
 * An invented site: what its sources show, a value by its number, which is all there is to know about it.
 *
 * Names lie under a few hundred thousand domains, addresses in a part of the address space, URLs are on these names: so parents and
 * networks are shared as they are in life. The same number gives the same value on every machine.
 */
export class Site {
  readonly #valuesPerDay: number;
  readonly #sources: number;
  readonly #seed: number;
  readonly #bytes = Buffer.alloc(512);

  constructor(seed: number, valuesPerDay: number, sources: number) {
    this.#seed = seed;
    this.#valuesPerDay = valuesPerDay;
    this.#sources = sources;
  }

  /** Numbers of the values a source shows in an hour of a day, each once. */
  *numbersOf(day: number, hour: number, source: number): Generator<number, void, void> {
    const popular = Math.floor(this.#valuesPerDay * POPULAR_SHARE);
    for (let number = 0; number < popular; number++) {
      if (number % this.#sources !== source) continue;
      if (mix(number ^ mix(this.#seed + day * 24 + hour)) % 24 < POPULAR_HOURS) yield number;
    }
    // Popular values are the same every day; the others come once.
    const once = this.#valuesPerDay - popular;
    const perCell = Math.floor(once / (24 * this.#sources));
    const first = popular + (day * 24 * this.#sources + hour * this.#sources + source) * perCell;
    for (let number = first; number < first + perCell; number++) yield number;
  }

  /** Tells `seen` a value, as a scan of the record it stands in would. */
  show(seen: SeenKeys, number: number): void {
    const bytes = this.#bytes;
    const random = mix(number ^ this.#seed);
    switch (kindOf(random)) {
      case 'name':
        seen.name(bytes, 0, this.#writeName(number, random));
        return;
      case 'ipv4':
        seen.ipv4(ipv4Of(number, random));
        return;
      case 'ipv6':
        seen.ipv6(groupsOf(number, random));
        return;
      case 'url': {
        const end = this.#writeName(random % 400_000, random);
        seen.name(bytes, 0, end);
        const tail = this.#writeTail(number, end);
        seen.url(0, bytes, end + 1, tail, tail);
        return;
      }
      case 'digest': {
        const end = bytes.write(digestOf(number, random), 'latin1');
        seen.digest(bytes, 0, end);
        return;
      }
      case 'email': {
        const end = this.#writeName(random % 50_000, random);
        seen.name(bytes, 0, end);
        const local = bytes.write(`user${number}`, end + 1, 'latin1');
        seen.email(bytes, end + 1, end + 1 + local);
      }
    }
  }

  /** The value of a number as an indicator lists it. */
  valueOf(number: number): Value {
    const bytes = this.#bytes;
    const random = mix(number ^ this.#seed);
    const nameOf = (of: number): string => bytes.toString('latin1', 0, this.#writeName(of, random));
    switch (kindOf(random)) {
      case 'name':
        return parseValue(nameOf(number), 'domain');
      case 'ipv4': {
        const address = ipv4Of(number, random);
        return parseValue([24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.'), 'ipv4');
      }
      case 'ipv6':
        return parseValue([...groupsOf(number, random)].map((group) => group.toString(16)).join(':'), 'ipv6');
      case 'url': {
        const end = this.#writeName(random % 400_000, random);
        return parseValue(`http://${bytes.toString('latin1', 0, this.#writeTail(number, end))}`, 'url');
      }
      case 'digest':
        return parseValue(digestOf(number, random), 'md5');
      case 'email':
        return parseValue(`user${number}@${nameOf(random % 50_000)}`, 'email');
    }
  }

  /** A name of two to four labels; returns its length. Most have a host of their own below a domain that others share. */
  #writeName(number: number, random: number): number {
    const bytes = this.#bytes;
    const domain = mix(random ^ 0x5bd1) % 250_000;
    let at = 0;
    if (random % 8 !== 0) at = writeNumber(bytes, at, number, 104);
    if (random % 8 === 1) at = writeNumber(bytes, at, domain % 40, 115);
    if (at === 0) at = writeNumber(bytes, at, number, 100);
    else at = writeNumber(bytes, at, domain, 100);
    return at + bytes.write(domain % 3 === 0 ? 'example' : 'test', at, 'latin1');
  }

  #writeTail(number: number, at: number): number {
    return at + this.#bytes.write(`/path/${number % 1000}/page${number}.html`, at, 'latin1');
  }
}

/** A thousand indicators, or so many: `shown` of them values the site shows, by number; the others never, networks among them. */
export function inventQuestions(site: Site, shown: readonly number[], count: number, seed: number): Value[] {
  const random = createRandom(seed);
  const values = shown.map((number) => site.valueOf(number));
  while (values.length < count) values.push(unseenValue(random));
  return values;
}

function unseenValue(random: Random): Value {
  const word = `q${random.u32().toString(36)}`;
  const kind = random.below(100);
  if (kind < 45) return parseValue(`${word}.${word}.invalid`, 'domain');
  if (kind < 62) return parseValue(`${random.pick([5, 31, 77])}.${random.below(256)}.${random.below(256)}.9`, 'ipv4');
  if (kind < 66) return parseValue(`37.${random.below(256)}.${random.below(256)}.0/24`, 'ipv4');
  if (kind < 68) return parseValue(`2a00:${random.below(65_536).toString(16)}::/48`, 'ipv6');
  if (kind < 84) return parseValue(`http://${word}.invalid/${word}`, 'url');
  if (kind < 96) return parseValue(createHash('md5').update(word).digest('hex'), 'md5');
  return parseValue(`${word}@${word}.invalid`, 'email');
}

function kindOf(random: number): Kind {
  return kindOfPercent[random % 100]!;
}

function ipv4Of(number: number, random: number): number {
  // A sixteenth of the address space, in which many addresses of a network are seen.
  return (0xa000_0000 | (mix(random + number) & 0x0fff_ffff)) >>> 0;
}

function groupsOf(number: number, random: number): Uint16Array {
  const site = mix(random ^ 0x77) % 4000;
  return Uint16Array.of(0x2001, 0xdb8, site, random & 255, 0, 1, number >>> 16, number & 0xffff);
}

function digestOf(number: number, random: number): string {
  const word = (salt: number): string =>
    mix(number ^ mix(random + salt))
      .toString(16)
      .padStart(8, '0');
  return word(1) + word(2) + word(3) + number.toString(16).padStart(8, '0');
}

/** Writes a label, a letter and a number of base 26, and a dot; returns the offset behind it. */
function writeNumber(bytes: Buffer, from: number, number: number, letter: number): number {
  let at = from;
  bytes[at++] = letter;
  let rest = number;
  do {
    bytes[at++] = 97 + (rest % 26);
    rest = Math.floor(rest / 26);
  } while (rest > 0);
  bytes[at++] = 46;
  return at;
}

function mix(number: number): number {
  let mixed = (number ^ (number >>> 16)) | 0;
  mixed = Math.imul(mixed, 0x7feb_352d);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x846c_a68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
