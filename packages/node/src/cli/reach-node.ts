import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ComityError, quote } from '@comity/protocol/base';
import { createClient } from '@comity/protocol/client';
import type { Client } from '@comity/protocol/client';
import { composeNode, localAccessFile } from '../compose.ts';
import type { NodeDeps } from '../compose.ts';

/** A node a command speaks to: the running one, or one composed for this command only. */
export interface ReachedNode {
  readonly client: Client;
  readonly running: boolean;
  close(): Promise<void>;
}

export interface ReachOptions {
  readonly dataDir: string;
  /** Whether a data folder that is not there is made; else it is an error. */
  readonly creates: boolean;
}

const localAccess = z.object({ pid: z.int(), url: z.url(), token: z.string() });
const answerTimeoutMs = 5000;

/**
 * The node of a data folder: over HTTP when one runs (it has left its address and a token in the folder), else composed
 * in this process, on the same data and through the same routes.
 *
 * @throws {ComityError} `NOT_FOUND` without a data folder, `DATA_LOCKED` when another process has it and does not answer.
 */
export async function reachNode(options: ReachOptions, deps: NodeDeps): Promise<ReachedNode> {
  const { dataDir } = options;
  const running = await findRunningNode(dataDir);
  if (running !== undefined) return running;
  if (!options.creates && !existsSync(dataDir)) {
    throw new ComityError('NOT_FOUND', `Cannot find the data folder ${quote(dataDir)}`, {
      details: { hint: 'Start the node with comity start, or name its folder with --data or $COMITY_DATA' },
    });
  }
  const node = await composeNode({ dataDir }, deps);
  const client = createClient({ baseUrl: 'http://localhost', token: node.localToken }, { fetch: node.fetch });
  return { client, running: false, close: () => node.close() };
}

/** The client of the node that runs on this folder, or undefined when none does. */
export async function findRunningNode(dataDir: string): Promise<ReachedNode | undefined> {
  const file = join(dataDir, localAccessFile);
  if (!existsSync(file)) return undefined;
  const parsed = localAccess.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (!parsed.success) return undefined;
  const { url, token } = parsed.data;
  const client = createClient({ baseUrl: url, token }, { fetch: globalThis.fetch });
  try {
    await client.session({}, { signal: AbortSignal.timeout(answerTimeoutMs) });
  } catch {
    // Left behind by a node that was killed, or another program has the port now: the lock of the folder decides.
    return undefined;
  }
  return { client, running: true, close: async () => undefined };
}
