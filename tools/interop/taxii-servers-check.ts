import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { serveNode, temporaryDir, until } from '../../packages/node/src/node-for-tests.ts';
import type { Cleanup } from '../../packages/node/src/node-for-tests.ts';
import { readStarterLaw } from '../../packages/node/src/sharing/index.ts';
import { openServerEnvironment } from './environment.ts';
import type { Environment } from './environment.ts';
import type { Check } from './run-checks.ts';
import { withCleanup } from './with-cleanup.ts';

/** A TAXII server others wrote: how it is started on a port, with data in a folder. */
interface Server {
  readonly name: string;
  /** Arguments of Python. */
  readonly start: (dir: string, port: number) => readonly string[];
}

const medallionCollection = '91a7b528-80eb-42ed-a74d-c6fbd5a26116';
const servers: readonly Server[] = [
  { name: 'medallion', start: startMedallion },
  {
    name: 'OpenTAXII',
    start: (dir, port) => [join(import.meta.dirname, 'servers/opentaxii_server.py'), dir, String(port)],
  },
];
const count = 25;
const first = Array.from({ length: count }, (_, index) => indicator(index + 1));
const steps = ['push', 'poll', 'poll again', 'push what is new', 'poll what is new', 'push a revocation', 'poll it'];

/** One node pushes to a server others wrote, another polls what came of it. */
export function taxiiServersChecks(): Check[] {
  let environment: Environment | undefined;
  const open = (): Environment => (environment ??= openServerEnvironment(process.env));
  return servers.map((server) => ({
    name: `pushes to ${server.name} and polls of it`,
    needs: [],
    count: () => steps.length,
    missing: () => open().missing,
    run: () => withCleanup((cleanup) => runSteps(server, pythonOf(open()), cleanup)),
  }));
}

function pythonOf(environment: Environment): string {
  return 'python' in environment ? environment.python : '';
}

async function runSteps(server: Server, python: string, cleanup: Cleanup): ReturnType<Check['run']> {
  const url = await startServer(server, python, cleanup);
  const pusher = await serveNode(cleanup);
  const poller = await serveNode(cleanup);
  const give = async (objects: readonly object[]): Promise<void> => {
    const bundle = { type: 'bundle', id: `bundle--${crypto.randomUUID()}`, objects };
    await pusher.client.createImport({ query: { name: 'given', tlp: 'green' }, body: JSON.stringify(bundle) });
  };
  await pusher.client.activateLaw({ body: { text: readStarterLaw('open'), name: 'open' } });
  await pusher.client.saveRecipient({ body: { key: 'organisation:judge', name: 'Judge' } });
  const { id: collection } = await pusher.client.saveCollection({
    body: { title: 'Ours', audience: ['organisation:judge'] },
  });
  await give(first);
  const to = { recipient: 'organisation:judge', url, remoteCollection: 'Judged', allowPrivate: true };
  const push = await pusher.client.addPush({ body: { collection, ...to } });
  const feed = await poller.client.addFeed({ body: { url, collection: 'Judged', allowPrivate: true } });
  const faults: string[] = [];
  const expect = (step: string, found: readonly unknown[], wanted: readonly unknown[]): void => {
    if (!isDeepStrictEqual(found, wanted))
      faults.push(`${step}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
  };
  const pushNow = async (step: string, sent: number): Promise<void> => {
    const {
      status,
      sent: done,
      failed,
      lastError,
    } = await pusher.client.runPush({
      params: { id: push.id },
      query: { wait: 'true' },
    });
    expect(step, [status, done, failed, lastError], ['ok', sent, 0, undefined]);
  };
  const pollNow = async (step: string, taken: number): Promise<void> => {
    const { status, lastError, progress } = await poller.client.pullFeed({
      params: { id: feed.id },
      query: { wait: 'true' },
    });
    const { rows } = await poller.client.listImports({});
    // The node polls by itself too: what counts is what it has.
    const sum = (of: 'taken' | 'duplicate' | 'rejected'): number => rows.reduce((all, row) => all + row[of], 0);
    expect(
      step,
      [status, lastError, progress?.isWhole, sum('taken'), sum('duplicate'), sum('rejected')],
      ['ok', undefined, true, taken, 0, 0],
    );
  };
  await pushNow('push', count);
  await pollNow('poll', count);
  await pollNow('poll again', count);
  await give([indicator(count + 1)]);
  await pushNow('push what is new', count + 1);
  await pollNow('poll what is new', count + 1);
  await give([{ ...indicator(1), modified: '2026-02-01T00:00:00.000Z', revoked: true }]);
  await pushNow('push a revocation', count + 2);
  await pollNow('poll it', count + 2);
  return { cases: steps.length, faults, warnings: new Map() };
}

async function startServer(server: Server, python: string, cleanup: Cleanup): Promise<string> {
  const port = await freePort();
  const child = spawn(python, ['-B', ...server.start(temporaryDir(cleanup), port)], { stdio: 'ignore' });
  cleanup.after(() => child.kill());
  const url = `http://judge:pass@127.0.0.1:${port}/taxii2/`;
  const isUp = async (): Promise<boolean> => {
    try {
      await fetch(`http://127.0.0.1:${port}/taxii2/`);
      return true;
    } catch {
      return false; // It is not up yet.
    }
  };
  await until(isUp, `${server.name} answers`);
  return url;
}

function startMedallion(dir: string, port: number): readonly string[] {
  const collection = { id: medallionCollection, title: 'Judged', can_read: true, can_write: true };
  const information = { title: 'root', versions: ['application/taxii+json;version=2.1'], max_content_length: 6000 };
  const url = `http://127.0.0.1:${port}/api/`;
  const data = {
    '/discovery': { title: 'Judge', default: url, api_roots: [url] },
    api: {
      information,
      status: [],
      collections: [{ ...collection, media_types: ['application/stix+json;version=2.1'], objects: [], manifest: [] }],
    },
  };
  const filename = join(dir, 'data.json');
  writeFileSync(filename, JSON.stringify(data));
  const backend = { module: 'medallion.backends.memory_backend', module_class: 'MemoryBackend', filename };
  const config = join(dir, 'medallion.json');
  writeFileSync(config, JSON.stringify({ backend, users: { judge: 'pass' }, taxii: { max_page_size: 10 } }));
  return ['-m', 'medallion.scripts.run', '--host', '127.0.0.1', '--port', String(port), config];
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function indicator(number: number): object {
  return {
    type: 'indicator',
    spec_version: '2.1',
    id: `indicator--00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    created: '2026-01-01T00:00:00.000Z',
    modified: '2026-01-01T00:00:00.000Z',
    pattern: `[domain-name:value = 'host-${number}.example']`,
    pattern_type: 'stix',
    valid_from: '2026-01-01T00:00:00Z',
  };
}
