import type { Feeds } from '../connectors/index.ts';
import type { Intel } from '../intel/index.ts';
import type { Outlets } from '../outlets/index.ts';
import type { Screening } from '../screening/index.ts';
import type { Sharing } from '../sharing/index.ts';
import type { Live } from './live.ts';
import type { MetricFamily } from './open-metrics.ts';

export interface NodeMetricsDeps {
  readonly intel: Pick<Intel, 'stats'>;
  readonly screening: Pick<Screening, 'sources' | 'table' | 'rates' | 'seenStats'>;
  readonly feeds: Pick<Feeds, 'list'>;
  readonly outlets: Pick<Outlets, 'waiting'> & { readonly book: Pick<Outlets['book'], 'list'> };
  readonly live: Live;
  readonly sharing: Pick<Sharing, 'backlog'>;
  readonly startedAtMs: number;
  readonly version: string;
  /** Bytes of the database files. */
  readonly databaseBytes: () => number;
}

type Sample = MetricFamily['samples'][number];

/** What an operator watches: process, store, intelligence, feeds, sources, table, live streams. */
export async function nodeMetrics(deps: NodeMetricsDeps): Promise<MetricFamily[]> {
  const stats = await deps.intel.stats();
  // An upload is over soon and never comes again: a series of its own would only fill the collector.
  const sources = deps.screening.sources().filter((source) => source.kind !== 'upload');
  const feeds = deps.feeds.list();
  const table = deps.screening.table();
  const rates = deps.screening.rates();
  const backlog = deps.sharing.backlog();
  const { user, system } = process.cpuUsage();
  const ofSources = (value: (source: (typeof sources)[number]) => number): Sample[] =>
    sources.map((source) => ({
      labels: { id: source.id, name: source.name, kind: source.kind },
      value: value(source),
    }));
  const ofFeeds = (value: (feed: (typeof feeds)[number]) => number): Sample[] =>
    feeds.map((feed) => ({ labels: { id: feed.id, name: feed.name }, value: value(feed) }));
  return [
    {
      name: 'comity_build',
      type: 'info',
      help: 'Version that runs',
      samples: [{ labels: { version: deps.version }, value: 1 }],
    },
    gauge(
      'comity_start_time_seconds',
      'When the node started, since the Unix epoch',
      deps.startedAtMs / 1000,
      'seconds',
    ),
    gauge('comity_process_resident_memory_bytes', 'Memory of the process', process.memoryUsage.rss(), 'bytes'),
    counter('comity_process_cpu_seconds', 'CPU time of the process', (user + system) / 1e6, 'seconds'),
    gauge('comity_database_bytes', 'Size of the database files', deps.databaseBytes(), 'bytes'),
    gauge('comity_objects', 'Objects known', stats.objects),
    {
      name: 'comity_indicators',
      type: 'gauge',
      help: 'Objects by state',
      samples: Object.entries(stats.byState).map(([state, value]) => ({ labels: { state }, value })),
    },
    gauge('comity_held_back_values', 'Values the known-good gate holds back', stats.heldBackValues),
    gauge('comity_imports', 'Imports since the data folder was made', stats.imports),
    gauge('comity_table_values', 'Values screened for', table.values),
    gauge('comity_patterns', 'STIX patterns and Sigma rules records are asked', table.patterns),
    gauge('comity_patterns_unusable', 'Patterns in force that cannot be asked', table.patternsUnusable),
    gauge('comity_table_bytes', 'Memory of the table of one worker', table.bytes, 'bytes'),
    gauge('comity_table_sequence', 'Number of the last change of the table', table.sequence),
    ...seenMetrics(deps.screening.seenStats()),
    gauge('comity_records_per_second', 'Records judged a second', rates.recordsPerSecond),
    gauge('comity_screened_bytes_per_second', 'Bytes judged a second', rates.bytesPerSecond),
    {
      name: 'comity_source_bytes',
      type: 'counter',
      unit: 'bytes',
      help: 'Bytes judged',
      samples: ofSources((one) => one.bytes),
    },
    {
      name: 'comity_source_records',
      type: 'counter',
      help: 'Records judged',
      samples: ofSources((one) => one.records),
    },
    { name: 'comity_source_matches', type: 'counter', help: 'Matches found', samples: ofSources((one) => one.matches) },
    {
      name: 'comity_source_dropped',
      type: 'counter',
      help: 'Records lost before they reached us',
      samples: ofSources((one) => one.dropped),
    },
    {
      name: 'comity_source_lag_bytes',
      type: 'gauge',
      unit: 'bytes',
      help: 'Bytes not judged yet',
      samples: ofSources((one) => one.lagBytes ?? 0),
    },
    {
      name: 'comity_source_queue_full',
      type: 'gauge',
      help: '1 while a queue is full',
      samples: ofSources((one) => Number(one.status === 'full')),
    },
    {
      name: 'comity_source_failing',
      type: 'gauge',
      help: '1 while a source fails',
      samples: ofSources((one) => Number(one.status === 'failing')),
    },
    {
      name: 'comity_feed_failing',
      type: 'gauge',
      help: '1 while the last pull failed',
      samples: ofFeeds((one) => Number(one.status === 'failing')),
    },
    {
      name: 'comity_feed_objects',
      type: 'gauge',
      help: 'Objects of the last pull',
      samples: ofFeeds((one) => one.objectCount),
    },
    {
      name: 'comity_feed_last_pull_time_seconds',
      type: 'gauge',
      unit: 'seconds',
      help: 'When a feed was pulled last, since the Unix epoch; 0 is never',
      samples: ofFeeds((one) => (one.lastPullUs ?? 0) / 1e6),
    },
    ...outletMetrics(deps.outlets),
    gauge('comity_live_streams', 'Pages and tools that follow events', deps.live.clients),
    gauge(
      'comity_live_queue_fullness_ratio',
      'Fullness of the fullest event queue, 0 to 1',
      deps.live.fullness,
      'ratio',
    ),
    gauge('comity_sharing_decisions_waiting', 'Decisions on sharing not written down yet', backlog.waiting),
    counter(
      'comity_sharing_decisions_without_object',
      'Decisions on sharing counted without their object, since too many waited',
      backlog.withoutObject,
    ),
    counter('comity_live_events_lost', 'Events dropped for slow streams', deps.live.lost),
  ];
}

