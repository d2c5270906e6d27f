import type { z } from 'zod';
import { ComityError, quote } from '../base/index.ts';
import { formatIdempotencyKey, idempotencyKeyHeader, routes } from '../api/index.ts';
import type { Route, RouteName } from '../api/index.ts';
import { errorOfAnswer } from './problem.ts';

/** Where the node is and who calls. */
export interface ClientOptions {
  /** `http://127.0.0.1:8642`, or empty in a page the node itself served. No final slash. */
  readonly baseUrl: string;
  /** API token, sent as bearer; a page has its session cookie instead. */
  readonly token?: string;
}

/** The surroundings of a client. */
export interface ClientDeps {
  /** The network: `globalThis.fetch`, or a node's own in-process `fetch`. */
  readonly fetch: typeof globalThis.fetch;
}

type R<N extends RouteName> = (typeof routes)[N];
type Part<N extends RouteName, Key extends string> = R<N> extends { readonly [K in Key]: infer P } ? P : undefined;

/** What a caller may leave out is optional; numbers and instants have the type the handler sees. */
type Fields<S extends z.ZodType> = {
  [K in keyof z.input<S>]: (K extends keyof z.output<S> ? z.output<S>[K] : never) | AllowUndefined<z.input<S>, K>;
};
type AllowUndefined<O, K extends keyof O> = undefined extends O[K] ? undefined : never;

type ParamsOf<N extends RouteName> =
  Part<N, 'params'> extends z.ZodType ? { params: z.input<Part<N, 'params'>> } : object;
type QueryOf<N extends RouteName> =
  Part<N, 'query'> extends z.ZodType
    ? object extends Fields<Part<N, 'query'>>
      ? { query?: Fields<Part<N, 'query'>> }
      : { query: Fields<Part<N, 'query'>> }
    : object;
type BodyOf<N extends RouteName> =
  Part<N, 'body'> extends 'json'
    ? Part<N, 'request'> extends z.ZodType
      ? { body: z.input<Part<N, 'request'>> }
      : never
    : Part<N, 'body'> extends 'bytes'
      ? { body: NonNullable<RequestInit['body']> }
      : object;

type KeyOf<N extends RouteName> =
  Part<N, 'idempotent'> extends string
    ? {
        /** 1 to 200 printable ASCII characters: sent again under it, the request is done once. */
        idempotencyKey?: string | undefined;
      }
    : object;

/** What a call takes: `params`, `query`, `body` and `idempotencyKey`, each only where the route has it. */
export type Input<N extends RouteName> = ParamsOf<N> & QueryOf<N> & BodyOf<N> & KeyOf<N>;

/** What a call gives: the JSON answer, nothing, or the open response of a stream. */
export type Answer<N extends RouteName> =
  Part<N, 'answer'> extends 'json'
    ? Part<N, 'response'> extends z.ZodType
      ? z.output<Part<N, 'response'>>
      : never
    : Part<N, 'answer'> extends 'nothing'
      ? undefined
      : Response;

/** What goes with one call beside its input. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One route as a function; the input may be left out where nothing in it is required. */
export type RouteCall<N extends RouteName> =
  object extends Input<N>
    ? (input?: Input<N>, options?: CallOptions) => Promise<Answer<N>>
    : (input: Input<N>, options?: CallOptions) => Promise<Answer<N>>;

/** The API, a function a route: `client.searchIntel({ query: { text: 'evil.example' } })`. */
export type Client = { readonly [N in RouteName]: RouteCall<N> };

interface LooseInput {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly idempotencyKey?: string | undefined;
}

/**
 * A client typed over the route table; nothing is generated.
 *
 * Every function rejects with the {@link ComityError} the node answered with (see {@link errorOfAnswer}), with
 * `NODE_UNREACHABLE` when there was no answer, or with the signal's reason. Answers come from the node and are not
 * validated again.
 */
export function createClient(options: ClientOptions, deps: ClientDeps): Client {
  const callOf =
    (name: string, route: Route) =>
    async (input: LooseInput = {}, call: CallOptions = {}): Promise<unknown> => {
      const answer = await send(name, route, input, call, options, deps);
      if (!answer.ok) throw await errorOfAnswer(answer);
      if (route.answer === 'nothing') return undefined;
      return route.answer === 'json' ? await answer.json() : answer;
    };
  return Object.fromEntries(
    Object.entries(routes).map(([name, route]) => [name, callOf(name, route)]),
  ) as unknown as Client;
}

async function send(
  name: string,
  route: Route,
  input: LooseInput,
  call: CallOptions,
  options: ClientOptions,
  deps: ClientDeps,
): Promise<Response> {
  const headers: Record<string, string> = { ...call.headers };
  if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`;
  if (input.idempotencyKey !== undefined) headers[idempotencyKeyHeader] = formatIdempotencyKey(input.idempotencyKey);
  const init: RequestInit & { duplex?: 'half' } = { method: route.method, headers, credentials: 'same-origin' };
  if (call.signal) init.signal = call.signal;
  if (route.body === 'json') {
    headers['content-type'] = 'application/json';
    init.body = JSON.stringify(input.body);
  } else if (route.body === 'bytes') {
    headers['content-type'] ??= 'application/octet-stream';
    init.body = input.body as NonNullable<RequestInit['body']>;
    if (init.body instanceof ReadableStream) init.duplex = 'half';
  }
  const url = options.baseUrl + pathOf(route, input.params ?? {}) + queryOf(input.query ?? {});
  try {
    return await deps.fetch(url, init);
  } catch (cause) {
    if (call.signal?.aborted) throw call.signal.reason;
    throw new ComityError('NODE_UNREACHABLE', `Cannot reach the node at ${quote(options.baseUrl)} for ${name}`, {
      cause,
    });
  }
}

function pathOf(route: Route, params: Readonly<Record<string, string>>): string {
  return route.path.replaceAll(/:(\w+)/g, (_, key: string) => {
    const value = params[key];
    if (value === undefined) throw new ComityError('ARGUMENT_INVALID', `Cannot call ${route.path}: ${key} is missing`);
    return encodeURIComponent(value);
  });
}

function queryOf(query: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value));
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
