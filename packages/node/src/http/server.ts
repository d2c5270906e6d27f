import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import Fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { assert, ComityError, limits, parseJson, parseUtf8, quote } from '@comity/protocol/base';
import { idempotencyKeyHeader, parseIdempotencyKey, rights, rolesWith, routes } from '@comity/protocol/api';
import type { Route, RouteName } from '@comity/protocol/api';
import { actorOf, credentialsOf } from './access/index.ts';
import type { Access, Caller } from './access/index.ts';
import { watchedBody } from './body-watch.ts';
import { assertHost, assertSameOrigin } from './guard.ts';
import type { Handlers, StreamAnswer } from './handler.ts';
import { inProcessCaller } from './in-process.ts';
import { isEncrypted } from './is-encrypted.ts';
import { answerNonsense } from './nonsense.ts';
import { isLedgerUrl, openLedgerDoor } from './ledger/ledger-door.ts';
import type { LedgerDoorDeps } from './ledger/ledger-door.ts';
import { registerMisp } from './misp/misp-plugin.ts';
import type { MispPluginDeps } from './misp/misp-plugin.ts';
import { createPage } from './page.ts';
import { registerPeer } from './peer/peer-plugin.ts';
import type { PeerPluginDeps } from './peer/peer-plugin.ts';
import { problemOf, problemType } from './problem.ts';
import { securityHeaders } from './security-headers.ts';
import type { SessionCookie } from './session-cookie.ts';
import { isTaxiiUrl, openTaxiiDoor } from './taxii/taxii-door.ts';
import type { TaxiiDoorDeps } from './taxii/taxii-door.ts';
import { strict, validate } from './validate.ts';

export interface ServerOptions {
  /** Address to bind, also the first name the node answers under. */
  readonly host: string;
  readonly allowedHosts: readonly string[];
  /** Scheme, host and port of a proxy before the node; undefined: none. */
  readonly proxyUrl: string | undefined;
  /** Folder of the built page. */
  readonly pageDir: string;
  /** Largest body of a route that takes bytes. */
  readonly uploadBytesMax: number;
  /** A body that brings nothing for this long is given up, as is one of JSON that is not whole by then. Milliseconds. */
  readonly bodyIdleMs: number;
  /** Whether TAXII takes `application/json`, wildcards and no `Accept`. */
  readonly lenientMediaTypes: boolean;
  /** TAXII requests of one caller in a minute. */
  readonly taxiiPerMinute: number;
  /** Validates every JSON answer against its schema and fails on a difference: for tests. */
  readonly checkAnswers: boolean;
}

export interface ServerDeps {
  readonly access: Pick<Access, 'sessions' | 'tokens'>;
  /** Known once the port is. */
  readonly cookie: () => SessionCookie;
  readonly handlers: Handlers;
  readonly taxii: TaxiiDoorDeps;
  readonly misp: MispPluginDeps;
  readonly ledger: LedgerDoorDeps;
  readonly peer: PeerPluginDeps;
  /** The program's own log; gets faults with their `errorId` and stack. */
  readonly log: (entry: { readonly message: string; readonly errorId: string; readonly stack: string }) => void;
}

const headersTimeoutMs = 10_000;
/** Room for a value of `limits.valueCharsMax` in a query, every character escaped. */
const headerBytesMax = 48 * 1024;
/** Connections at once. */
export const connectionsMax = 1024;

/**
 * The HTTP server: every route of the table with its guards, validation and handler, and the page for all other paths.
 * It is not listening yet.
 */
