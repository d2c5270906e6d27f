import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createRandom } from '@comity/testkit';
import { createIntel, intelSchema } from '../../packages/node/src/intel/index.ts';
import type { Intel } from '../../packages/node/src/intel/index.ts';
import { openStore } from '../../packages/node/src/store/index.ts';
import type { Store } from '../../packages/node/src/store/index.ts';
import type { CrashOptions, CrashResult, CrashSuite } from './crash-suite.ts';
import { candidatesOf } from './import-child.ts';
import type { Acknowledged, ImportOrders } from './import-child.ts';

/** Objects of one data folder, in batches small enough that most kills fall into the middle of the import. */
const objectCount = 3000;
const batchSize = 25;
/** Kills that hit one folder before it is imported to its end and compared. */
const killsPerFolder = 10;
const faultsShown = 20;

export interface ImportCrashOptions extends CrashOptions {
  /** Tests only: see {@link ImportOrders.acknowledgeEarly}. */
  readonly acknowledgeEarly?: boolean;
}

/**
 * Kills a process that imports at random moments and looks what is left: the store opens and is sound, everything that was
 * acknowledged is there, nothing is there twice, the indexes agree with the tables, and importing again ends with the same
 * objects and screened values as an import nobody disturbed.
 */
export async function runImportSuite(options: ImportCrashOptions): Promise<CrashResult> {
  const random = createRandom(options.seed);
  const root = mkdtempSync(join(tmpdir(), 'comity-crash-import-'));
  const faults: string[] = [];
  let objects = 0;
  try {
    const expected = await importUndisturbed(join(root, 'expected'), options.seed);
    const delays = { longestMs: expected.tookMs };
    for (let done = 0; done < options.kills; done += killsPerFolder) {
      const dir = join(root, `killed-${done}`);
      const orders: ImportOrders = {
        dir,
        seed: options.seed,
        count: objectCount,
        batch: batchSize,
        acknowledgeEarly: options.acknowledgeEarly === true,
      };
      const acknowledged = new Set<string>();
      for (let kill = done; kill < Math.min(done + killsPerFolder, options.kills); kill += 1) {
        const killAtMs = random.below(Math.ceil(delays.longestMs / 2));
        for (const id of await runAndKill(orders, killAtMs)) acknowledged.add(id);
        faults.push(...(await checkAfterKill(dir, acknowledged, `kill ${kill + 1} after ${killAtMs} ms`)));
      }
      await runAndKill({ ...orders, acknowledgeEarly: false }, undefined);
      faults.push(...(await compareWith(dir, expected.picture)));
      objects += acknowledged.size;
      options.say(
        `import: ${Math.min(done + killsPerFolder, options.kills)} of ${options.kills} kills, ${faults.length} faults`,
      );
      rmSync(dir, { recursive: true, force: true });
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  const checked = `${objects.toLocaleString('en')} acknowledged objects`;
  return { kills: options.kills, faults: faults.slice(0, faultsShown), faultCount: faults.length, checked };
}

/** @returns Ids the child said are on the disk. */
async function runAndKill(orders: ImportOrders, killAtMs: number | undefined): Promise<string[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'import-child.ts'), JSON.stringify(orders)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ids: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isDone = false;
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    // A line the kill cut off was never said: only a whole one ends so.
    if (!line.endsWith(']}') && line !== '"ready"' && line !== '"done"') return;
    const said = JSON.parse(line) as Acknowledged | 'ready' | 'done';
    if (said === 'done') isDone = true;
    else if (said === 'ready') {
      if (killAtMs !== undefined) timer = setTimeout(() => child.kill('SIGKILL'), killAtMs);
    } else ids.push(...said.ids);
  });
  await Promise.all([once(child, 'close'), once(lines, 'close')]);
  clearTimeout(timer);
  if (!isDone && child.signalCode !== 'SIGKILL') throw new Error(`the importing process ended with ${child.exitCode}`);
  return ids;
}

async function withIntel<T>(dir: string, fn: (intel: Intel, store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ dir, schemas: [intelSchema] }, { clock: Date.now });
  try {
    return await fn(await createIntel(store, { clock: Date.now, uuid: () => crypto.randomUUID() }), store);
  } finally {
    await store.close();
  }
}

