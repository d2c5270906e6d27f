import { isIPv6 } from 'node:net';
import { hostname } from 'node:os';
import type { AddressInfo } from 'node:net';
import { ComityError } from '@comity/protocol/base';
import type { Clock, MemberId, RowId } from '@comity/protocol/base';
import type { Exchange, Feeds, FetchUrl } from '../connectors/index.ts';
import type { Federation } from '../federation/index.ts';
import type { Intel } from '../intel/index.ts';
import type { Transparency } from '../ledger/index.ts';
import { EventIndexes } from '../misp/index.ts';
import type { Screening } from '../screening/index.ts';
import type { Lookup } from '../lookup/index.ts';
import type { Outlets } from '../outlets/index.ts';
import type { Members, PeerRoute } from '../members/index.ts';
import type { Sharing } from '../sharing/index.ts';
import type { PushBook, Taxii } from '../taxii/index.ts';
import type { Seal, Store } from '../store/index.ts';
import type { AuditBook } from '../audit/index.ts';
import {
  createPasskeyCeremony,
  createSignInCode,
  createSignInFailures,
  openAccess,
  openProviderBook,
} from './access/index.ts';
import type { RandomBytes } from './access/index.ts';
import type { Handlers } from './handler.ts';
import { createProviderClient, createProviderSignIn, providerSignInLifetimeMs } from './identity/index.ts';
import { inProcessFetch } from './in-process.ts';
import { publishEvents } from './live-events.ts';
import { createLive } from './live.ts';
import { EventLists } from './misp/kept-events.ts';
import { withAudit } from './audited.ts';
import { accessRoutes } from './routes/access-routes.ts';
import { actRoutes } from './routes/act-routes.ts';
import { accountRoutes } from './routes/account-routes.ts';
import { auditRoutes } from './routes/audit-routes.ts';
import { collectionRoutes } from './routes/collection-routes.ts';
import { exchangeRoutes } from './routes/exchange-routes.ts';
import { feedRoutes } from './routes/feed-routes.ts';
import { heldBackRoutes } from './routes/held-back-routes.ts';
import { identityRoutes } from './routes/identity-routes.ts';
import { importRoutes } from './routes/import-routes.ts';
import { intelRoutes } from './routes/intel-routes.ts';
import { ledgerRoutes } from './routes/ledger-routes.ts';
import { listRoutes } from './routes/list-routes.ts';
import { memberRoutes } from './routes/member-routes.ts';
import { lookupRoutes } from './routes/lookup-routes.ts';
import { nodeRoutes } from './routes/node-routes.ts';
import { outletRoutes } from './routes/outlet-routes.ts';
import { passkeyRoutes } from './routes/passkey-routes.ts';
import { peerRoutes } from './routes/peer-routes.ts';
import { pushRoutes } from './routes/push-routes.ts';
import { recordRoutes } from './routes/record-routes.ts';
import { sampleRoute } from './routes/sample-route.ts';
import { sharingRoutes } from './routes/sharing-routes.ts';
import { connectionsMax, createServer } from './server.ts';
import type { ServerDeps } from './server.ts';
import { createSessionCookie } from './session-cookie.ts';
import type { SessionCookie } from './session-cookie.ts';
import { createSourceBook } from './source-book.ts';
import { openTlsListener } from './tls/index.ts';
import type { TlsFiles, TlsListener } from './tls/index.ts';

export interface HttpOptions {
  readonly version: string;
  /** Address to bind. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The node speaks TLS itself; commands on this machine then reach it at a port of their own. */
  readonly tls?: TlsFiles;
  /** Further names the node answers under. */
  readonly allowedHosts: readonly string[];
  /** How people reach the node, when not at its own address: scheme, host and port. */
  readonly publicUrl?: string;
  readonly pageDir: string;
  /** Largest file that is imported or screened through the API, in bytes. */
  readonly uploadBytesMax: number;
  /** How long a body may bring nothing. Milliseconds. */
  readonly bodyIdleMs: number;
  /** Whether TAXII takes `application/json`, wildcards and no `Accept`, for clients that do not know better. */
  readonly lenientMediaTypes: boolean;
  /** TAXII requests of one caller in a minute; who sends more is told to come again. */
  readonly taxiiPerMinute: number;
  /** Checks every JSON answer against the route table: for tests. */
  readonly checkAnswers: boolean;
}

