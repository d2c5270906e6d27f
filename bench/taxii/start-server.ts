import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Asked, Told } from './server.ts';

/** A server in a process of its own. */
export interface Running {
  readonly port: number;
  /** Of the objects of its collection. */
  readonly path: string;
  readonly authorization: string;
  usage(): Promise<{ readonly cpuUs: number; readonly rssMb: number }>;
  /** What the bare server answers from now on. */
  serve(headers: Record<string, string>, body: Buffer): void;
  stop(): void;
}

/** @param args - `bare`, or `node` and its data folder. */
export async function startServer(args: readonly string[]): Promise<Running> {
  const child = fork(new URL('./server.ts', import.meta.url), args);
  const next = async (): Promise<Told> => (await once(child, 'message'))[0] as Told;
  const told = await next();
  if (!('ready' in told)) throw new Error('Assertion failed: a server says first that it is ready');
  const ask = (asked: Asked): void => void child.send(asked);
  return {
    ...told.ready,
    async usage() {
      const answer = next();
      ask({ usage: true });
      const usage = await answer;
      if ('ready' in usage) throw new Error('Assertion failed: a server is ready once');
      return usage;
    },
    serve: (headers, body) => ask({ serve: { headers, body: body.toString('base64') } }),
    stop: () => child.disconnect(),
  };
}
