import type { IncomingMessage } from 'node:http';

/** Whether a request has a body that was not read to its end: the rest of what nobody will read is not worth waiting for. */
export function isUnread({ complete, headers }: IncomingMessage): boolean {
  return !complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0);
}
