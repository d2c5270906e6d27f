/** One count the check insists on. */
export interface Expected {
  /** As `measure` counts: `value domain`, `object indicator`, `attribute sha1`, `rejected`, `documents`, `distinct values` … */
  readonly key: string;
  readonly count: number;
  /** What the index of the data says, when it counts otherwise; `why` is the reason. */
  readonly index?: number;
  readonly why?: string;
}

/** Files of the real data that are read together. */
export interface CorpusSet {
  readonly name: string;
  /** Below the shared test data. */
  readonly path: string;
  /** Which files of it; all unless given. */
  readonly files?: RegExp;
  readonly expected: readonly Expected[];
}

const exactly = (counts: Readonly<Record<string, number>>): Expected[] =>
  Object.entries(counts).map(([key, count]) => ({ key, count }));

const noName =
  'two names of the feed are longer than the 253 characters a name may have, and are rejected with that place';

const blocklist = (file: string, rejected = 2): CorpusSet => ({
  name: `tweetfeed ${file}`,
  path: `data/tweetfeed/blocklists/${file}`,
  expected: [
    { key: 'value domain', count: 4873, index: 4875, why: noName },
    { key: 'distinct values', count: 4873 },
    { key: 'rejected', count: rejected },
  ],
});

const refused = (name: string, path: string, documents: number, files?: RegExp): CorpusSet => ({
  name: `${name} (no intelligence: refused with a reason)`,
  path,
  ...(files === undefined ? {} : { files }),
  expected: exactly({ documents, rejected: documents, values: 0, objects: 0 }),
});

