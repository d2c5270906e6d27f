import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openFileDisk } from '../../packages/node/src/ledger/disk/file-disk.ts';
import { openKeyRing } from '../../packages/node/src/ledger/keys/key-ring.ts';
import { createNativeCrypto } from '../../packages/node/src/keys/index.ts';
import type { Ledger } from '../../packages/node/src/ledger/ledger.ts';
import { openLedger } from '../../packages/node/src/ledger/open-ledger.ts';
import { ledgerSchema } from '../../packages/node/src/ledger/schema.ts';
import { openSeal, openStore } from '../../packages/node/src/store/index.ts';
import type { Store } from '../../packages/node/src/store/index.ts';
import { createRandom } from '../../packages/testkit/src/index.ts';
import { median, round } from '../screen/measure.ts';

/**
 * A log on a real disk: acts appended in transactions of `--batch` by `--writers` at once, until all are durable in the log, then until they
 * are published; proofs from tiles at hand; the check of everything.
 */
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** 50,000 acts. */
    quick: { type: 'boolean', default: false },
    count: { type: 'string' },
    batch: { type: 'string', default: '256' },
    writers: { type: 'string', default: '8' },
    /** Where the data is written; a temporary folder unless given. */
    dir: { type: 'string' },
  },
});
const count = Number(options.count ?? (options.quick ? 50_000 : 1_000_000));
const batch = Number(options.batch);
const writers = Number(options.writers);
const SEED = 42;
const entryBytes = 250;
const proofsAsked = 100_000;

const dir = mkdtempSync(join(options.dir ?? tmpdir(), 'comity-bench-ledger-'));
try {
  const report = { machine: `${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`, ...(await run()) };
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${JSON.stringify(report, undefined, 2)}\n`);
} finally {
  rmSync(dir, { recursive: true, force: true });
}

async function run(): Promise<Record<string, unknown>> {
  const store = await openStore({ dir, schemas: [ledgerSchema] }, { clock: Date.now });
  const crypto = createNativeCrypto();
  const random = createRandom(SEED);
  const randomBytes = (bytes: number): Uint8Array => Uint8Array.from({ length: bytes }, () => random.below(256));
  const keys = openKeyRing(store, { seal: openSeal(dir), randomBytes, crypto, clock: Date.now });
  const ledger = openLedger(
    { origin: () => 'bench.example/ledger/1' },
    {
      store,
      disk: openFileDisk(join(dir, 'ledger')),
      keys,
      crypto,
      ask: () => Promise.reject(new Error('nobody is asked')),
      clock: Date.now,
      timers: {
        after(delayMs, fn) {
          const timer = setTimeout(fn, delayMs);
          return () => clearTimeout(timer);
        },
      },
      onFault: (error) => {
        throw error;
      },
    },
  );
  await ledger.start();
  const written = await append(store, ledger, randomBytes(entryBytes));
  const proofs = await prove(ledger);
  const check = await measured(async () => {
    const faults = await Array.fromAsync(ledger.check());
    if (faults.length > 0) throw new Error(`the log has faults: ${JSON.stringify(faults[0])}`);
  });
  await ledger.close();
  await store.close();
  return {
    acts: count,
    acts_a_transaction: batch,
    writers,
    entry_bytes: entryBytes,
    ...written,
    ...proofs,
    check_s: round(check.wallS),
    check_cpu_s: round(check.cpuS),
    hash_tile_bytes_an_entry: round(tileBytes() / count),
  };
}

async function append(store: Store, ledger: Ledger, pattern: Uint8Array): Promise<Record<string, number>> {
  let given = 0;
  const write = async (): Promise<void> => {
    while (given < count) {
      const from = given;
      given = Math.min(count, given + batch);
      const to = given;
      await store.write((db) => {
        for (let act = from; act < to; act += 1) {
          const entry = Uint8Array.from(pattern);
          new DataView(entry.buffer).setUint32(0, act);
          ledger.append(db, entry);
        }
      });
    }
  };
  const sequenced = await measured(async () => {
    await Promise.all(Array.from({ length: writers }, write));
    await ledger.find(count)!.sequenced();
  });
  const rest = await measured(async () => void (await ledger.find(count)!.witnessed()));
  return {
    sequenced_a_s: round(count / sequenced.wallS),
    sequenced_a_cpu_s: round(count / sequenced.cpuS),
    published_a_s: round(count / (sequenced.wallS + rest.wallS)),
    published_a_cpu_s: round(count / (sequenced.cpuS + rest.cpuS)),
  };
}

async function prove(ledger: Ledger): Promise<Record<string, number>> {
  const rates: number[] = [];
  for (let turn = 0; turn < 6; turn += 1) {
    const { cpuS } = await measured(async () => {
      for (let asked = 0; asked < proofsAsked; asked += 1) await ledger.inclusion((asked * 7919) % count, count);
    });
    // The first reads the tiles.
    if (turn > 0) rates.push(proofsAsked / cpuS);
  }
  return { inclusion_proofs_a_cpu_s: round(median(rates)) };
}

/** Of the tiles of hashes, without bundles and checkpoint. */
function tileBytes(): number {
  const tiles = join(dir, 'ledger/1/tile');
  const files = readdirSync(tiles, { recursive: true, encoding: 'utf8' }).filter((path) => !path.startsWith('entries'));
  return files
    .map((path) => statSync(join(tiles, path)))
    .reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
}

async function measured(act: () => Promise<void>): Promise<{ wallS: number; cpuS: number }> {
  const [startedMs, cpu] = [performance.now(), process.cpuUsage()];
  await act();
  const { user, system } = process.cpuUsage(cpu);
  return { wallS: (performance.now() - startedMs) / 1000, cpuS: (user + system) / 1e6 };
}
