import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ComityError } from '@comity/protocol/base';
import { parseVerifierKey, printVerifierKey } from '@comity/protocol/tlog';
import type { VerifierKey } from '@comity/protocol/tlog';
import { MemoryDisk } from '../../../testkit/src/index.ts';
import { openMemoryStore } from '../store/memory-store-for-tests.ts';
import type { MemoryStore } from '../store/memory-store-for-tests.ts';
import type { Seal, Store } from '../store/index.ts';
import type { Ask } from './ask.ts';
import type { Disk } from './disk/disk.ts';
import { openKeyRing } from './keys/key-ring.ts';
import type { KeyRing } from './keys/key-ring.ts';
import { createNativeCrypto } from '../keys/index.ts';
import type { Ledger } from './ledger.ts';
import { openLedger } from './open-ledger.ts';
import { ledgerSchema } from './schema.ts';
import type { Timers } from './timers.ts';
import { openWitness } from './witness/open-witness.ts';
import type { OwnWitness, WitnessedLogSource } from './witness/open-witness.ts';

export const testCrypto = createNativeCrypto();

/** Time that moves when it is told to. */
export class TestTime implements Timers {
  ms = Date.UTC(2026, 10, 27);
  #timers: { at: number; fn: () => void }[] = [];

  readonly clock = (): number => this.ms;

