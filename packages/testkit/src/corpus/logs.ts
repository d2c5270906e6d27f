import type { ListedValue } from '@comity/protocol/values';
import { createRandom } from '../random.ts';
import type { Random } from '../random.ts';
import { randomHex, randomHost, randomIpv4, randomIpv6, randomPath, randomPrivateIpv4, randomWord } from './names.ts';

/** What invented traffic is about: popular things first, for lines pick by a steep distribution. */
export interface Traffic {
  readonly hosts: readonly string[];
  readonly addresses: readonly string[];
  readonly addresses6: readonly string[];
  readonly paths: readonly string[];
  readonly agents: readonly string[];
}

export function inventTraffic(seed: number, hostCount = 200_000): Traffic {
  const random = createRandom(seed);
  const many = (count: number, make: (random: Random) => string): string[] =>
    Array.from({ length: count }, () => make(random));
  return {
    hosts: many(hostCount, (from) => randomHost(from)),
    addresses: many(hostCount, (from) => randomIpv4(from, 'innocent', 240, 247)),
    addresses6: many(Math.ceil(hostCount / 8), (from) => randomIpv6(from)),
    paths: many(20_000, randomPath),
    agents: many(
      40,
      (from) =>
        `Mozilla/5.0 (X11; Linux x86_64; rv:${100 + from.below(40)}.0) Gecko/20100101 ${randomWord(from)}/${from.below(140)}.0.${from.below(9999)}.${from.below(99)}`,
    ),
  };
}

export interface LogOptions {
  readonly bytes: number;
  readonly seed: number;
  /** One line in so many shows a listed value; none without {@link planted}. */
  readonly linesPerPlanted: number;
  /** The values to plant. */
  readonly planted: readonly ListedValue[];
}

/** Picks near the front far more often than near the end, as popularity goes. */
function pickPopular(random: Random, items: readonly string[]): string {
  const roll = random.u32() / 0x1_0000_0000;
  return items[Math.floor(roll ** 4 * items.length)]!;
}

interface Scene {
  readonly random: Random;
  readonly client: string;
  readonly server: string;
  readonly host: string;
  readonly url: string;
  readonly time: string;
  readonly agent: string;
  readonly digest: string;
  readonly mail: string;
}

/**
 * Invented log lines, about 230 bytes each, a mix by bytes of JSON (Zeek, EVE) 40 %, DNS query logs 20 %, web access 25 %, firewall
 * and CSV 15 %. Yields whole lines in pieces of about 1 MiB until `bytes` are reached.
 */
export function* inventLogs(traffic: Traffic, options: LogOptions): Generator<Buffer, void, void> {
  const random = createRandom(options.seed);
  const weights: readonly { format: (scene: Scene) => string; share: number }[] = [
    { format: zeekJson, share: 20 },
    { format: eveJson, share: 12 },
    { format: bindQuery, share: 18 },
    { format: dnsmasqQuery, share: 20 },
    { format: webAccess, share: 30 },
    { format: firewall, share: 10 },
    { format: trafficCsv, share: 8 },
  ];
  const formats = weights.flatMap(({ format, share }) => Array.from({ length: share }, () => format));
  let made = 0;
  let lines = 0;
  let text = '';
  while (made < options.bytes) {
    lines++;
    const isPlanted = options.planted.length > 0 && lines % options.linesPerPlanted === 0;
    const scene = sceneOf(random, traffic, lines, isPlanted ? random.pick(options.planted) : undefined);
    text += `${random.pick(formats)(scene)}\n`;
    if (text.length < 1 << 20 && made + text.length < options.bytes) continue;
    const piece = Buffer.from(text, 'latin1');
    made += piece.length;
    text = '';
    yield piece;
  }
}

function sceneOf(random: Random, traffic: Traffic, line: number, planted: ListedValue | undefined): Scene {
  const server = pickPopular(random, random.below(12) === 0 ? traffic.addresses6 : traffic.addresses);
  const host = pickPopular(random, traffic.hosts);
  const path = pickPopular(random, traffic.paths);
  const at = new Date(1_790_000_000_000 + line * 7).toISOString();
  const scene: Scene = {
    random,
    client: randomPrivateIpv4(random),
    server,
    host,
    url: `${host}${path}`,
    time: at,
    agent: random.pick(traffic.agents),
    digest: randomHex(random, 64),
    mail: `${randomWord(random)}@${host}`,
  };
  return planted === undefined ? scene : { ...scene, ...plant(random, planted) };
}

