import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { median, round } from '../screen/measure.ts';
import { fillNode, indicatorMaker } from './fill.ts';
import { askOnce, load } from './load.ts';
import { measureMedallion } from './medallion.ts';
import { measurePull } from './pull.ts';
import { startServer } from './start-server.ts';
import type { Running } from './start-server.ts';

/**
 * `npm run bench -- taxii [--json] [--quick] [--objects 1000000] [--runs 5] [--no-peers] [--pull]`: pages read and kept, and objects sent,
 * over loopback; with `--pull` alone, one node that pulls the whole collection of another; beside a server of node:http that does nothing but send the same bytes, and medallion.
 *
 * CPU is user + system of the server's process, its threads and what it writes down of its decisions included.
 */
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    pull: { type: 'boolean', default: false },
    'no-peers': { type: 'boolean', default: false },
    objects: { type: 'string' },
    runs: { type: 'string' },
  },
});
const SEED = 7;
const pageObjects = 100;
const objects = Number(options.objects ?? (options.quick ? 20_000 : 1_000_000));
const runs = Number(options.runs ?? (options.quick ? 1 : 5));
const pagesOfRun = options.quick ? 100 : 1000;
const pagesRead = pagesOfRun / 2 + runs * pagesOfRun;
if (!options.pull && objects < pagesRead * pageObjects)
  throw new Error(
    `Cannot read ${pagesRead} pages, each once, of ${objects} objects: ask for --objects ${pagesRead * pageObjects}`,
  );
const keptOfRun = options.quick ? 2000 : 10_000;
const sentOfRun = options.quick ? 2000 : 20_000;
const sentAtOnce = 2000;
/** Longer than decisions wait to be written, and shorter than the store waits for a rest, which is no part of a page. */
const settleMs = 1000;
const accept = 'application/taxii+json;version=2.1';

interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

const dir = mkdtempSync(join(tmpdir(), 'comity-bench-taxii-'));
try {
  const report = options.pull ? await measurePull(dir, objects, SEED) : await measureServer();
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${JSON.stringify(report, undefined, 2)}\n`);
} finally {
  rmSync(dir, { recursive: true, force: true });
}

/** What our server takes for a page and for objects that are sent, beside the bare one and medallion. */
async function measureServer(): Promise<object> {
  await fillNode(join(dir, 'data'), objects, SEED);
  const node = await startServer(['node', join(dir, 'data')]);
  const bare = await startServer(['bare']);
  const kept = await measureKept(node, bare);
  const uncached = await measureUncached(node);
  const post = await measurePost(node);
  const { rssMb } = await node.usage();
  node.stop();
  bare.stop();
  const medallion =
    options.quick || options['no-peers']
      ? { skipped: 'not asked for' }
      : await measureMedallion(dir, pageObjects, runs);
  return {
    uncached_page_cpu_us: uncached,
    cached_page_cpu_us: kept.plain,
    cached_page_zstd_cpu_us: kept.zstd,
    cached_page_not_modified_cpu_us: kept.notModified,
    bare_server_cpu_us: kept.bare,
    cached_page_of_bare: round(kept.plain.median / kept.bare.median),
    post_objects_per_cpu_second: post,
    page_objects: pageObjects,
    page_bytes: kept.bytes,
    objects,
    node_rss_mb: rssMb,
    medallion,
    cached_page_times_medallion:
      'page_cpu_us' in medallion ? round(medallion.page_cpu_us.median / kept.plain.median) : undefined,
    machine: `${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
    runs,
  };
}

/** A collection from its beginning, each page once: the decisions are taken, guarded and written. */
async function measureUncached(node: Running): Promise<Spread> {
  let next: string | undefined;
  const walk = async (pages: number): Promise<void> => {
    for (let page = 0; page < pages; page += 1) {
      const query = `?limit=${pageObjects}${next === undefined ? '' : `&next=${next}`}`;
      const { bytes } = await askOnce(node.port, node.path + query, headersOf(node));
      next = /^\{"more":true,"next":"([^"]+)"/.exec(bytes.toString('latin1', 0, 1000))?.[1];
    }
  };
  await walk(pagesOfRun / 2);
  return await spreadOf(async () => {
    await settle();
    const seconds = await cpuOf(node, async () => {
      await walk(pagesOfRun);
      await settle();
    });
    return (seconds * 1e6) / pagesOfRun;
  });
}

