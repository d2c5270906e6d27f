import { createSocket } from 'node:dgram';
import { connect as connectTcp, isIP } from 'node:net';
import type { LookupFunction, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { assertAllowed, guardedLookup, guardOf } from '../../connectors/index.ts';
import { failure, sent } from './outcome.ts';
import type { Outcome } from './outcome.ts';

/** How long the other side may take to close once all was written; it need not. */
const closeMsMax = 2000;

export interface SyslogTarget {
  readonly transport: 'udp' | 'tcp' | 'tls';
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  readonly allowPrivate: boolean;
  /** PEM; undefined: what the system trusts. */
  readonly ca: string | undefined;
}

/**
 * Sends messages of RFC 5424: each a datagram (RFC 5426), or all over one connection, counted in octets (RFC 6587 §3.4.1, RFC
 * 5425 §4.3).
 *
 * Over a connection they count as sent once they were written, our side was closed and no error came back until the other
 * closed too, or for two seconds: syslog has no answer, so what a receiver took and lost in a crash is lost. Never throws.
 */
export async function sendSyslog(
  target: SyslogTarget,
  messages: readonly string[],
  options: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<Outcome> {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]);
  try {
    assertAllowed(target.host, guardOf(target.allowPrivate));
    if (target.transport === 'udp') await sendDatagrams(target, messages, signal);
    else await sendStream(target, messages, signal);
    return sent;
  } catch (error) {
    return failure(error);
  }
}

async function sendDatagrams(target: SyslogTarget, messages: readonly string[], signal: AbortSignal): Promise<void> {
  const { address, family } = await resolve(target.host, guardedLookup(guardOf(target.allowPrivate)), signal);
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => undefined);
  socket.on('error', broken.reject);
  signal.addEventListener('abort', () => broken.reject(signal.reason), { once: true });
  try {
    for (const message of messages) {
      const done = Promise.withResolvers<void>();
      socket.send(message, target.port, address, (error) => (error === null ? done.resolve() : done.reject(error)));
      await Promise.race([done.promise, broken.promise]);
    }
  } finally {
    socket.close();
  }
}

async function resolve(
  host: string,
  lookup: LookupFunction,
  signal: AbortSignal,
): Promise<{ readonly address: string; readonly family: number }> {
  const family = isIP(host);
  if (family !== 0) return { address: host, family };
  const found = Promise.withResolvers<{ readonly address: string; readonly family: number }>();
  signal.addEventListener('abort', () => found.reject(signal.reason), { once: true });
  lookup(host, {}, (error, address, kind = 4) => {
    if (error !== null) found.reject(error);
    else if (typeof address === 'string') found.resolve({ address, family: kind });
  });
  return await found.promise;
}

function open({ transport, host, port, allowPrivate, ca }: SyslogTarget): Socket {
  const options = { host, port, lookup: guardedLookup(guardOf(allowPrivate)) };
  if (transport === 'tcp') return connectTcp(options);
  return connectTls({ ...options, ...(isIP(host) === 0 && { servername: host }), ...(ca !== undefined && { ca }) });
}

async function sendStream(target: SyslogTarget, messages: readonly string[], signal: AbortSignal): Promise<void> {
  const socket = open(target);
  const isTls = target.transport === 'tls';
  const ready = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  for (const { promise } of [ready, closed]) promise.catch(() => undefined);
  const fail = (error: unknown): void => {
    ready.reject(error);
    closed.reject(error);
    socket.destroy();
  };
  socket.on('error', fail);
  socket.on('close', () => {
    ready.reject(new Error('the connection was closed'));
    closed.resolve();
  });
  // What the receiver says is not read, but has to be taken for its end to be seen.
  socket.resume();
  signal.addEventListener('abort', () => fail(signal.reason), { once: true });
  socket.once(isTls ? 'secureConnect' : 'connect', () => ready.resolve());
  let timer: NodeJS.Timeout | undefined;
  try {
    await ready.promise;
    let isEnded = false;
    socket.once('end', () => {
      if (!isEnded) fail(new Error('the receiver closed the connection before everything was written'));
    });
    for (const message of messages) await write(socket, `${Buffer.byteLength(message)} ${message}`, closed.promise);
    isEnded = true;
    const finished = Promise.withResolvers<void>();
    socket.end(() => finished.resolve());
    await Promise.race([finished.promise, closed.promise]);
    const waited = new Promise<void>((done) => (timer = setTimeout(done, closeMsMax)));
    await Promise.race([closed.promise, waited]);
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/** Resolves when the bytes were handed to the system, so that no more than one message waits here. */
async function write(socket: Socket, text: string, closed: Promise<void>): Promise<void> {
  const written = Promise.withResolvers<void>();
  written.promise.catch(() => undefined);
  socket.write(text, (error) => (error ? written.reject(error) : written.resolve()));
  await Promise.race([
    written.promise,
    closed.then(() => {
      throw new Error('the connection was closed before everything was written');
    }),
  ]);
}
