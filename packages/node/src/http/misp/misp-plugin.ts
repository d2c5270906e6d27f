import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ComityError, quote } from '@comity/protocol/base';
import { tokenOfHeader } from '../access/index.ts';
import type { Access } from '../access/index.ts';
import { watchedBody } from '../body-watch.ts';
import { assertSameOrigin } from '../guard.ts';
import { isAmong } from '../if-none-match.ts';
import { problemOf } from '../problem.ts';
import { taxiiCallerOf } from '../taxii/audience.ts';
import type { TaxiiCaller } from '../taxii/audience.ts';
import { answerMisp } from './answer-misp.ts';
import type { AnswerMispDeps } from './answer-misp.ts';
import { mispMethods, recogniseMispPath } from './misp-path.ts';
import type { MispPlace } from './misp-path.ts';
import { eventBytesMax } from './take-event.ts';

export interface MispPluginOptions {
  /** How long a body may bring nothing. Milliseconds. */
  readonly bodyIdleMs: number;
}

export interface MispPluginDeps extends AnswerMispDeps {
  readonly access: Pick<Access, 'tokens'>;
  /** Answers being made: the node waits for them before it closes the store. */
  readonly underWay: Set<Promise<unknown>>;
  readonly log: (entry: { readonly message: string; readonly errorId: string; readonly stack: string }) => void;
}

/** Requests answered at once: each may go through a whole collection. Who comes later is asked to come again. */
const requestsAtOnceMax = 8;

interface Checked {
  readonly collection: string;
  readonly place: MispPlace;
  readonly caller: TaxiiCaller;
}

/**
 * A MISP server as routes of the node, one a collection: everything below `/misp/COLLECTION/`. Whatever goes wrong is answered
 * as MISP does.
 */
export function registerMisp(app: FastifyInstance, options: MispPluginOptions, deps: MispPluginDeps): void {
  const checked = new WeakMap<FastifyRequest, Checked>();
  let running = 0;
  void app.register(async (context) => {
    context.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: eventBytesMax },
      async (_request: unknown, body: Buffer) => body,
    );
    context.setErrorHandler((error, request, reply) => sendError(error, request, reply, deps));
    context.route({
      method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      url: '/misp/*',
      bodyLimit: eventBytesMax,
      // Before the body: nobody who may not call makes us read one.
      onRequest: async (request, reply) => {
        assertSameOrigin(request.headers);
        checked.set(request, await check(request, reply, deps));
      },
      preParsing: async (request, reply, payload) => {
        const bytes = Number(request.headers['content-length'] ?? 0);
        if (bytes > eventBytesMax)
          throw new ComityError(
            'INPUT_TOO_LARGE',
            `Cannot take the body: ${bytes} bytes, at most ${eventBytesMax} are read`,
          );
        const watch = { bytesMax: eventBytesMax, idleMs: options.bodyIdleMs, wholeMs: undefined };
        return watchedBody(payload, reply.raw, watch);
      },
      handler: async (request, reply) => {
        if (running >= requestsAtOnceMax) throw tooMany();
        running += 1;
        try {
          return await answer(request, checked.get(request)!, reply, deps);
        } finally {
          running -= 1;
        }
      },
    });
  });
}

async function answer(
  request: FastifyRequest,
  known: Checked,
  reply: FastifyReply,
  deps: MispPluginDeps,
): Promise<FastifyReply> {
  const { method, body, headers, url } = request;
  const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
  const bytes = Buffer.isBuffer(body) ? body : new Uint8Array();
  const answering = answerMisp({ ...known, method, query, headers, body: bytes }, deps);
  deps.underWay.add(answering);
  const made = await answering.finally(() => deps.underWay.delete(answering));
  void reply.headers({
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'private, no-cache',
    ...made.headers,
  });
  const etag = made.headers?.['etag'];
  if (etag !== undefined && isAmong(etag, headers['if-none-match'])) return reply.code(304).send();
  return reply.code(made.status).send(Buffer.from(made.text));
}

/** What can be said of a request before its body is read, in the order in which it is said. */
async function check(request: FastifyRequest, reply: FastifyReply, deps: MispPluginDeps): Promise<Checked> {
  const path = request.url.replace(/[?#].*$/, '');
  const token = tokenOfHeader(request.headers.authorization, true);
  const found = token === undefined ? undefined : await deps.access.tokens.find(token);
  if (found === undefined)
    throw new ComityError(
      'NOT_SIGNED_IN',
      'Authentication failed. Please make sure you pass the API key of an API enabled user along in the Authorization header.',
    );
  const caller = taxiiCallerOf(found, deps.sharing.recipients);
  const known = recogniseMispPath(path);
  if (known === undefined)
    throw new ComityError('NOT_FOUND', `Cannot find ${quote(path)}: it is no part of feeds and synchronisation`);
  const methods = mispMethods[known.place.kind];
  if (!methods.includes(request.method === 'HEAD' ? 'GET' : request.method)) {
    void reply.header('allow', [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].join(', '));
    throw new ComityError('METHOD_NOT_ALLOWED', `Cannot ${request.method} here: use ${methods.join(', ')}`);
  }
  return { ...known, caller };
}

function tooMany(): ComityError {
  return new ComityError('TOO_MANY_REQUESTS', 'Cannot answer yet: too many requests are under way', {
    details: { retryAfterSeconds: 2 },
  });
}

/** As MISP says it; a fault of ours goes into the log under its id. A MISP tells a wrong key by 403. */
function sendError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  deps: Pick<MispPluginDeps, 'log'>,
): FastifyReply {
  const errorId = randomUUID();
  const { problem, fault } = problemOf(error, errorId);
  if (fault) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    deps.log({ message: `Cannot answer ${request.method} over MISP`, errorId, stack });
  }
  if (!request.raw.complete) void reply.header('connection', 'close');
  const retryAfter = problem.details?.['retryAfterSeconds'];
  if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
  const url = request.url.replace(/[?#].*$/, '').slice(0, 200);
  const body = {
    saved: false,
    name: problem.detail,
    message: problem.detail,
    url,
    errors: problem.detail,
    code: problem.code,
  };
  return reply
    .code(problem.status === 401 ? 403 : problem.status)
    .headers({ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
    .send(Buffer.from(JSON.stringify(body)));
}
