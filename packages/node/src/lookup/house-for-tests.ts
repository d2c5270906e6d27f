import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ComityError, parseRowId } from '@comity/protocol/base';
import { markingIdOfTlp } from '@comity/protocol/markings';
import type { Tlp } from '@comity/protocol/markings';
import { parseStixObject } from '@comity/protocol/stix';
import { createIntel, intelSchema } from '../intel/index.ts';
import type { Intel } from '../intel/index.ts';
import { openSharing, readStarterLaw, sharingSchema } from '../sharing/index.ts';
import type { Sharing } from '../sharing/index.ts';
import { openSeal, openStore } from '../store/index.ts';
import type { Store } from '../store/index.ts';
import { lookupSchema, openLookup } from './index.ts';
import type {
  KeyLedger,
  Lookup,
  LookupDeps,
  LookupLink,
  LookupOptions,
  LookupPeerRoute,
  LookupReply,
} from './index.ts';

interface Cleanup {
  after(fn: () => unknown): void;
}

/** One member, without a network: its store, what it knows, its law, and look-ups both ways. */
export interface House {
  readonly dir: string;
  readonly store: Store;
  readonly intel: Intel;
  readonly sharing: Sharing;
  readonly lookup: Lookup;
  /** Acts that were noted. */
  readonly acts: { readonly act: string; readonly about: string; readonly details?: object | undefined }[];
  /** What was published of keys. */
  readonly committed: string[];
  nowMs: number;
  /** Takes values in under a label. */
  list(tlp: Tlp, ...values: readonly string[]): Promise<void>;
  /** Has every member ask once, and brings what is offered up to date. */
  rebuild(): Promise<void>;
  addMember(key: string): Promise<void>;
}

export interface HouseOptions extends Partial<LookupOptions> {
  readonly nowMs?: number;
  readonly deps?: Partial<LookupDeps>;
}

export const signal: AbortSignal = new AbortController().signal;
export const by = { by: 'ana', via: 'session', address: '192.0.2.1' };

export async function openHouse(context: Cleanup, options: HouseOptions = {}): Promise<House> {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'comity-lookup-'));
  const house = {
    nowMs: options.nowMs ?? Date.UTC(2026, 10, 27),
    acts: [] as House['acts'],
    committed: [] as string[],
  };
  const clock = (): number => house.nowMs;
  const store = await openStore({ dir, schemas: [intelSchema, sharingSchema, lookupSchema] }, { clock });
  const intel = await createIntel(store, { clock, uuid: randomUUID });
  const sharing = openSharing(store, {
    clock,
    findMarking: (id) => intel.findMarking(id),
    findObject: (id) => intel.findStored(id),
    hopsLeftOf: () => undefined,
    onFault: (message, error) => {
      throw new Error(message, { cause: error });
    },
  });
  await sharing.laws.activate(readStarterLaw('open'), 'open', { by: 'ana', others: [] });
  const lookup = openLookup(
    store,
    { ...options, dir },
    {
      clock,
      randomBytes: (count) => randomBytes(count),
      seal: openSeal(dir),
      intel,
      sharing,
      link: noLink,
      ledger: ledgerOf(house),
      findCommitted: async () => undefined,
      note: (_db, entry) => void house.acts.push(entry),
      onStopped: (error) => {
        throw error;
      },
      ...options.deps,
    },
  );
  context.after(async () => {
    await lookup.close();
    await intel.close();
    await sharing.close();
    await store.close();
    if (options.dir === undefined) rmSync(dir, { recursive: true, force: true });
  });
  let objects = 0;
  return Object.assign(house, {
    dir,
    store,
    intel,
    sharing,
    lookup,
    async rebuild() {
      // Nothing is made for who never asked.
      for (const { key } of sharing.recipients.list().filter(({ kind }) => kind === 'member'))
        await lookup.holder.routes[0]!.handle({ recipient: key, query: '', body: new Uint8Array(0) });
      await lookup.holder.rebuild(signal);
    },
    addMember: (key: string) =>
      sharing.recipients.save({ key, kind: 'member', name: key, sector: '', country: '', tokenId: undefined }),
    async list(tlp: Tlp, ...values: readonly string[]) {
      const source = {
        id: parseRowId('src-alpha000'),
        name: 'alpha',
        kind: 'file',
        reliability: 'B',
        defaultTlp: 'green',
      } as const;
      const run = await intel.openImport(source, { format: 'test', name: 'test' });
      await run.admit(
        values.map((value) => ({
          object: parseStixObject(
            JSON.stringify({
              type: 'indicator',
              spec_version: '2.1',
              id: `indicator--00000000-0000-4000-8000-${String((objects += 1)).padStart(12, '0')}`,
              created: '2026-01-01T00:00:00.000Z',
              modified: '2026-01-01T00:00:00.000Z',
              valid_from: '2026-01-01T00:00:00Z',
              name: `About ${value}`,
              labels: ['c2'],
              pattern: /^[\d.]+$/.test(value) ? `[ipv4-addr:value = '${value}']` : `[domain-name:value = '${value}']`,
              pattern_type: 'stix',
              object_marking_refs: [markingIdOfTlp(tlp)],
            }),
            'test',
          ),
          place: value,
        })),
      );
      await run.finish();
    },
  });
}

/** A ledger in which an act is at once. */
function ledgerOf(house: { readonly committed: string[] }): KeyLedger {
  return {
    append: (_db, entry) => house.committed.push(Buffer.from(entry).toString()),
    placeOf: () => 'current',
    sequenced: async () => undefined,
    show: async () => undefined,
  };
}

const noLink: LookupLink = {
  ask: async () => {
    throw new ComityError('NOT_FOUND', 'Cannot ask: there is no way');
  },
};

/** What passed between two houses. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: Uint8Array;
  readonly reply: LookupReply;
}

/** The way to another house in this process, as whoever serves its routes would answer `recipient`. */
export function linkTo(
  routesOf: () => readonly LookupPeerRoute[],
  recipient: string,
  asked: Asked[] = [],
  change: (path: string, reply: LookupReply) => LookupReply = (_path, reply) => reply,
): LookupLink {
  return {
    async ask(_member, { method, path, body = new Uint8Array(), answerBytesMax }) {
      const [name = '', query = ''] = path.split('?');
      const route = routesOf().find((each) => each.method === method && each.path === name);
      if (route === undefined || body.length > route.bodyBytesMax) throw new Error(`no route takes ${method} ${path}`);
      const reply = change(name, await route.handle({ recipient, query, body }));
      asked.push({ method, path, body, reply });
      if (reply.body.length > answerBytesMax) throw new ComityError('INPUT_TOO_LARGE', 'Cannot read the answer');
      return reply;
    },
  };
}
