import { request } from 'undici';
import type { Agent, Dispatcher } from 'undici';
import { ComityError, limits, quote } from '@comity/protocol/base';
import { allowsPrivate, allowsPublic } from './address-guard.ts';
import type { AddressGuard } from './address-guard.ts';
import { exchangeOnce } from './exchange.ts';
import type { Exchange } from './exchange.ts';
import { failedAnswer, giveUp, headerOf } from './failed-answer.ts';
import { agentOf } from './guarded-agent.ts';
import { assertAllowed } from './guarded-lookup.ts';
import type { Resolve } from './guarded-lookup.ts';
import { Patience } from './patience.ts';
import { remoteError, shown } from './remote-error.ts';
import { shownUrl } from './shown-url.ts';
import { takeBasic } from './url-credentials.ts';

export interface FetchOptions {
  /** Lets the URL and its redirects lead to private and loopback addresses. */
  readonly allowPrivate: boolean;
  /** What the server said last time; sent so that it may answer "unchanged". */
  readonly validators?: Validators;
  /** Media type to ask for; anything unless given. */
  readonly accept?: string;
  /** A header `Authorization` for the origin of the URL, and for no other. Beside it the URL holds no user. */
  readonly authorization?: string | undefined;
  /** Sends this with POST. It goes to the origin of the URL alone: a redirect away from it is refused. */
  readonly body?: { readonly type: string; readonly bytes: Uint8Array };
  readonly signal?: AbortSignal;
}

export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

export type Fetched =
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'content';
      /** Where it came from in the end. */
      readonly url: string;
      /** A header of the answer by its name in small letters; untrusted. */
      readonly header: (name: string) => string | undefined;
      readonly validators: Validators;
      /** Bytes as sent, gzip or Zstandard perhaps; never more than the limit. Iterate to the end or return. */
      readonly chunks: AsyncIterable<Uint8Array>;
    };

export type FetchUrl = (url: string, options: FetchOptions) => Promise<Fetched>;

export interface FetchDeps {
  /** Resolves names; the system's resolver unless given. */
  readonly resolve?: Resolve;
  /** Decides on addresses instead of the standard guards. */
  readonly guard?: AddressGuard;
  readonly timeoutMs?: number;
  readonly bytesMax?: number;
}

/** A fetcher and how to close its connections. */
export interface Fetcher {
  readonly fetchUrl: FetchUrl;
  readonly exchange: Exchange;
  close(): Promise<void>;
}

/**
 * Makes a fetcher that cannot be led astray: each address is judged when it is *connected to*, after the name is resolved, so
 * that neither a name that points inside nor one that changes its mind between check and use gets through. Redirects are
 * followed by hand, five at most, each judged like the first; never from https to http; credentials stay with the host they
 * were meant for, and end with the first redirect away from it. The time limit covers all waiting up to the last byte.
 */
export function createFetcher(deps: FetchDeps = {}): Fetcher {
  const timeoutMs = deps.timeoutMs ?? limits.pullTimeoutMs;
  const guards = {
    open: deps.guard ?? allowsPublic,
    inside: deps.guard ?? allowsPrivate,
  };
  const agents = { open: agentOf(guards.open, deps, timeoutMs), inside: agentOf(guards.inside, deps, timeoutMs) };
  const settings = { timeoutMs, bytesMax: deps.bytesMax ?? limits.importBytesMax };
  return {
    fetchUrl: (url, options) => {
      const which = options.allowPrivate ? 'inside' : 'open';
      return fetchFollowing(url, options, { ...settings, agent: agents[which], guard: guards[which] });
    },
    exchange: (url, options) => {
      const which = options.allowPrivate ? 'inside' : 'open';
      return exchangeOnce(url, options, { agent: agents[which], guard: guards[which], timeoutMs });
    },
    close: async () => {
      await Promise.all([agents.open.close(), agents.inside.close()]);
    },
  };
}

interface Settings {
  readonly agent: Agent;
  readonly guard: AddressGuard;
  readonly timeoutMs: number;
  readonly bytesMax: number;
}

async function fetchFollowing(text: string, options: FetchOptions, settings: Settings): Promise<Fetched> {
  const patience = new Patience(settings.timeoutMs);
  const signal = options.signal === undefined ? patience.signal : AbortSignal.any([patience.signal, options.signal]);
  const first = parseUrl(text);
  const basic = takeBasic(first);
  let authorization = options.authorization ?? basic;
  let url = first;
  for (let hop = 0; hop <= limits.redirectsMax; hop += 1) {
    assertAllowed(url.hostname, settings.guard);
    const question = {
      signal,
      agent: settings.agent,
      headers: {
        'user-agent': 'comity',
        accept: options.accept ?? '*/*',
        'accept-encoding': 'gzip, zstd',
        ...(authorization === undefined ? {} : { authorization }),
        ...(options.body === undefined ? {} : { 'content-type': options.body.type }),
        ...conditions(options.validators),
      },
      body: options.body?.bytes,
    };
    const asked = url;
    const response = await patience.during(() => ask(asked, question));
    const { statusCode, headers } = response;
    if (statusCode >= 200 && statusCode < 300 && statusCode !== 204) {
      return contentOf(response, url, signal, patience, settings);
    }
    const location = headerOf(headers, 'location');
    if (![301, 302, 303, 307, 308].includes(statusCode) || location === undefined) {
      if (statusCode === 304 && options.validators !== undefined) {
        giveUp(response);
        return { kind: 'unchanged' };
      }
      throw await failedAnswer(response, shown(url), patience, options.body !== undefined);
    }
    giveUp(response);
    url = nextHop(url, location);
    if (options.body !== undefined) assertSameSend(statusCode, first, url);
    // For good: a server led to may lead back to any path of the first.
    if (url.origin !== first.origin) authorization = undefined;
  }
  throw new ComityError('REMOTE_FAILED', `Cannot fetch ${shown(first)}: more than ${limits.redirectsMax} redirects`);
}