  after(delayMs: number, fn: () => void): () => void {
    const timer = { at: this.ms + delayMs, fn };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  /** Lets what a timer began come to rest before the next. */
  async advance(ms: number): Promise<void> {
    const end = this.ms + ms;
    for (;;) {
      await settle();
      const next = this.#timers.toSorted((one, other) => one.at - other.at)[0];
      if (next === undefined || next.at > end) break;
      this.ms = Math.max(this.ms, next.at);
      this.#timers = this.#timers.filter((other) => other !== next);
      next.fn();
    }
    this.ms = end;
    await settle();
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await nextTurn();
}

/** Hides nothing: what is sealed for one opens for no other. */
const openSealForTests: Seal = {
  seal: (text, owner) => Buffer.from(JSON.stringify([owner, text])),
  unseal: (sealed, owner) => {
    const [known, text] = JSON.parse(Buffer.from(sealed).toString()) as [string, string];
    return known === owner ? text : undefined;
  },
};

/** Random bytes that are the same in each run. */
function seededBytes(word: string): (count: number) => Uint8Array {
  let count = 0;
  return (bytes) =>
    Uint8Array.from(
      createHash('sha512')
        .update(`${word} ${(count += 1)}`)
        .digest()
        .subarray(0, bytes),
    );
}

export function keyRingOf(store: Pick<Store, 'reader' | 'write'>, time: TestTime, word: string): KeyRing {
  return openKeyRing(store, {
    seal: openSealForTests,
    randomBytes: seededBytes(word),
    crypto: testCrypto,
    clock: time.clock,
  });
}

/** A network of witnesses by host name; what a test puts in front of one answers instead. */
class TestNetwork {
  readonly hosts = new Map<string, OwnWitness>();
  /** Files of logs, below `/ledger/`, by host name. */
  readonly disks = new Map<string, MemoryDisk>();
  readonly offline = new Set<string>();
  readonly asked: string[] = [];
  /** Answers in place of everybody when it gives something. */
  intercept: (url: string, body: string | undefined) => { status: number; body: Uint8Array } | undefined = () =>
    undefined;

  readonly ask: Ask = async ({ url, body }) => {
    this.asked.push(url);
    const instead = this.intercept(url, body);
    if (instead !== undefined) return instead;
    const { hostname, pathname } = new URL(url);
    const disk = this.disks.get(hostname);
    if (disk !== undefined && !this.offline.has(hostname)) {
      const found = disk.files.get(pathname.replace('/ledger/', ''));
      return { status: found === undefined ? 404 : 200, body: found ?? Buffer.from('') };
    }
    const host = this.hosts.get(hostname);
    if (host === undefined || this.offline.has(hostname))
      throw new ComityError('REMOTE_FAILED', `Cannot reach ${hostname}`);
    const answer = await host.answer({
      method: body === undefined ? 'GET' : 'POST',
      path: pathname,
      body: Buffer.from(body ?? ''),
    });
    return { status: answer.status, body: Buffer.from(answer.body) };
  };
}

/** A witness that knows the logs it is told of. */
export interface TestWitness {
  readonly name: string;
  readonly store: MemoryStore;
  readonly logs: Map<string, WitnessedLogSource>;
  /** Checkpoints that logs signed. */
  readonly signed: string[];
}

/** All a ledger and its witnesses need, in memory, under one time. */
export class World {
  readonly time = new TestTime();
  readonly network = new TestNetwork();
  readonly witnesses = new Map<string, TestWitness>();
  readonly faults: unknown[] = [];
  store: MemoryStore = openMemoryStore([ledgerSchema], { clock: this.time.clock });
  disk = new MemoryDisk();
  readonly origin = 'a.example/ledger/1';

  /** A ledger on the store and the disk of this world, or on others. Not started. */
  open(parts: { store?: Pick<Store, 'reader' | 'write'>; disk?: Disk; ask?: Ask; origin?: string } = {}): Ledger {
    const store = parts.store ?? this.store;
    return openLedger(
      { origin: () => parts.origin ?? this.origin },
      {
        store,
        disk: parts.disk ?? this.disk,
        keys: keyRingOf(store, this.time, 'log'),
        crypto: testCrypto,
        ask: parts.ask ?? this.network.ask,
        clock: this.time.clock,
        timers: this.time,
        onFault: (error) => this.faults.push(error),
      },
    );
  }

  /** The log's keys, as others know them. */
  logKeys(origin = this.origin): readonly VerifierKey[] {
    return keyRingOf(this.store, this.time, 'log').keys(origin);
  }

  /** Puts a witness on the network, or puts one there again that goes on from another store. */
  async putWitness(
    name: string,
    {
      store = openMemoryStore([ledgerSchema], { clock: this.time.clock }),
      logs = new Map<string, WitnessedLogSource>(),
      word = name,
    } = {},
  ): Promise<TestWitness> {
    const signed: string[] = [];
    const witness = openWitness({
      store,
      keys: keyRingOf(store, this.time, word),
      crypto: testCrypto,
      ask: this.network.ask,
      clock: this.time.clock,
      findLog: (origin) => logs.get(origin),
      onSigned: (note) => signed.push(note),
    });
    await witness.start(name);
    this.network.hosts.set(name, witness);
    const put = { name, store, logs, signed };
    this.witnesses.set(name, put);
    return put;
  }

  /** Tells every witness of a log, and a ledger of every witness. */
  async introduce(ledger: Ledger): Promise<void> {
    await ledger.start();
    const { origin } = ledger.status().logs.at(-1)!;
    const keys = ledger.status().keys.map((key) => parseVerifierKey(key, testCrypto.sha256));
    for (const { name, logs } of this.witnesses.values()) {
      logs.set(origin, { keys, elsewhere: [] });
      const witnessKeys = this.network.hosts.get(name)!.keys().map(printVerifierKey);
      await ledger.witnesses.add({ name, url: `https://${name}`, keys: witnessKeys });
    }
  }
}

/** Entries that say their number. */
export function entriesOf(count: number, from = 0): Uint8Array[] {
  return Array.from({ length: count }, (_, at) => Buffer.from(`entry ${from + at}`));
}

/** Appends entries in one transaction. */
export async function appendAll(
  store: Pick<Store, 'write'>,
  ledger: Ledger,
  entries: readonly Uint8Array[],
): Promise<void> {
  await store.write((db) => {
    for (const entry of entries) ledger.append(db, entry);
  });
}

export async function faultsOf(ledger: Ledger): Promise<string[]> {
  const faults = await Array.fromAsync(ledger.check());
  return faults.map(({ path, reason }) => `${path}: ${reason}`);
}
