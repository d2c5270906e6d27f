import type { Dispatcher } from 'undici';
import { ComityError } from '@comity/protocol/base';
import type { Patience } from './patience.ts';

/** Characters of what a server says is wrong. */
const saidCharsMax = 4096;

/**
 * The error of a status that is no success. Of what was sent, what the server says is wrong with it stands in `details.said`, untrusted;
 * `details.retryAfterSeconds` when it says how long to wait (RFC 9110 §10.2.3).
 *
 * @param url - As it may be shown.
 */
export async function failedAnswer(
  response: Dispatcher.ResponseData,
  url: string,
  patience: Patience,
  isSent: boolean,
): Promise<ComityError> {
  const { statusCode: status, headers } = response;
  const retryAfterSeconds = retryAfterOf(headerOf(headers, 'retry-after'), headerOf(headers, 'date'));
  const said = isSent ? await patience.during(() => beginningOf(response)) : undefined;
  giveUp(response);
  return new ComityError('REMOTE_FAILED', `Cannot fetch ${url}: the server answered ${status}`, {
    details: {
      status,
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      ...(said !== undefined && { said }),
    },
  });
}

/** The beginning of a body; what cannot be read of it is left out, since the status already says that it failed. */
async function beginningOf({ body }: Dispatcher.ResponseData): Promise<string> {
  let text = '';
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      text += Buffer.from(chunk).toString('utf8');
      if (text.length >= saidCharsMax) break;
    }
  } catch {
    return text.slice(0, saidCharsMax); // The connection broke; its status came.
  }
  return text.slice(0, saidCharsMax);
}

/** Seconds, or a date beside the server's own clock: ours may be another. */
function retryAfterOf(text: string | undefined, date: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(text)) return Number(text);
  const seconds = Math.ceil((Date.parse(text) - Date.parse(date ?? '')) / 1000);
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

/** Lets a body go unread, however long it is: waiting for its end would be waiting for a server that may send none. */
export function giveUp(response: Dispatcher.ResponseData): void {
  // It tells so by an error event; the error that counts, if any, is ours.
  response.body.once('error', () => undefined);
  response.body.destroy();
}

/** The first of a header's values. */
export function headerOf(headers: Record<string, string | string[] | undefined>, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
