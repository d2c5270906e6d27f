import { ComityError } from '../../base/index.ts';
import { stixPathOf } from '../../values/index.ts';
import type { ListedValue } from '../../values/index.ts';
import { printString } from '../write/print.ts';
import { ownType } from './value-paths.ts';

/**
 * The pattern that lists one value: what `planPattern` makes of it is that value again.
 *
 * A URL's normal form has no scheme, so both web schemes are named; `*.name` becomes a LIKE on the suffix, a final `*`
 * of a URL a LIKE on the prefix, a network an ISSUBSET; a port makes it network traffic to that port. Kinds STIX has no
 * property for (JA3) stand at a custom object.
 *
 * @param value - In normal form.
 * @throws {ComityError} `VALUE_MALFORMED` for a port at anything but an address or a name.
 */
export function patternOfValue(value: ListedValue): string {
  if (value.port !== undefined) return patternOfEndpoint(value, value.port);
  const path = stixPathOf(value.kind) ?? `${ownType}:${value.kind}`;
  if (value.kind === 'url') return patternOfUrl(path, value.value);
  if (value.kind === 'asn') return `[${path} = ${value.value}]`;
  return `[${path} ${testOf(value)}]`;
}

function testOf(value: ListedValue): string {
  if (value.kind === 'domain' && value.value.startsWith('*.')) return `LIKE ${printString(`%${value.value.slice(1)}`)}`;
  const isNetwork = (value.kind === 'ipv4' || value.kind === 'ipv6') && value.value.includes('/');
  return `${isNetwork ? 'ISSUBSET' : '='} ${printString(value.value)}`;
}

function patternOfUrl(path: string, url: string): string {
  if (!url.endsWith('*'))
    return `[${path} = ${printString(`http://${url}`)} OR ${path} = ${printString(`https://${url}`)}]`;
  const prefix = url.slice(0, -1);
  // LIKE has no escape for its own wildcards.
  if (/[%_]/.test(prefix))
    return `[${path} MATCHES ${printString(`^https?://${prefix.replace(metaForm, String.raw`\$&`)}`)}]`;
  return `[${path} LIKE ${printString(`http://${prefix}%`)} OR ${path} LIKE ${printString(`https://${prefix}%`)}]`;
}

const metaForm = /[\\^$.|?*+()[\]{}]/g;

const endpointTypes: ReadonlyMap<string, string> = new Map([
  ['ipv4', 'ipv4-addr'],
  ['ipv6', 'ipv6-addr'],
  ['domain', 'domain-name'],
]);

function patternOfEndpoint(value: ListedValue, port: number): string {
  const type = endpointTypes.get(value.kind);
  if (type === undefined)
    throw new ComityError('VALUE_MALFORMED', `Cannot write a pattern for ${value.kind} with a port`);
  const end = 'network-traffic:dst_ref';
  return `[${end}.type = '${type}' AND ${end}.value ${testOf(value)} AND network-traffic:dst_port = ${port}]`;
}
