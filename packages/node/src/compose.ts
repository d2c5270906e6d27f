import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { limits } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';
import { auditSchema, openAuditBook } from './audit/index.ts';
import {
  createFeeds,
  createFetcher,
  feedSchema,
  nextPullUs,
  openPushTarget,
  pullFeed,
  shownUrl,
  waitFor,
} from './connectors/index.ts';
import type { Feed } from './connectors/index.ts';
import { accessSchema, matchIndicatorOf, openAnswerExit, openHttp } from './http/index.ts';
import type { Listening } from './http/index.ts';
import { createIntel, intelSchema } from './intel/index.ts';
import { composeFederation } from './compose-federation.ts';
import { federationSchema } from './federation/index.ts';
import {
  startLookupSchedule,
  startMemberRounds,
  startMemoryRest,
  startOutletSchedule,
  startPeerSchedule,
  startSchedule,
  startSweepSchedule,
} from './jobs/index.ts';
import type { LookupSchedule, MemberRounds, OutletSchedule, Schedule, SweepSchedule } from './jobs/index.ts';
import { membersSchema } from './members/index.ts';
import { ledgerSchema } from './ledger/index.ts';
import { lookupSchema } from './lookup/index.ts';
import type { LookupLink, LookupPeerRoute } from './lookup/index.ts';
import { writeAccessFile } from './access-file.ts';
import { composeLookup } from './compose-lookup.ts';
import { keepHeapsSmall } from './frugal-heap.ts';
import { openOutlets, outletSchema } from './outlets/index.ts';
import { collectAll, openScreening, screeningSchema } from './screening/index.ts';
import { openSharing, sharingSchema } from './sharing/index.ts';
import { openPushBook, openTaxii, runPush, taxiiSchema } from './taxii/index.ts';
import type { Push } from './taxii/index.ts';
import { databaseBytes, openSeal, openStore } from './store/index.ts';
import { version } from './version.ts';

export { restoreBackup as restoreNode } from './store/index.ts';

/** File in the data folder by which commands find the node that runs on it: its URL and a token, for its owner only. */
export const localAccessFile = 'node.json';

const builtPageDir = resolve(import.meta.dirname, '../../web/dist');
const defaultPort = 8642;
const defaultBodyIdleMs = 30_000;
const defaultTaxiiPerMinute = 6000;

export interface NodeOptions {
  readonly dataDir: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 8642; 0 takes a free one. */
  readonly port?: number;
  readonly allowedHosts?: readonly string[];
  /** Files in PEM: the node then speaks TLS at its host and port, and plain HTTP at a free port of loopback for commands. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  /** Scheme, host and port people reach the node at, when that is not its own address. */
  readonly publicUrl?: string;
  /** Largest file imported or screened through the API, in bytes; default `limits.importBytesMax`. */
  readonly uploadBytesMax?: number;
  /** How long the body of a request may bring nothing before it is given up, in ms; default 30,000. */
  readonly bodyIdleMs?: number;
  /** Whether TAXII takes `application/json`, wildcards and no `Accept`; default: no. */
  readonly lenientMediaTypes?: boolean;
  /** TAXII requests of one token in a minute; default 6,000. */
  readonly taxiiPerMinute?: number;
  /** Days what sources show is noted and kept for hunts; 0 deletes what was. Nothing is noted when absent. */
  readonly seenDays?: number;
  /** Bytes of it that are kept. Default 2 GiB. */
  readonly seenBytesMax?: number;
  /** Default: where the build puts it. */
  readonly pageDir?: string;
  /** Checks every JSON answer against the route table: for tests. */
  readonly checkAnswers?: boolean;
}

export interface NodeDeps {
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly uuid: () => string;
  /** Instead of the way to other members' nodes: for tests. */
  readonly lookupLink?: LookupLink;
  /** Lines of the program's own log. */
  readonly log: (entry: { readonly message: string; readonly errorId: string; readonly stack: string }) => void;
}

export interface Node {
  /** Serves, screens and pulls. Resolves once the page can be opened. */
  listen(): Promise<Listening>;
  /** Reaches the API without a socket; works before `listen` too. */
  readonly fetch: typeof globalThis.fetch;
  readonly localToken: string;
  /** Reads certificate and key of TLS again; connections go on. @throws {ComityError} then all stays as it was. */
  reloadTls(): void;
  /** What other members' nodes may ask for privately; whoever serves it verifies who asks. */
  readonly lookupRoutes: readonly LookupPeerRoute[];
  /** Stops serving, finishes the batch under way, closes the data folder. */
  close(): Promise<void>;
}

/**
 * Builds a node from its parts on a data folder. The only place that does.
 *
 * @throws {ComityError} `DATA_LOCKED`, `DATA_DAMAGED`, `DATA_TOO_NEW` or `DATA_UNWRITABLE`.
 */
