import type {
  FeedView,
  HeldBackRow,
  ImportReportView,
  ImportRow,
  IntelObjectView,
  IntelRow,
  Match,
  RecordSourceView,
} from '@comity/protocol/api';
import { createRandom } from '../../packages/testkit/src/index.ts';

/** Everything is made up: documentation ranges and names only, the same at every run. */
const hour = 3_600_000;

export interface MadeUpData {
  /** Row `index` of the list of intelligence: a function, so that a million rows cost nothing. */
  readonly intelRow: (index: number) => IntelRow;
  readonly intelObject: (index: number) => IntelObjectView;
  readonly match: (index: number, atMs: number) => Match;
  readonly sources: RecordSourceView[];
  readonly feeds: FeedView[];
  readonly imports: ImportReportView[];
  readonly importRows: ImportRow[];
  readonly heldBack: HeldBackRow[];
}

const words = [
  'login',
  'secure',
  'update',
  'cdn',
  'mail',
  'portal',
  'static',
  'invoice',
  'track',
  'gate',
  'node',
  'files',
];
const feedNames = ['Sector feed', 'National CERT', 'Partner lists', 'Open reports'] as const;
const tlps = ['clear', 'green', 'amber', 'amber+strict', 'red'] as const;
const states = ['active', 'active', 'active', 'active', 'held-back', 'expired', 'decayed', 'revoked'] as const;

