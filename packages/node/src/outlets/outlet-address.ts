import { isIP } from 'node:net';
import { ComityError } from '@comity/protocol/base';
import { assertAllowed, guardOf, takeBasic } from '../connectors/index.ts';
import type { Outlet } from './outlet.ts';

const charsMax = 2000;

/** Where a receiver is, read. */
export type OutletTarget =
  | {
      readonly kind: 'webhook';
      readonly url: string;
      readonly authorization: string | undefined;
      readonly encrypted: boolean;
    }
  | {
      readonly kind: 'syslog';
      readonly transport: 'udp' | 'tcp' | 'tls';
      /** Without brackets. */
      readonly host: string;
      readonly port: number;
      readonly encrypted: boolean;
    };

/**
 * Reads the address of a receiver. User and password in it become a header.
 *
 * @throws {ComityError} `ARGUMENT_INVALID`. What was typed is not quoted: it may hold a password.
 */
export function parseOutletAddress(kind: Outlet['kind'], text: string): OutletTarget {
  const url = text.length > charsMax ? null : URL.parse(text);
  if (kind === 'webhook') {
    if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
      throw invalid(`the address of a webhook is an http or https URL of ${charsMax} characters`);
    const authorization = takeBasic(url);
    url.hash = '';
    return { kind, url: url.href, authorization, encrypted: url.protocol === 'https:' };
  }
  const [, transport, host = '', port = ''] =
    /^(udp|tcp|tls):\/\/(\[[0-9a-f:.]+\]|[^\s/:@?#[\]]{1,253}):(\d{1,5})\/?$/i.exec(text) ?? [];
  const number = Number(port);
  const bare = host.replace(/^\[|\]$/g, '');
  if (transport === undefined || number < 1 || number > 65_535 || (host.startsWith('[') && isIP(bare) !== 6))
    throw invalid('the address of syslog is udp://host:port, tcp://host:port or tls://host:port');
  const known = transport.toLowerCase() as 'udp' | 'tcp' | 'tls';
  return { kind, transport: known, host: bare, port: number, encrypted: known === 'tls' };
}

/** Refuses at once what every try to send would refuse; for a better message. @throws {ComityError} `ADDRESS_REFUSED`. */
export function assertTargetReachable(target: OutletTarget, allowPrivate: boolean): void {
  const host = target.kind === 'webhook' ? new URL(target.url).hostname : target.host;
  assertAllowed(host === 'localhost' ? '127.0.0.1' : host, guardOf(allowPrivate));
}

function invalid(why: string): ComityError {
  return new ComityError('ARGUMENT_INVALID', `Cannot use the address of the outlet: ${why}`);
}
