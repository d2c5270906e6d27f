import { isIP } from 'node:net';
import { ComityError, quote } from '@comity/protocol/base';
import { guardOf } from '../connectors/index.ts';

/**
 * Refuses at once what the fetcher would refuse every time: an address written into a URL that is not public.
 *
 * Only for a better message; names are judged when they are connected to.
 *
 * @param what - What is added: `a feed`.
 * @throws {ComityError} `ADDRESS_REFUSED`.
 */
export function assertPublic(text: string, allowPrivate: boolean, what: string): void {
  const host = URL.parse(text)?.hostname.replace(/^\[|\]$/g, '') ?? '';
  const address = host === 'localhost' ? '127.0.0.1' : host;
  if (isIP(address) === 0 || guardOf(allowPrivate)(address)) return;
  throw new ComityError('ADDRESS_REFUSED', `Cannot add ${what} at ${quote(host)}: it is no public address`, {
    details: { hint: 'Allow it where it is meant: allowPrivate, or --allow-private' },
  });
}