export async function composeNode(options: NodeOptions, deps: NodeDeps): Promise<Node> {
  const { clock, uuid } = deps;
  keepHeapsSmall();
  const schemas = [
    intelSchema,
    screeningSchema,
    feedSchema,
    accessSchema,
    auditSchema,
    sharingSchema,
    taxiiSchema,
    outletSchema,
    ledgerSchema,
    membersSchema,
    federationSchema,
    lookupSchema,
  ];
  const dir = resolve(options.dataDir);
  const store = await openStore({ dir, schemas }, { clock });
  const intel = await createIntel(store, { clock, uuid });
  const screening = openScreening(
    {
      dir,
      ...(options.seenDays !== undefined && { seenDays: options.seenDays }),
      ...(options.seenBytesMax !== undefined && { seenBytesMax: options.seenBytesMax }),
    },
    {
      store,
      clock,
      valueReaderModule: import.meta.resolve('./value-reader.ts'),
      onDelta: (listener) => intel.onDelta(listener),
      // Nothing is swept before there are outlets: they need the screening, for the matches they send.
      onSweep: (db, swept) => outlets.book.noteSwept(db, swept),
      describe: async (refs) => {
        const found = await intel.describe(refs);
        return new Map([...found].map(([ref, description]) => [ref, matchIndicatorOf(description)]));
      },
    },
  );
  const seal = openSeal(dir);
  const fetcher = createFetcher();
  const random = (): number => randomFraction(deps.randomBytes);
  const feeds = await createFeeds(store, {
    clock,
    uuid,
    random,
    seal,
  });
  const pull = (feed: Feed, signal: AbortSignal) =>
    pullFeed(feed, { signal }, { intel, feeds, fetchUrl: fetcher.fetchUrl });
  const onFault = (message: string, error: unknown): void => {
    deps.log({
      message,
      errorId: uuid(),
      stack: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  };

  const sharing = openSharing(store, {
    clock,
    findMarking: (id) => intel.findMarking(id),
    hopsLeftOf: (object) => parts.federation.hopsLeftOf(object),
    findObject: (id) => intel.findStored(id),
    onFault,
  });

  const outlets = openOutlets(store, {
    clock,
    uuid,
    randomBytes: deps.randomBytes,
    random: () => randomFraction(deps.randomBytes),
    seal,
    screening,
    sharing,
    findObject: (id) => intel.findStored(id),
    teller: { hostname: hostname(), version },
  });

  const audit = openAuditBook(store, { clock });
  const after = (delayMs: number, fn: () => void): (() => void) => {
    const timer = setTimeout(fn, delayMs);
    return () => clearTimeout(timer);
  };
  const timers = { after };
  let reachedAt: string | undefined;
  const parts = composeFederation({
    ...deps,
    store,
    seal,
    after,
    exchange: fetcher.exchange,
    sharing,
    intel,
    screening,
    publicUrl: () =>
      (options.publicUrl ?? reachedAt ?? `http://127.0.0.1:${options.port ?? defaultPort}`).replace(/\/$/, ''),
    note: (db, entry) => audit.append(db, { by: '', via: 'node', address: '', ...entry }),
    onFault,
  });
  const { federation, members, transparency } = parts;
  const { lookup, peerRoutes } = composeLookup({ ...deps, store, seal, intel, sharing, audit, parts, onFault });

  const taxii = await openTaxii(store, { clock, randomBytes: deps.randomBytes, seal });
  const pushes = openPushBook(store, {
    clock,
    uuid,
    seal,
    shownUrl,
    nextUs: (nowUs, minutes, failures) => nextPullUs(nowUs, minutes, failures, random()),
  });
  const push = (row: Push, signal: AbortSignal) =>
    runPush(row, signal, {
      pushes,
      collections: taxii.collections,
      recipients: sharing.recipients,
      arrivals: (query, rowsMax) => intel.arrivals(query, rowsMax),
      openExits: (recipient, url) => openAnswerExit(recipient, url.startsWith('https:'), sharing),
      openTarget: ({ id, remoteCollection, allowPrivate }) => {
        const { url, token } = pushes.targetOf(id);
        return openPushTarget(url, remoteCollection, { allowPrivate, token, signal }, fetcher);
      },
      wait: waitFor,
      onStopped: (_id, error) => onFault('Cannot push an object', error),
    });

  let pulls: Schedule | undefined;
  let pushRuns: Schedule | undefined;
  let sweeps: SweepSchedule | undefined;
  let sending: OutletSchedule | undefined;
  let memberRounds: MemberRounds | undefined;
  let stopExchange: () => Promise<void> = () => Promise.resolve();
  let offering: LookupSchedule | undefined;
  let stopMemoryRest: () => void = () => undefined;
  const accessFile = join(dir, localAccessFile);
  const http = openHttp(
    {
      version,
      host: options.host ?? '127.0.0.1',
      port: options.port ?? defaultPort,
      allowedHosts: options.allowedHosts ?? [],
      ...(options.publicUrl !== undefined && { publicUrl: options.publicUrl }),
      ...(options.tls !== undefined && { tls: options.tls }),
      pageDir: options.pageDir ?? builtPageDir,
      uploadBytesMax: options.uploadBytesMax ?? limits.importBytesMax,
      bodyIdleMs: options.bodyIdleMs ?? defaultBodyIdleMs,
      lenientMediaTypes: options.lenientMediaTypes ?? false,
      taxiiPerMinute: options.taxiiPerMinute ?? defaultTaxiiPerMinute,
      checkAnswers: options.checkAnswers ?? false,
    },
    {
      ...deps,
      store,
      audit,
      ...parts,
      peerRoutes: [...parts.peerRoutes, ...peerRoutes],
      intel,
      screening,
      feeds,
      sharing,
      outlets,
      lookup,
      taxii,
      fetchUrl: fetcher.fetchUrl,
      exchange: fetcher.exchange,
      seal,
      pullNow: async (id, signal) => {
        const feed = feeds.find(id);
        if (pulls !== undefined) await pulls.runNow(id);
        else if (feed !== undefined) await pull(feed, signal);
      },
      pushes,
      pushNow: async (id, signal) => {
        const row = pushes.find(id);
        if (pushRuns !== undefined) await pushRuns.runNow(id);
        else if (row !== undefined) await push(row, signal);
      },
      databaseBytes: () => databaseBytes(dir),
    },
  );

  return {
    fetch: http.fetch,
    localToken: http.localToken,
    reloadTls: () => http.reloadTls(),
    lookupRoutes: lookup.holder.routes,
    async listen() {
      const listening = await http.listen();
      reachedAt = listening.url;
      await screening.start();
      await transparency.start(new URL(listening.url).host);
      await parts.settle();
      pulls = startSchedule({
        rounds: feeds,
        run: pull,
        isUnderWay: ({ status }) => status === 'pulling',
        clock,
        timers,
        onError: (feed, error) => onFault(`Cannot pull the feed ${feed.name}`, error),
      });
      pushRuns = startSchedule({
        rounds: pushes,
        run: push,
        isUnderWay: ({ status }) => status === 'pushing',
        clock,
        timers,
        onError: ({ url }, error) => onFault(`Cannot push to ${url}`, error),
      });
      sweeps = startSweepSchedule({
        intel,
        clock,
        timers,
        onError: (error) => onFault('Cannot bring states up to the clock', error),
      });
      sending = startOutletSchedule({
        outlets,
        onMatch: (listener) => screening.onMatch(listener),
        clock,
        timers,
        onError: (outlet, error) => onFault(`Cannot send matches to the outlet ${outlet.name}`, error),
      });
      memberRounds = startMemberRounds({
        members,
        timers,
        onError: (error) => onFault('Cannot do what is due with members', error),
      });
      const stopWitnesses = members.onChange(() => {
        parts.settle().catch((error: unknown) => onFault('Cannot make true what changed of members', error));
      });
      const exchanging = startPeerSchedule({
        federation,
        joined: parts.joined,
        onNews: (listener) => {
          const stops = [intel.onDelta(listener), intel.onImport(listener)];
          return () => {
            for (const stop of stops) stop();
          };
        },
        onMembers: (listener) => members.onChange(listener),
        timers,
        random,
        onError: onFault,
      });
      stopExchange = async () => {
        stopWitnesses();
        await exchanging.stop();
      };
      offering = startLookupSchedule({
        holder: lookup.holder,
        timers,
        onError: (error) => onFault('Cannot bring what members may ask about up to date', error),
      });
      stopMemoryRest = startMemoryRest({ intel, timers, collect: collectAll });
      writeAccessFile(accessFile, { pid: process.pid, url: listening.localUrl, token: http.localToken });
      return listening;
    },
    async close() {
      if (pulls !== undefined) rmSync(accessFile, { force: true });
      // Together: requests may wait for a pull that the schedule has to call off.
      await Promise.all([
        http.close(),
        pulls?.stop(),
        pushRuns?.stop(),
        sweeps?.stop(),
        sending?.stop(),
        memberRounds?.stop(),
        stopExchange(),
        offering?.stop(),
      ]);
      stopMemoryRest();
      await lookup.close();
      await parts.close();
      await screening.close();
      await intel.close();
      await fetcher.close();
      await sharing.close();
      await store.close();
    },
  };
}

function randomFraction(bytes: NodeDeps['randomBytes']): number {
  return Buffer.from(bytes(4)).readUInt32BE() / 2 ** 32;
}