export interface HttpDeps {
  readonly store: Store;
  readonly audit: AuditBook;
  readonly intel: Intel;
  readonly screening: Screening;
  readonly feeds: Feeds;
  readonly sharing: Sharing;
  readonly outlets: Outlets;
  readonly lookup: Lookup;
  readonly taxii: Taxii;
  readonly transparency: Transparency;
  readonly pushes: PushBook;
  readonly members: Members;
  readonly peerRoutes: readonly PeerRoute[];
  readonly pushNow: (id: RowId, signal: AbortSignal) => Promise<void>;
  readonly federation: Federation;
  readonly nameOfMember: (member: MemberId) => string;
  readonly pullNow: (id: RowId, signal: AbortSignal) => Promise<void>;
  readonly fetchUrl: FetchUrl;
  readonly exchange: Exchange;
  readonly seal: Seal;
  readonly clock: Clock;
  readonly uuid: () => string;
  readonly randomBytes: RandomBytes;
  readonly databaseBytes: () => number;
  readonly log: ServerDeps['log'];
}

export interface Listening {
  /** Where people reach the node. */
  readonly url: string;
  /** Where commands on this machine do. */
  readonly localUrl: string;
  readonly signInUrl: string;
}

export interface Http {
  /**
   * Binds the address.
   *
   * @throws {ComityError} `CONFLICT` when the port is taken, `ARGUMENT_INVALID` when the address is not this machine's;
   *   `FILE_UNREADABLE`, `ARGUMENT_INVALID` for the files of TLS.
   */
  listen(): Promise<Listening>;
  /** Reaches the routes without a socket. */
  readonly fetch: typeof globalThis.fetch;
  /** A token with every scope that ends with the process. */
  readonly localToken: string;
  /** Reads certificate and key again; nothing where the node does not speak TLS. @throws {ComityError} then all stays as it was. */
  reloadTls(): void;
  /** Ends live streams and background imports, waits for requests under way. */
  close(): Promise<void>;
}

const liveOptions = { clientsMax: 64, queueMax: 1024, keptMax: 512, stalledMsMax: 60_000 } as const;
const loopback = '127.0.0.1';

