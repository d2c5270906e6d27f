import type { IncomingMessage } from 'node:http';
import { certificateOf } from './certificate.ts';
import type { Credentials } from './token-book.ts';
import { tokenOfHeader } from './token-of-header.ts';

/**
 * What a request brings to say which token it is: in its header, and by the certificate of its connection.
 *
 * @param isBare - Whether a token may stand alone in the header, as a MISP sends it.
 */
export function credentialsOf(
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  isBare = false,
): Credentials {
  return { secret: tokenOfHeader(headers.authorization, isBare), certificate: certificateOf(socket) };
}
