import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDir } from '../../tools/source-files.ts';
import type { Asked, Pulled, Told } from './server.ts';

/** A server in a process of its own. */
export interface Running {
  readonly pid: number;
  readonly port: number;
  /** Of the objects of its collection. */
  readonly path: string;
  readonly authorization: string;
  /** CPU so far, and the memory now and at most, in MB. */
  usage(): Promise<{ readonly cpuUs: number; readonly rssMb: number; readonly peakRssMb: number }>;
  /** Pulls a collection to its end (the node only). */
  pull(url: string, token: string): Promise<Pulled>;
  /** What the bare server answers from now on. */
  serve(headers: Record<string, string>, body: Buffer): void;
  stop(): void;
}

/** What the launcher of a node says of memory, so that what is measured is what runs. */
function wordsOfLauncher(pattern: RegExp): string[] {
  const words = readFileSync(join(repositoryDir, 'comity'), 'utf8').match(pattern);
  if (words === null) throw new Error('Cannot measure: the launcher says nothing of memory');
  return words;
}

/** @param args - `bare`, or `node` and its data folder. */
export async function startServer(args: readonly string[]): Promise<Running> {
  const child = fork(new URL('./server.ts', import.meta.url), args, {
    execArgv: wordsOfLauncher(/--max-semi-space-size=\d+/g),
    env: {
      ...process.env,
      ...Object.fromEntries(
        wordsOfLauncher(/MALLOC_\w+="\$\{\w+-\d+/g).map((word) => word.split(/="\$\{\w+-/, 2) as [string, string]),
      ),
    },
  });
  child.setMaxListeners(0);
  const next = async (): Promise<Told> => {
    const ended = once(child, 'exit').then(() => {
      throw new Error('The server ended');
    });
    return ((await Promise.race([once(child, 'message'), ended])) as [Told])[0];
  };
  const told = await next();
  if (!('ready' in told)) throw new Error('Assertion failed: a server says first that it is ready');
  const ask = (asked: Asked): void => void child.send(asked);
  return {
    ...told.ready,
    pid: child.pid ?? 0,
    async usage() {
      const answer = next();
      ask({ usage: true });
      const usage = await answer;
      if (!('cpuUs' in usage)) throw new Error('Assertion failed: a server answers what it is asked');
      return usage;
    },
    async pull(url, token) {
      const answer = next();
      ask({ pull: { url, token } });
      const told = await answer;
      if (!('pulled' in told)) throw new Error('Assertion failed: a server answers what it is asked');
      return told.pulled;
    },
    serve: (headers, body) => ask({ serve: { headers, body: body.toString('base64') } }),
    stop: () => child.disconnect(),
  };
}
