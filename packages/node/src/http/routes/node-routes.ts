import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, JsonObject } from '@comity/protocol/base';
import { openApiDocument } from '@comity/protocol/api';
import type { AuditBook } from '../../audit/index.ts';
import type { Feeds } from '../../connectors/index.ts';
import type { Intel } from '../../intel/index.ts';
import type { Transparency } from '../../ledger/index.ts';
import type { Outlets } from '../../outlets/index.ts';
import type { Members } from '../../members/index.ts';
import type { Screening } from '../../screening/index.ts';
import type { Sharing } from '../../sharing/index.ts';
import type { Store } from '../../store/index.ts';
import { examine } from '../doctor.ts';
import type { Handlers } from '../handler.ts';
import type { Live } from '../live.ts';
import { nodeMetrics } from '../node-metrics.ts';
import { openMetricsText, openMetricsType } from '../open-metrics.ts';
import { feedView } from '../views/import-view.ts';
import { instantOfMs } from '../views/instants.ts';
import { recordSourceView } from '../views/record-view.ts';

export interface NodeRoutesOptions {
  readonly version: string;
  readonly pageDir: string;
}

export interface NodeRoutesDeps {
  readonly store: Pick<Store, 'dir' | 'backup' | 'check' | 'reader'>;
  readonly intel: Pick<Intel, 'feed' | 'stats' | 'imports' | 'knownGood'>;
  readonly screening: Screening;
  readonly feeds: Pick<Feeds, 'list'>;
  readonly outlets: Outlets;
  readonly live: Live;
  readonly sharing: Pick<Sharing, 'backlog'>;
  readonly audit: Pick<AuditBook, 'verify'>;
  readonly members: Pick<Members, 'own' | 'list'>;
  readonly transparency: Pick<Transparency, 'ledger' | 'monitor'>;
  readonly clock: Clock;
  /** A name no other file has. */
  readonly uuid: () => string;
  readonly listensAt: () => string | undefined;
  readonly certificateToMs: () => number | undefined;
  readonly databaseBytes: () => number;
}

type NodeRoutes = Pick<Handlers, 'health' | 'metrics' | 'openapi' | 'overview' | 'events' | 'backup' | 'doctor'>;

/** Uploads shown beside the live sources on the overview. */
const uploadsShown = 5;

export function nodeRoutes(options: NodeRoutesOptions, deps: NodeRoutesDeps): NodeRoutes {
  const { version, pageDir } = options;
  const { store, intel, screening, feeds, live, clock } = deps;
  const startedAtMs = clock();
  let openApi: JsonObject | undefined;
  return {
    health({ setStatus }) {
      if (isReadable(store)) return { status: 'ok', version };
      setStatus(503);
      return { status: 'failing', version };
    },
    async metrics() {
      const families = await nodeMetrics({ ...deps, startedAtMs, version });
      return { type: openMetricsType, body: openMetricsText(families) };
    },
    openapi: () => (openApi ??= openApiDocument(version)),
    async overview() {
      const stats = await intel.stats();
      const { last24h, alarms24h, perHour } = screening.matchesPerHour();
      const table = screening.table();
      const sources = screening.sources();
      const uploads = sources.filter((source) => source.kind === 'upload').slice(-uploadsShown);
      const { byState } = stats;
      return {
        indicators: {
          active: byState.active,
          heldBack: byState['held-back'],
          expired: byState.expired + byState.decayed + byState['lease-ended'] + byState.revoked + byState.recalled,
        },
        objects: stats.objects,
        matches: { last24h, alarms24h, perHour: [...perHour] },
        ...screening.rates(),
        tableValues: table.values,
        patterns: table.patterns,
        tableSequence: table.sequence,
        feeds: feeds.list().map(feedView),
        sources: [...sources.filter((source) => source.kind !== 'upload'), ...uploads].map(recordSourceView),
        empty: stats.objects === 0 && stats.imports === 0,
        version,
        startedAt: instantOfMs(startedAtMs),
      };
    },
    events: ({ query, lastEventId, stillMay }) => ({
      type: 'text/event-stream',
      body: live.open(lastEventId ?? query.after, stillMay),
    }),
    async backup() {
      // Written whole before the first byte leaves: a backup that fails half-way is an error, not a short file.
      const file = join(store.dir, `backup-${deps.uuid()}.part`);
      await store.backup(file);
      const body = createReadStream(file);
      body.once('close', () => void rm(file, { force: true }));
      const day = instantOfMs(clock()).slice(0, 10);
      return { type: 'application/vnd.sqlite3', fileName: `comity-${day}.backup`, body };
    },
    async doctor() {
      return { checks: await examine({ ...deps, pageDir }) };
    },
  };
}

function isReadable(store: Pick<Store, 'reader'>): boolean {
  try {
    store.reader.prepare('SELECT 1').get();
    return true;
  } catch {
    // Whatever it is, the node does not serve; the log of the store says what.
    return false;
  }
}
