import type { Random } from '../random.ts';

/**
 * Names and addresses of invented traffic. Everything is under top labels that will never exist (RFC 2606), in address space that
 * is never routed (240.0.0.0/4, 10.0.0.0/8) or for documentation (2001:db8::/32).
 */

const syllables =
  'ba be bo ca co da de di do fa fe go ha hi jo ka ke ki la le li lo ma me mi mo na ne no pa pe po ra re ri ro sa se si so ta te ti to va ve vi vo wa we za zo'.split(
    ' ',
  );
const tops = ['example', 'example', 'example', 'test', 'invalid'];
const platforms = ['pages-host.example', 'cdn-edge.example', 'cloud-run.test', 'app-store.invalid'];
const hostLabels = ['www', 'api', 'cdn', 'mail', 'static', 'img', 'login', 'update', 'edge-1', 'm'];

export function randomWord(random: Random): string {
  let word = '';
  for (let count = 2 + random.below(4); count > 0; count--) word += random.pick(syllables);
  return word;
}

/**
 * Whether something is listed or only in traffic. The two never meet by chance, or the answers to ten million values would be others than
 * those to a thousand: their numbers are odd or even.
 */
export type Side = 'listed' | 'innocent';

export function randomRegistrable(random: Random, side: Side): string {
  return `${randomWord(random)}${random.below(4) === 0 ? `-${randomWord(random)}` : ''}${ofSide(random.below(1000), side)}.${random.pick(tops)}`;
}

/** A host as traffic shows them: one in eight under a shared platform. */
export function randomHost(random: Random, side: Side = 'innocent'): string {
  const roll = random.below(8);
  if (roll === 0) return `${randomWord(random)}-${ofSide(random.below(10_000), side)}.${random.pick(platforms)}`;
  const registrable = randomRegistrable(random, side);
  return roll < 4 ? registrable : `${random.pick(hostLabels)}.${registrable}`;
}

/** An address in 240.0.0.0/4; its first octet in the bounds given, so that traffic and listed networks can keep apart. */
export function randomIpv4(random: Random, side: Side = 'innocent', firstOctetMin = 240, firstOctetMax = 254): string {
  const first = firstOctetMin + random.below(firstOctetMax - firstOctetMin + 1);
  const rest = random.u32();
  return `${first}.${(rest >>> 16) & 255}.${(rest >>> 8) & 255}.${ofSide(rest & 255, side)}`;
}

function ofSide(number: number, side: Side): number {
  return side === 'listed' ? number | 1 : number & ~1;
}

export function randomPrivateIpv4(random: Random): string {
  return `10.${random.below(4)}.${random.below(256)}.${1 + random.below(254)}`;
}

export function randomIpv6(random: Random, thirdGroupMin = 0): string {
  const third = thirdGroupMin + random.below(0x8000);
  return `2001:db8:${third.toString(16)}:${random.below(16).toString(16)}::${(1 + random.below(0xfffe)).toString(16)}`;
}

export function randomHex(random: Random, digits: number): string {
  let hex = '';
  while (hex.length < digits) hex += random.u32().toString(16).padStart(8, '0');
  return hex.slice(0, digits);
}

export function randomPath(random: Random): string {
  let path = '';
  for (let count = 1 + random.below(4); count > 0; count--) path += `/${randomWord(random)}`;
  const roll = random.below(6);
  if (roll === 0) return `${path}.js`;
  if (roll === 1) return `${path}.html`;
  return roll < 4 ? `${path}.php?id=${random.below(100_000)}&s=${randomWord(random)}` : path;
}
