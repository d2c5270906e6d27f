import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseVerifierKey, printVerifierKey } from '@comity/protocol/tlog';
import { createRandom } from '@comity/testkit';
import { openKeyRing } from '../../packages/node/src/ledger/keys/key-ring.ts';
import { createNativeCrypto } from '../../packages/node/src/keys/index.ts';
import { ledgerSchema } from '../../packages/node/src/ledger/schema.ts';
import { openWitness } from '../../packages/node/src/ledger/witness/open-witness.ts';
import { openSeal, openStore } from '../../packages/node/src/store/index.ts';
import type { CrashOptions, CrashResult, CrashSuite } from './crash-suite.ts';
import { openOn } from './ledger-child.ts';
import type { LedgerOrders } from './ledger-child.ts';

/** Kills that hit one folder before everything in it is compared. */
const killsPerFolder = 10;
const killAfterMsMax = 2000;
/** Acts appended at the end, undisturbed. */
const lastCount = 80;
const faultsShown = 20;

interface Witness {
  readonly url: string;
  readonly keys: readonly string[];
  /** Statuses it answered that it never should have had reason to. */
  readonly refusals: number[];
  /** The keys of the log it is to witness. */
  know(keys: readonly string[]): void;
  close(): Promise<void>;
}

/** What a killed process said of an act that is kept. */
type Kept = Map<number, string>;

/**
 * Kills a process that appends to a ledger at random moments and looks what is left: every act that was acknowledged is there with its id, the
 * log is witnessed on to its end by a witness that saw all of it, and everything is as its entries make it.
 */
async function runLedgerSuite(options: CrashOptions): Promise<CrashResult> {
  const random = createRandom(options.seed);
  const root = mkdtempSync(join(tmpdir(), 'comity-crash-ledger-'));
  const faults: string[] = [];
  let acts = 0;
  try {
    for (let done = 0; done < options.kills; done += killsPerFolder) {
      const witness = await serveWitness(join(root, `witness-${done}`));
      const orders = {
        dir: join(root, `killed-${done}`),
        witness: witness.url,
        witnessKeys: witness.keys,
        count: undefined,
      };
      const kept: Kept = new Map();
      const end = Math.min(done + killsPerFolder, options.kills);
      for (let kill = done; kill < end; kill += 1)
        await runAndKill(orders, random.below(killAfterMsMax), witness, kept);
      await runAndKill({ ...orders, count: lastCount }, undefined, witness, kept);
      faults.push(...(await faultsAfter(orders, kept)).map((fault) => `after kill ${end}: ${fault}`));
      faults.push(...witness.refusals.map((status) => `after kill ${end}: the witness answered ${status}`));
      await witness.close();
      acts += kept.size;
      options.say(`ledger: ${end} of ${options.kills} kills, ${faults.length} faults`);
      rmSync(orders.dir, { recursive: true, force: true });
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  const checked = `${acts.toLocaleString('en')} acknowledged acts`;
  return { kills: options.kills, faults: faults.slice(0, faultsShown), faultCount: faults.length, checked };
}

async function runAndKill(
  orders: LedgerOrders,
  killAtMs: number | undefined,
  witness: Witness,
  kept: Kept,
): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'ledger-child.ts'), JSON.stringify(orders)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let timer: NodeJS.Timeout | undefined;
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    // A line the kill cut off was never said.
    if (!line.endsWith('}')) return;
    const said = JSON.parse(line) as { keys?: string[]; ids?: number[]; pid?: number; from?: number };
    if (said.keys !== undefined) {
      witness.know(said.keys);
      if (killAtMs !== undefined) timer = setTimeout(() => child.kill('SIGKILL'), killAtMs);
    }
    for (const [at, id] of (said.ids ?? []).entries()) kept.set(id, `${said.pid} ${(said.from ?? 0) + at}`);
  });
  await Promise.all([once(child, 'close'), once(lines, 'close')]);
  clearTimeout(timer);
  if (child.exitCode !== 0 && child.signalCode !== 'SIGKILL')
    throw new Error(`the appending process ended with ${child.exitCode}`);
}

async function faultsAfter(orders: LedgerOrders, kept: Kept): Promise<string[]> {
  const { store, ledger } = await openOn(orders);
  try {
    const faults = (await Array.fromAsync(ledger.check())).map(({ path, reason }) => `${path}: ${reason}`);
    for (const [id, text] of kept) {
      const entry = Buffer.from(ledger.entryOf(id) ?? []).toString();
      if (entry !== text) faults.push(`act ${id} is ${JSON.stringify(entry)}, not ${JSON.stringify(text)}`);
      if (ledger.stateOf(id)?.state !== 'witnessed') faults.push(`act ${id} is not witnessed`);
    }
    const { logs, alarms } = ledger.status();
    if (logs.length !== 1 || logs[0]?.frozen !== undefined) faults.push(`the log froze: ${logs[0]?.frozen?.reason}`);
    return [...faults, ...alarms.map(({ reason }) => reason)];
  } finally {
    await ledger.close();
    await store.close();
  }
}

/** A witness in this process, which is not killed: whatever was signed for it, it holds the log to. */
async function serveWitness(dir: string): Promise<Witness> {
  const store = await openStore({ dir, schemas: [ledgerSchema] }, { clock: Date.now });
  const crypto = createNativeCrypto();
  const random = createRandom(1);
  const randomBytes = (count: number): Uint8Array => Uint8Array.from({ length: count }, () => random.below(256));
  let logKeys: readonly string[] = [];
  const refusals: number[] = [];
  const witness = openWitness({
    store,
    keys: openKeyRing(store, { seal: openSeal(dir), randomBytes, crypto, clock: Date.now }),
    crypto,
    ask: () => Promise.reject(new Error('nobody else is asked')),
    clock: Date.now,
    findLog: () => ({ keys: logKeys.map((key) => parseVerifierKey(key, crypto.sha256)), elsewhere: [] }),
    onSigned: () => undefined,
  });
  await witness.start('w.example');
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks = await Array.fromAsync(request as AsyncIterable<Uint8Array>);
    const { method = '', url = '' } = request;
    const { status, headers, body } = await witness.answer({ method, path: url, body: Buffer.concat(chunks) });
    if (status === 422 || status === 400) refusals.push(status);
    response.writeHead(status, headers).end(body);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    keys: witness.keys().map(printVerifierKey),
    refusals,
    know: (keys) => (logKeys = keys),
    async close() {
      server.closeAllConnections();
      server.close();
      await store.close();
    },
  };
}

export const ledgerSuite: CrashSuite = { name: 'ledger', run: runLedgerSuite };