/** Every set of the index that is intelligence, and those that look like it and are not. */
export const corpusSets: readonly CorpusSet[] = [
  {
    name: 'stix-amnesty bundles',
    path: 'data/stix-amnesty',
    files: /\.stix2$/,
    expected: exactly({ 'object indicator': 2067, 'object relationship': 2068, 'object malware': 3, rejected: 0 }),
  },
  {
    name: 'stix-amnesty Pegasus list',
    path: 'data/stix-amnesty/2021-07-18_nso/domains.txt',
    expected: exactly({ 'value domain': 1438, rejected: 0 }),
  },
  {
    name: 'stix-amnesty Cytrox list',
    path: 'data/stix-amnesty/2021-12-16_cytrox/domains.txt',
    expected: exactly({ 'value domain': 336, rejected: 0 }),
  },
  {
    name: 'stix-amnesty Helios list',
    path: 'data/stix-amnesty/2024-05-02_wintego_helios/domains.txt',
    expected: exactly({ 'value domain': 175, rejected: 0 }),
  },
  {
    name: 'stix-amnesty 2018 table',
    path: 'data/stix-amnesty/2018-08-01_nso/indicators.csv',
    expected: exactly({ 'format csv': 1, rejected: 0 }),
  },
  {
    name: 'stix-mvt bundles',
    path: 'data/stix-mvt',
    files: /\.stix2$/,
    expected: exactly({ 'object indicator': 496, 'object relationship': 496, 'object malware': 6, rejected: 0 }),
  },
  {
    name: 'stix-attack',
    path: 'data/stix-attack',
    expected: exactly({
      objects: 1826,
      'object relationship': 1373,
      'object attack-pattern': 95,
      'object malware': 30,
      'object intrusion-set': 16,
      'object x-mitre-asset': 18,
      rejected: 0,
    }),
  },
  {
    name: 'stix-unit42-reports',
    path: 'data/stix-unit42-reports',
    expected: exactly({
      documents: 39,
      'object indicator': 1849,
      'object report': 48,
      'object relationship': 1704,
      rejected: 0,
    }),
  },
  {
    name: 'stix-unit42-playbooks',
    path: 'data/stix-unit42-playbooks',
    expected: exactly({
      'object indicator': 246,
      'object attack-pattern': 87,
      'object course-of-action': 221,
      'object campaign': 11,
      'object relationship': 1416,
      rejected: 0,
    }),
  },
  {
    name: 'stix-oasis-examples',
    path: 'data/stix-oasis-examples',
    expected: exactly({
      documents: 17,
      objects: 322,
      'object relationship': 155,
      'object indicator': 48,
      'object sighting': 2,
      rejected: 0,
    }),
  },
  {
    name: 'stix-elevator',
    path: 'data/stix-elevator',
    expected: exactly({ documents: 22, objects: 183, 'object indicator': 23, 'object relationship': 65, rejected: 0 }),
  },
  { name: 'stix-iep', path: 'data/stix-iep', expected: exactly({ 'object marking-definition': 1, rejected: 0 }) },
  {
    name: 'stix-invalid',
    path: 'data/stix-invalid',
    expected: exactly({ documents: 7, 'object identity': 5, rejected: 2 }),
  },
  blocklist('domains.txt'),
  blocklist('hosts.txt'),
  blocklist('adguard.txt'),
  blocklist('dnsmasq.txt'),
  // Each name stands twice in a zone, once for itself and once for what is below.
  blocklist('rpz.txt', 4),
  {
    name: 'tweetfeed ips.txt',
    path: 'data/tweetfeed/blocklists/ips.txt',
    expected: exactly({ 'value ipv4': 730, rejected: 0 }),
  },
  {
    name: 'tweetfeed MISP events',
    path: 'data/tweetfeed/misp',
    expected: exactly({
      'object indicator': 2161,
      'attribute url': 975,
      'attribute domain': 864,
      'attribute ip-dst': 199,
      'attribute sha256': 88,
      'attribute md5': 35,
      rejected: 0,
    }),
  },
  {
    name: 'tweetfeed STIX and TAXII pages',
    path: 'data/tweetfeed',
    files: /stix\/today\.json$|taxii\/pages\//,
    expected: exactly({ 'object indicator': 59 + 126 + 161, rejected: 0 }),
  },
  {
    name: 'tweetfeed tables',
    path: 'data/tweetfeed',
    files: /(?:today|week)\.csv$/,
    expected: exactly({ 'format csv': 2, values: 1633, rejected: 0 }),
  },
  {
    name: 'misp-eset events',
    path: 'data/misp-eset',
    files: /\.json$/,
    expected: exactly({
      documents: 19,
      'attribute sha1': 226,
      'attribute filename|sha1': 138,
      'attribute domain': 142,
      'attribute url': 85,
      'attribute domain|ip': 80,
      'attribute ip-dst': 55,
      'attribute md5': 130,
      'attribute sha256': 130,
      rejected: 0,
    }),
  },
  {
    name: 'misp-eset sample lists',
    path: 'data/misp-eset',
    files: /samples\.(?:md5|sha1|sha256)$/,
    expected: exactly({ documents: 180, rejected: 1 }),
  },
  {
    name: 'misp-pymisp',
    path: 'data/misp-pymisp',
    expected: [...exactly({ documents: 10, 'object sighting': 2 }), { key: 'rejected', count: 1 }],
  },
  {
    name: 'maltrail',
    path: 'data/maltrail',
    expected: [
      ...exactly({ documents: 935 }),
      {
        key: 'value domain',
        count: 66_069,
        index: 66_070,
        why: 'a label of more than 63 characters is no name, nor are names of files and expressions; the index counts otherwise by one',
      },
      { key: 'value ipv4', count: 34_232, index: 34_228, why: 'the index counts four networks apart' },
      {
        key: 'value ipv4 with port',
        count: 15_698,
        index: 15_696,
        why: 'two stand as URLs with nothing behind the port',
      },
      { key: 'rejected', count: 12 },
    ],
  },
  {
    name: 'zeek-intel',
    path: 'data/zeek-intel',
    expected: exactly({ documents: 10, 'format zeek-intel': 10, values: 60_929, rejected: 0 }),
  },
  {
    name: 'zeek-intel cps-collected',
    path: 'data/zeek-intel/cps-collected-iocs.intel',
    expected: exactly({ values: 49_868, rejected: 0 }),
  },
  { name: 'ipsum', path: 'data/ipsum', expected: exactly({ documents: 7, 'value ipv4': 52_168, rejected: 0 }) },
  {
    name: 'scamblocklist raw',
    path: 'data/scamblocklist/raw.txt',
    expected: exactly({ values: 14_952, rejected: 0 }),
  },
  {
    name: 'scamblocklist hosts',
    path: 'data/scamblocklist/hosts.txt',
    expected: exactly({ 'distinct values': 2214, rejected: 0 }),
  },
  {
    name: 'scamblocklist adguard',
    path: 'data/scamblocklist/adguard.txt',
    expected: [
      { key: 'distinct values', count: 950, index: 949, why: 'one more line is a bare name, ".avito.www.booking."' },
      { key: 'rejected', count: 2 },
    ],
  },
  {
    name: 'stalkerware table',
    path: 'data/stalkerware/network.csv',
    expected: exactly({ 'value domain': 966, 'value ipv4': 66, rejected: 0 }),
  },
  {
    name: 'stalkerware records',
    path: 'data/stalkerware/ioc.yaml',
    expected: exactly({ 'format records': 1, rejected: 0 }),
  },
  {
    name: 'stalkerware samples',
    path: 'data/stalkerware/samples.csv',
    expected: exactly({ 'value sha256': 3228, rejected: 0 }),
  },
  { name: 'volexity', path: 'data/volexity', expected: exactly({ documents: 23, 'format csv': 23, rejected: 0 }) },
  { name: 'unit42-text', path: 'data/unit42-text', expected: exactly({ documents: 56 }) },
  { name: 'acsc-2020-008', path: 'data/acsc-2020-008', expected: exactly({ values: 90, rejected: 0 }) },
  { name: 'disposable-email', path: 'data/disposable-email', expected: exactly({ 'value domain': 8335, rejected: 0 }) },
  { name: 'benign-domains', path: 'data/benign-domains', expected: exactly({ 'value domain': 10_000, rejected: 0 }) },
  refused('misp-warninglists', 'data/misp-warninglists', 34),
  refused('misp-taxonomies', 'data/misp-taxonomies', 25),
  refused('misp-galaxy', 'data/misp-galaxy', 24),
  refused('security-contacts', 'data/security-contacts', 1),
  refused('kev', 'data/kev', 2),
  refused('cve-vulnrichment', 'data/cve-vulnrichment', 200),
  refused('csaf-cisa advisories', 'data/csaf-cisa', 49, /\.json$/),
  {
    name: 'sigma-rules',
    path: 'data/sigma-rules',
    files: /\.yml$/,
    expected: exactly({ objects: 483, 'object indicator': 483, rejected: 0 }),
  },
];