/** What was meant for one server is sent to no other, and a redirect that turns a POST into a GET sends nothing. */
function assertSameSend(status: number, first: URL, next: URL): void {
  if (next.origin === first.origin && (status === 307 || status === 308)) return;
  throw new ComityError(
    'ADDRESS_REFUSED',
    `Cannot send to ${shown(first)}: it leads to ${shown(next)}, where what was meant for it does not go`,
  );
}

/** @throws {ComityError} `ARGUMENT_INVALID` for what is no http or https URL. */
function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    // What is no URL at all is not quoted: what was meant as one may hold a password.
    const named = url === null ? 'what was given' : quote(shownUrl(text));
    throw new ComityError('ARGUMENT_INVALID', `Cannot fetch ${named}: it is no http or https URL`);
  }
  return url;
}

function nextHop(from: URL, location: string): URL {
  const next = URL.parse(location, from.href);
  if (next === null || (next.protocol !== 'http:' && next.protocol !== 'https:')) {
    throw new ComityError(
      'ADDRESS_REFUSED',
      `Cannot follow ${shown(from)} to ${quote(shownUrl(location))}: it is no http or https URL`,
    );
  }
  if (from.protocol === 'https:' && next.protocol === 'http:') {
    throw new ComityError('ADDRESS_REFUSED', `Cannot follow ${shown(from)} to ${shown(next)}: from https to http`);
  }
  next.username = '';
  next.password = '';
  return next;
}

interface Question {
  readonly agent: Agent;
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
  /** Sent when it is there. */
  readonly body: Uint8Array | undefined;
}

async function ask(url: URL, { agent, headers, signal, body }: Question): Promise<Dispatcher.ResponseData> {
  try {
    const asked = body === undefined ? ({ method: 'GET' } as const) : ({ method: 'POST', body } as const);
    return await request(url, { dispatcher: agent, headers, signal, ...asked });
  } catch (cause) {
    throw remoteError(url, cause);
  }
}

function contentOf(
  response: Dispatcher.ResponseData,
  url: URL,
  signal: AbortSignal,
  patience: Patience,
  settings: Settings,
): Fetched {
  const encoding = headerOf(response.headers, 'content-encoding')?.trim().toLowerCase() ?? 'identity';
  const announced = Number(headerOf(response.headers, 'content-length') ?? 0);
  const problem = !['identity', '', 'gzip', 'x-gzip', 'zstd'].includes(encoding)
    ? new ComityError(
        'REMOTE_FAILED',
        `Cannot read ${shown(url)}: it is sent in the encoding ${quote(encoding)}, which was not asked for`,
      )
    : announced > settings.bytesMax
      ? tooLarge(url, settings.bytesMax)
      : undefined;
  if (problem !== undefined) {
    giveUp(response);
    throw problem;
  }
  const etag = validatorOf(response, 'etag');
  const lastModified = validatorOf(response, 'last-modified');
  const validators = {
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
  };
  const chunks = bounded(response, url, signal, patience, settings.bytesMax);
  const header = (name: string): string | undefined => headerOf(response.headers, name);
  return { kind: 'content', url: url.href, header, validators, chunks };
}

/** What is no plain ASCII could not be sent back, and a feed that tries would fail for ever. */
function validatorOf(response: Dispatcher.ResponseData, name: string): string | undefined {
  const value = headerOf(response.headers, name);
  return value !== undefined && /^[\x20-\x7e]{1,1000}$/.test(value) ? value : undefined;
}

async function* bounded(
  response: Dispatcher.ResponseData,
  url: URL,
  signal: AbortSignal,
  patience: Patience,
  bytesMax: number,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  const chunks: AsyncIterator<Uint8Array> = response.body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await patience.during(() => chunks.next());
      if (next.done === true) return;
      bytes += next.value.length;
      if (bytes > bytesMax) throw tooLarge(url, bytesMax);
      yield next.value;
    }
  } catch (cause) {
    throw signal.aborted ? remoteError(url, signal.reason) : remoteError(url, cause);
  } finally {
    response.body.destroy();
  }
}

function tooLarge(url: URL, bytesMax: number): ComityError {
  return new ComityError('INPUT_TOO_LARGE', `Cannot fetch ${shown(url)}: it is larger than ${bytesMax} bytes`);
}

function conditions(validators: Validators | undefined): Record<string, string> {
  return {
    ...(validators?.etag === undefined ? {} : { 'if-none-match': validators.etag }),
    ...(validators?.lastModified === undefined ? {} : { 'if-modified-since': validators.lastModified }),
  };
}
