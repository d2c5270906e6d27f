import { AsyncLocalStorage } from 'node:async_hooks';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';

/** Aborts when whoever asked in this process lets go: there is no connection whose end would tell. */
export const inProcessCaller = new AsyncLocalStorage<AbortSignal>();

/**
 * A `fetch` that reaches the server without a socket: same guards, same routes, streaming bodies both ways.
 *
 * Only string URLs and the parts of `RequestInit` a client of ours uses are read.
 */
export function inProcessFetch(app: FastifyInstance): typeof globalThis.fetch {
  return async (url, init = {}) => {
    const target = new URL(url instanceof Request ? url.url : url);
    const headers = Object.fromEntries(new Headers(init.headers));
    init.signal?.throwIfAborted();
    const { signal } = init;
    const ask = async () =>
      await app.inject({
        method: (init.method ?? 'GET') as 'GET',
        url: target.pathname + target.search,
        headers: { ...headers, host: target.host },
        ...(init.body !== undefined && init.body !== null && { payload: payloadOf(init.body) }),
        ...(signal && { signal }),
        payloadAsStream: true,
      });
    const answer = await (signal ? unlessAborted(inProcessCaller.run(signal, ask), signal) : ask());
    const hasBody = answer.statusCode !== 204 && answer.statusCode !== 304;
    const body = hasBody ? (Readable.toWeb(answer.stream()) as ReadableStream<Uint8Array>) : null;
    const answered = Object.entries(answer.headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((one): [string, string] => [name, String(one)]),
    );
    return new Response(body, { status: answer.statusCode, headers: answered });
  };
}

/** As over a socket, the caller is free at once; the request may still be under way. */
async function unlessAborted<T>(asked: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([asked, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function payloadOf(body: NonNullable<RequestInit['body']>): string | Buffer | Readable {
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof ReadableStream) return Readable.fromWeb(body);
  throw new TypeError('A body in this process is text, bytes or a stream');
}