/** The part of a scene that shows a listed value; networks by an address in them. */
function plant(random: Random, { kind, value }: ListedValue): Partial<Scene> {
  if (kind === 'domain') {
    const host = random.below(2) === 0 ? value : `${randomWord(random)}.${value}`;
    return { host, url: `${host}/${randomWord(random)}` };
  }
  if (kind === 'ipv4' || kind === 'ipv6') return { server: value.split('/')[0]! };
  if (kind === 'url') return { url: value };
  return kind === 'email' ? { mail: value } : { digest: value };
}

function zeekJson(s: Scene): string {
  const port = 1024 + s.random.below(64_000);
  return `{"ts":${1_790_000_000 + s.random.below(1e6)}.${s.random.below(1e6)},"uid":"C${randomHex(s.random, 16)}","id.orig_h":"${s.client}","id.orig_p":${port},"id.resp_h":"${s.server}","id.resp_p":443,"proto":"tcp","service":"ssl","version":"TLSv12","cipher":"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256","server_name":"${s.host}","resumed":false,"ja3":"${randomHex(s.random, 32)}","cert_sha256":"${s.digest}","subject":"CN=${s.host}","conn_state":"SF","orig_bytes":${s.random.below(1e5)},"resp_bytes":${s.random.below(1e6)}}`;
}

function eveJson(s: Scene): string {
  const [host = '', ...path] = s.url.split('/');
  return `{"timestamp":"${s.time.slice(0, -1)}000+0000","flow_id":${s.random.u32()}${s.random.below(1e5)},"in_iface":"eth0","event_type":"http","src_ip":"${s.client}","src_port":${1024 + s.random.below(64_000)},"dest_ip":"${s.server}","dest_port":80,"proto":"TCP","tx_id":${s.random.below(9)},"http":{"hostname":"${host}","url":"/${path.join('/')}","http_user_agent":"${s.agent}","http_content_type":"text/html","http_method":"GET","protocol":"HTTP/1.1","status":200,"length":${s.random.below(1e5)}},"fileinfo":{"sha256":"${s.digest}","state":"CLOSED"},"email":{"from":"<${s.mail}>"}}`;
}

function bindQuery(s: Scene): string {
  return `${s.time.slice(0, 10)} ${s.time.slice(11, 23)} queries: info: client @0x${randomHex(s.random, 12)} ${s.client}#${1024 + s.random.below(64_000)} (${s.host}): view internal: query: ${s.host} IN A +E(0)K (10.0.0.53)`;
}

function dnsmasqQuery(s: Scene): string {
  return s.random.below(2) === 0
    ? `Nov 23 08:${10 + s.random.below(50)}:11 ns1 dnsmasq[${s.random.below(9999)}]: query[A] ${s.host} from ${s.client}`
    : `Nov 23 08:${10 + s.random.below(50)}:11 ns1 dnsmasq[${s.random.below(9999)}]: reply ${s.host} is ${s.server}`;
}

function webAccess(s: Scene): string {
  return `${s.server} - ${s.random.below(9) === 0 ? s.mail : '-'} [23/Nov/2026:08:12:${10 + s.random.below(50)} +0000] "GET /${s.url.split('/').slice(1).join('/')} HTTP/1.1" 200 ${s.random.below(1e6)} "https://${s.url}" "${s.agent}"`;
}

function firewall(s: Scene): string {
  const hex = randomHex(s.random, 24).replace(/(..)(?!$)/g, '$1:');
  return `Nov 23 08:12:${10 + s.random.below(50)} gw kernel: [${s.random.below(1e6)}.${s.random.below(1e6)}] [UFW BLOCK] IN=eth0 OUT= MAC=${hex}:08:00 SRC=${s.server} DST=${s.client} LEN=${s.random.below(1500)} TOS=0x00 PREC=0x00 TTL=${s.random.below(255)} ID=${s.random.below(65_535)} DF PROTO=TCP SPT=${s.random.below(65_535)} DPT=22 WINDOW=1024 RES=0x00 SYN URGP=0`;
}

function trafficCsv(s: Scene): string {
  return `1,2026/11/23 08:12:${10 + s.random.below(50)},0011${randomHex(s.random, 8)},THREAT,url,2562,2026/11/23 08:12:40,${s.client},${s.server},0.0.0.0,0.0.0.0,allow-web,,,web-browsing,vsys1,trust,untrust,ethernet1/2,ethernet1/1,log-all,${s.random.u32()},1,${s.random.below(65_535)},443,0,0,0x0,tcp,alert,"${s.url}",(9999),low-risk,informational,client-to-server,${s.digest}`;
}
