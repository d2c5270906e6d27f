import { ipv4NumberOf, ipv6GroupsOf, ipv6TextOf, mappedIpv4Of, ipv4TextOf } from './address.ts';
import { normalNameOf, portOf } from './name.ts';

/** The parts of a URL that identify what it leads to, each in normal form. */
export interface UrlParts {
  /** Normal name, dotted quad, or RFC 5952 text without brackets. */
  readonly host: string;
  readonly hostKind: 'domain' | 'ipv4' | 'ipv6';
  /** Undefined when none was written, or 80 or 443. */
  readonly port: number | undefined;
  /** Path and query from the `/` on, without fragment; empty when nothing followed the host. */
  readonly tail: string;
  readonly hadScheme: boolean;
}

const scheme = /^[a-z][a-z0-9+.-]{0,31}:\/\//i;
/** What ends a URL in raw bytes must not stand in a listed one: it is written as a client would send it, percent-encoded. */
const unsafeInTail = /[^\x21\x24-\x3b\x3d\x3f-\x5b\x5d-\x7e]+/g;
const encoder = new TextEncoder();

function percentEncoded(text: string): string {
  let encoded = '';
  for (const byte of encoder.encode(text)) encoded += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return encoded;
}

/**
 * Takes a URL, or `host[:port]/path` without a scheme, apart. Undefined when its host or port is none.
 *
 * Scheme and userinfo are dropped, and so are the ports 80 and 443: without the scheme nobody can say which of the two is
 * the default. Percent-encoding in path and query stays as written; what cannot stand in a URL gets it.
 */
export function urlPartsOf(text: string): UrlParts | undefined {
  const schemeLength = scheme.exec(text)?.[0].length ?? 0;
  const hash = text.indexOf('#', schemeLength);
  const rest = text.slice(schemeLength, hash < 0 ? undefined : hash);
  const slash = rest.search(/[/?]/);
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  const rawTail = slash < 0 ? '' : rest.slice(slash);
  const hostAndPort = authority.slice(authority.lastIndexOf('@') + 1);
  const host = hostPartsOf(hostAndPort);
  if (host === undefined) return undefined;
  const rooted = rawTail.startsWith('?') ? `/${rawTail}` : rawTail;
  return {
    ...host,
    port: host.port === 80 || host.port === 443 ? undefined : host.port,
    tail: rooted.replace(unsafeInTail, percentEncoded),
    hadScheme: schemeLength > 0,
  };
}

/** `host`, `host:port`, `[v6]` or `[v6]:port`; the port as written. */
export function hostPartsOf(text: string): Pick<UrlParts, 'host' | 'hostKind' | 'port'> | undefined {
  if (text.startsWith('[')) {
    const close = text.indexOf(']');
    const groups = close < 0 ? undefined : ipv6GroupsOf(text.slice(1, close));
    if (groups === undefined) return undefined;
    const port = portAfter(text, close + 1);
    if (port === -1) return undefined;
    const mapped = mappedIpv4Of(groups);
    if (mapped >= 0) return { host: ipv4TextOf(mapped), hostKind: 'ipv4', port };
    return { host: ipv6TextOf(groups), hostKind: 'ipv6', port };
  }
  const colon = text.indexOf(':');
  const bare = colon < 0 ? text : text.slice(0, colon);
  const port = portAfter(text, bare.length);
  if (port === -1) return undefined;
  if (ipv4NumberOf(bare) >= 0) return { host: bare, hostKind: 'ipv4', port };
  const name = normalNameOf(bare);
  return name === undefined ? undefined : { host: name, hostKind: 'domain', port };
}

/** Undefined when the text ends at `at` (or with an empty port), -1 when what follows is no port. */
function portAfter(text: string, at: number): number | undefined {
  if (at === text.length) return undefined;
  if (text.charCodeAt(at) !== 58) return -1;
  return at + 1 === text.length ? undefined : portOf(text.slice(at + 1));
}

/** The normal form `host[:port]/path?query`. */
export function urlTextOf(parts: UrlParts): string {
  const host = parts.hostKind === 'ipv6' ? `[${parts.host}]` : parts.host;
  const port = parts.port === undefined ? '' : `:${parts.port}`;
  return `${host}${port}${parts.tail === '' ? '/' : parts.tail}`;
}