/** An identifier of the STIX form out of a number. */
function madeUpId(index: number, type = 'indicator'): string {
  return `${type}--${index.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;
}

export function indexOfMadeUpId(id: string): number {
  return Number.parseInt(/--([0-9a-f]{8})/.exec(id)?.[1] ?? '0', 16);
}

function valueAt(index: number): {
  kind: 'domain' | 'ipv4' | 'url' | 'sha256' | 'email';
  value: string;
  port?: number;
} {
  const random = createRandom(index + 1);
  const name = `${random.pick(words)}-${random.pick(words)}${random.below(1000)}.example`;
  const digest = Array.from({ length: 8 }, () => random.u32().toString(16).padStart(8, '0')).join('');
  switch (random.below(8)) {
    case 0:
      return { kind: 'ipv4', value: `203.0.113.${random.below(256)}`, port: 4000 + random.below(4000) };
    case 1:
      return { kind: 'ipv4', value: `198.51.100.${random.below(256)}` };
    case 2:
      return { kind: 'url', value: `${name}/${random.pick(words)}/verify.php?session=${random.below(100_000)}` };
    case 3:
      return { kind: 'sha256', value: digest };
    case 4:
      return { kind: 'email', value: `billing@${name}` };
    default:
      return { kind: 'domain', value: name };
  }
}

export function makeUpData(nowMs: number): MadeUpData {
  const at = (ms: number): string => new Date(Math.floor(ms)).toISOString();
  const source = (index: number) => ({
    id: `src-${'0'.repeat(7)}${index}`,
    name: feedNames[index % feedNames.length] ?? 'Sector feed',
    kind: 'feed' as const,
    reliability: (['A', 'B', 'C', 'F'] as const)[index % 4] ?? 'F',
    defaultTlp: 'amber' as const,
    own: false,
  });

  const intelRow = (index: number): IntelRow => {
    const random = createRandom(index * 7 + 3);
    const value = valueAt(index);
    const state = random.pick(states);
    const sources = feedNames.slice(0, 1 + random.below(3));
    return {
      id: madeUpId(index),
      type: 'indicator',
      name: random.below(3) === 0 ? `Phishing kit ${random.pick(words)}` : value.value,
      pattern: `[${value.kind === 'ipv4' ? 'ipv4-addr' : value.kind === 'domain' ? 'domain-name' : value.kind}:value = '${value.value}']`,
      values: [value],
      valueCount: random.below(9) === 0 ? 12 : 1,
      state,
      stateReason:
        state === 'active'
          ? 'In use: listed by two sources and valid until the end of the month.'
          : state === 'held-back'
            ? 'Held back: the list “Top sites (sample)” says that this value is known to be good.'
            : 'Out of use: the time its source gave it has passed.',
      tlp: random.pick(tlps),
      confidence: random.below(101),
      labels: ['phishing'],
      sources: [...sources],
      sourceCount: sources.length,
      firstSeenAt: at(nowMs - hour * (30 + random.below(2000))),
      lastSeenAt: at(nowMs - hour * random.below(30) - index),
      validUntil: at(nowMs + hour * 24 * 20),
      matchCount: random.below(4) === 0 ? random.below(400) : 0,
    };
  };

  const intelObject = (index: number): IntelObjectView => {
    const row = intelRow(index);
    return {
      ...row,
      values: [valueAt(index), ...Array.from({ length: row.valueCount - 1 }, (_, more) => valueAt(index + more + 900))],
      text: `{"type":"indicator","spec_version":"2.1","id":"${row.id}","pattern":"${row.pattern ?? ''}","name":"safe\u202egpj.exe"}`,
      screened: { complete: true },
      markings: { tlp: row.tlp, tlpFrom: 'object', pap: 'PAP:AMBER', statements: ['For members of the sector alone.'] },
      provenance: row.sources.map((_, number) => ({
        source: source(number),
        place: `objects[${index}]`,
        confidence: 80,
        firstSeenAt: row.firstSeenAt,
        lastSeenAt: row.lastSeenAt,
      })),
      findings: [
        {
          severity: 'error',
          code: 'timestamp-order',
          path: 'modified',
          message: 'Set modified no earlier than created, "2026-01-02T00:00:00Z", not "2026-01-01T00:00:00Z"',
          section: '3.2',
        },
      ],
      findingCount: 1,
      versions: [{ modifiedAt: row.lastSeenAt, live: true, conflict: false, source: 'A feed' }],
      correlations: [1, 2].map((step) => ({
        id: madeUpId(index + step),
        type: 'indicator',
        name: `Report on ${valueAt(index + step).value}`,
        via: valueAt(index),
      })),
      relationships: [
        {
          id: madeUpId(index, 'relationship'),
          type: 'indicates',
          direction: 'out',
          otherId: madeUpId(index, 'malware'),
          otherName: 'Made-up loader',
        },
      ],
      ...(row.state === 'held-back'
        ? { knownGood: { list: 'Top sites (sample)', entry: row.values[0]?.value ?? '' } }
        : {}),
    };
  };

  const match = (index: number, atMs: number): Match => {
    const random = createRandom(index * 13 + 5);
    const listed = valueAt(index % 500);
    const isBelow = listed.kind === 'domain' && random.below(2) === 0;
    const value = isBelow ? `${random.pick(words)}.${listed.value}` : listed.value;
    const alarm = random.below(5) !== 0;
    return {
      id: `mat-${index.toString(36).padStart(10, '0')}`,
      at: at(atMs),
      sourceId: 'src-dns0000001',
      sourceName: 'Resolver queries',
      file: '/var/log/dns/queries.log',
      line: 1000 + index,
      record: `2026-11-23T09:${String(index % 60).padStart(2, '0')}:07Z client 192.0.2.${index % 250}#4711 query: ${value} IN A + note=\u202etxt.exe`,
      value,
      kind: listed.kind,
      relation: isBelow ? 'subdomain' : 'exact',
      ...(listed.port === undefined ? {} : { port: alarm ? ('same' as const) : ('other' as const) }),
      field: 'query',
      alarm,
      indicator: {
        id: madeUpId(index % 500),
        listed: listed.value,
        source: feedNames[index % 4] ?? 'Sector feed',
        tlp: random.pick(tlps),
        state: 'active',
        why: isBelow
          ? `The name ${value} is below ${listed.value}, which National CERT lists as a phishing site; the indicator is in use.`
          : `The record contains ${value}, exactly as National CERT lists it; the indicator is in use.`,
      },
    };
  };

  const recordSource = (
    over: Partial<RecordSourceView> & Pick<RecordSourceView, 'id' | 'name' | 'kind'>,
  ): RecordSourceView => ({
    location: `/var/log/${over.name.toLowerCase().replaceAll(' ', '-')}`,
    format: 'auto',
    status: 'running',
    since: at(nowMs - 5 * hour),
    bytes: 48_211_000_000,
    records: 391_204_118,
    matches: 214,
    bytesPerSecond: 3_214_000,
    lagBytes: 0,
    dropped: 0,
    lastRecordAt: at(nowMs - 2000),
    ...over,
  });
  const sources = [
    recordSource({ id: 'src-dns0000001', name: 'Resolver queries', kind: 'file', format: 'bind' }),
    recordSource({
      id: 'src-zeek000001',
      name: 'Zeek',
      kind: 'folder',
      format: 'zeek-tsv',
      bytesPerSecond: 12_800_000,
      lagBytes: 4_100_000,
      matches: 31,
    }),
    recordSource({
      id: 'src-sys0000001',
      name: 'Firewall syslog',
      kind: 'syslog-udp',
      location: '127.0.0.1:5514',
      format: 'syslog',
      bytesPerSecond: 41_000,
      dropped: 12,
      matches: 0,
    }),
    recordSource({
      id: 'src-web0000001',
      name: 'Web access',
      kind: 'folder',
      status: 'failing',
      lastError: 'Cannot read "/srv/www/log": permission denied',
      bytesPerSecond: 0,
      matches: 2,
    }),
    recordSource({
      id: 'src-upl0000001',
      name: 'incident-42.log.gz',
      kind: 'upload',
      location: 'incident-42.log.gz',
      status: 'done',
      bytesPerSecond: 0,
      matches: 7,
      records: 18_332,
      bytes: 2_811_000,
    }),
  ];

  const feed = (over: Partial<FeedView> & Pick<FeedView, 'id' | 'name' | 'url'>): FeedView => ({
    format: 'auto',
    intervalMinutes: 60,
    reliability: 'B',
    defaultTlp: 'amber',
    own: false,
    allowPrivate: false,
    enabled: true,
    status: 'ok',
    lastPullAt: at(nowMs - 12 * 60_000),
    nextPullAt: at(nowMs + 48 * 60_000),
    lastImportId: 'imp-00000001',
    objectCount: 48_112,
    ...over,
  });
  const feeds = [
    feed({
      id: 'feed-00000001',
      name: 'National CERT',
      url: 'https://cert.example/misp/manifest.json',
      format: 'misp-feed',
      reliability: 'A',
    }),
    feed({
      id: 'feed-00000002',
      name: 'Sector feed',
      url: 'https://isac.example/taxii/collections/7/objects',
      status: 'unchanged',
      objectCount: 1204,
    }),
    feed({
      id: 'feed-00000003',
      name: 'Partner lists',
      url: 'https://partner.example/lists/domains.txt',
      status: 'failing',
      lastError:
        'Cannot pull "https://partner.example/lists/domains.txt": the server answered 503 twice and then nothing for 120 s',
      reliability: 'C',
    }),
  ];

  const report = (index: number, over: Partial<ImportReportView> = {}): ImportReportView => ({
    id: `imp-0000000${index}`,
    name: feedNames[index % 4] ?? 'Sector feed',
    source: source(index),
    format: index % 2 === 0 ? 'misp-feed' : 'stix',
    status: 'done',
    startedAt: at(nowMs - index * 2.4 * hour - 700_000),
    finishedAt: at(nowMs - index * 2.4 * hour - 690_000),
    taken: 48_112 - index * 4100,
    unscreened: index * 3,
    conflicts: index === 2 ? 4 : 0,
    duplicate: 1204 + index,
    heldBack: index % 3 === 0 ? 31 : 0,
    rejected: index % 4 === 1 ? 4 : 0,
    losses:
      index % 2 === 0
        ? [{ field: 'Attribute.to_ids', count: 812, reason: 'attributes not meant for detection become observables' }]
        : [],
    validated: 1000,
    findings: [
      {
        severity: 'error',
        code: 'timestamp-order',
        section: '3.2',
        place: 'objects[12].modified',
        message: 'Set modified no earlier than created',
        count: 3,
      },
    ],
    bytesRead: 18_220_000,
    bytesTotal: 18_220_000,
    ...over,
  });
  const imports = [
    report(1, { status: 'running', bytesRead: 7_100_000, taken: 18_400 }),
    ...[2, 3, 4, 5, 6, 7].map((index) => report(index)),
    report(8, {
      status: 'failed',
      error: 'Cannot parse line 7 as JSON: Unexpected end of input',
      taken: 0,
      duplicate: 0,
    }),
  ];
  const heldBack = Array.from({ length: 31 }, (_, index): HeldBackRow => {
    const value = valueAt(index + 4000);
    return {
      id: `held-${String(index).padStart(8, '0')}`,
      value,
      list: index % 3 === 0 ? 'Public DNS resolvers (sample)' : 'Top sites (sample)',
      entry: value.value,
      sources: ['Partner lists'],
      heldAt: at(nowMs - index * hour),
    };
  });
  const importRows = heldBack.flatMap((row, index): ImportRow[] => [
    {
      place: `line ${index * 3 + 7}`,
      outcome: 'held-back',
      value: row.value.value,
      reason: `On the list ${row.list}, entry ${row.entry}`,
    },
    ...(index % 7 === 0
      ? [
          {
            place: `line ${index * 3 + 8}`,
            outcome: 'rejected' as const,
            reason: 'Cannot read "hxxp:/broken\u202e" as a value: no host',
          },
        ]
      : []),
  ]);
  return { intelRow, intelObject, match, sources, feeds, imports, importRows, heldBack };
}
