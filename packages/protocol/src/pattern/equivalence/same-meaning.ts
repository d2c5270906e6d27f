import { ipv6GroupsOf, ipv6TextOf, maskIpv4, maskIpv6, ipv4NumberOf, ipv4TextOf } from '../../values/index.ts';
import { findPathKind } from '../plan/value-paths.ts';
import type { Literal, PropertyTest } from '../tree.ts';
import { printLiteral, printPath, printString } from '../write/print.ts';
import { normalTime } from './normal.ts';

const registryPaths: ReadonlySet<string> = new Set(['windows-registry-key:key']);
const registryName = /^windows-registry-key:values\[(?:\*|-?\d+)\]\.name$/;
const exact: ReadonlySet<string> = new Set(['=', '!=', 'IN', 'LIKE', 'ISSUBSET', 'ISSUPERSET']);

/**
 * One text for constants that say the same: numbers and times in their shortest form, addresses and networks in any
 * spelling, registry keys and names of registry values in any letter case. Everything else stays what it is.
 */
export function sameMeaning(test: PropertyTest, literal: Literal): string {
  const { kind, value } = literal;
  if (kind === 'timestamp') return printLiteral({ kind, value: normalTime(value) });
  if (kind === 'hex') return printLiteral({ kind, value: value.toLowerCase() });
  if (kind === 'float' && value.endsWith('.0')) return printLiteral({ kind: 'integer', value: value.slice(0, -2) });
  if (kind !== 'string' || !exact.has(test.operator)) return printLiteral(literal);
  const path = printPath(test.path);
  if (registryPaths.has(path) || registryName.test(path)) return printString(value.toLowerCase());
  const pathKind = findPathKind(test.path);
  const isAddress = pathKind === 'ipv4' || pathKind === 'ipv6' || pathKind === 'endpoint';
  return printString(isAddress && test.operator !== 'LIKE' ? (networkText(value) ?? value) : value);
}

const bitsForm = /^(?:0|[1-9]\d{0,2})$/;

/** A network with the bits beyond its prefix cleared, a whole address without prefix; undefined for other text. */
function networkText(text: string): string | undefined {
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const suffix = slash < 0 ? undefined : text.slice(slash + 1);
  if (suffix !== undefined && !bitsForm.test(suffix)) return undefined;
  const number = ipv4NumberOf(withoutZeros(address));
  if (number >= 0) {
    const bits = Number(suffix ?? 32);
    if (bits > 32) return undefined;
    return `${ipv4TextOf(maskIpv4(number, bits))}${bits === 32 ? '' : `/${bits}`}`;
  }
  const groups = ipv6GroupsOf(address);
  const bits = Number(suffix ?? 128);
  if (groups === undefined || bits > 128) return undefined;
  return `${ipv6TextOf(maskIpv6(groups, bits))}${bits === 128 ? '' : `/${bits}`}`;
}

/** Leading zeros before one octal digit mean the same to every reader; `010` is 8 to some and 10 to others. */
function withoutZeros(address: string): string {
  return address.replace(/(?<=^|\.)0+(?=[0-7](?:\.|$))/g, '');
}
