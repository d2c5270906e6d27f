import { ipv4NumberOf, ipv4TextOf } from './address.ts';
import { refang } from './fang.ts';
import type { Value } from './kinds.ts';

/** Longest text that can be a range, defanged with blanks: two addresses and what stands between. */
const RANGE_CHARS_MAX = 100;
const fromTo = /^([\d.]{7,15})(?:(?:-|\u2013)(\d{1,3})|\s*(?:-|\u2013)\s*([\d.]{7,15}))$/;
const wildcard = /^(?=(?:[\d*]+\.){3}[\d*]+$)((?:\d{1,3}\.){1,3})\*(?:\.\*)*$/;

/**
 * Reads a range of IPv4 addresses as people list them: `203.0.113.0-203.0.113.255`, `203.0.113.0-255`, `203.0.113.*`,
 * defanged ones too.
 *
 * @param text - untrusted, any length.
 * @returns the fewest networks that hold exactly these addresses, in order, at most 62; undefined when it is no range.
 */
export function recogniseRange(text: string): Value[] | undefined {
  if (text.length > RANGE_CHARS_MAX || !/[-\u2013*]/.test(text)) return undefined;
  const plain = refang(text.trim());
  const parts = fromTo.exec(plain);
  if (parts === null) return wildcardNetwork(plain);
  const [, first, lastOctet, last] = parts as unknown as
    [string, string, string, undefined] | [string, string, undefined, string];
  const start = ipv4NumberOf(first);
  const end = ipv4NumberOf(last ?? `${first.slice(0, first.lastIndexOf('.') + 1)}${lastOctet}`);
  return start < 0 || end < start ? undefined : networksOf(start, end);
}

function wildcardNetwork(text: string): Value[] | undefined {
  const octets = wildcard.exec(text)?.[1]?.slice(0, -1).split('.');
  if (octets === undefined) return undefined;
  const start = ipv4NumberOf([...octets, '0', '0', '0'].slice(0, 4).join('.'));
  return start < 0 ? undefined : [{ kind: 'ipv4', value: `${ipv4TextOf(start)}/${octets.length * 8}` }];
}

function networksOf(start: number, end: number): Value[] {
  const networks: Value[] = [];
  let at = start;
  while (at <= end) {
    // The largest network that begins here and does not reach beyond the end.
    let bits = 32;
    while (bits > 0 && at % 2 ** (33 - bits) === 0 && at + 2 ** (33 - bits) - 1 <= end) bits--;
    networks.push({ kind: 'ipv4', value: bits === 32 ? ipv4TextOf(at) : `${ipv4TextOf(at)}/${bits}` });
    at += 2 ** (32 - bits);
  }
  return networks;
}
