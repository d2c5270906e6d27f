import { listed } from './listed.ts';
import type { SeededRandom } from './seeded-random.ts';

/** A record of the sample that a listed value is in, for tests and for the story the page tells. */
export interface ExpectedMatch {
  /** Counted from 1. */
  readonly line: number;
  readonly listed: string;
  readonly relation: 'exact' | 'subdomain' | 'cidr' | 'prefix';
}

interface Planted {
  /** Where in the log, 0 to 1. */
  readonly at: number;
  readonly text: (time: Date) => string;
  readonly listed: string;
  readonly relation: ExpectedMatch['relation'];
}

const browsers = [
  'Mozilla/5.0 (X11; Linux x86_64)',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64)',
  'curl/8.9.1',
] as const;
const goodNames = [
  'www.example.com',
  'mail.example.com',
  'static.example.net',
  'intranet.example.org',
  'ntp.example.net',
  'wiki.example.org',
] as const;
const goodPaths = [
  '/',
  '/index.html',
  '/assets/site.css',
  '/assets/site.js',
  '/news?page=2',
  '/login',
  '/robots.txt',
  '/api/v2/items/17',
] as const;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

const two = (value: number): string => String(value).padStart(2, '0');
const clockOf = (time: Date): string => time.toISOString().slice(11, 19);
const clientOf = (random: SeededRandom): string => `198.51.100.${10 + random.below(200)}`;

/** Combined log format, as nginx and Apache write it. */
function accessLine(time: Date, client: string, request: string, referrer: string, browser: string): string {
  const day = `${two(time.getUTCDate())}/${months[time.getUTCMonth()]}/${time.getUTCFullYear()}`;
  return `${client} - - [${day}:${clockOf(time)} +0000] "${request}" 200 ${500 + (time.getTime() % 9000)} "${referrer}" "${browser}"`;
}

/** Query log of BIND. */
function bindLine(time: Date, client: string, name: string, type = 'A'): string {
  const day = `${two(time.getUTCDate())}-${months[time.getUTCMonth()]}-${time.getUTCFullYear()}`;
  return `${day} ${clockOf(time)}.${String(time.getUTCMilliseconds()).padStart(3, '0')} queries: info: client @0x7f1c ${client}#${40_000 + (time.getTime() % 20_000)} (${name}): query: ${name} IN ${type} +E(0)K (192.0.2.53)`;
}

/** dnsmasq with log-queries. */
function dnsmasqLine(time: Date, client: string, name: string): string {
  return `${months[time.getUTCMonth()]} ${String(time.getUTCDate()).padStart(2)} ${clockOf(time)} dnsmasq[812]: query[A] ${name} from ${client}`;
}

/** conn.log of Zeek, tab-separated. */
function zeekLine(time: Date, uid: string, client: string, server: string, port: number): string {
  const seconds = (time.getTime() / 1000).toFixed(6);
  return [
    seconds,
    `C${uid}`,
    client,
    String(50_000 + (time.getTime() % 9000)),
    server,
    String(port),
    'tcp',
    'ssl',
    '1.204',
    '1832',
    '5120',
    'SF',
  ].join('\t');
}

/** What an endpoint agent says about a file it saw. */
function fileLine(time: Date, host: string, path: string, digest: string): string {
  return JSON.stringify({ '@timestamp': time.toISOString(), event: 'file', host, path, hash: digest });
}

function mailLine(time: Date, sender: string, recipient: string): string {
  return `${months[time.getUTCMonth()]} ${String(time.getUTCDate()).padStart(2)} ${clockOf(time)} mx1 postfix/qmgr[1204]: 4XkQ2: from=<${sender}>, to=<${recipient}>, size=48211, status=sent`;
}

