import { lookup as dnsLookup } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { Agent } from 'undici';
import { ComityError, quote } from '@comity/protocol/base';
import type { AddressGuard } from './address-guard.ts';

/** Resolves a name to its addresses; calls back once. */
export type Resolve = (name: string, callback: (error: Error | null, addresses: LookupAddress[]) => void) => void;

/** Connections to addresses the guard allows: judged when they are connected to, after a name is resolved. */
export function agentOf(guard: AddressGuard, deps: { readonly resolve?: Resolve }, timeoutMs: number): Agent {
  const resolve = deps.resolve ?? systemResolve;
  const lookup: LookupFunction = (name, options, callback) => {
    resolve(name, (error, addresses) => {
      const allowed = addresses.filter(({ address }) => guard(address));
      const first = allowed[0];
      if (error !== null) callback(error, '', 0);
      else if (first === undefined) callback(refused(name, addresses[0]?.address ?? 'nothing'), '', 0);
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
  return new Agent({
    connect: { lookup, timeout: Math.min(timeoutMs, 20_000) },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxHeaderSize: 64 * 1024,
    connections: 8,
    pipelining: 1,
  });
}

const systemResolve: Resolve = (name, callback) => {
  dnsLookup(name, { all: true, verbatim: true }, (error, addresses) =>
    callback(error, error === null ? addresses : []),
  );
};

/**
 * An address written into a URL is never looked up, so it is judged here.
 *
 * @throws {ComityError} `ADDRESS_REFUSED`.
 */
export function assertAllowed(url: URL, guard: AddressGuard): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !guard(host)) throw refused(host, host);
}

function refused(name: string, address: string): ComityError {
  return new ComityError(
    'ADDRESS_REFUSED',
    `Cannot connect to ${quote(name)}: ${address} is no public address, and this source is not allowed others`,
  );
}