export function createServer(options: ServerOptions, deps: ServerDeps): FastifyInstance {
  /** Connections with an answer on its way: no other may be put into it. */
  const answering = new WeakSet<Socket>();
  const app = Fastify({
    logger: false,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    bodyLimit: limits.importBytesMax,
    requestTimeout: 0,
    routerOptions: { maxParamLength: 2000, caseSensitive: true },
    // Whether a Host is ours is decided below, for requests without one too.
    http: { headersTimeout: headersTimeoutMs, maxHeaderSize: headerBytesMax, requireHostHeader: false },
    clientErrorHandler: (error, socket) => answerNonsense(error, socket, answering.has(socket)),
    frameworkErrors: (error, _request, reply) => {
      void sendProblem(error, reply, deps);
    },
    genReqId: () => randomUUID(),
  });
  app.server.maxConnections = connectionsMax;
  app.removeAllContentTypeParsers();
  app.addHook('onRequest', async (request, reply) => {
    noteAnswering(answering, reply.raw);
    void reply.headers(securityHeaders);
    assertHost(request.headers, { boundHost: options.host, allowedHosts: options.allowedHosts });
    if (request.is404) assertPagePath(request, reply);
  });
  app.setErrorHandler((error, _request, reply) => sendProblem(error, reply, deps));

  const table = Object.entries(routes) as [RouteName, Route][];
  // Two contexts, since Fastify finds the parser of a body by content type and a bytes route takes any type as it is.
  void app.register(async (context) => {
    context.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_request: unknown, bytes: Buffer) =>
      parseJson(parseUtf8(bytes, 'the body'), limits.requestBodyBytesMax, 'the body'),
    );
    for (const [name, route] of table) if (route.body !== 'bytes') addRoute(context, name, route, options, deps);
  });
  void app.register(async (context) => {
    context.addContentTypeParser('*', async (_request: unknown, stream: Readable) => stream);
    for (const [name, route] of table) if (route.body === 'bytes') addRoute(context, name, route, options, deps);
  });

  registerMisp(app, options, deps.misp);
  registerPeer(app, options, deps.peer);

  const doorOptions = { ...options, boundHost: options.host };
  const doors = [
    { isFor: isTaxiiUrl, open: openTaxiiDoor(doorOptions, deps.taxii) },
    { isFor: isLedgerUrl, open: openLedgerDoor(doorOptions, deps.ledger) },
  ];
  const others = app.server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
  app.server.removeAllListeners('request');
  app.server.on('request', (request, response) => {
    const door = doors.find(({ isFor }) => isFor(request.url ?? ''));
    if (door !== undefined) {
      noteAnswering(answering, response);
      door.open(request, response);
    } else for (const each of others) each.call(app.server, request, response);
  });

  const page = createPage(options.pageDir);
  app.setNotFoundHandler(async (request, reply) => {
    const file = page(decodePath(request.url), {
      accept: headerOf(request, 'accept-encoding'),
      ifNoneMatch: headerOf(request, 'if-none-match'),
    });
    void reply.code(file.status).headers(file.headers);
    return reply.send(file.body);
  });
  return app;
}

function noteAnswering(answering: WeakSet<Socket>, response: ServerResponse): void {
  const { socket } = response;
  if (socket === null) return;
  answering.add(socket);
  response.once('close', () => answering.delete(socket));
}

