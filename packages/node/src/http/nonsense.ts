import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { ComityError } from '@comity/protocol/base';
import { problemOf, problemType } from './problem.ts';
import { securityHeaders } from './security-headers.ts';

/**
 * Answers what is no HTTP, or whose headers are too long or too slow, and closes the connection.
 *
 * @param isAnswering - an answer to an earlier request is on its way: no other may be put into it.
 */
export function answerNonsense(error: Error & { readonly code?: string }, socket: Socket, isAnswering: boolean): void {
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswering) {
    socket.destroy();
    return;
  }
  const { problem } = problemOf(errorOfNonsense(error.code), '');
  const body = JSON.stringify(problem);
  const headers = {
    ...securityHeaders,
    'content-type': problemType,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
}

function errorOfNonsense(code: string | undefined): ComityError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new ComityError('INPUT_TOO_LARGE', `Cannot read the request: its headers are too long`);
  const why = code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'its headers did not come in time' : 'it is no HTTP';
  return new ComityError('ARGUMENT_INVALID', `Cannot read the request: ${why}`);
}
