import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { temporaryDir, until } from '../node-for-tests.ts';
import type { Cleanup } from '../node-for-tests.ts';

const main = resolve(import.meta.dirname, '../main.ts');

/** A command under way. */
interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
  /** What it wrote on standard error so far. */
  readonly told: () => string;
}

function start(cleanup: Cleanup, data: string, args: readonly string[]): Started {
  const child = spawn(process.execPath, [main, ...args, '--data', data], { stdio: ['ignore', 'pipe', 'pipe'] });
  cleanup.after(() => child.kill('SIGKILL'));
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const told = (): string => stderr;
  return { child, told, ended: new Promise((done) => child.on('close', (code) => done({ code, stdout, stderr }))) };
}

const run = (cleanup: Cleanup, data: string, ...args: string[]) => start(cleanup, data, args).ended;

/**
 * Sends lines, then nothing more and no end; `taken` once all lines are on their way.
 *
 * @param short - answered whole to the first request, before that.
 */
async function serveWithoutEnd(
  cleanup: Cleanup,
  lines: string,
  short?: string,
): Promise<{ url: string; taken: Promise<void> }> {
  const taken = Promise.withResolvers<void>();
  let first = short;
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    if (first !== undefined) {
      response.end(first);
      first = undefined;
      return;
    }
    response.write(lines, () => taken.resolve());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  cleanup.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/list.txt`, taken: taken.promise };
}

/** Time enough for a first batch. */
const admitMs = 2_500;
const lines = Array.from({ length: 60_000 }, (_, index) => `n${index}.evil.example\n`).join('');

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} ends a pull of feeds after its batch with exit 2, and the feed is as before the pull`, async (context) => {
    const data = join(temporaryDir(context), 'data');
    const server = await serveWithoutEnd(context, lines);
    const added = await run(context, data, 'feed', 'add', server.url, '--name', 'slow', '--allow-private');
    assert.equal(added.code, 0);
    const { child, ended } = start(context, data, ['feed', 'pull']);
    await server.taken;
    await pause(admitMs);
    const askedMs = performance.now();
    child.kill(signal);
    const { code, stderr } = await ended;
    assert.ok(performance.now() - askedMs < 60_000, 'within seconds');
    assert.equal(code, 2);
    assert.equal(
      stderr,
      'comity: Stopped at the feed "slow", 0 of 1 pulled; what was taken of it stays, and it is pulled again next time\n',
    );
    assert.match((await run(context, data, 'feed', 'list')).stdout, /^new +0 +never .*slow/m);
    assert.match((await run(context, data, 'import', 'list')).stdout, /^\S+ +failed +\d{2,} /m);
  });
}

test('asked to stop, a pull is not waited for where the running node goes on with it', async (context) => {
  const data = join(temporaryDir(context), 'data');
  const server = await serveWithoutEnd(context, lines, 'evil.example\n');
  const node = start(context, data, ['start', '--port', '0']);
  while (!existsSync(join(data, 'node.json'))) await pause(50);
  await run(context, data, 'feed', 'add', server.url, '--name', 'slow', '--allow-private');
  // A new feed is pulled at once; what is asked of the server then is asked by the command.
  while (!/^ok /m.test((await run(context, data, 'feed', 'list')).stdout)) await pause(50);
  const { child, ended } = start(context, data, ['feed', 'pull']);
  await server.taken;
  child.kill('SIGTERM');
  const { code, stderr } = await ended;
  assert.deepEqual(
    [code, stderr],
    [
      2,
      'comity: Stopped at the feed "slow", 0 of 1 pulled; the node may still pull it: comity feed list shows how it ends\n',
    ],
  );
  assert.match((await run(context, data, 'feed', 'list')).stdout, /^pulling /m);
  const askedMs = performance.now();
  node.child.kill('SIGTERM');
  assert.equal((await node.ended).code, 0);
  assert.ok(performance.now() - askedMs < 60_000, 'the node calls the pull off');
});

test('SIGTERM ends an import of known-good lists with exit 2: those before are loaded, the one under way is not', async (context) => {
  const dir = temporaryDir(context);
  const data = join(dir, 'data');
  const list = (name: string): string =>
    JSON.stringify({ name, type: 'hostname', list: [`${name}.example`], version: 1 });
  writeFileSync(join(dir, 'one.json'), list('one'));
  const pipe = join(dir, 'two.json');
  execFileSync('mkfifo', [pipe]);
  const { child, told, ended } = start(context, data, ['known-good', 'import', join(dir, 'one.json'), pipe]);
  // Opens once the command reads it.
  const written = await open(pipe, 'w');
  await written.write(list('two').slice(0, 20));
  child.kill('SIGTERM');
  await until(() => told() !== '', 'it says that it stopped');
  // A read of a pipe cannot be called off.
  await written.close();
  const { code, stdout, stderr } = await ended;
  assert.equal(code, 2);
  assert.match(stdout, /^one +hostname +1 +0/m);
  assert.equal(
    stderr,
    `comity: Stopped at "${pipe}", 1 of 2 lists loaded; comity known-good list shows whether that one was\n`,
  );
  const { stdout: lists } = await run(context, data, 'known-good', 'list');
  assert.match(lists, /^one /m);
  assert.doesNotMatch(lists, /^two /m);
});
