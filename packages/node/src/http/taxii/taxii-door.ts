import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ComityError, quote } from '@comity/protocol/base';
import { acceptsTaxii, isTaxiiContent, recogniseTaxiiPath, taxiiMediaType, taxiiMethods } from '@comity/protocol/taxii';
import type { TaxiiError, TaxiiPlace } from '@comity/protocol/taxii';
import { createRateLimit, credentialsOf } from '../access/index.ts';
import type { Access, Caller } from '../access/index.ts';
import { BodyReader, tooMany } from '../body-reader.ts';
import { assertHost, assertSameOrigin } from '../guard.ts';
import type { GuardOptions } from '../guard.ts';
import { isAmong } from '../if-none-match.ts';
import { isUnread } from '../is-unread.ts';
import { isEncrypted } from '../is-encrypted.ts';
import { problemOf } from '../problem.ts';
import { securityHeaders } from '../security-headers.ts';
import { answerTaxii } from './answer-taxii.ts';
import type { AnswerTaxiiDeps } from './answer-taxii.ts';
import { mayGet, taxiiCallerOf } from './audience.ts';
import type { TaxiiCaller } from './audience.ts';
import { encoded, encodingOf } from './content-encoding.ts';
import type { Encoding } from './content-encoding.ts';
import { PageCache } from './page-cache.ts';
import type { KeptPage } from './page-cache.ts';
import { contentBytesMax } from './take-objects.ts';

export interface TaxiiDoorOptions extends GuardOptions {
  /** Takes `application/json`, wildcards and no `Accept` as well. */
  readonly lenientMediaTypes: boolean;
  /** How long a body may bring nothing. Milliseconds. */
  readonly bodyIdleMs: number;
  /** Scheme, host and port of a proxy before the node; undefined: none. */
  readonly proxyUrl: string | undefined;
  /** Requests of one caller in a minute; who sends more is told when to come again. */
  readonly taxiiPerMinute: number;
}

export interface TaxiiDoorDeps extends AnswerTaxiiDeps {
  readonly access: Pick<Access, 'tokens'>;
  readonly clock: () => number;
  /** Answers being made: the node waits for them before it closes the store. */
  readonly underWay: Set<Promise<unknown>>;
  readonly log: (entry: { readonly message: string; readonly errorId: string; readonly stack: string }) => void;
}

/** Takes a request for `/taxii2` and answers it, whatever it is. Never throws. */
export type TaxiiDoor = (request: IncomingMessage, response: ServerResponse) => void;

/** Requests answered at once; who comes later is asked to come again. */
const requestsAtOnceMax = 128;
const sendsAtOnceMax = 4;
const bodyBytesAtOnceMax = 16 * contentBytesMax;
/** Bytes of pages kept ready. */
const keptBytesMax = 32 * 1024 * 1024;

/** Whether a request is for TAXII. */
export function isTaxiiUrl(url: string): boolean {
  return url === '/taxii2' || url.startsWith('/taxii2/') || url.startsWith('/taxii2?');
}

/**
 * The TAXII 2.1 server at its socket: everything below `/taxii2`. Whatever goes wrong is answered with an error object of
 * TAXII's.
 *
 * Beside the framework of the other routes, which costs more than a kept page does: pollers come by the thousand.
 */
export function openTaxiiDoor(options: TaxiiDoorOptions, deps: TaxiiDoorDeps): TaxiiDoor {
  const running = { all: 0, sends: 0 };
  const pages = new PageCache(keptBytesMax);
  const bodies = new BodyReader({ idleMs: options.bodyIdleMs, bytesAtOnceMax: bodyBytesAtOnceMax });
  const limit = createRateLimit(options.taxiiPerMinute, deps.clock);

  /** The same words of the same caller: what was checked of them when a page was kept holds of it. */
  function keyOf(tokenId: string, encoding: Encoding, request: IncomingMessage): string {
    const way = isEncrypted(request, options.proxyUrl) ? 'encrypted' : 'open';
    return `${tokenId} ${way} ${encoding} ${request.headers.accept ?? ''} ${request.url ?? ''}`;
  }

  /** What is kept for a caller is sent at once: no promise, no statement. Host and site of the request were looked at. */
  function sendIfKept(found: Caller | undefined, request: IncomingMessage, response: ServerResponse): boolean {
    if (found?.tokenId === undefined || request.method !== 'GET' || !mayGet(found)) return false;
    const { tokenId } = found;
    const kept = pages.find(keyOf(tokenId, encodingOf(request.headers['accept-encoding']), request));
    if (kept === undefined) return false;
    limit(tokenId);
    kept.again();
    sendKept(kept, request, response);
    return true;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    const found = await deps.access.tokens.find(credentialsOf(request));
    if (sendIfKept(found, request, response)) return;
    const { place, caller } = check(request, found, options, deps);
    limit(caller.key);
    // Before it counts as under way: who sends slowly holds up nobody.
    const body = method === 'POST' ? await bodies.read(request, response, contentBytesMax) : new Uint8Array();
    const isSend = method === 'POST' || method === 'DELETE';
    if (running.all >= requestsAtOnceMax || (isSend && running.sends >= sendsAtOnceMax)) throw tooMany();
    running.all += 1;
    if (isSend) running.sends += 1;
    try {
      const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
      const answered = await answerTaxii({ place, method, query, body, caller }, deps);
      const encoding = encodingOf(request.headers['accept-encoding']);
      const { bytes, headers: coding } = await encoded(answered.text, encoding);
      const headers = { ...answered.headers, ...coding };
      const { lasting } = answered;
      if (lasting === undefined || method !== 'GET' || found?.tokenId === undefined)
        send(response, method, answered.status, headers, bytes);
      else sendKept(pages.keep(keyOf(found.tokenId, encoding, request), lasting, headers, bytes), request, response);
    } finally {
      running.all -= 1;
      if (isSend) running.sends -= 1;
    }
  }

  return (request, response) => {
    const fail = (error: unknown): void => sendError(error, request, response, deps);
    try {
      assertHost(request.headers, options);
      assertSameOrigin(request.headers);
      if (sendIfKept(deps.access.tokens.recall(credentialsOf(request)), request, response)) return;
    } catch (error) {
      fail(error);
      return;
    }
    const answering = answer(request, response).catch(fail);
    deps.underWay.add(answering);
    void answering.finally(() => deps.underWay.delete(answering));
  };
}

