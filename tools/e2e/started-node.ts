import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNode } from '../started-node.ts';
import type { StartedNode } from '../started-node.ts';

/** A node with a folder beside its data for files the journeys let it read. */
export interface ScratchNode extends Pick<StartedNode, 'url' | 'signInLink' | 'stop'> {
  readonly scratchDir: string;
}

/** Starts the real node in a data folder of its own, on a port that was free. */
export async function startScratchNode(): Promise<ScratchNode> {
  const scratchDir = mkdtempSync(join(tmpdir(), 'comity-e2e-'));
  const started = await startNode(['--port', String(await freePort()), '--data', join(scratchDir, 'data')]);
  return {
    ...started,
    scratchDir,
    async stop() {
      await started.stop();
      rmSync(scratchDir, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}
