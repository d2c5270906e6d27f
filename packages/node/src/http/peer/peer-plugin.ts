import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { asOwnError, ComityError, quote } from '@comity/protocol/base';
import type { KnownMember, Members, PeerReply, PeerRoute } from '../../members/index.ts';
import { createRateLimit } from '../access/index.ts';
import { BodyReader } from '../body-reader.ts';
import { assertSameOrigin } from '../guard.ts';
import { AnswerSlots } from '../misp/answer-slots.ts';
import { problemOf, problemType } from '../problem.ts';

export interface PeerPluginOptions {
  /** How long a body may bring nothing, and of an answer nothing be taken. Milliseconds. */
  readonly bodyIdleMs: number;
}

export interface PeerPluginDeps {
  readonly members: Pick<Members, 'edge' | 'signAnswer'>;
  /** All that other members' nodes can ask. */
  readonly peerRoutes: readonly PeerRoute[];
  readonly clock: () => number;
  /** Answers being made: the node waits for them before it closes the store. */
  readonly underWay: Set<Promise<unknown>>;
  /** Aborts when the node closes. */
  readonly stop: AbortSignal;
  readonly log: (entry: { readonly message: string; readonly errorId: string; readonly stack: string }) => void;
}

const answersAtOnceMax = 32;
const bodyBytesAtOnceMax = 32 * 1024 * 1024;
/** Requests in a minute: of one address, whoever sends them; of one member; of one address that wants to join. */
const perMinute = { address: 3000, member: 1200, join: 30 } as const;

/**
 * What other members' nodes ask, below `/peer/v1`: signed requests, signed answers (docs/spec/members.md §5). Whatever goes wrong is
 * answered as a problem (RFC 9457), signed where it could be told that the request was.
 */
export function registerPeer(app: FastifyInstance, options: PeerPluginOptions, deps: PeerPluginDeps): void {
  const found = new WeakMap<FastifyRequest, PeerRoute>();
  const slots = new AnswerSlots(answersAtOnceMax);
  const bodies = new BodyReader({ idleMs: options.bodyIdleMs, bytesAtOnceMax: bodyBytesAtOnceMax });
  const limits = {
    address: createRateLimit(perMinute.address, deps.clock),
    member: createRateLimit(perMinute.member, deps.clock),
    join: createRateLimit(perMinute.join, deps.clock),
  };

  async function answer(request: FastifyRequest, route: PeerRoute, body: Uint8Array, signal: AbortSignal) {
    const incoming = {
      method: request.method,
      target: request.url,
      host: request.headers.host ?? '',
      fields: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, textOf(value)])),
      body,
    };
    const member = route.from === 'anybody' ? undefined : await deps.members.edge.verify(incoming);
    if (member !== undefined) limits.member(member.id);
    assertStanding(route, member);
    const query = request.url.includes('?') ? request.url.slice(request.url.indexOf('?') + 1) : '';
    return await route.handle({ member, request: incoming, query, signal });
  }

  void app.register(async (context) => {
    // Left to the handler, which reads it into bounded memory.
    context.addContentTypeParser('*', async () => undefined);
    context.setErrorHandler((error, request, reply) => {
      const errorId = randomUUID();
      const { problem, fault } = problemOf(error, errorId);
      if (fault) {
        const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
        deps.log({ message: `Cannot answer ${request.method} of another node`, errorId, stack });
      }
      if (!request.raw.complete) void reply.header('connection', 'close');
      const retryAfter = problem.details?.['retryAfterSeconds'];
      if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
      const body = Buffer.from(JSON.stringify(problem));
      return send({ status: problem.status, type: problemType, body }, request, reply, deps);
    });
    context.route({
      method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      url: '/peer/v1/*',
      // Before the body: nobody who may not ask makes us read one.
      onRequest: async (request, reply) => {
        assertSameOrigin(request.headers);
        limits.address(request.ip);
        const route = routeOf(request, reply, deps.peerRoutes);
        if (route.from === 'anybody') limits.join(request.ip);
        found.set(request, route);
      },
      handler: async (request, reply) => {
        const route = found.get(request)!;
        const hungUp = new AbortController();
        reply.raw.on('close', () => {
          if (!reply.raw.writableFinished) hungUp.abort(new ComityError('REMOTE_FAILED', 'The caller hung up'));
        });
        // Before it counts as under way: who sends slowly holds up nobody.
        const body =
          route.method === 'POST' ? await bodies.read(request.raw, reply.raw, route.bodyBytesMax) : new Uint8Array();
        const answering = async (): Promise<PeerReply> => {
          const made = answer(request, route, body, hungUp.signal);
          deps.underWay.add(made);
          return await made.finally(() => deps.underWay.delete(made));
        };
        const made =
          route.waits === true
            ? await answer(request, route, body, AbortSignal.any([hungUp.signal, deps.stop]))
            : await slots.hold(reply.raw, answering);
        // Whoever takes nothing of an answer leaves its slot to others.
        reply.raw.setTimeout(options.bodyIdleMs, () => reply.raw.destroy());
        return send(made, request, reply, deps);
      },
    });
  });
}

/** @throws {ComityError} `NOT_FOUND` or, with `Allow`, `METHOD_NOT_ALLOWED`. */
function routeOf({ method, url }: FastifyRequest, reply: FastifyReply, routes: readonly PeerRoute[]): PeerRoute {
  const path = url.replace(/[?#].*$/, '');
  const there = routes.filter((route) => route.path === path);
  const route = there.find((each) => each.method === method);
  if (route !== undefined) return route;
  if (there.length === 0) throw new ComityError('NOT_FOUND', `Cannot find ${quote(path)}`);
  const methods = there.map((each) => each.method).join(', ');
  void reply.header('allow', methods);
  throw new ComityError('METHOD_NOT_ALLOWED', `Cannot ${method} here: use ${methods}`);
}

function assertStanding({ from }: PeerRoute, member: KnownMember | undefined): void {
  if (from !== 'joined' || member?.state === 'joined') return;
  throw new ComityError('NOT_ALLOWED', 'Cannot answer: nobody here has let you in yet');
}

function send(
  { status, type, body, encoding }: PeerReply,
  request: FastifyRequest,
  reply: FastifyReply,
  { members }: Pick<PeerPluginDeps, 'members'>,
): FastifyReply {
  const signature = textOf(request.headers['signature']);
  const fields = signature === undefined ? {} : signedFields({ status, type, body, encoding }, signature, members);
  return reply
    .code(status)
    .headers({
      'content-type': type,
      ...(encoding !== undefined && { 'content-encoding': encoding }),
      'cache-control': 'no-store',
      ...fields,
    })
    .send(Buffer.from(body));
}

/** None for a node that is no member, or cannot open its keys: whoever asked takes an answer without them for what it is. */
function signedFields(
  { status, type, body, encoding }: PeerReply,
  requestSignature: string,
  members: PeerPluginDeps['members'],
): object {
  try {
    return members.signAnswer(status, { body, type, encoding }, requestSignature);
  } catch (error) {
    asOwnError(error);
    return {};
  }
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}
