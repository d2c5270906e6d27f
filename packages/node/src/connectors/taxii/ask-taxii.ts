import { ComityError } from '@comity/protocol/base';
import { taxiiMediaType } from '@comity/protocol/taxii';
import type { FetchOptions, FetchUrl } from '../pull/fetch-url.ts';
import { shownUrl } from '../pull/shown-url.ts';
import { wholeBytes } from '../pull/whole-bytes.ts';

/** Waits; shorter when the signal aborts. */
export type Wait = (ms: number, signal: AbortSignal | undefined) => Promise<void>;

export interface TaxiiDeps {
  readonly fetchUrl: FetchUrl;
  /** Default {@link waitFor}. */
  readonly wait?: Wait;
}

/** Who asks a TAXII server, and how far it may be led. */
export interface TaxiiAccess {
  readonly allowPrivate: boolean;
  /** Sent as a bearer token to the origin that is asked. What the URL holds of user and password is sent without it. */
  readonly token: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a TAXII server answered. */
export interface TaxiiReply {
  readonly bytes: Uint8Array;
  /** A header by its name in small letters. */
  readonly header: (name: string) => string | undefined;
}

/** Times one request is put off for a server that has too much to do. */
const putOffMax = 5;
/** What it is waited for at most each time, and first when it does not say for how long. */
const waitMsMax = 120_000;
const waitMsFirst = 1000;

/**
 * Asks a TAXII 2.1 server for what is under a URL, or sends it a body of TAXII. A server that answers 429 or 503 is asked again
 * when it says, five times and two minutes each at most; one that wants more has failed, with `details.retryAfterSeconds`.
 *
 * What the answer says its type is does not matter: servers name all kinds of JSON.
 *
 * @throws {ComityError} as `fetchUrl`.
 */
export async function askTaxii(
  url: string,
  { allowPrivate, token, signal }: TaxiiAccess,
  deps: TaxiiDeps,
  body?: Uint8Array,
): Promise<TaxiiReply> {
  const options: FetchOptions = {
    allowPrivate,
    accept: taxiiMediaType,
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(signal !== undefined && { signal }),
    ...(body !== undefined && { body: { type: taxiiMediaType, bytes: body } }),
  };
  for (let putOff = 0; ; putOff += 1) {
    try {
      const fetched = await deps.fetchUrl(url, options);
      if (fetched.kind === 'unchanged')
        throw new ComityError('REMOTE_FAILED', `Cannot fetch ${shownUrl(url)}: nothing was sent`);
      return { bytes: await wholeBytes(fetched.chunks, url), header: fetched.header };
    } catch (error) {
      const waitMs = waitOf(error, putOff);
      if (waitMs === undefined) throw error;
      await (deps.wait ?? waitFor)(waitMs, signal);
      if (signal?.aborted === true) throw error;
    }
  }
}

/** Whether an answer says that what was asked for is not there. */
export function statusOf(error: unknown): unknown {
  return error instanceof ComityError ? error.details['status'] : undefined;
}

/** Undefined: it is not to be asked again now. */
function waitOf(error: unknown, putOff: number): number | undefined {
  const status = statusOf(error);
  if ((status !== 429 && status !== 503) || putOff >= putOffMax) return undefined;
  const asked = (error as ComityError).details['retryAfterSeconds'];
  const ms = typeof asked === 'number' ? asked * 1000 : waitMsFirst * 2 ** putOff;
  return ms > waitMsMax ? undefined : ms;
}

/** Waits for real. */
export const waitFor: Wait = (ms, signal) =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(waiting);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const waiting = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
    if (signal?.aborted === true) done();
  });