const planted: readonly Planted[] = [
  {
    at: 0.06,
    listed: listed.phishingName.value,
    relation: 'exact',
    text: (time) => bindLine(time, '198.51.100.23', listed.phishingName.value),
  },
  {
    at: 0.14,
    listed: listed.sender.value,
    relation: 'exact',
    text: (time) => mailLine(time, listed.sender.value, 'accounts@example.com'),
  },
  {
    at: 0.22,
    listed: listed.kit.value,
    relation: 'prefix',
    text: (time) =>
      accessLine(time, '198.51.100.23', 'GET https://files.example.net/kit/step2.php?u=7 HTTP/1.1', '-', browsers[1]),
  },
  {
    at: 0.31,
    listed: listed.scanners.value,
    relation: 'cidr',
    text: (time) => accessLine(time, '203.0.113.71', 'GET /admin.php HTTP/1.1', '-', browsers[2]),
  },
  {
    at: 0.38,
    listed: listed.payload.value,
    relation: 'exact',
    text: (time) =>
      accessLine(time, '198.51.100.77', 'GET https://cdn.example.org/dl/setup.js HTTP/1.1', '-', browsers[1]),
  },
  {
    at: 0.45,
    listed: listed.dropper.value,
    relation: 'exact',
    text: (time) => fileLine(time, 'desk-77', 'C:\\Users\\Public\\setup.exe', listed.dropper.value),
  },
  {
    at: 0.52,
    listed: listed.controlName.value,
    relation: 'subdomain',
    text: (time) => dnsmasqLine(time, '198.51.100.77', 'a7f3.update-check.example'),
  },
  {
    at: 0.53,
    listed: listed.controlAddress.value,
    relation: 'exact',
    text: (time) => zeekLine(time, 'hA1b2c3d4', '198.51.100.77', listed.controlAddress.value, 443),
  },
  {
    at: 0.66,
    listed: listed.controlPort.value,
    relation: 'exact',
    text: (time) => zeekLine(time, 'hB2c3d4e5', '198.51.100.77', listed.controlPort.value, 8443),
  },
  {
    at: 0.74,
    listed: listed.controlAddress6.value,
    relation: 'exact',
    text: (time) => zeekLine(time, 'hC3d4e5f6', '2001:db8:1::77', '2001:db8:66:0:0:0:0:bad', 443),
  },
  {
    at: 0.83,
    listed: listed.lureName.value,
    relation: 'subdomain',
    text: (time) => bindLine(time, '198.51.100.140', 'www.invoice-portal.example'),
  },
  {
    at: 0.92,
    listed: listed.loader.value,
    relation: 'exact',
    text: (time) => fileLine(time, 'desk-140', 'C:\\Users\\Public\\invoice.dll', listed.loader.value),
  },
];

/** One ordinary record: nothing in it is listed. */
function ordinary(random: SeededRandom, time: Date): string {
  const client = clientOf(random);
  const kind = random.below(10);
  if (kind < 4)
    return accessLine(
      time,
      client,
      `GET ${random.pick(goodPaths)} HTTP/1.1`,
      `https://${random.pick(goodNames)}/`,
      random.pick(browsers),
    );
  if (kind < 6) return bindLine(time, client, random.pick(goodNames), random.pick(['A', 'AAAA', 'HTTPS']));
  if (kind < 7) return dnsmasqLine(time, client, random.pick(goodNames));
  if (kind < 9)
    return zeekLine(time, random.hex(9), client, `192.0.2.${1 + random.below(20)}`, random.pick([443, 80, 22]));
  return fileLine(time, `desk-${random.below(200)}`, '/usr/bin/example', random.hex(64));
}

/**
 * A day of mixed records of a made-up organisation, ending at `nowMs`, and the matches planted in it.
 *
 * @param count - records, at least 100.
 */
export function makeRecords(
  random: SeededRandom,
  nowMs: number,
  count: number,
): { text: string; expected: ExpectedMatch[] } {
  const stepMs = 86_400_000 / count;
  const plants = new Map(planted.map((plant) => [Math.floor(plant.at * count), plant]));
  const expected: ExpectedMatch[] = [];
  const lines = Array.from({ length: count }, (_, index) => {
    const time = new Date(nowMs - (count - index) * stepMs + random.below(Math.floor(stepMs)));
    const plant = plants.get(index);
    if (plant === undefined) return ordinary(random, time);
    expected.push({ line: index + 1, listed: plant.listed, relation: plant.relation });
    return plant.text(time);
  });
  return { text: `${lines.join('\n')}\n`, expected };
}
