import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '@comity/protocol/base';
import { ComityError, limits, quote } from '@comity/protocol/base';
import { parseTilePath } from '@comity/protocol/tlog';
import type { Transparency } from '../../ledger/index.ts';
import { createRateLimit } from '../access/index.ts';
import { BodyReader, tooMany } from '../body-reader.ts';
import { assertHost } from '../guard.ts';
import type { GuardOptions } from '../guard.ts';
import { isUnread } from '../is-unread.ts';
import { problemOf } from '../problem.ts';
import { securityHeaders } from '../security-headers.ts';

export interface LedgerDoorOptions extends GuardOptions {
  /** How long a body may bring nothing. Milliseconds. */
  readonly bodyIdleMs: number;
}

export interface LedgerDoorDeps extends Pick<Transparency, 'files' | 'witness'> {
  readonly clock: Clock;
  /** Answers being made: the node waits for them before it closes the store. */
  readonly underWay: Set<Promise<unknown>>;
  readonly log: (entry: { readonly message: string; readonly errorId: string; readonly stack: string }) => void;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** Takes a request for the ledger or the witness and answers it, whatever it is. Never throws. */
export type LedgerDoor = (request: IncomingMessage, response: ServerResponse) => void;

const filePrefix = '/ledger/';
const witnessPrefix = '/witness/';
/** Requests answered at once, and of one address in a minute; who comes later is asked to come again. */
const requestsAtOnceMax = 128;
const perMinuteMax = 6000;
const textType = 'text/plain; charset=utf-8';

/** Whether a request is for the files of a log, or for the witness. */
export function isLedgerUrl(url: string): boolean {
  return /^\/ledger\/[0-9]/.test(url) || url.startsWith(witnessPrefix);
}

/**
 * The ledger at its socket: `/ledger/1/…` are the files of the node's logs (C2SP tlog-tiles), `/witness/…` is the witness (C2SP tlog-witness).
 *
 * Open to everybody, also to the pages of other sites: whoever doubts this member verifies it alone. Nothing here is secret, and what is
 * posted proves itself.
 */
export function openLedgerDoor(options: LedgerDoorOptions, deps: LedgerDoorDeps): LedgerDoor {
  const bodies = new BodyReader({
    idleMs: options.bodyIdleMs,
    bytesAtOnceMax: requestsAtOnceMax * limits.ledgerRequestBytesMax,
  });
  const limit = createRateLimit(perMinuteMax, deps.clock);
  let running = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<Answer> {
    const path = (request.url ?? '').replace(/[?#].*$/, '');
    if (path.startsWith(filePrefix)) return await fileAnswer(path.slice(filePrefix.length), request.method ?? '', deps);
    const isPost = request.method === 'POST';
    const body = isPost ? await bodies.read(request, response, limits.ledgerRequestBytesMax) : new Uint8Array();
    const witnessed = await deps.witness.answer({
      method: request.method ?? '',
      path: path.slice(witnessPrefix.length - 1),
      body,
    });
    return { ...witnessed, headers: { 'cache-control': 'no-store', ...witnessed.headers } };
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    running += 1;
    try {
      assertHost(request.headers, options);
      limit(request.socket.remoteAddress ?? '');
      if (running > requestsAtOnceMax) throw tooMany();
      send(request, response, await answer(request, response));
    } catch (error) {
      sendError(error, request, response, deps);
    } finally {
      running -= 1;
    }
  }

  return (request, response) => {
    const serving = serve(request, response);
    deps.underWay.add(serving);
    void serving.finally(() => deps.underWay.delete(serving));
  };
}

const fileForm = /^([1-9][0-9]{0,8})\/(checkpoint|tile\/.{1,100})$/;

/** @throws {ComityError} `NOT_FOUND`, `METHOD_NOT_ALLOWED`, `LEDGER_MALFORMED`. */
async function fileAnswer(path: string, method: string, { files }: Pick<LedgerDoorDeps, 'files'>): Promise<Answer> {
  const [, , file = ''] = fileForm.exec(path) ?? [];
  if (file === '') throw new ComityError('NOT_FOUND', `Cannot find ${quote(path)}`);
  if (method !== 'GET' && method !== 'HEAD')
    throw new ComityError('METHOD_NOT_ALLOWED', `Cannot ${method} here: use GET, HEAD`, {
      details: { allow: 'GET, HEAD' },
    });
  const isCheckpoint = file === 'checkpoint';
  // A path in its one form names no other file.
  if (!isCheckpoint) parseTilePath(file);
  const bytes = await files.read(path);
  if (bytes === undefined) throw new ComityError('NOT_FOUND', `Cannot find ${quote(path)}`);
  return {
    status: 200,
    headers: {
      'content-type': isCheckpoint ? textType : 'application/octet-stream',
      'cache-control': isCheckpoint ? 'public, max-age=2' : 'public, max-age=31536000, immutable',
    },
    body: bytes,
  };
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.writeHead(status, {
    ...securityHeaders,
    'cross-origin-resource-policy': 'cross-origin',
    'access-control-allow-origin': '*',
    'content-length': bytes.length,
    ...(isUnread(request) && { connection: 'close' }),
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

/** A sentence, as the formats here have it; a fault of ours goes into the log under its id. */
function sendError(
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  { log }: Pick<LedgerDoorDeps, 'log'>,
): void {
  const errorId = randomUUID();
  const { problem, fault } = problemOf(error, errorId);
  if (fault) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log({ message: `Cannot answer ${request.method} for the ledger`, errorId, stack });
  }
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { retryAfterSeconds, allow } = problem.details ?? {};
  const headers = {
    'content-type': textType,
    'cache-control': 'no-store',
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
    ...(allow !== undefined && { allow: String(allow) }),
  };
  send(request, response, { status: problem.status, headers, body: `${problem.detail}\n` });
}
