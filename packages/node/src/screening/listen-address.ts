import { isIP, isIPv6 } from 'node:net';
import { ComityError, quote } from '@comity/protocol/base';

export interface ListenAddress {
  readonly address: string;
  /** 1 to 65535; 0 lets the system choose, for tests. */
  readonly port: number;
}

/**
 * Reads `514`, `192.0.2.1:514` or `[2001:db8::1]:514`; without an address only this machine can send.
 *
 * @throws {ComityError} `ARGUMENT_INVALID`.
 */
export function parseListenAddress(text: string): ListenAddress {
  const parts = /^(?:(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+)):)?(\d{1,5})$/.exec(text.trim());
  const address = parts?.[1] ?? parts?.[2] ?? '127.0.0.1';
  const port = Number(parts?.[3]);
  const isBracketed = parts?.[1] !== undefined;
  if (parts === null || port > 65535 || isIP(address) === 0 || isBracketed !== isIPv6(address)) {
    throw new ComityError(
      'ARGUMENT_INVALID',
      `Cannot listen on ${quote(text)}: expected a port, address:port or [address]:port`,
    );
  }
  return { address, port };
}

/** How a listen address is shown: `192.0.2.1:514`. */
export function showListenAddress({ address, port }: ListenAddress): string {
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}
