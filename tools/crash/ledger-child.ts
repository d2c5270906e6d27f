import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { openFileDisk } from '../../packages/node/src/ledger/disk/file-disk.ts';
import { openKeyRing } from '../../packages/node/src/ledger/keys/key-ring.ts';
import { createNativeCrypto } from '../../packages/node/src/keys/index.ts';
import type { Ledger } from '../../packages/node/src/ledger/ledger.ts';
import { openLedger } from '../../packages/node/src/ledger/open-ledger.ts';
import { ledgerSchema } from '../../packages/node/src/ledger/schema.ts';
import { openSeal, openStore } from '../../packages/node/src/store/index.ts';
import type { Store } from '../../packages/node/src/store/index.ts';

/**
 * The process that is killed: appends acts to a ledger and says on standard output, one JSON line a transaction, which are kept. Takes its
 * orders as JSON in the first argument.
 */
export interface LedgerOrders {
  readonly dir: string;
  /** URL of the witness. */
  readonly witness: string;
  readonly witnessKeys: readonly string[];
  /** Acts it appends; it ends when they are witnessed. Undefined: until it is killed. */
  readonly count: number | undefined;
}

/** Acts of one transaction. */
const batch = 40;
/** Waits are so many times shorter, so that there is a publication in every moment. */
const hurry = 20;

/** A ledger as the node has it, on a folder; not started. */
export async function openOn({
  dir,
  witness,
}: Pick<LedgerOrders, 'dir' | 'witness'>): Promise<{ store: Store; ledger: Ledger }> {
  const store = await openStore({ dir, schemas: [ledgerSchema] }, { clock: Date.now });
  const crypto = createNativeCrypto();
  const keys = openKeyRing(store, { seal: openSeal(dir), randomBytes, crypto, clock: Date.now });
  const ledger = openLedger(
    { origin: () => 'crash.example/ledger/1' },
    {
      store,
      keys,
      crypto,
      disk: openFileDisk(join(dir, 'ledger')),
      clock: Date.now,
      async ask({ url, body }) {
        const answer = await fetch(url.replace('http://witness', witness), {
          ...(body !== undefined && { method: 'POST', body }),
        });
        return { status: answer.status, body: new Uint8Array(await answer.arrayBuffer()) };
      },
      timers: {
        after(delayMs, fn) {
          const timer = setTimeout(fn, delayMs / hurry);
          return () => clearTimeout(timer);
        },
      },
      onFault: (error) => {
        throw error;
      },
    },
  );
  return { store, ledger };
}

async function appendAll(orders: LedgerOrders): Promise<void> {
  const { store, ledger } = await openOn(orders);
  await ledger.start();
  if (ledger.witnesses.list().length === 0)
    await ledger.witnesses.add({ name: 'w', url: 'http://witness', keys: orders.witnessKeys, allowPrivate: true });
  process.stdout.write(`${JSON.stringify({ keys: ledger.status().keys })}\n`);
  let last = 0;
  for (let appended = 0; appended < (orders.count ?? Infinity); appended += batch) {
    const ids = await store.write((db) =>
      Array.from({ length: batch }, (_, at) => ledger.append(db, Buffer.from(`${process.pid} ${appended + at}`)).id),
    );
    last = ids.at(-1)!;
    process.stdout.write(`${JSON.stringify({ ids, pid: process.pid, from: appended })}\n`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await ledger.find(last)!.witnessed();
  await ledger.close();
  await store.close();
}

if (import.meta.main) await appendAll(JSON.parse(process.argv[2] ?? '{}') as LedgerOrders);
