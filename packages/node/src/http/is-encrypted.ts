import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';

/**
 * Whether a request came, and is answered, over an encrypted way: by TLS to this node, or through the proxy its owner named. Only what
 * came under the name of the proxy did, or says so itself: a client that reaches the node past the proxy asks in the clear. What a
 * proxy says of a client that came to it in the clear counts against it.
 *
 * @param proxyUrl - Scheme, host and port of a proxy before the node; undefined: none.
 */
export function isEncrypted(
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  proxyUrl: string | undefined,
): boolean {
  const scheme = forwardedScheme(headers);
  if (scheme !== undefined && scheme !== 'https') return false;
  if (socket instanceof TLSSocket) return true;
  if (proxyUrl === undefined || !proxyUrl.startsWith('https:')) return false;
  return scheme === 'https' || headers.host?.toLowerCase() === new URL(proxyUrl).host;
}

/** Scheme by which a client came to the nearest proxy that says so (RFC 7239 §5.4, and the header that came before it). */
function forwardedScheme(headers: IncomingMessage['headers']): string | undefined {
  const said = headers['x-forwarded-proto'];
  const last = (said === undefined ? '' : String(said)).split(',').at(-1)?.trim().toLowerCase();
  if (last !== undefined && last !== '') return last;
  const forwarded = headers.forwarded?.split(',').at(-1) ?? '';
  return /(?:^|;)\s*proto="?([a-z]+)/i.exec(forwarded)?.[1]?.toLowerCase();
}
