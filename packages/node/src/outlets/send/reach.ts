import { lookup as systemLookup } from 'node:dns';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { ComityError, quote } from '@comity/protocol/base';
import { allowsPrivate, allowsPublic } from '../../connectors/index.ts';

/** Refuses an address written out that an outlet may not reach; names are judged when they are resolved. */
export function assertReachable(host: string, allowPrivate: boolean): void {
  const address = host.replace(/^\[|\]$/g, '');
  if (isIP(address) !== 0 && !guardOf(allowPrivate)(address)) throw refused(host, address);
}

/** Resolves a name to the addresses of it that may be reached: judged at each connection, so that no name changes its mind in between. */
export function guardedLookup(allowPrivate: boolean): LookupFunction {
  const allows = guardOf(allowPrivate);
  return (name, options, callback) => {
    systemLookup(name, { all: true, verbatim: true }, (error, found) => {
      const allowed = error === null ? found.filter(({ address }) => allows(address)) : [];
      const [first] = allowed;
      if (error !== null) callback(error, '', 0);
      else if (first === undefined) callback(refused(name, found[0]?.address ?? 'nothing'), '', 0);
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

function guardOf(allowPrivate: boolean): (address: string) => boolean {
  return allowPrivate ? allowsPrivate : allowsPublic;
}

function refused(name: string, address: string): ComityError {
  return new ComityError(
    'ADDRESS_REFUSED',
    `Cannot connect to ${quote(name)}: ${address} is no public address, and this outlet is not allowed others`,
    { details: { hint: 'Allow it for this outlet when it is meant: allowPrivate, or --allow-private' } },
  );
}