function addRoute(
  context: FastifyInstance,
  name: RouteName,
  route: Route,
  options: ServerOptions,
  deps: ServerDeps,
): void {
  const shapes = {
    params: route.params && strict(route.params),
    query: route.query && strict(route.query),
    body: route.request && strict(route.request),
  };
  const callers = new WeakMap<FastifyRequest, Caller>();
  const { bodyIdleMs } = options;
  const bodyBytesMax = route.body === 'bytes' ? options.uploadBytesMax : limits.requestBodyBytesMax;
  const handle: (call: never) => unknown = deps.handlers[name];

  context.route({
    method: route.method,
    url: route.path,
    exposeHeadRoute: hasHead(route),
    bodyLimit: bodyBytesMax,
    // Before the body: nobody who may not call makes us read gigabytes.
    onRequest: async (request) => {
      assertSameOrigin(request.headers);
      const caller = await findCaller(request, deps);
      if (caller !== undefined) callers.set(request, caller);
      if (route.scope !== 'none') assertScope(caller, route.scope, () => explain(request, deps));
    },
    preParsing: async (request, reply, payload) => {
      assertLength(request, bodyBytesMax);
      return watchedBody(payload, reply.raw, {
        bytesMax: bodyBytesMax,
        idleMs: bodyIdleMs,
        wholeMs: route.body === 'bytes' ? undefined : bodyIdleMs,
      });
    },
    handler: async (request, reply) => {
      const hungUp = new AbortController();
      reply.raw.on('close', () => {
        if (!reply.raw.writableFinished) hungUp.abort(new ComityError('REMOTE_FAILED', 'The caller hung up'));
      });
      const inProcess = inProcessCaller.getStore();
      const call = {
        params: shapes.params && validate('path', shapes.params, request.params),
        query: shapes.query && validate('query', shapes.query, request.query),
        body: shapes.body ? validate('body', shapes.body, request.body) : (request.body ?? Readable.from([])),
        ...callerOf(callers.get(request), request),
        browser: {
          agent: headerOf(request, 'user-agent'),
          origin: request.headers.origin,
          session: deps.cookie().find(request.headers.cookie),
          cookies: request.headers.cookie,
        },
        idempotencyKey: route.idempotent === undefined ? undefined : idempotencyKeyOf(request),
        address: request.ip,
        encrypted: isEncrypted(request.raw, options.proxyUrl),
        stillMay: async () => route.scope === 'none' || hasScope(await findCaller(request, deps), route.scope),
        lastEventId: headerOf(request, 'last-event-id') || undefined,
        ifNoneMatch: headerOf(request, 'if-none-match') || undefined,
        signal: inProcess === undefined ? hungUp.signal : AbortSignal.any([hungUp.signal, inProcess]),
        setHeader: (key: string, value: string) => void reply.header(key, value),
        setStatus: (status: number) => void reply.code(status),
      };
      void reply.code(route.status ?? 200).header('cache-control', 'no-store');
      const result = await handle(call as never);
      return sendResult(name, route, result, reply, options);
    },
  });
}

/**
 * Refuses what is neither a route nor a path of the page, before a body is read.
 *
 * @throws {ComityError} `NOT_FOUND` or, with `Allow`, `METHOD_NOT_ALLOWED`.
 */
function assertPagePath(request: FastifyRequest, reply: FastifyReply): void {
  const path = decodePath(request.url);
  const isApi = /^\/(?:api|metrics|health)(?:\/|$)/.test(path);
  const methods = isApi ? methodsOf(path) : ['GET', 'HEAD'];
  if (methods.length === 0) throw new ComityError('NOT_FOUND', `Cannot find ${quote(path)}`);
  if (methods.includes(request.method)) return;
  void reply.header('allow', methods.join(', '));
  throw new ComityError('METHOD_NOT_ALLOWED', `Cannot ${request.method} ${quote(path)}: use ${methods.join(', ')}`);
}

/** HEAD asks what GET would answer, where that is cheap: never for a stream. */
function hasHead(route: Route): boolean {
  return route.method === 'GET' && (route.answer === 'json' || route.answer === 'text');
}

/** Methods of the API under a path; none when nothing is there. */
function methodsOf(path: string): string[] {
  const there = Object.values<Route>(routes).filter((route) => {
    const parts = route.path.split('/');
    const asked = path.split('/');
    return parts.length === asked.length && parts.every((part, index) => part.startsWith(':') || part === asked[index]);
  });
  return [...new Set(there.flatMap((route) => (hasHead(route) ? ['GET', 'HEAD'] : [route.method])))].sort();
}

/** A body that says it is too large is refused before it is read; one that does not say is watched. */
function assertLength(request: FastifyRequest, bytesMax: number): void {
  const bytes = Number(headerOf(request, 'content-length') || 0);
  if (bytes <= bytesMax) return;
  throw new ComityError('INPUT_TOO_LARGE', `Cannot take the body: ${bytes} bytes, at most ${bytesMax} are read`);
}

