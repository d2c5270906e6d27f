import type { JsonObject } from '../../packages/protocol/src/base/index.ts';
import { createRandom } from '../../packages/testkit/src/index.ts';
import type { Random } from '../../packages/testkit/src/index.ts';
import {
  randomHex,
  randomHost,
  randomIpv4,
  randomPath,
  randomPrivateIpv4,
} from '../../packages/testkit/src/corpus/names.ts';

/** Share of each kind of live pattern in percent: what feeds hold, and of each kind that is hard to find enough to matter. */
export const patternMix = {
  'equality of a name, address, URL or digest': 62,
  'flow to an address and port': 8,
  'several values of one indicator': 8,
  'suffix or prefix (LIKE)': 8,
  'network (ISSUBSET)': 5,
  'two observations in a window': 6,
  'repetitions in a window': 2,
  'process and registry': 0.5,
  'expression on URLs (MATCHES)': 0.5,
} as const;

type Kind = keyof typeof patternMix;

/** `count` patterns in the shares of {@link patternMix}, of values no record of {@link inventRecords} holds but for a few planted. */
export function inventPatterns(count: number, seed: number): string[] {
  const random = createRandom(seed);
  const kinds = Object.entries(patternMix) as [Kind, number][];
  const patterns = kinds.flatMap(([kind, percent]) =>
    Array.from({ length: Math.round((count * percent) / 100) }, () => write[kind](random)),
  );
  const planted = Array.from({ length: plantedCount }, (_, index) => `[domain-name:value = '${plantedHost(index)}']`);
  return [...planted, ...patterns.slice(planted.length)];
}

/** Names a few patterns list and one record in {@link plantedEvery} shows, so that verdicts can be compared. */
const plantedCount = 10;
const plantedEvery = 40;

function plantedHost(index: number): string {
  return `planted${index % plantedCount}.example`;
}

const write: Readonly<Record<Kind, (random: Random) => string>> = {
  'equality of a name, address, URL or digest': (random) => `[${equality(random)}]`,
  'flow to an address and port': (random) =>
    `[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '${randomIpv4(random)}' AND network-traffic:dst_port = ${1 + random.below(65_535)}]`,
  'several values of one indicator': (random) =>
    `[${Array.from({ length: 3 + random.below(8) }, () => equality(random)).join(' OR ')}]`,
  'suffix or prefix (LIKE)': (random) =>
    random.below(2) === 0
      ? `[domain-name:value LIKE '%.${randomHost(random)}']`
      : `[url:value LIKE 'http://${randomHost(random)}${randomPath(random).replaceAll(/[%_']/g, '-')}%']`,
  'network (ISSUBSET)': (random) => `[ipv4-addr:value ISSUBSET '${randomIpv4(random)}/${16 + random.below(13)}']`,
  'two observations in a window': (random) =>
    `([domain-name:value = '${randomHost(random)}'] FOLLOWEDBY [network-traffic:dst_ref.value = '${randomIpv4(random)}']) WITHIN 300 SECONDS`,
  // Beside a value nobody shows stands one that is common: state is kept and expires.
  'repetitions in a window': (random) =>
    `([ipv4-addr:value = '10.0.0.${random.below(256)}'] REPEATS 3 TIMES AND [domain-name:value = '${randomHost(random)}']) WITHIN 60 SECONDS`,
  'process and registry': (random) =>
    `[process:command_line MATCHES '-enc +[A-Za-z0-9+/]{40}' AND process:name = '${randomHex(random, 8)}.exe']`,
  'expression on URLs (MATCHES)': (random) =>
    `[url:value MATCHES '/${randomHex(random, 6)}/[a-z]+\\\\.(?:php|asp)\\\\?id=[0-9]+$']`,
};

function equality(random: Random): string {
  switch (random.below(4)) {
    case 0:
      return `domain-name:value = '${randomHost(random)}'`;
    case 1:
      return `ipv4-addr:value = '${randomIpv4(random)}'`;
    case 2:
      return `url:value = 'http://${randomHost(random)}${randomPath(random).replaceAll("'", '-')}'`;
    default:
      return `file:hashes.'SHA-256' = '${randomHex(random, 64)}'`;
  }
}

/** Records as Zeek writes them, one for each, in order of time: connections, look-ups, requests, handshakes, files. */
export function inventRecords(count: number, seed: number): JsonObject[] {
  const random = createRandom(seed);
  const hosts = Array.from({ length: 5000 }, () => `${randomHost(random)}.test`);
  return Array.from({ length: count }, (_, index): JsonObject => {
    const connection: JsonObject = {
      ts: 1_763_884_800 + index / 1000,
      uid: `C${index}`,
      'id.orig_h': random.below(8) === 0 ? `10.0.0.${random.below(256)}` : randomPrivateIpv4(random),
      'id.orig_p': 1024 + random.below(60_000),
      'id.resp_h': randomIpv4(random, 'innocent', 11, 200),
      'id.resp_p': 443,
      proto: 'tcp',
    };
    const isPlanted = index % plantedEvery === 1;
    const host = isPlanted ? plantedHost((index - 1) / plantedEvery) : hosts[random.below(hosts.length)]!;
    const kind = isPlanted ? 60 : random.below(100);
    if (kind < 50)
      return {
        _path: 'conn',
        ...connection,
        service: 'ssl',
        duration: 0.5,
        orig_bytes: 800,
        resp_bytes: 9000,
        conn_state: 'SF',
      };
    if (kind < 75)
      return {
        _path: 'dns',
        ...connection,
        proto: 'udp',
        query: host,
        answers: [randomIpv4(random, 'innocent', 11, 200)],
      };
    if (kind < 88) return { _path: 'ssl', ...connection, server_name: host, ja3: randomHex(random, 32), cipher: 'x' };
    if (kind < 97)
      return {
        _path: 'http',
        ...connection,
        'id.resp_p': 80,
        method: 'GET',
        host,
        uri: randomPath(random),
        user_agent: 'Mozilla/5.0',
      };
    return {
      _path: 'files',
      ...connection,
      fuid: `F${index}`,
      source: 'HTTP',
      sha256: randomHex(random, 64),
      filename: 'a.bin',
    };
  });
}
