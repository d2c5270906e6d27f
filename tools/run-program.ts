import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { repositoryDir } from './source-files.ts';

/** How a program ended. */
export interface Ended {
  readonly ok: boolean;
  readonly stdout: string;
  /** Both streams, and why it could not be started. */
  readonly output: string;
}

const path = [join(repositoryDir, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter);

/**
 * Runs a program, ours before the machine's, to its end: at most five minutes and 64 MB of output. Never throws. A program that
 * runs tests runs its own, also when a test started it.
 */
export function runProgram(program: string, args: readonly string[], cwd: string): Ended {
  const done = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    timeout: 300_000,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, PATH: path, NODE_TEST_CONTEXT: undefined },
  });
  const failure = done.error === undefined ? '' : `${done.error.message}\n`;
  return {
    ok: done.status === 0,
    stdout: done.stdout ?? '',
    output: `${failure}${done.stdout ?? ''}${done.stderr ?? ''}`,
  };
}
