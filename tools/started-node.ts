import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { repositoryDir } from './source-files.ts';

/** A first start installs packages and builds the page; after that it is seconds. */
const saidCharsMax = 4000;
const startTimeoutMs = 300_000;

/** A node that runs in a process of its own. */
export interface StartedNode {
  readonly url: string;
  /** The one-time link it printed. */
  readonly signInLink: string;
  readonly pid: number;
  /** The end of what it said so far, on both streams, and how it ended when it has. */
  readonly said: () => string;
  /** Tells it to stop, and waits until it has. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts the real node as a user does, and waits for its link.
 *
 * @param args - Of `comity start`: `--data` is among them.
 * @param env - Variables it has beside those of this process.
 */
export async function startNode(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<StartedNode> {
  const child = spawn('./comity', ['start', ...args], {
    cwd: repositoryDir,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let said = '';
  const signInLink = await new Promise<string>((done, fail) => {
    const timer = setTimeout(() => {
      child.kill('SIGTERM');
      fail(new Error(`The node did not start:\n${said}`));
    }, startTimeoutMs);
    const hear = (chunk: Buffer): void => {
      said = (said + chunk.toString()).slice(-saidCharsMax);
      const link = /https?:\/\/\S+\/sign-in#code=\S+/.exec(said)?.[0];
      if (link === undefined) return;
      clearTimeout(timer);
      done(link);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`The node ended with ${code}:\n${said}`)));
  });
  return {
    url: new URL(signInLink).origin,
    signInLink,
    pid: child.pid ?? 0,
    said: () => `${said}${child.exitCode === null ? '' : `ended with ${child.exitCode}\n`}`,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
