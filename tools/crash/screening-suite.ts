import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { openStore } from '../../packages/node/src/store/index.ts';
import { createRandom } from '../../packages/testkit/src/index.ts';
import type { Random } from '../../packages/testkit/src/index.ts';
import { compareMatches } from './compare-matches.ts';
import type { CrashOptions, CrashResult, CrashSuite } from './crash-suite.ts';
import { lateName, LogWriter } from './log-writer.ts';
import type { FromNode, ToNode } from './screening-node.ts';

/** The node is killed at most this long after it was started, or after it said that it is ready. */
const killAfterMs = 400;
/** With everything written, how long the number of matches must stand still to be the final one. */
const settledMs = 8000;
const readyMs = 30_000;

/**
 * Screening survives `kill -9`: a log and a folder of logs grow and are rotated, records are pushed and files uploaded,
 * while the node is killed at random moments; half-way a name is listed that was seen before. In the end every match is there exactly once.
 */
export const screeningSuite: CrashSuite = { name: 'screening', run: runScreeningSuite };

export interface ScreeningCrashOptions extends CrashOptions {
  /** Tests only: a node that says of some writes that they are durable, and does not write them. */
  readonly forgetful?: boolean;
}

export async function runScreeningSuite(options: ScreeningCrashOptions): Promise<CrashResult> {
  const dir = mkdtempSync(join(tmpdir(), 'comity-crash-screening-'));
  let isKept = false;
  try {
    const run = new ScreeningRun(dir, createRandom(options.seed), options.forgetful === true);
    for (let kill = 1; kill <= options.kills; kill++) {
      await run.liveAndDie(kill === 1, kill > options.kills / 2);
      if (kill % 20 === 0) options.say(`screening: ${kill} kills, ${run.expected.length} matches written`);
    }
    await run.liveToTheEnd();
    const { expected } = run;
    const found = await foundIn(join(dir, 'data'));
    const compared = compareMatches(expected, found, run.unanswered);
    isKept = compared.faults.length > 0 && options.forgetful !== true;
    if (isKept) options.say(`screening: the node's folder and its logs are kept in ${dir}`);
    return { kills: options.kills, checked: `${expected.length} matches`, ...compared };
  } finally {
    if (!isKept) rmSync(dir, { recursive: true, force: true });
  }
}

class ScreeningRun {
  readonly #dataDir: string;
  readonly #logs: string;
  readonly #random: Random;
  readonly #forgetful: boolean;
  readonly #writers: readonly LogWriter[];
  /** Values of pushes and uploads that were acknowledged. */
  readonly #acknowledged: string[] = [];
  #push = { batch: 0, value: '', text: '', isOpen: false };
  /** Uploads that were sent and not acknowledged. */
  readonly unanswered = new Set<string>();
  #uploads = 0;
  #matches = 0;

