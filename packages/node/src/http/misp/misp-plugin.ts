import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ComityError, limits, quote } from '@comity/protocol/base';
import { credentialsOf } from '../access/index.ts';
import type { Access } from '../access/index.ts';
import { BodyReader } from '../body-reader.ts';
import { assertSameOrigin } from '../guard.ts';
import { isAmong } from '../if-none-match.ts';
import { isEncrypted } from '../is-encrypted.ts';
import { problemOf } from '../problem.ts';
import { taxiiCallerOf } from '../taxii/audience.ts';
import { answerMisp } from './answer-misp.ts';
import type { AnswerMispDeps, MispAnswer } from './answer-misp.ts';
import { AnswerSlots } from './answer-slots.ts';
import { collectionFor, mayPush } from './collection-for.ts';
import type { MispCall } from './collection-for.ts';
import { mispMethods, recogniseMispPath } from './misp-path.ts';
import type { MispPlace } from './misp-path.ts';
import { eventBytesMax } from './take-event.ts';

export interface MispPluginOptions {
  /** How long a body may bring nothing, and of an answer nothing be taken. Milliseconds. */
  readonly bodyIdleMs: number;
  /** Scheme, host and port of a proxy before the node; undefined: none. */
  readonly proxyUrl: string | undefined;
}

export interface MispPluginDeps extends AnswerMispDeps {
  readonly access: Pick<Access, 'tokens'>;
  /** Answers being made: the node waits for them before it closes the store. */
  readonly underWay: Set<Promise<unknown>>;
  readonly log: (entry: { readonly message: string; readonly errorId: string; readonly stack: string }) => void;
}

/** Each answer may go through a whole collection. Who comes later is asked to come again. */
const answersAtOnceMax = 8;
const bodyBytesAtOnceMax = 4 * eventBytesMax;
/** Places that take events, or lists of them. */
const pushKinds: ReadonlySet<MispPlace['kind']> = new Set(['post-test', 'filter', 'add', 'edit']);

interface Checked extends MispCall {
  readonly bodyBytesMax: number;
}

/**
 * A MISP server as routes of the node, one a collection: everything below `/misp/COLLECTION/`. Whatever goes wrong is answered
 * as MISP does.
 */
export function registerMisp(app: FastifyInstance, options: MispPluginOptions, deps: MispPluginDeps): void {
  const checked = new WeakMap<FastifyRequest, Checked>();
  const slots = new AnswerSlots(answersAtOnceMax);
  const bodies = new BodyReader({ idleMs: options.bodyIdleMs, bytesAtOnceMax: bodyBytesAtOnceMax });
  void app.register(async (context) => {
    // Left to the handler, which reads it into bounded memory.
    context.addContentTypeParser('*', async () => undefined);
    context.setErrorHandler((error, request, reply) => sendError(error, request, reply, deps));
    context.route({
      method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      url: '/misp/*',
      // Before the body: nobody who may not call makes us read one.
      onRequest: async (request, reply) => {
        assertSameOrigin(request.headers);
        checked.set(request, await check(request, reply, options, deps));
      },
      handler: async (request, reply) => {
        const { bodyBytesMax, ...call } = checked.get(request)!;
        const hasBody = request.method === 'POST' || request.method === 'PUT';
        // Before it counts as under way: who sends slowly holds up nobody.
        const body = hasBody ? await bodies.read(request.raw, reply.raw, bodyBytesMax) : new Uint8Array();
        const made = await slots.hold(reply.raw, async () => await answer(request, call, body, deps));
        // Whoever takes nothing of an answer leaves its slot to others.
        reply.raw.setTimeout(options.bodyIdleMs, () => reply.raw.destroy());
        return send(made, request, reply);
      },
    });
  });
}

async function answer(
  { method, headers, url }: FastifyRequest,
  call: MispCall,
  body: Uint8Array,
  deps: MispPluginDeps,
): Promise<MispAnswer> {
  const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
  const answering = answerMisp({ ...call, method, query, headers, body }, deps);
  deps.underWay.add(answering);
  return await answering.finally(() => deps.underWay.delete(answering));
}

function send(made: MispAnswer, { headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
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
async function check(
  request: FastifyRequest,
  reply: FastifyReply,
  { proxyUrl }: MispPluginOptions,
  deps: MispPluginDeps,
): Promise<Checked> {
  const path = request.url.replace(/[?#].*$/, '');
  const credentials = credentialsOf(request.raw, true);
  const found = await deps.access.tokens.find(credentials);
  if (found === undefined) {
    const why = deps.access.tokens.explain(credentials);
    const said = 'Please make sure you pass the API key of an API enabled user along in the Authorization header.';
    throw new ComityError('NOT_SIGNED_IN', `Authentication failed${why === undefined ? `. ${said}` : `: ${why}`}`);
  }
  const caller = taxiiCallerOf(found, isEncrypted(request.raw, proxyUrl), deps.sharing.recipients);
  const known = recogniseMispPath(path);
  if (known === undefined)
    throw new ComityError('NOT_FOUND', `Cannot find ${quote(path)}: it is no part of feeds and synchronisation`);
  const methods = mispMethods[known.place.kind];
  if (!methods.includes(request.method === 'HEAD' ? 'GET' : request.method)) {
    void reply.header('allow', [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].join(', '));
    throw new ComityError('METHOD_NOT_ALLOWED', `Cannot ${request.method} here: use ${methods.join(', ')}`);
  }
  const call = { ...known, caller };
  const isPush = mayPush(collectionFor(call, deps), caller) && pushKinds.has(known.place.kind);
  return { ...call, bodyBytesMax: isPush ? eventBytesMax : limits.requestBodyBytesMax };
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