interface Checked {
  readonly place: TaxiiPlace;
  readonly caller: TaxiiCaller;
}

/** What can be said of a request before its body is read, in the order in which it is said. */
function check(
  request: IncomingMessage,
  found: Caller | undefined,
  { lenientMediaTypes, proxyUrl }: TaxiiDoorOptions,
  deps: TaxiiDoorDeps,
): Checked {
  const { method = '', url = '', headers } = request;
  const path = url.replace(/[?#].*$/, '');
  const place = recogniseTaxiiPath(path);
  if (place === undefined) throw new ComityError('NOT_FOUND', `Cannot find ${quote(path)}`);
  const methods = taxiiMethods[place.endpoint];
  if (!methods.includes(method === 'HEAD' ? 'GET' : method))
    throw new ComityError('METHOD_NOT_ALLOWED', `Cannot ${method} here: use ${methods.join(', ')}`, {
      details: { allow: [...methods, 'HEAD'].join(', ') },
    });
  if (found === undefined) {
    const why = deps.access.tokens.explain(credentialsOf(request));
    const asked = 'send an API token, as the password of HTTP Basic or as bearer';
    throw new ComityError('NOT_SIGNED_IN', `Cannot answer: ${why ?? asked}`);
  }
  const caller = taxiiCallerOf(found, isEncrypted(request, proxyUrl), deps.sharing.recipients);
  if (!acceptsTaxii(headers.accept, lenientMediaTypes))
    throw new ComityError(
      'NOT_ACCEPTABLE',
      `Cannot answer with ${quote(headers.accept ?? '')}: Accept ${taxiiMediaType}`,
    );
  if (method === 'POST' && !isTaxiiContent(headers['content-type'], lenientMediaTypes))
    throw new ComityError(
      'FORMAT_UNKNOWN',
      `Cannot read ${quote(headers['content-type'] ?? 'no type')}: send ${taxiiMediaType}`,
    );
  return { place, caller };
}

function send(
  response: ServerResponse,
  method: string,
  status: number,
  headers: Readonly<Record<string, string>>,
  bytes: Uint8Array,
): void {
  response.writeHead(status, {
    ...securityHeaders,
    'content-type': taxiiMediaType,
    'cache-control': 'no-store',
    'content-length': bytes.length,
    ...headers,
  });
  response.end(method === 'HEAD' ? undefined : bytes);
}

/** A page that is kept, or that the client has already. */
function sendKept({ head, bytes, etag }: KeptPage, request: IncomingMessage, response: ServerResponse): void {
  if (isAmong(etag, request.headers['if-none-match'])) response.writeHead(304, [...head]).end();
  else response.writeHead(200, [...head, 'content-length', String(bytes.length)]).end(bytes);
}

/** An error object (TAXII 2.1 §3.6.1); a fault of ours goes into the log under its id. */
function sendError(
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  { log }: Pick<TaxiiDoorDeps, 'log'>,
): void {
  const errorId = randomUUID();
  const { problem, fault } = problemOf(error, errorId);
  if (fault) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log({ message: `Cannot answer ${request.method} over TAXII`, errorId, stack });
  }
  if (response.headersSent) {
    response.destroy();
    return;
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
  const { retryAfterSeconds, allow } = problem.details ?? {};
  const headers = {
    ...(isUnread(request) && { connection: 'close' }),
    ...(status === 401 && { 'www-authenticate': 'Basic realm="TAXII", charset="UTF-8", Bearer' }),
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
    ...(allow !== undefined && { allow: String(allow) }),
  };
  send(response, request.method ?? '', status, headers, Buffer.from(JSON.stringify(body)));
}