  constructor(dir: string, random: Random, forgetful: boolean) {
    this.#forgetful = forgetful;
    this.#dataDir = join(dir, 'data');
    this.#logs = join(dir, 'logs');
    this.#random = random;
    mkdirSync(this.#logs);
    this.#writers = [
      new LogWriter(this.#logs, 'app.log', 'file', random),
      new LogWriter(join(this.#logs, 'folder'), 'a.log', 'folder-a-', random),
      new LogWriter(join(this.#logs, 'folder'), 'b.log', 'folder-b-', random),
    ];
  }

  get expected(): string[] {
    return [...this.#writers.flatMap((writer) => writer.written), ...this.#acknowledged];
  }

  /**
   * Starts the node, lets the world go on, and kills it at a random moment: while starting or at work. The first time
   * it comes to have its sources: what was written and rotated before nobody asked for. `isLate`: another name is listed, for which
   * a hunt asks what was judged before.
   */
  async liveAndDie(isFirst: boolean, isLate: boolean): Promise<void> {
    const node = this.#start();
    if (this.#random.below(4) > 0 || isFirst) await this.#ready(node);
    if (isLate) this.#send(node, { type: 'list', name: lateName });
    const untilMs = performance.now() + this.#random.below(killAfterMs);
    while (performance.now() < untilMs) {
      this.#act(node);
      await setTimeout(this.#random.below(12));
    }
    node.kill('SIGKILL');
    await gone(node);
    if (node.signalCode !== 'SIGKILL') throw endedByItself(node.exitCode);
    // Logs grow and are rotated while nobody looks.
    for (let act = this.#random.below(6); act > 0; act--) this.#write();
  }

  async liveToTheEnd(): Promise<void> {
    const node = this.#start();
    await this.#ready(node);
    this.#send(node, { type: 'list', name: lateName });
    for (const writer of this.#writers) writer.finish();
    if (this.#push.isOpen) this.#send(node, { type: 'push', batch: this.#push.batch, text: this.#push.text });
    let seen = -1;
    while (seen !== this.#matches) {
      seen = this.#matches;
      await setTimeout(settledMs);
    }
    this.#send(node, { type: 'stop' });
    await gone(node);
    if (node.exitCode !== 0) throw endedByItself(node.exitCode);
  }

  get #arguments(): string[] {
    return [this.#dataDir, this.#logs, ...(this.#forgetful ? ['forgetful'] : [])];
  }

  #start(): ChildProcess {
    const node = fork(new URL('./screening-node.ts', import.meta.url), this.#arguments, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    node.on('message', (message: FromNode) => this.#hear(message));
    return node;
  }

  async #ready(node: ChildProcess): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onMessage = (message: FromNode): void => {
      if (message.type === 'ready') resolve();
    };
    const onExit = (code: number | null): void => reject(endedByItself(code));
    const late = globalThis.setTimeout(() => reject(new Error('The node was not ready in time')), readyMs);
    node.on('message', onMessage);
    node.once('exit', onExit);
    try {
      await promise;
    } finally {
      clearTimeout(late);
      node.off('message', onMessage);
      node.off('exit', onExit);
    }
  }

  #act(node: ChildProcess): void {
    const what = this.#random.below(20);
    if (what === 0) this.#upload(node);
    else if (what < 3) this.#pushNext(node);
    else this.#write();
  }

  #write(): void {
    this.#random.pick(this.#writers).act();
  }

  /** A push that was not answered is sent again under the same id, as a careful sender does. */
  #pushNext(node: ChildProcess): void {
    if (!this.#push.isOpen) {
      const batch = this.#push.batch + 1;
      const value = `push${batch}.evil.example`;
      this.#push = {
        batch,
        value,
        text: `${JSON.stringify({ query: value })}\n{"query":"fine.example"}\n`,
        isOpen: true,
      };
    }
    this.#send(node, { type: 'push', batch: this.#push.batch, text: this.#push.text });
  }

  #upload(node: ChildProcess): void {
    const value = `upload${this.#uploads++}.evil.example`;
    this.unanswered.add(value);
    this.#send(node, { type: 'upload', name: value, text: `nothing\n${value}\n${'fine.example\n'.repeat(2000)}` });
  }

  #send(node: ChildProcess, message: ToNode): void {
    if (node.connected) node.send(message);
  }

  #hear(message: FromNode): void {
    switch (message.type) {
      case 'pushed':
        if (message.batch !== this.#push.batch || !this.#push.isOpen) return;
        this.#push.isOpen = false;
        this.#acknowledged.push(this.#push.value);
        return;
      case 'uploaded':
        this.unanswered.delete(message.name);
        this.#acknowledged.push(message.name);
        return;
      case 'matches':
        this.#matches = message.count;
        return;
      case 'ready':
    }
  }
}

/** The values of all matches in a data folder, one entry a match. */
async function foundIn(dir: string): Promise<string[]> {
  const store = await openStore({ dir, schemas: [], readOnly: true }, { clock: Date.now });
  const rows = store.reader.prepare<{ value: string }>('select value from screening_match').all();
  await store.close();
  return rows.map(({ value }) => value);
}

/** Resolves once the process has ended, also when it already had. */
async function gone(node: ChildProcess): Promise<void> {
  if (node.exitCode === null && node.signalCode === null) await once(node, 'exit');
}

function endedByItself(code: number | null): Error {
  return new Error(`The node ended by itself, code ${code}`);
}
