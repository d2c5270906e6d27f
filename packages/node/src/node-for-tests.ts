import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Role } from '@comity/protocol/api';
import { createClient } from '@comity/protocol/client';
import type { Client } from '@comity/protocol/client';
import { composeNode } from './compose.ts';
import type { Node, NodeDeps, NodeOptions } from './compose.ts';

/** What a test gives up again at its end. */
export interface Cleanup {
  after(fn: () => unknown): void;
}

/** A served node on a free loopback port with a data folder of its own. */
export interface ServedNode {
  readonly dir: string;
  /** Where commands reach it. */
  readonly url: string;
  /** Where people do. */
  readonly publicUrl: string;
  readonly signInCode: string;
  /** A token with every scope. */
  readonly token: string;
  readonly client: Client;
  /** What members' nodes ask of it. */
  readonly lookupRoutes: Node['lookupRoutes'];
  /** What the node wrote into its log. */
  readonly faults: readonly Parameters<NodeDeps['log']>[0][];
  clientWith(token: string): Client;
  reloadTls(): void;
}

export function temporaryDir(cleanup: Cleanup): string {
  const dir = mkdtempSync(join(tmpdir(), 'comity-node-'));
  cleanup.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Starts a node as `comity start` does; every JSON answer is checked against the route table. */
export async function serveNode(
  cleanup: Cleanup,
  options: Partial<NodeOptions> = {},
  deps: Partial<NodeDeps> = {},
): Promise<ServedNode> {
  const dir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'comity-node-'));
  const faults: Parameters<NodeDeps['log']>[0][] = [];
  const node = await composeNode(
    { port: 0, checkAnswers: true, ...options, dataDir: dir },
    {
      clock: Date.now,
      uuid: randomUUID,
      randomBytes: (count) => randomBytes(count),
      log: (entry) => faults.push(entry),
      ...deps,
    },
  );
  cleanup.after(async () => {
    await node.close();
    if (options.dataDir === undefined) rmSync(dir, { recursive: true, force: true });
  });
  const { url: publicUrl, localUrl: url, signInUrl } = await node.listen();
  const clientWith = (token: string): Client => createClient({ baseUrl: url, token }, { fetch: globalThis.fetch });
  return {
    dir,
    url,
    publicUrl,
    faults,
    signInCode: signInUrl.replace(/^.*#code=/, ''),
    token: node.localToken,
    lookupRoutes: node.lookupRoutes,
    client: clientWith(node.localToken),
    clientWith,
    reloadTls: () => node.reloadTls(),
  };
}

/** Somebody with a role who came by the link they were sent; their client is signed in as a browser is. */
export async function joinAs(node: ServedNode, name: string, role: Role): Promise<Client> {
  const { url } = await node.client.inviteAccount({ body: { name, role } });
  return await openLink(node, url);
}

/** Signs in by a one-time link as a browser does. @throws {ComityError} what the node answers. */
export async function openLink({ url }: ServedNode, link: string): Promise<Client> {
  let cookie = '';
  const client = createClient(
    { baseUrl: url },
    {
      fetch: async (target, init = {}) => {
        const headers = new Headers(init.headers);
        headers.set('cookie', cookie);
        const answer = await fetch(target, { ...init, headers });
        cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
        return answer;
      },
    },
  );
  await client.signIn({ body: { code: link.replace(/^.*#code=/, '') } });
  return client;
}

/** A server of files on loopback, for feeds; paths that are not there answer 404. Counts what was asked for. */
export async function serveFiles(cleanup: Cleanup, files: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const text = files[path];
    response.writeHead(text === undefined ? 404 : 200, { 'content-type': 'text/plain' }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup.after(() => new Promise((resolve) => server.close(resolve)));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** Waits until `isSo` holds; fails after half a minute, which a process needs to start on a machine that is busy. */
export async function until(isSo: () => boolean | Promise<boolean>, what: string, withinMs = 30_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`Waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
