import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';
import { assertAllowed, guardedLookup, guardOf } from '../../connectors/index.ts';
import { failure, sent } from './outcome.ts';
import type { Outcome } from './outcome.ts';

/** Bytes of an answer that are waited for, so that the receiver can finish; what they say is not read. */
const answerBytesMax = 64 * 1024;
const answerMsMax = 2000;
/** Longest rest a receiver may ask for. */
const retryAfterMsMax = 3_600_000;

export interface WebhookTarget {
  /** Without user and password. */
  readonly url: string;
  /** Header `Authorization`. */
  readonly authorization: string | undefined;
  readonly allowPrivate: boolean;
  /** PEM; undefined: what the system trusts. */
  readonly ca: string | undefined;
}

export interface WebhookRequest {
  readonly body: string;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Posts a body. Only an answer of 2xx counts as sent; redirects are not followed. Never throws. */
export async function sendWebhook(
  { url, authorization, allowPrivate, ca }: WebhookTarget,
  { body, type, headers }: WebhookRequest,
  { signal, timeoutMs, nowMs }: { readonly signal: AbortSignal; readonly timeoutMs: number; readonly nowMs: number },
): Promise<Outcome> {
  const agent = new Agent({
    connect: { lookup: guardedLookup(guardOf(allowPrivate)), timeout: timeoutMs, ...(ca !== undefined && { ca }) },
    headersTimeout: timeoutMs,
    maxHeaderSize: 64 * 1024,
    connections: 1,
  });
  try {
    assertAllowed(new URL(url).hostname, guardOf(allowPrivate));
    const answer = await request(url, {
      dispatcher: agent,
      method: 'POST',
      headers: {
        'user-agent': 'comity',
        'content-type': type,
        ...(authorization !== undefined && { authorization }),
        ...headers,
      },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    await letGo(answer);
    return outcomeOf(answer, nowMs);
  } catch (error) {
    return failure(error);
  } finally {
    await agent.destroy();
  }
}

/** Nothing in the body counts: the receiver has said what it thinks in the first line. */
async function letGo({ body }: Dispatcher.ResponseData): Promise<void> {
  try {
    await body.dump({ limit: answerBytesMax, signal: AbortSignal.timeout(answerMsMax) });
  } catch {
    body.destroy();
  }
}

function outcomeOf({ statusCode, headers }: Dispatcher.ResponseData, nowMs: number): Outcome {
  if (statusCode >= 200 && statusCode < 300) return sent;
  const retryAfterMs = retryAfterOf(headers['retry-after'], nowMs);
  const isRedirect = statusCode >= 300 && statusCode < 400;
  return {
    isSent: false,
    reason: `the receiver answered ${statusCode}${isRedirect ? ', and redirects are not followed' : ''}`,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(statusCode === 413 && { wantsLess: true }),
  };
}

/** Spec: RFC 9110 §10.2.3: seconds, or a date. */
function retryAfterOf(header: string | string[] | undefined, nowMs: number): number | undefined {
  if (typeof header !== 'string') return undefined;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), retryAfterMsMax) : undefined;
}