/** One page, kept, again and again; the bare server sends the same headers and bytes. */
async function measureKept(node: Running, bare: Running) {
  const path = `${node.path}?limit=${pageObjects}`;
  const page = await askOnce(node.port, path, { ...headersOf(node), 'accept-encoding': 'identity' });
  const etag = page.headers.get('etag') ?? '';
  const own = new Set(['connection', 'content-length', 'date', 'keep-alive']);
  bare.serve(Object.fromEntries([...page.headers].filter(([name]) => !own.has(name))), page.bytes);
  const ask = (server: Running, asked: string, more = '') => ({
    port: server.port,
    text: `GET ${asked} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: ${accept}\r\nauthorization: ${node.authorization}\r\n${more}\r\n`,
  });
  const measure = (server: Running, what: ReturnType<typeof ask>) => async (): Promise<number> =>
    ((await cpuOf(server, () => load(what, keptOfRun))) * 1e6) / keptOfRun;
  const measures = {
    plain: measure(node, ask(node, path)),
    bare: measure(bare, ask(bare, '/')),
    zstd: measure(node, ask(node, path, 'accept-encoding: zstd\r\n')),
    notModified: measure(node, ask(node, path, `if-none-match: ${etag}\r\n`)),
  };
  for (const run of Object.values(measures)) await run();
  // In turn, so that whatever else the machine does weighs on all of them.
  const found: Record<keyof typeof measures, number[]> = { plain: [], bare: [], zstd: [], notModified: [] };
  for (let run = 0; run < runs; run += 1)
    for (const name of Object.keys(measures) as (keyof typeof measures)[]) found[name].push(await measures[name]());
  return {
    plain: spread(found.plain),
    bare: spread(found.bare),
    zstd: spread(found.zstd),
    notModified: spread(found.notModified),
    bytes: page.bytes.length,
  };
}

/** Objects nobody sent before, some thousand a request, until the last is on the disk. */
async function measurePost(node: Running): Promise<Spread> {
  const makeOne = indicatorMaker(SEED + 1);
  let number = objects;
  const send = async (count: number): Promise<void> => {
    for (let sent = 0; sent < count; sent += sentAtOnce) {
      const body = JSON.stringify({ objects: Array.from({ length: sentAtOnce }, () => makeOne((number += 1))) });
      const answer = await fetch(`http://127.0.0.1:${node.port}${node.path}`, {
        method: 'POST',
        headers: { ...headersOf(node), 'content-type': accept },
        body,
      });
      const { success_count: taken } = (await answer.json()) as { success_count?: number };
      if (taken !== sentAtOnce) throw new Error(`Cannot measure: ${answer.status}, ${taken} of ${sentAtOnce} taken`);
    }
  };
  await send(sentOfRun);
  return await spreadOf(async () => sentOfRun / (await cpuOf(node, () => send(sentOfRun))));
}

function headersOf({ authorization }: Running): Record<string, string> {
  return { accept, authorization, 'accept-encoding': 'identity' };
}

async function cpuOf(server: Running, work: () => Promise<void>): Promise<number> {
  const before = await server.usage();
  await work();
  return ((await server.usage()).cpuUs - before.cpuUs) / 1e6;
}

async function settle(): Promise<void> {
  await pause(settleMs);
}

async function spreadOf(measure: () => Promise<number>): Promise<Spread> {
  const found: number[] = [];
  for (let run = 0; run < runs; run += 1) found.push(await measure());
  return spread(found);
}

function spread(found: readonly number[]): Spread {
  return { median: round(median(found)), least: round(Math.min(...found)), most: round(Math.max(...found)) };
}
