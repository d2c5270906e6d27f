import { lookup as dnsLookup } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { ComityError, quote } from '@comity/protocol/base';
import type { AddressGuard } from './address-guard.ts';

/** Resolves a name to its addresses; calls back once. */
export type Resolve = (name: string, callback: (error: Error | null, addresses: LookupAddress[]) => void) => void;

/** Looks a name up for a connection: it leads to addresses the guard allows, judged each time, so that no name changes its mind in between. */
export function guardedLookup(guard: AddressGuard, resolve: Resolve = systemResolve): LookupFunction {
  return (name, options, callback) => {
    resolve(name, (error, addresses) => {
      const allowed = addresses.filter(({ address }) => guard(address));
      const first = allowed[0];
      if (error !== null) callback(error, '', 0);
      else if (first === undefined) callback(refused(name, addresses[0]?.address ?? 'nothing'), '', 0);
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

/**
 * An address written into a URL is never looked up, so it is judged here.
 *
 * @param host - As a URL has it: an IPv6 address stands in brackets.
 * @throws {ComityError} `ADDRESS_REFUSED`.
 */
export function assertAllowed(host: string, guard: AddressGuard): void {
  const address = host.replace(/^\[|\]$/g, '');
  if (isIP(address) !== 0 && !guard(address)) throw refused(address, address);
}

const systemResolve: Resolve = (name, callback) => {
  dnsLookup(name, { all: true, verbatim: true }, (error, addresses) =>
    callback(error, error === null ? addresses : []),
  );
};

function refused(name: string, address: string): ComityError {
  return new ComityError(
    'ADDRESS_REFUSED',
    `Cannot connect to ${quote(name)}: ${address} is no public address, and others are not allowed here`,
    { details: { hint: 'Where it is meant, allow it: allowPrivate, or --allow-private' } },
  );
}