/** The face of the node: its routes, its page and who may use them. Not listening yet. */
export function openHttp(options: HttpOptions, deps: HttpDeps): Http {
  const { intel, screening, feeds, clock } = deps;
  const access = openAccess(deps);
  const code = createSignInCode(deps);
  // One for every way to sign in: who fails by one is not let try as often by the next.
  const fail = createSignInFailures(deps);
  const live = createLive(liveOptions, deps.uuid());
  const sources = createSourceBook(intel);
  const stop = new AbortController();
  const onFault = (error: unknown): void => {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    deps.log({ message: 'Cannot finish work in the background', errorId: deps.uuid(), stack });
  };

  let url: string | undefined;
  const cookiesAt = (port: number, secure: boolean) => ({
    session: createSessionCookie(port, secure),
    journey: createSessionCookie(port, secure, 'journey', providerSignInLifetimeMs),
  });
  let cookies = cookiesAt(options.port, false);
  const cookie = (): SessionCookie => cookies.session;
  const publicUrl = (): string => options.publicUrl ?? url ?? `http://${loopback}:${options.port}`;
  // In the fragment: browsers send it to nobody, so the code reaches no log.
  const signInUrl = (secret: string): string => `${publicUrl()}/sign-in#code=${secret}`;

  const providers = openProviderBook(deps);
  const client = createProviderClient({ ...deps, secretOf: (provider) => providers.secretOf(provider) });
  const signIn = createProviderSignIn({ ...deps, providers, client, publicUrl });

  const underWay = new Set<Promise<unknown>>();
  const all: Handlers = {
    ...nodeRoutes(options, { ...deps, live, listensAt: () => url, certificateToMs: () => tls?.validToMs() }),
    ...accessRoutes({ access, code, fail, cookie, signInUrl }),
    ...passkeyRoutes({ access, ceremony: createPasskeyCeremony(deps), fail, cookie }),
    ...identityRoutes({ access, providers, client, signIn, fail, cookie, journeyCookie: () => cookies.journey }),
    ...accountRoutes({ access, signInUrl }),
    ...auditRoutes(deps),
    ...intelRoutes(deps),
    ...heldBackRoutes({ ...deps, access, stop: stop.signal }),
    ...importRoutes({ ...deps, sources, stop: stop.signal, onFault }),
    ...feedRoutes({ ...deps, stop: stop.signal, onFault }),
    ...recordRoutes(deps),
    ...outletRoutes({ ...deps, stop: stop.signal, hostname: hostname(), version: options.version }),
    ...sampleRoute({ ...deps, sources }),
    ...sharingRoutes({ ...deps, access }),
    ...ledgerRoutes(deps.transparency),
    ...actRoutes({ ...deps, access }),
    ...listRoutes(deps),
    ...lookupRoutes({ ...deps, stop: stop.signal }),
    ...collectionRoutes({ ...deps, recipients: deps.sharing.recipients, publicUrl }),
    ...memberRoutes(deps),
    ...pushRoutes({ ...deps, recipients: deps.sharing.recipients, stop: stop.signal, onFault }),
    ...peerRoutes({ ...deps, stop: stop.signal }),
    ...exchangeRoutes(deps),
  };
  const handlers = noted(underWay, withAudit(all, deps));
  const allowedHosts = [
    ...options.allowedHosts,
    ...(options.tls === undefined ? [] : [loopback]),
    ...(options.publicUrl === undefined ? [] : [new URL(options.publicUrl).hostname]),
  ];
  // With TLS of its own nothing is encrypted but what came by it.
  const proxyUrl = options.tls === undefined ? options.publicUrl : undefined;
  const taxii = { ...deps, access, underWay, publicUrl, nowUs: () => Math.floor(clock() * 1000), onFault };
  const app = createServer(
    { ...options, allowedHosts, proxyUrl },
    {
      access,
      cookie,
      handlers,
      taxii,
      misp: { ...taxii, indexes: new EventIndexes(), lists: new EventLists() },
      ledger: { ...deps, ...deps.transparency, underWay },
      peer: { ...deps, underWay, stop: stop.signal },
      log: deps.log,
    },
  );
  let tls: TlsListener | undefined;
  const stopEvents = publishEvents({ live, intel, screening, feeds, outlets: deps.outlets, sources, clock, onFault });

  return {
    fetch: inProcessFetch(app),
    localToken: access.tokens.local('command line'),
    reloadTls: () => tls?.reload(),
    async listen() {
      tls = options.tls && openTlsListener(options.tls, connectionsMax, { http: app.server });
      let securePort: number | undefined;
      try {
        securePort = await tls?.listen(options.host, options.port);
        await app.listen(tls === undefined ? { host: options.host, port: options.port } : { host: loopback, port: 0 });
      } catch (cause) {
        throw listenError(cause, options);
      }
      const { port: plainPort } = app.server.address() as AddressInfo;
      const port = securePort ?? plainPort;
      url = `${tls === undefined ? 'http' : 'https'}://${shownHost(options.host)}:${port}`;
      const localUrl = tls === undefined ? url : `http://${loopback}:${plainPort}`;
      cookies = cookiesAt(port, publicUrl().startsWith('https:'));
      return { url: publicUrl(), localUrl, signInUrl: signInUrl(code.renew().code) };
    },
    async close() {
      stop.abort();
      stopEvents();
      live.close();
      await Promise.all([app.close(), tls?.close()]);
      // Whoever asked is gone; what is written for them still needs the store.
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}

/** Handlers that stand in `underWay` until they are done. */
function noted(underWay: Set<Promise<unknown>>, handlers: Handlers): Handlers {
  const entries = Object.entries(handlers).map(([name, handle]: [string, (call: never) => unknown]) => {
    const handler = async (call: never): Promise<unknown> => {
      const done = (async () => await handle(call))();
      underWay.add(done);
      try {
        return await done;
      } finally {
        underWay.delete(done);
      }
    };
    return [name, handler];
  });
  return Object.fromEntries(entries) as Handlers;
}

/** An address a browser can be pointed at: bound to all addresses, loopback is one of them. */
function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return loopback;
  return isIPv6(host) ? `[${host}]` : host;
}

function listenError(cause: unknown, { host, port }: HttpOptions): unknown {
  const reason = (cause as { code?: unknown } | null)?.code;
  if (reason === 'EADDRINUSE') {
    return new ComityError('CONFLICT', `Cannot listen on ${host}:${port}: the port is taken`, {
      cause,
      details: { hint: 'Another node may run; take another port with --port' },
    });
  }
  if (reason === 'EADDRNOTAVAIL' || reason === 'ENOTFOUND' || reason === 'EACCES') {
    return new ComityError('ARGUMENT_INVALID', `Cannot listen on ${host}:${port}: ${reason}`, { cause });
  }
  return cause;
}
