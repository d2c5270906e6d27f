/** A process with one server under load: says its port and tokens, then its CPU whenever it is asked. */
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from '@comity/protocol/client';
import { composeNode } from '../../packages/node/src/compose.ts';
import { readStarterLaw } from '../../packages/node/src/sharing/index.ts';

/** What a server under load tells its parent. */
export type Told =
  | { readonly ready: { readonly port: number; readonly path: string; readonly authorization: string } }
  | { readonly cpuUs: number; readonly rssMb: number; readonly peakRssMb: number }
  | { readonly pulled: Pulled };

/** A collection that was pulled to its end. */
export interface Pulled {
  readonly seconds: number;
  readonly objects: number;
  readonly pages: number;
}

/** What a parent asks: CPU so far, to pull a collection, or to answer with this from then on (the bare server only). */
export type Asked =
  | { readonly usage: true }
  | { readonly pull: { readonly url: string; readonly token: string } }
  | { readonly serve: { readonly body: string; readonly headers: Record<string, string> } };

const [kind = '', dir = ''] = process.argv.slice(2);
const tell = (told: Told): void => void process.send?.(told);
let answer = Buffer.alloc(0);
let headers: Record<string, string> = {};
let pullAll: ((url: string, token: string) => Promise<Pulled>) | undefined;
process.on('message', (asked: Asked) => {
  if ('serve' in asked) {
    answer = Buffer.from(asked.serve.body, 'base64');
    headers = asked.serve.headers;
  } else if ('pull' in asked) {
    void pullAll?.(asked.pull.url, asked.pull.token).then((pulled) => tell({ pulled }));
  } else {
    const { user, system } = process.cpuUsage();
    tell({
      cpuUs: user + system,
      rssMb: Math.round(process.memoryUsage().rss / 1e6),
      peakRssMb: peakRssMb(),
    });
  }
});
process.on('disconnect', () => process.exit(0));
await (kind === 'bare' ? serveBare() : serveNode());

async function serveNode(): Promise<void> {
  const node = await composeNode(
    { dataDir: dir, port: 0, taxiiPerMinute: 1e9 },
    {
      clock: Date.now,
      uuid: randomUUID,
      randomBytes: (count) => randomBytes(count),
      log: (entry) => console.error(entry),
    },
  );
  const { localUrl: url } = await node.listen();
  const client = createClient({ baseUrl: url, token: node.localToken }, { fetch: globalThis.fetch });
  await client.activateLaw({ body: { text: readStarterLaw('open'), name: 'open' } });
  const { id: tokenId, secret } = await client.createToken({
    body: { name: randomUUID(), scopes: ['share', 'contribute'] },
  });
  const key = `client:${tokenId.slice(4)}`;
  await client.saveRecipient({ body: { key, name: 'Works', tokenId } });
  const { id } = await client.saveCollection({ body: { title: randomUUID(), audience: [key], takesObjects: true } });
  pullAll = async (from, token) => {
    const startMs = performance.now();
    const feed = await client.addFeed({ body: { url: from, token, allowPrivate: true, intervalMinutes: 43_200 } });
    for (;;) {
      const { status, lastError, progress } = await client.pullFeed({
        params: { id: feed.id },
        query: { wait: 'true' },
      });
      if (status === 'failing') throw new Error(`The pull failed: ${lastError}`);
      if (progress?.isWhole !== true) continue;
      return { seconds: (performance.now() - startMs) / 1000, objects: progress.objects, pages: progress.pages };
    }
  };
  const { port } = new URL(url);
  tell({
    ready: { port: Number(port), path: `/taxii2/api/collections/${id}/objects/`, authorization: `Bearer ${secret}` },
  });
}

/** What `resourceUsage` says is no less than what the parent had when it forked; Linux knows better. */
function peakRssMb(): number {
  if (process.platform !== 'linux') return Math.round(process.resourceUsage().maxRSS / 1000);
  const kib = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Math.round((Number(kib) * 1024) / 1e6);
}

/** What a server can cost at least that sends these bytes: nothing is looked at. */
async function serveBare(): Promise<void> {
  const server = createServer((_request, response) =>
    response.writeHead(200, { ...headers, 'content-length': answer.length }).end(answer),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  tell({ ready: { port: (server.address() as AddressInfo).port, path: '/', authorization: '' } });
}
