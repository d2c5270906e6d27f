import { request } from 'undici';
import type { Agent } from 'undici';
import { ComityError } from '@comity/protocol/base';
import type { AddressGuard } from './address-guard.ts';
import { headerOf } from './failed-answer.ts';
import { assertAllowed } from './guarded-lookup.ts';
import { remoteError, shown } from './remote-error.ts';

/** Largest answer unless more is asked for: documents of some ten kilobytes are asked for this way. */
const defaultBytesMax = 512 * 1024;
const timeoutMsMax = 15_000;

export interface ExchangeOptions {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Largest answer, in bytes; default 512 KiB. */
  readonly answerBytesMax?: number;
  /** Lets the URL lead to private and loopback addresses. */
  readonly allowPrivate: boolean;
  readonly signal?: AbortSignal;
}

interface ExchangeAnswer {
  readonly status: number;
  readonly contentType: string;
  /** A header by its name in small letters; untrusted. */
  readonly header: (name: string) => string | undefined;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * One request and its whole answer, whatever its status: at most `answerBytesMax` within 15 s. A redirect is an answer and not followed.
 *
 * @throws {ComityError} `ADDRESS_REFUSED`, `INPUT_TOO_LARGE`, or `REMOTE_FAILED` when there is no answer. A message names the URL
 *   without its query, and nothing of headers or body.
 */
export type Exchange = (url: string, options: ExchangeOptions) => Promise<ExchangeAnswer>;

export async function exchangeOnce(
  text: string,
  options: ExchangeOptions,
  by: { readonly agent: Agent; readonly guard: AddressGuard; readonly timeoutMs: number },
): Promise<ExchangeAnswer> {
  const { method, headers, body = null, answerBytesMax = defaultBytesMax } = options;
  const url = new URL(text);
  assertAllowed(url.hostname, by.guard);
  const patience = AbortSignal.timeout(Math.min(by.timeoutMs, timeoutMsMax));
  const signal = options.signal === undefined ? patience : AbortSignal.any([patience, options.signal]);
  try {
    const answer = await request(url, { dispatcher: by.agent, method, headers, body, signal });
    const chunks: Uint8Array[] = [];
    let length = 0;
    // Leaving the loop early destroys the body, and with it the connection.
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > answerBytesMax)
        throw new ComityError(
          'INPUT_TOO_LARGE',
          `Cannot read ${shown(url)}: it is larger than ${answerBytesMax} bytes`,
        );
      chunks.push(chunk);
    }
    const header = (name: string): string | undefined => headerOf(answer.headers, name);
    const contentType = header('content-type') ?? '';
    return { status: answer.statusCode, contentType, header, bytes: Uint8Array.from(Buffer.concat(chunks)) };
  } catch (cause) {
    throw remoteError(url, signal.aborted ? signal.reason : cause);
  }
}