async function checkAfterKill(dir: string, acknowledged: ReadonlySet<string>, when: string): Promise<string[]> {
  return withIntel(dir, async (_intel, store) => {
    const faults = (await store.check()).map((damage) => `${when}: damaged: ${damage}`);
    const there = keysIn(store);
    for (const id of acknowledged) {
      if (!there.has(keyTextOf(id))) faults.push(`${when}: lost ${id}, which was acknowledged`);
    }
    return [...faults, ...disagreements(store).map((fault) => `${when}: ${fault}`)];
  });
}

/** Every id the store knows an object by, as its key: the bytes of the UUID and then the type, in hexadecimal. */
function keysIn(store: Store): Set<string> {
  const keys = store.reader
    .prepare<{ key: string }>('select hex(key) as key from intel_object union all select hex(key) from intel_alias')
    .all();
  return new Set(keys.map((row) => row.key));
}

function keyTextOf(id: string): string {
  const cut = id.lastIndexOf('--');
  return (id.slice(cut + 2).replaceAll('-', '') + Buffer.from(id.slice(0, cut)).toString('hex')).toUpperCase();
}

/** Places where two tables that say the same thing differ. */
function disagreements(store: Store): string[] {
  const count = (sql: string): number => store.reader.prepare<{ count: number }>(sql).get()?.count ?? -1;
  const rules: [string, string][] = [
    [
      'an object without its live version',
      `select count(*) as count from intel_object o
      where not exists (select 1 from intel_version v where v.ref = o.live_ref and v.object_ref = o.ref)`,
    ],
    [
      'an object nobody told of',
      `select count(*) as count from intel_object o
      where not exists (select 1 from intel_provenance p where p.object_ref = o.ref)`,
    ],
    [
      'a value that counts its indicators wrongly',
      `select count(*) as count from intel_value v where v.listed <>
      (select count(*) from intel_listing l join intel_object o on o.ref = l.object_ref
       where l.value_ref = v.ref and o.state in (1, 2) and o.complete <> 2)`,
    ],
    [
      'counts of imports that differ from the objects',
      `select count(*) as count from (
      select sum(taken + duplicate + held_back + rejected) as told from intel_import)
      where told < (select count(*) from intel_object)`,
    ],
  ];
  return rules.flatMap(([fault, sql]) => (count(sql) === 0 ? [] : [`${count(sql)} times ${fault}`]));
}

/** All that must be the same however often the import was killed. */
interface Picture {
  readonly objects: ReadonlySet<string>;
  readonly screened: ReadonlySet<string>;
  readonly versions: number;
}

async function pictureOf(dir: string): Promise<Picture> {
  return withIntel(dir, async (intel, store) => {
    const objects = store.reader
      .prepare<{ id: string; text: string }>(
        `select hex(o.key) as id, v.text from intel_object o join intel_version v on v.ref = o.live_ref`,
      )
      .all()
      .map((row) => `${row.id} ${row.text}`);
    const screened = [...intel.feed.activeValues().values].map(({ value }) => `${value.kind} ${value.value}`);
    const versions = store.reader
      .prepare<{ count: number }>('select count(*) as count from intel_version')
      .get()?.count;
    return { objects: new Set(objects), screened: new Set(screened), versions: versions ?? 0 };
  });
}

async function importUndisturbed(dir: string, seed: number): Promise<{ picture: Picture; tookMs: number }> {
  const begun = performance.now();
  await runAndKill({ dir, seed, count: objectCount, batch: batchSize, acknowledgeEarly: false }, undefined);
  const tookMs = performance.now() - begun;
  const picture = await pictureOf(dir);
  const wanted = new Set(candidatesOf(seed, objectCount).map((item) => ('object' in item ? item.object.text : '')));
  if (picture.objects.size !== wanted.size)
    throw new Error(`${picture.objects.size} objects of ${wanted.size} came in`);
  return { picture, tookMs };
}

async function compareWith(dir: string, expected: Picture): Promise<string[]> {
  const found = await pictureOf(dir);
  const faults: string[] = [];
  const differ = (name: string, a: ReadonlySet<string>, b: ReadonlySet<string>): void => {
    const missing = a.difference(b).size;
    const extra = b.difference(a).size;
    if (missing + extra > 0) faults.push(`after importing again: ${missing} ${name} missing, ${extra} extra`);
  };
  differ('objects', expected.objects, found.objects);
  differ('screened values', expected.screened, found.screened);
  if (found.versions !== expected.versions) {
    faults.push(`after importing again: ${found.versions} versions, not ${expected.versions}`);
  }
  return faults;
}

export const importSuite: CrashSuite = { name: 'import', run: runImportSuite };