async function findCaller(request: FastifyRequest, deps: ServerDeps): Promise<Caller | undefined> {
  const credentials = credentialsOf(request.raw);
  const session = credentials.secret === undefined ? deps.cookie().find(request.headers.cookie) : undefined;
  const person = session === undefined ? undefined : await deps.access.sessions.find(session);
  return person ?? (await deps.access.tokens.find(credentials));
}

function explain(request: FastifyRequest, deps: ServerDeps): string {
  const why = deps.access.tokens.explain(credentialsOf(request.raw));
  return why ?? 'sign in with the link the node printed, or send a token';
}

function callerOf(caller: Caller | undefined, request: FastifyRequest) {
  return { caller, actor: caller && actorOf(caller, request.ip) };
}

function assertScope(caller: Caller | undefined, scope: Caller['scopes'][number], why: () => string): void {
  if (caller === undefined) throw new ComityError('NOT_SIGNED_IN', `Cannot answer: ${why()}`);
  if (!hasScope(caller, scope)) {
    const who = caller.role === undefined ? 'this token' : `the role ${caller.role}`;
    const others = rolesWith(scope);
    throw new ComityError(
      'NOT_ALLOWED',
      `Cannot answer: this needs the right "${scope}" (to ${rights[scope]}), which ${who} has not; ask for ${others.join(' or ')}`,
      { details: { scope } },
    );
  }
}

function hasScope(caller: Caller | undefined, scope: Caller['scopes'][number]): boolean {
  return caller?.scopes.includes(scope) ?? false;
}

async function sendResult(
  name: RouteName,
  route: Route,
  result: unknown,
  reply: FastifyReply,
  options: ServerOptions,
): Promise<FastifyReply> {
  if (route.answer === 'nothing') return reply.send();
  if (route.answer === 'json') {
    if (options.checkAnswers) {
      const checked = strict(route.response!).safeParse(result);
      assert(checked.success, `${name} answers as the table says: ${checked.error?.message}`);
    }
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(result));
  }
  const answer = result as StreamAnswer;
  if (answer.fileName !== undefined) {
    void reply.header('content-disposition', `attachment; filename="${answer.fileName.replaceAll(/[^\w.-]/g, '_')}"`);
  }
  return reply.type(answer.type).send(answer.body);
}

function sendProblem(error: unknown, reply: FastifyReply, deps: ServerDeps): FastifyReply {
  const errorId = randomUUID();
  const { problem, fault } = problemOf(error, errorId);
  if (fault) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    deps.log({
      message: `Cannot answer ${reply.request.method} ${reply.request.routeOptions.url ?? ''}`,
      errorId,
      stack,
    });
  }
  // The rest of a body nobody will read is not worth waiting for.
  if (!reply.request.raw.complete) void reply.header('connection', 'close');
  const retryAfter = problem.details?.['retryAfterSeconds'];
  if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
  // Of HTTP Basic only what tools fetch: a browser would ask for a password over the page.
  const isForTools = reply.request.url.startsWith('/api/v1/lists/');
  if (problem.status === 401)
    void reply.header('www-authenticate', isForTools ? 'Basic realm="Comity", charset="UTF-8", Bearer' : 'Bearer');
  return reply
    .code(problem.status)
    .headers({ ...securityHeaders, 'cache-control': 'no-store' })
    .type(problemType)
    .send(JSON.stringify(problem));
}

/** @throws {ComityError} `ARGUMENT_INVALID`. */
function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const text = request.headers[idempotencyKeyHeader];
  return text === undefined ? undefined : parseIdempotencyKey(String(text));
}

function headerOf(request: FastifyRequest, name: string): string {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}

/** Path of a URL without its query; a path that is not valid percent-encoding stays as it is and matches nothing. */
function decodePath(url: string): string {
  const path = url.replace(/[?#].*$/, '');
  try {
    return decodeURIComponent(path);
  } catch {
    // Malformed escapes name no file of ours.
    return path;
  }
}