/** How each outlet does. */
function outletMetrics(outlets: NodeMetricsDeps['outlets']): MetricFamily[] {
  const list = outlets.book.list();
  const ofOutlets = (value: (outlet: (typeof list)[number]) => number): Sample[] =>
    list.map((one) => ({ labels: { id: one.id, name: one.name }, value: value(one) }));
  const family = (name: string, type: 'gauge' | 'counter', help: string, samples: Sample[]): MetricFamily => ({
    name: `comity_outlet_${name}`,
    type,
    help,
    samples,
  });
  return [
    family(
      'sent',
      'counter',
      'Matches sent',
      ofOutlets((one) => one.sent),
    ),
    family(
      'withheld',
      'counter',
      'Matches that may not go there',
      ofOutlets((one) => one.withheld),
    ),
    family(
      'lost',
      'counter',
      'Matches deleted before they were sent',
      ofOutlets((one) => one.lost),
    ),
    family('waiting', 'gauge', 'Matches not looked at yet, up to 100,000', ofOutlets(outlets.waiting)),
    family(
      'failing',
      'gauge',
      '1 while the last try failed',
      ofOutlets((one) => Number(one.failureCount > 0)),
    ),
  ];
}

/** What is kept for hunts; nothing when nothing is. */
function seenMetrics(seen: ReturnType<Screening['seenStats']>): MetricFamily[] {
  if (seen === undefined) return [];
  const { bytes, runs, keys, damaged, hunts } = seen;
  return [
    gauge('comity_seen_bytes', 'Size of what is kept of values seen', bytes, 'bytes'),
    gauge('comity_seen_runs', 'Files it is kept in', runs),
    gauge('comity_seen_values', 'Keys of values seen, those of each file by itself', keys),
    gauge('comity_seen_runs_damaged', 'Files of it that cannot be read', damaged),
    counter('comity_hunt_values', 'Values that became active and were hunted for', hunts.asked),
    counter('comity_hunt_places', 'Hours of sources in which such a value was seen', hunts.places),
    counter('comity_hunt_matches', 'Matches found in records that were read again', hunts.confirmed),
    counter('comity_hunt_matches_seen', 'Matches whose records are no longer there', hunts.seen),
    counter('comity_hunt_refuted', 'Places which the records, all read again, do not bear out', hunts.refuted),
  ];
}

function gauge(name: string, help: string, value: number, unit?: string): MetricFamily {
  return { name, type: 'gauge', help, samples: [{ value }], ...(unit !== undefined && { unit }) };
}

function counter(name: string, help: string, value: number, unit?: string): MetricFamily {
  return { ...gauge(name, help, value, unit), type: 'counter' };
}
