import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const rootDir = resolve(import.meta.dirname, '../..');
/** A first start builds the page; after that it is seconds. */
const startTimeoutMs = 120_000;

export interface StartedNode {
  readonly url: string;
  /** The one-time link it printed. */
  readonly signInLink: string;
  /** For files the journeys let it read. */
  readonly scratchDir: string;
  readonly stop: () => Promise<void>;
}

/** Starts the real node as a user does, in a data folder of its own, and waits for its link. */
export async function startNode(): Promise<StartedNode> {
  const scratchDir = mkdtempSync(join(tmpdir(), 'comity-e2e-'));
  const port = await freePort();
  const child = spawn('./comity', ['start', '--port', String(port), '--data', join(scratchDir, 'data')], {
    cwd: rootDir,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const signInLink = await new Promise<string>((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`The node did not start:\n${said}`)), startTimeoutMs);
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
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
    scratchDir,
    async stop() {
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await ended;
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
