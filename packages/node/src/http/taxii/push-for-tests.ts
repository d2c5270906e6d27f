import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseRowId } from '@comity/protocol/base';
import type { RowId } from '@comity/protocol/base';
import { readBundle } from '@comity/protocol/stix';
import { createFetcher, openPushTarget, shownUrl } from '../../connectors/index.ts';
import { openAnswerExit } from '../answer-exit.ts';
import { createIntel, intelSchema } from '../../intel/index.ts';
import { openSharing, readStarterLaw, sharingSchema } from '../../sharing/index.ts';
import type { starterLaws } from '../../sharing/index.ts';
import { openSeal, openStore } from '../../store/index.ts';
import { openPushBook, openTaxii, runPush, taxiiSchema } from '../../taxii/index.ts';
import type { Collection } from '../../taxii/index.ts';

interface Cleanup {
  after(fn: () => unknown): void;
}

/** Real parts of a node that push, on a store of their own. */
export async function openPusher(cleanup: Cleanup) {
  const dir = mkdtempSync(join(tmpdir(), 'comity-push-'));
  const now = { ms: Date.UTC(2026, 5, 1) };
  const clock = (): number => now.ms;
  const store = await openStore({ dir, schemas: [intelSchema, sharingSchema, taxiiSchema] }, { clock });
  const intel = await createIntel(store, { clock, uuid: randomUUID });
  const faults: unknown[] = [];
  const sharing = openSharing(store, {
    clock,
    findMarking: (id) => intel.findMarking(id),
    findObject: (id) => intel.findStored(id),
    hopsLeftOf: () => undefined,
    onFault: (_message, error) => void faults.push(error),
  });
  const seal = openSeal(dir);
  const taxii = await openTaxii(store, { clock, randomBytes: (count) => randomBytes(count), seal });
  const minutes = (count: number): number => count * 60_000_000;
  const pushes = openPushBook(store, {
    clock,
    uuid: randomUUID,
    seal,
    shownUrl,
    nextUs: (nowUs, interval, failures) => nowUs + minutes(failures === 0 ? interval : 2 ** failures),
  });
  const fetcher = createFetcher();
  /** What was waited, in ms; nothing really is. */
  const waited: number[] = [];
  const wait = async (ms: number): Promise<void> => void waited.push(ms);
  cleanup.after(async () => {
    await fetcher.close();
    await intel.close();
    await sharing.close();
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const activate = (name: (typeof starterLaws)[number]) =>
    sharing.laws.activate(readStarterLaw(name), name, { by: 'operator', others: [] });
  await activate('open');
  const recipient = { key: 'member:cert-x', kind: 'member', name: 'CERT X', sector: '', country: '' } as const;
  await sharing.recipients.save({ ...recipient, tokenId: undefined });
  const collection: Collection = {
    id: '00000000-0000-4000-8000-0000000000aa',
    alias: 'ours',
    title: 'Ours',
    description: '',
    types: [],
    kinds: [],
    source: undefined,
    audience: ['member:cert-x'],
    takesObjects: false,
  };
  await taxii.collections.save(collection);
  const get = (id: RowId) => {
    const push = pushes.find(id);
    if (push === undefined) throw new Error('Assertion failed: the push is there');
    return push;
  };
  return {
    dir,
    now,
    intel,
    sharing,
    taxii,
    pushes,
    collection,
    recipient,
    waited,
    faults,
    activate,
    get,
    /** What was decided, once all of it is written down. */
    async decided() {
      await sharing.close();
      const rows = await sharing.decisions({});
      return rows.map(({ object, recipient: to, action, result }) => `${object} ${to} ${action} ${result}`).toSorted();
    },
    async add(url: string, token?: string) {
      const options = { collection: collection.id, recipient: recipient.key, intervalMinutes: 60, allowPrivate: true };
      return await pushes.add({ ...options, url, remoteCollection: undefined, token });
    },
    /** Pushes once; `instead` replaces parts of what it works with. */
    async run(
      id: RowId,
      instead: Partial<Parameters<typeof runPush>[2]> = {},
      stop = new AbortController(),
    ): Promise<void> {
      await runPush(get(id), stop.signal, {
        pushes,
        collections: taxii.collections,
        recipients: sharing.recipients,
        arrivals: (query, rowsMax) => intel.arrivals(query, rowsMax),
        openExits: (to, url) => openAnswerExit(to, url.startsWith('https:'), sharing),
        openTarget: (push, signal) => {
          const { url, token } = pushes.targetOf(push.id);
          const access = { allowPrivate: push.allowPrivate, token, signal };
          return openPushTarget(url, push.remoteCollection, access, { ...fetcher, wait });
        },
        wait,
        onStopped: (_id, error) => void faults.push(error),
        ...instead,
      });
    },
    /** Takes objects in as one import. */
    async give(objects: readonly object[]): Promise<void> {
      const source = { id: parseRowId('src-given0000'), name: 'given', kind: 'file' } as const;
      const run = await intel.openImport(
        { ...source, reliability: 'B', defaultTlp: 'green' },
        { format: 'stix', name: 'x' },
      );
      const text = JSON.stringify({ type: 'bundle', id: `bundle--${randomUUID()}`, objects });
      await run.admit(
        [...readBundle(text)].map((item) => {
          if ('error' in item) throw item.error;
          return { object: item.object, place: item.place };
        }),
      );
      await run.finish();
      now.ms += 1000;
    },
  };
}
