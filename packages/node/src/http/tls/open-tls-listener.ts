import { constants } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { SecureContextOptions } from 'node:tls';
import { loadTlsIdentity } from './load-identity.ts';
import type { TlsFiles, TlsIdentity } from './load-identity.ts';

/** The way in for others when the node speaks TLS itself. */
export interface TlsListener {
  /** Binds the address; a port 0 takes a free one. Resolves to the port. Rejects with the error of the system. */
  listen(host: string, port: number): Promise<number>;
  /**
   * Reads the files again: connections made from now on get the new certificate, those there are go on.
   *
   * @throws {ComityError} as opening does; then all stays as it was.
   */
  reload(): void;
  /** When the certificate is over. */
  validToMs(): number;
  /** Takes no more connections and ends those that are being made. */
  close(): Promise<void>;
}

const handshakeTimeoutMs = 10_000;

/**
 * TLS before an HTTP server: connections are handed to it once they are encrypted, so that its limits, routes and the way it closes are
 * those of every other connection. Clients are asked for a certificate and need none; whose it is and whether it counts is decided
 * where callers are known, since a certificate is known by itself here and by no issuer.
 *
 * @throws {ComityError} `FILE_UNREADABLE`, `ARGUMENT_INVALID`.
 */
export function openTlsListener(
  files: TlsFiles,
  connectionsMax: number,
  { http }: { readonly http: Server },
): TlsListener {
  let identity = loadTlsIdentity(files);
  const open = new Set<Socket>();
  const server = createServer(
    {
      ...contextOf(identity),
      ALPNProtocols: ['http/1.1'],
      requestCert: true,
      rejectUnauthorized: false,
      handshakeTimeout: handshakeTimeoutMs,
      noDelay: true,
    },
    (socket) => http.emit('connection', socket),
  );
  server.maxConnections = connectionsMax;
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  // A handshake that fails is the client's trouble: its connection is closed already.
  server.on('tlsClientError', () => undefined);
  return {
    async listen(host, port) {
      server.listen(port, host);
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    },
    reload() {
      identity = loadTlsIdentity(files);
      server.setSecureContext(contextOf(identity));
    },
    validToMs: () => identity.validToMs,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

function contextOf({ cert, key }: TlsIdentity): SecureContextOptions {
  // Without renegotiation the certificate a connection began with is the one it ends with.
  return { cert, key, minVersion: 'TLSv1.2', secureOptions: constants.SSL_OP_NO_RENEGOTIATION };
}
