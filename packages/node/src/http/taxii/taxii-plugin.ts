import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ComityError, quote } from '@comity/protocol/base';
import { acceptsTaxii, isTaxiiContent, recogniseTaxiiPath, taxiiMediaType, taxiiMethods } from '@comity/protocol/taxii';
import type { TaxiiError, TaxiiPlace } from '@comity/protocol/taxii';
import type { Access, Caller } from '../access/index.ts';
import { watchedBody } from '../body-watch.ts';
import { assertSameOrigin } from '../guard.ts';
import { problemOf } from '../problem.ts';
import { answerTaxii } from './answer-taxii.ts';
import type { AnswerTaxiiDeps } from './answer-taxii.ts';
import { taxiiCallerOf } from './audience.ts';
import type { TaxiiCaller } from './audience.ts';
import { contentBytesMax } from './take-objects.ts';

export interface TaxiiPluginOptions {
  /** Takes `application/json`, wildcards and no `Accept` as well. */
  readonly lenientMediaTypes: boolean;
  /** How long a body may bring nothing. Milliseconds. */
  readonly bodyIdleMs: number;
}

export interface TaxiiPluginDeps extends AnswerTaxiiDeps {
  readonly access: Pick<Access, 'tokens'>;
  /** Answers being made: the node waits for them before it closes the store. */
  readonly underWay: Set<Promise<unknown>>;
  readonly log: (entry: { readonly message: string; readonly errorId: string; readonly stack: string }) => void;
}

/** Requests answered at once; who comes later is asked to come again. */
const requestsAtOnceMax = 128;
const sendsAtOnceMax = 4;
const basicCharsMax = 1000;

interface Checked {
  readonly place: TaxiiPlace;
  readonly caller: TaxiiCaller;
}

/**
 * The TAXII 2.1 server as routes of the node: everything below `/taxii2`. Whatever goes wrong is answered with an error object
 * of TAXII's.
 */
export function registerTaxii(app: FastifyInstance, options: TaxiiPluginOptions, deps: TaxiiPluginDeps): void {
  const checked = new WeakMap<FastifyRequest, Checked>();
  const running = { all: 0, sends: 0 };
  void app.register(async (context) => {
    context.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: contentBytesMax },
      async (_request: unknown, body: Buffer) => body,
    );
    context.setErrorHandler((error, _request, reply) => sendError(error, reply, deps));
    for (const url of ['/taxii2', '/taxii2/*'])
      context.route({
        method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
        url,
        bodyLimit: contentBytesMax,
        // Before the body: nobody who may not call makes us read one.
        onRequest: async (request, reply) => {
          assertSameOrigin(request.headers);
          checked.set(request, await check(request, reply, options, deps));
        },
        preParsing: async (request, reply, payload) => {
          const bytes = Number(request.headers['content-length'] ?? 0);
          if (bytes > contentBytesMax)
            throw new ComityError(
              'INPUT_TOO_LARGE',
              `Cannot take the body: ${bytes} bytes, at most ${contentBytesMax} are read`,
            );
          const watch = { bytesMax: contentBytesMax, idleMs: options.bodyIdleMs, wholeMs: undefined };
          return watchedBody(payload, reply.raw, watch);
        },
        handler: async (request, reply) => {
          const { place, caller } = checked.get(request)!;
          const isSend = request.method === 'POST' || request.method === 'DELETE';
          if (running.all >= requestsAtOnceMax || (isSend && running.sends >= sendsAtOnceMax)) throw tooMany();
          running.all += 1;
          if (isSend) running.sends += 1;
          try {
            const { method, body } = request;
            const query = request.url.includes('?') ? request.url.slice(request.url.indexOf('?') + 1) : '';
            const bytes = Buffer.isBuffer(body) ? body : new Uint8Array();
            const answering = answerTaxii({ place, method, query, body: bytes, caller }, deps);
            deps.underWay.add(answering);
            const answer = await answering.finally(() => deps.underWay.delete(answering));
            void reply.code(answer.status).headers({ 'cache-control': 'no-store', ...answer.headers });
            return await sendExactly(reply, answer.text);
          } finally {
            running.all -= 1;
            if (isSend) running.sends -= 1;
          }
        },
      });
  });
}

