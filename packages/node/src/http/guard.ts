import { isIP } from 'node:net';
import { ComityError, quote } from '@comity/protocol/base';

/** Headers that decide whether a request is meant for this node and comes from its own page. */
export interface GuardedHeaders {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly 'sec-fetch-site'?: string | string[] | undefined;
}

export interface GuardOptions {
  /** Address the server is bound to: `127.0.0.1`, `::1`, `0.0.0.0`. */
  readonly boundHost: string;
  /** Further names the node is reached by, without port. */
  readonly allowedHosts: readonly string[];
}

const loopbackNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1']);

/**
 * Refuses a Host that is not this node's.
 *
 * The attacker: a page on `evil.example` whose name is made to resolve to 127.0.0.1 once the page is loaded (DNS
 * rebinding); the browser then takes our answers for that page's own. Only names can be rebound, so a node bound to all
 * addresses takes any address for a Host, but names only from the list.
 *
 * @throws {ComityError} `NOT_ALLOWED`.
 */
export function assertHost(headers: GuardedHeaders, options: GuardOptions): void {
  const host = hostNameOf(headers.host ?? '');
  const bound = options.boundHost.toLowerCase();
  if (host === bound || options.allowedHosts.some((name) => hostNameOf(name) === host)) return;
  const everywhere = bound === '0.0.0.0' || bound === '::';
  if ((everywhere || loopbackNames.has(bound)) && loopbackNames.has(host)) return;
  if (everywhere && isIP(host) !== 0) return;
  throw new ComityError(
    'NOT_ALLOWED',
    `Cannot answer under the name ${quote(host)}: allow it with --allow-host when this node is meant`,
  );
}

/**
 * Refuses a request another site's page made the browser send (cross-site request forgery), beside `SameSite=Strict`.
 *
 * Browsers send `Sec-Fetch-Site` and, on unsafe methods, `Origin`; programs send neither.
 *
 * @throws {ComityError} `NOT_ALLOWED`.
 */
export function assertSameOrigin(headers: GuardedHeaders): void {
  const site = headers['sec-fetch-site'];
  const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  const foreignOrigin = headers.origin !== undefined && hostAndPortOf(headers.origin) !== headers.host?.toLowerCase();
  if (!foreignSite && !foreignOrigin) return;
  throw new ComityError(
    'NOT_ALLOWED',
    `Cannot answer a request from the page of another site: ${quote(headers.origin ?? String(site))}`,
  );
}

/** Name or address of a Host header or of an allowed host, without port and brackets, lower case. */
function hostNameOf(host: string): string {
  if (isIP(host) === 6) return host.toLowerCase();
  const bracketed = /^\[([0-9a-f:.]+)\](?::\d+)?$/i.exec(host);
  return (bracketed?.[1] ?? host.replace(/:\d*$/, '')).toLowerCase();
}

/** `null` (a sandboxed page) and what is no URL give undefined, which equals no Host. */
function hostAndPortOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
