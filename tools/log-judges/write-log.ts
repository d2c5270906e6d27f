import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { growEdge, leafHash, parseVerifierKey, printVerifierKey, rootOfEdge } from '@comity/protocol/tlog';
import type { KnownLog } from '@comity/protocol/tlog';
import type { Ask } from '../../packages/node/src/ledger/ask.ts';
import { openFileDisk } from '../../packages/node/src/ledger/disk/file-disk.ts';
import { openKeyRing } from '../../packages/node/src/ledger/keys/key-ring.ts';
import { createNativeCrypto } from '../../packages/node/src/keys/index.ts';
import type { Ledger } from '../../packages/node/src/ledger/ledger.ts';
import { openLedger } from '../../packages/node/src/ledger/open-ledger.ts';
import { ledgerSchema } from '../../packages/node/src/ledger/schema.ts';
import { openWitness } from '../../packages/node/src/ledger/witness/open-witness.ts';
import { openSeal, openStore } from '../../packages/node/src/store/index.ts';
import type { Store } from '../../packages/node/src/store/index.ts';
import { createRandom, inventEntries } from '../../packages/testkit/src/index.ts';

/** A log in a folder, as it is served, and what a judge needs to know of it. */
export interface WrittenLog {
  readonly dir: string;
  readonly log: KnownLog;
  /** Verifier keys as text: of the log (01), and of a witness (04). */
  readonly logKey: string;
  readonly witnessKey: string;
  readonly proofFile: string;
  readonly entryFile: string;
}

const origin = 'log.example/comity/ledger/1';
/** Entries of one transaction, and parts in which the log grows: each is published before the next begins. */
const batch = 1000;
const parts = 3;

/**
 * Has a ledger write a log of `size` made-up entries, witnessed by one witness, into `ledger/1` of a folder; beside its files `proof.json` with an
 * inclusion and a consistency proof, and a receipt as a file beside its entry.
 */
export async function writeLog(folder: string, size: number): Promise<WrittenLog> {
  const crypto = createNativeCrypto();
  const store = await openStore({ dir: folder, schemas: [ledgerSchema] }, { clock: Date.now });
  const random = createRandom(7);
  const randomBytes = (count: number): Uint8Array => Uint8Array.from({ length: count }, () => random.below(256));
  const keys = openKeyRing(store, { seal: openSeal(folder), randomBytes, crypto, clock: Date.now });
  const witness = openWitness({
    store,
    keys,
    crypto,
    ask: () => Promise.reject(new Error('nobody else is asked')),
    clock: Date.now,
    findLog: () => ({
      keys: keys.keys(origin),
      elsewhere: [],
    }),
    onSigned: () => undefined,
  });
  const ask: Ask = async ({ url, body }) => {
    const method = body === undefined ? 'GET' : 'POST';
    const answer = await witness.answer({ method, path: new URL(url).pathname, body: Buffer.from(body ?? '') });
    return { status: answer.status, body: Buffer.from(answer.body) };
  };
  const disk = openFileDisk(join(folder, 'ledger'));
  const timers = {
    after(delayMs: number, fn: () => void) {
      const timer = setTimeout(fn, delayMs);
      return () => clearTimeout(timer);
    },
  };
  const onFault = (error: unknown): void => {
    throw error;
  };
  const ledger = openLedger(
    { origin: () => origin },
    { store, disk, keys, crypto, ask, clock: Date.now, timers, onFault },
  );
  await witness.start('w.example');
  const witnessKeys = witness.keys().map(printVerifierKey);
  await ledger.witnesses.add({ name: 'w', url: 'https://w.example', keys: witnessKeys });
  await ledger.start();
  const entries = inventEntries(size, 70);
  for (let part = 0; part < parts; part += 1) {
    const end = Math.floor((size * (part + 1)) / parts);
    await appendUpTo(store, ledger, entries.slice(0, end));
    await ledger.find(end)!.witnessed();
  }
  const logKeys = ledger.status().keys;
  const dir = join(folder, 'ledger/1');
  await writeProofs(dir, ledger, entries);
  await ledger.close();
  await store.close();
  return {
    dir,
    log: { origin, keys: logKeys.map((key) => parseVerifierKey(key, crypto.sha256)) },
    logKey: logKeys[0]!,
    witnessKey: witnessKeys[0]!,
    proofFile: join(dir, 'entry.tlog-proof'),
    entryFile: join(dir, 'entry.bin'),
  };
}

/** Appends those that are not in the log yet. */
async function appendUpTo(store: Store, ledger: Ledger, entries: readonly Uint8Array[]): Promise<void> {
  const { logs, waiting } = ledger.status();
  for (let from = logs[0]!.size + waiting; from < entries.length; from += batch)
    await store.write((db) => {
      for (const entry of entries.slice(from, from + batch)) ledger.append(db, entry);
    });
}

async function writeProofs(dir: string, ledger: Ledger, entries: readonly Uint8Array[]): Promise<void> {
  const size = entries.length;
  const [index, from] = [Math.floor(size / 3), Math.floor(size / 2) + 1];
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const inclusion = await ledger.inclusion(index, size);
  const consistency = await ledger.consistency(from, size);
  const { sha256 } = createNativeCrypto();
  const rootOf = (count: number): string => {
    const leaves = entries.slice(0, count).map((entry) => leafHash(entry, sha256));
    return base64(rootOfEdge(growEdge([], 0, leaves, sha256), sha256));
  };
  const proofs = {
    index,
    size,
    from,
    inclusion: inclusion.map(base64),
    consistency: consistency.map(base64),
    root: rootOf(size),
    rootFrom: rootOf(from),
    leaf: base64(leafHash(entries[index]!, sha256)),
  };
  writeFileSync(join(dir, 'proof.json'), JSON.stringify(proofs));
  writeFileSync(join(dir, 'entry.tlog-proof'), await ledger.proofFor(index));
  writeFileSync(join(dir, 'entry.bin'), entries[index]!);
}