/** What can be said of a request before its body is read, in the order in which it is said. */
async function check(
  request: FastifyRequest,
  reply: FastifyReply,
  { lenientMediaTypes }: TaxiiPluginOptions,
  deps: TaxiiPluginDeps,
): Promise<Checked> {
  const path = request.url.replace(/[?#].*$/, '');
  const place = recogniseTaxiiPath(path);
  if (place === undefined) throw new ComityError('NOT_FOUND', `Cannot find ${quote(path)}`);
  const methods = taxiiMethods[place.endpoint];
  if (!methods.includes(request.method === 'HEAD' ? 'GET' : request.method)) {
    void reply.header('allow', [...methods, 'HEAD'].join(', '));
    throw new ComityError('METHOD_NOT_ALLOWED', `Cannot ${request.method} here: use ${methods.join(', ')}`);
  }
  const found = await findCaller(request.headers.authorization, deps.access);
  if (found === undefined)
    throw new ComityError(
      'NOT_SIGNED_IN',
      'Cannot answer: send an API token, as the password of HTTP Basic or as bearer',
    );
  const caller = taxiiCallerOf(found, deps.sharing.recipients);
  if (!acceptsTaxii(request.headers.accept, lenientMediaTypes))
    throw new ComityError(
      'NOT_ACCEPTABLE',
      `Cannot answer with ${quote(request.headers.accept ?? '')}: Accept ${taxiiMediaType}`,
    );
  if (request.method === 'POST' && !isTaxiiContent(request.headers['content-type'], lenientMediaTypes))
    throw new ComityError(
      'FORMAT_UNKNOWN',
      `Cannot read ${quote(request.headers['content-type'] ?? 'no type')}: send ${taxiiMediaType}`,
    );
  return { place, caller };
}

/** The user name of HTTP Basic is for the client's own records: the token says who it is. */
async function findCaller(header: string | undefined, access: TaxiiPluginDeps['access']): Promise<Caller | undefined> {
  const bearer = /^Bearer ([\w-]{1,200})$/i.exec(header ?? '')?.[1];
  const basic = /^Basic ([\w+/]+={0,2})$/i.exec(header?.slice(0, basicCharsMax) ?? '')?.[1];
  const secret = bearer ?? /^[^:]*:([\w-]{1,200})$/.exec(Buffer.from(basic ?? '', 'base64').toString())?.[1];
  return secret === undefined ? undefined : await access.tokens.find(secret);
}

/** Of text Fastify would write the media type anew, with a charset clients do not expect; bytes it leaves alone. */
function sendExactly(reply: FastifyReply, text: string): FastifyReply {
  return reply.header('content-type', taxiiMediaType).send(Buffer.from(text));
}

function tooMany(): ComityError {
  return new ComityError('TOO_MANY_REQUESTS', 'Cannot answer yet: too many requests are under way', {
    details: { retryAfterSeconds: 2 },
  });
}

/** An error object (TAXII 2.1 §3.6.1); a fault of ours goes into the log under its id. */
function sendError(error: unknown, reply: FastifyReply, deps: Pick<TaxiiPluginDeps, 'log'>): FastifyReply {
  const errorId = randomUUID();
  const { problem, fault } = problemOf(error, errorId);
  if (fault) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    deps.log({ message: `Cannot answer ${reply.request.method} over TAXII`, errorId, stack });
  }
  // What is read but cannot be used: the standard tells it from what cannot be read (§5.5).
  const status = problem.code === 'STIX_MALFORMED' ? 422 : problem.status;
  const body: TaxiiError = {
    title: problem.title,
    description: problem.detail,
    error_id: errorId,
    error_code: problem.code,
    http_status: String(status),
    ...(problem.details !== undefined && {
      details: Object.fromEntries(Object.entries(problem.details).map(([name, value]) => [name, String(value)])),
    }),
  };
  if (!reply.request.raw.complete) void reply.header('connection', 'close');
  if (status === 401) void reply.header('www-authenticate', 'Basic realm="TAXII", charset="UTF-8", Bearer');
  const retryAfter = problem.details?.['retryAfterSeconds'];
  if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
  return sendExactly(reply.code(status).header('cache-control', 'no-store'), JSON.stringify(body));
}
