import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** A connection that sends what it is told and collects what comes. */
interface RawClient {
  readonly socket: Socket;
  readonly text: () => string;
  readonly isClosed: () => boolean;
}

export function openRaw(cleanup: { after(fn: () => unknown): void }, url: string): RawClient {
  let text = '';
  let isClosed = false;
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('data', (piece) => (text += piece.toString('latin1')));
  socket.on('close', () => (isClosed = true));
  // A server may hang up on what it refuses.
  socket.on('error', () => undefined);
  cleanup.after(() => socket.destroy());
  return { socket, text: () => text, isClosed: () => isClosed };
}
