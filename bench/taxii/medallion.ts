import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { median, round } from '../screen/measure.ts';
import { createVenv } from '../venv.ts';
import { indicatorMaker } from './fill.ts';
import { askOnce } from './load.ts';

/** What medallion, the reference server of OASIS, takes for a page; or why it was not asked. */
export type MedallionFigures =
  | {
      readonly page_cpu_us: { readonly median: number; readonly least: number; readonly most: number };
      readonly objects_in_all: number;
      readonly version: string;
    }
  | { readonly skipped: string };

const version = '3.0.0';
/** It compares each with all others for a page, so as few as have a next page are kind to it: of 1,000 a page takes half a minute. */
const objectsInAll = 101;
const pagesOfRun = 20;
const collection = '91a7b528-80eb-42ed-a74d-c6fbd5a26116';
const user = { name: 'bench', password: 'bench-password' };
/** Of `/proc/PID/stat` on Linux. */
const ticksPerSecond = 100;
const accept = 'application/taxii+json;version=2.1';

/** Installs medallion below `dir`, starts it with its backend in memory and asks it for the first page again and again. */
export async function measureMedallion(dir: string, pageObjects: number, runs: number): Promise<MedallionFigures> {
  const venv = createVenv(dir, [`medallion==${version}`]);
  if ('skipped' in venv) return venv;
  const port = await freePort();
  const config = join(dir, 'medallion.json');
  writeFileSync(join(dir, 'medallion-data.json'), JSON.stringify(dataOf(port)));
  writeFileSync(
    config,
    JSON.stringify({
      backend: {
        module: 'medallion.backends.memory_backend',
        module_class: 'MemoryBackend',
        filename: join(dir, 'medallion-data.json'),
      },
      users: { [user.name]: user.password },
      taxii: { max_page_size: pageObjects },
    }),
  );
  const args = ['-m', 'medallion.scripts.run', '--host', '127.0.0.1', '--port', String(port), config];
  const child = spawn(venv.python, args, { stdio: 'ignore' });
  try {
    const ask = (): Promise<{ readonly bytes: Buffer }> =>
      askOnce(port, `/api/collections/${collection}/objects/?limit=${pageObjects}`, {
        accept,
        authorization: `Basic ${Buffer.from(`${user.name}:${user.password}`).toString('base64')}`,
      });
    if (!(await isThere(ask, pageObjects))) return { skipped: 'medallion does not answer with a full page' };
    const found: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      const before = cpuTicksOf(child.pid ?? 0);
      for (let page = 0; page < pagesOfRun; page += 1) await ask();
      found.push(((cpuTicksOf(child.pid ?? 0) - before) / ticksPerSecond / pagesOfRun) * 1e6);
    }
    const spread = { median: round(median(found)), least: round(Math.min(...found)), most: round(Math.max(...found)) };
    return { page_cpu_us: spread, objects_in_all: objectsInAll, version };
  } finally {
    child.kill();
  }
}

/** Its data file: one API root with one collection. */
function dataOf(port: number): object {
  const makeOne = indicatorMaker(1);
  const objects = Array.from({ length: objectsInAll }, (_, index) => makeOne(index));
  const added = (index: number): string => `2026-01-01T00:00:00.${String(index).padStart(6, '0')}Z`;
  const url = `http://127.0.0.1:${port}/api/`;
  return {
    '/discovery': { title: 'bench', default: url, api_roots: [url] },
    api: {
      information: { title: 'bench', versions: [accept], max_content_length: 9_765_625 },
      status: [],
      collections: [
        {
          id: collection,
          title: 'bench',
          can_read: true,
          can_write: false,
          media_types: ['application/stix+json;version=2.1'],
          objects: objects.map((object, index) => ({
            ...object,
            __meta: {
              date_added: added(index),
              media_type: 'application/stix+json;version=2.1',
              version: '2026-01-01T00:00:00.000Z',
            },
          })),
          manifest: objects.map(({ id }, index) => ({
            id,
            date_added: added(index),
            version: '2026-01-01T00:00:00.000Z',
            media_type: 'application/stix+json;version=2.1',
          })),
        },
      ],
    },
  };
}

async function isThere(ask: () => Promise<{ readonly bytes: Buffer }>, pageObjects: number): Promise<boolean> {
  for (let turn = 0; turn < 30; turn += 1) {
    try {
      const { objects } = JSON.parse((await ask()).bytes.toString()) as { objects?: unknown[] };
      return objects?.length === pageObjects;
    } catch {
      await pause(500); // It is not up yet.
    }
  }
  return false;
}

/** User and system time of a process, its threads included. */
function cpuTicksOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
