import type { Readable } from 'node:stream';
import type { z } from 'zod';
import type { routes, RouteName } from '@comity/protocol/api';
import type { Actor, Caller } from './access/index.ts';

type R<N extends RouteName> = (typeof routes)[N];
type Part<N extends RouteName, Key extends string> = R<N> extends { readonly [K in Key]: infer P } ? P : undefined;
type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

/** A request after everything was checked: who calls, what was asked, already of the types of the route table. */
export interface Call<N extends RouteName> {
  readonly params: Parsed<Part<N, 'params'>>;
  readonly query: Parsed<Part<N, 'query'>>;
  /** The JSON body, or the chunks of a `bytes` body: bounded by `limits.importBytesMax`, ended when it stalls. */
  readonly body: Part<N, 'body'> extends 'json'
    ? Parsed<Part<N, 'request'>>
    : Part<N, 'body'> extends 'bytes'
      ? AsyncIterable<Uint8Array>
      : undefined;
  /** Undefined only where the route's scope is `none`. */
  readonly caller: Part<N, 'scope'> extends 'none' ? Caller | undefined : Caller;
  /** The caller as the audit trail names them. */
  readonly actor: Part<N, 'scope'> extends 'none' ? Actor | undefined : Actor;
  readonly browser: Browser;
  /** Undefined where the sender gave none, and where the route takes none. */
  readonly idempotencyKey: string | undefined;
  /** Address of the other end, for rate limits. */
  readonly address: string;
  /** Whether the request came, and is answered, over an encrypted way. */
  readonly encrypted: boolean;
  /** Whether who called still may: a session ends and a token is withdrawn while a stream is open. */
  readonly stillMay: () => Promise<boolean>;
  readonly lastEventId: string | undefined;
  readonly ifNoneMatch: string | undefined;
  /** Aborts when the caller hangs up. */
  readonly signal: AbortSignal;
  readonly setHeader: (name: string, value: string) => void;
  /** Another status than the table's, for an answer that is no problem. */
  readonly setStatus: (status: number) => void;
}

/** What a browser sends beside what is asked; all of it untrusted but `origin`. */
interface Browser {
  readonly agent: string;
  /** Of the page that asks, checked to be this node's own; undefined for a program. */
  readonly origin: string | undefined;
  /** Secret of the session it has; it may be over. */
  readonly session: string | undefined;
  /** Its header `Cookie`. */
  readonly cookies: string | undefined;
}

/** An answer that is not JSON. `fileName` makes a browser save it. */
export interface StreamAnswer {
  readonly type: string;
  readonly body: Readable | string;
  readonly fileName?: string;
}

type Result<N extends RouteName> =
  Part<N, 'answer'> extends 'json'
    ? Part<N, 'response'> extends z.ZodType
      ? z.input<Part<N, 'response'>>
      : never
    : Part<N, 'answer'> extends 'nothing'
      ? void
      : StreamAnswer;

type Handler<N extends RouteName> = (call: Call<N>) => Promise<Result<N>> | Result<N>;

/** One handler a route; the compiler proves that none is missing. */
export type Handlers = { readonly [N in RouteName]: Handler<N> };
