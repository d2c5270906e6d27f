/** Receivers of matches on loopback; used by tests only. */
import { createSocket } from 'node:dgram';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { TestCertificate } from './certificate-for-tests.ts';

/** What a test gives up again at its end. */
interface Cleanup {
  after(fn: () => unknown): void;
}

/** A request a webhook took. */
interface Post {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** How a receiver answers; the default is 200. `cut` ends the connection in the middle of the request's body. */
type Answer = (post: Post, response: ServerResponse) => void;

export interface WebhookReceiver {
  readonly port: number;
  readonly url: string;
  readonly posts: Post[];
  answer: Answer;
  /** Ends connections as soon as bytes of a body come. */
  cuts: boolean;
  close(): Promise<void>;
}

/** @param port - 0 takes a free one. */
export async function receiveWebhooks(
  cleanup: Cleanup,
  { port = 0, certificate }: { readonly port?: number; readonly certificate?: TestCertificate } = {},
): Promise<WebhookReceiver> {
  const posts: Post[] = [];
  const listen = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => {
      if (receiver.cuts) request.socket.destroy();
      chunks.push(chunk);
    });
    request.on('end', () => {
      const post = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
      posts.push(post);
      receiver.answer(post, response);
    });
  };
  const server =
    certificate === undefined
      ? createHttpServer(listen)
      : createHttpsServer({ key: certificate.key, cert: certificate.certificate }, listen);
  const taken = await listenOn(server, port);
  const receiver: WebhookReceiver = {
    port: taken,
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${taken}/hook`,
    posts,
    answer: (_, response) => response.end(),
    cuts: false,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  cleanup.after(() => receiver.close());
  return receiver;
}

export interface SyslogReceiver {
  readonly port: number;
  /** Whole messages, in the order they came, without their counts. */
  readonly messages: string[];
  close(): Promise<void>;
}

/** Takes messages counted in octets (RFC 6587 §3.4.1), over TLS when there is a certificate. */
export async function receiveSyslog(
  cleanup: Cleanup,
  { port = 0, certificate }: { readonly port?: number; readonly certificate?: TestCertificate } = {},
): Promise<SyslogReceiver> {
  const messages: string[] = [];
  const sockets = new Set<Socket>();
  const take = (socket: Socket): void => {
    sockets.add(socket);
    let waiting = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      waiting = Buffer.concat([waiting, chunk]);
      for (;;) {
        const [head = '', count = ''] = /^([1-9]\d{0,8}) /.exec(waiting.toString('latin1', 0, 12)) ?? [];
        if (waiting.length < head.length + Number(count) || head === '') return;
        messages.push(waiting.toString('utf8', head.length, head.length + Number(count)));
        waiting = waiting.subarray(head.length + Number(count));
      }
    });
  };
  const server =
    certificate === undefined
      ? createTcpServer(take)
      : createTlsServer({ key: certificate.key, cert: certificate.certificate }, take);
  server.on('tlsClientError', () => undefined);
  const taken = await listenOn(server, port);
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  };
  cleanup.after(close);
  return { port: taken, messages, close };
}

/** Takes datagrams. */
export async function receiveDatagrams(cleanup: Cleanup): Promise<SyslogReceiver> {
  const messages: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (bytes) => messages.push(bytes.toString('utf8')));
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  const close = (): Promise<void> => new Promise((done) => socket.close(done));
  cleanup.after(close);
  return { port: socket.address().port, messages, close };
}

async function listenOn(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}
