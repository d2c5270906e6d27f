import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as ask } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { parseRowId } from '@comity/protocol/base';
import { readBundle } from '@comity/protocol/stix';
import { createIntel, intelSchema } from '../../intel/index.ts';
import type { IntelSource } from '../../intel/index.ts';
import { openSharing, readStarterLaw, sharingSchema } from '../../sharing/index.ts';
import type { starterLaws } from '../../sharing/index.ts';
import { openSeal, openStore } from '../../store/index.ts';
import { openTaxii, taxiiSchema } from '../../taxii/index.ts';
import type { Collection } from '../../taxii/index.ts';
import { auditSchema, openAuditBook } from '../../audit/index.ts';
import { accessSchema, openAccess } from '../access/index.ts';
import { command } from '../access/access-for-tests.ts';
import { accept } from './client-for-tests.ts';
import { openTaxiiDoor } from './taxii-door.ts';

export interface DoorReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  readonly ids: readonly string[];
}

/** The door on its own with the real parts behind it, and a count of how often it looked into the store. */
export async function openDoor(
  cleanup: { after(fn: () => unknown): void },
  options: { readonly perMinute?: number } = {},
) {
  const dir = mkdtempSync(join(tmpdir(), 'comity-door-'));
  const now = { ms: Date.UTC(2026, 5, 1) };
  const clock = (): number => now.ms;
  const schemas = [intelSchema, accessSchema, auditSchema, sharingSchema, taxiiSchema];
  const store = await openStore({ dir, schemas }, { clock });
  const intel = await createIntel(store, { clock, uuid: randomUUID });
  const faults: unknown[] = [];
  const sharing = openSharing(store, {
    clock,
    findMarking: (id) => intel.findMarking(id),
    findObject: (id) => intel.findStored(id),
    hopsLeftOf: () => undefined,
    onFault: (_message, error) => void faults.push(error),
  });
  const taxii = await openTaxii(store, { clock, randomBytes: (count) => randomBytes(count), seal: openSeal(dir) });
  const access = openAccess({
    store,
    audit: openAuditBook(store, { clock }),
    clock,
    randomBytes: (count) => randomBytes(count),
  });
  let reads = 0;
  const door = openTaxiiDoor(
    {
      boundHost: '127.0.0.1',
      allowedHosts: [],
      lenientMediaTypes: false,
      proxyUrl: undefined,
      bodyIdleMs: 30_000,
      taxiiPerMinute: options.perMinute ?? 1_000_000,
    },
    {
      access,
      clock,
      taxii,
      sharing,
      intel: {
        openImport: (from, about) => intel.openImport(from, about),
        revision: () => intel.revision(),
        arrivals: (query, rowsMax) => {
          reads += 1;
          return intel.arrivals(query, rowsMax);
        },
      },
      nowUs: () => now.ms * 1000,
      uuid: randomUUID,
      publicUrl: () => 'http://127.0.0.1',
      underWay: new Set(),
      onFault: (error) => void faults.push(error),
      log: (entry) => void faults.push(entry),
    },
  );
  const server = createServer(door);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  cleanup.after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await intel.close();
    await sharing.close();
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const activate = (name: (typeof starterLaws)[number]) =>
    sharing.laws.activate(readStarterLaw(name), name, { by: 'operator', others: [] });
  const newReader = async (name: string) => {
    const { token, secret } = await access.tokens.create(
      { name, scopes: ['share', 'contribute'], boundBy: undefined, lifetimeMs: undefined },
      command,
    );
    const recipient = { key: `client:${name}`, kind: 'client', name, sector: '', country: '' } as const;
    await sharing.recipients.save({ ...recipient, tokenId: token.id });
    return { tokenId: token.id, secret };
  };
  const collection: Collection = {
    id: '00000000-0000-4000-8000-0000000000aa',
    alias: 'all',
    title: 'All',
    description: '',
    types: [],
    kinds: [],
    source: undefined,
    audience: ['client:works', 'client:others', 'group:water'],
    takesObjects: true,
  };
  await activate('open');
  const reader = await newReader('works');
  await taxii.collections.save(collection);

  const source = (name: string, defaultTlp: IntelSource['defaultTlp'] = 'green'): IntelSource => ({
    id: parseRowId(`src-${name.padEnd(8, '0')}`),
    name,
    kind: 'file',
    reliability: 'B',
    defaultTlp,
  });
  return {
    now,
    port,
    intel,
    sharing,
    taxii,
    access,
    faults,
    collection,
    reader,
    source,
    activate,
    newReader,
    reads: () => reads,
    /** Takes objects in as one import. */
    async give(objects: readonly object[], from = source('feed'), leaseUntilUs?: number): Promise<void> {
      const run = await intel.openImport(from, { format: 'stix', name: 'x' });
      const text = JSON.stringify({ type: 'bundle', id: `bundle--${randomUUID()}`, objects });
      const candidates = [...readBundle(text)].map((item) => {
        if ('error' in item) throw item.error;
        return {
          object: item.object,
          place: item.place,
          ...(leaseUntilUs !== undefined && {
            loan: { untilUs: leaseUntilUs, tlp: 'clear' as const, pap: 'amber' as const },
          }),
        };
      });
      await run.admit(candidates);
      await run.finish();
    },
    async get(query: string, headers: Record<string, string> = {}, secret = reader.secret): Promise<DoorReply> {
      const path = `/taxii2/api/collections/all/objects/?${query}`;
      const all = { accept, authorization: `Bearer ${secret}`, ...headers };
      const { promise, resolve, reject } = Promise.withResolvers<DoorReply>();
      const sent = ask({ host: '127.0.0.1', port, path, headers: all, agent: false }, (answer) => {
        const pieces: Buffer[] = [];
        answer.on('data', (piece: Buffer) => pieces.push(piece));
        answer.on('error', reject);
        answer.on('end', () => {
          const bytes = Buffer.concat(pieces);
          const text = (answer.headers['content-encoding'] === 'zstd' ? zstdDecompressSync(bytes) : bytes).toString();
          const isJson = answer.headers['content-encoding'] !== 'gzip' && text !== '';
          const body = (isJson ? JSON.parse(text) : {}) as { objects?: { id: string }[] };
          const ids = (body.objects ?? []).map(({ id }) => id);
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes, text, ids });
        });
      });
      sent.on('error', reject).end();
      return promise;
    },
  };
}

export type Door = Awaited<ReturnType<typeof openDoor>>;
