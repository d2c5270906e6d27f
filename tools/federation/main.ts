import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { figuresOf } from '../../bench/sync/process-figures.ts';
import { joinAll, startMember } from './member-process.ts';
import type { MemberProcess } from './member-process.ts';
import { steps } from './steps.ts';
import type { Five } from './steps.ts';

/**
 * `npm run federation -- [--once] [--data DIR]`: five members on loopback, each a process with its own data folder, and what goes between
 * them shown step by step. They stay up until Ctrl-C; with `--once` they end after the last step, exit 1 when one did not come about.
 */
const { values: options } = parseArgs({
  options: { once: { type: 'boolean', default: false }, data: { type: 'string' } },
});

const plans = [
  { name: 'Alder', law: 'open' },
  { name: 'Birch', law: 'cert-nis2' },
  { name: 'Chestnut', law: 'open' },
  { name: 'Dogwood', law: 'cert-nis2' },
  { name: 'Elm', law: 'open' },
] as const;

const dir = options.data === undefined ? mkdtempSync(join(tmpdir(), 'comity-federation-')) : resolve(options.data);
if (existsSync(dir) && readdirSync(dir).length > 0) {
  process.stderr.write(`Cannot begin in ${dir}: it is not empty, and members find each other where they were\n`);
  process.exit(2);
}
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const started: MemberProcess[] = [];
try {
  await run();
} catch (error) {
  process.exitCode = 1;
  if (!stop.signal.aborted) {
    say(`FAILED: ${error instanceof Error ? error.message : String(error)}`);
    for (const { name, said } of started) say(`--- ${name} said last:\n${said()}`);
  }
} finally {
  await Promise.all(started.map((member) => member.stop()));
  if (options.data === undefined) rmSync(dir, { recursive: true, force: true });
}

async function run(): Promise<void> {
  for (const plan of plans) {
    if (stop.signal.aborted) return;
    const member = await startMember({ ...plan, dataDir: join(dir, plan.name.toLowerCase()) });
    started.push(member);
    say(`${plan.name.padEnd(9)} under the law ${plan.law.padEnd(9)} ${member.signInLink}`);
  }
  await joinAll(started);
  say('Each invited the others and let them in.');
  for (const [at, { title, show }] of steps.entries()) {
    if (stop.signal.aborted) return;
    say(`\n${at + 1}  ${title}`);
    for (const sentence of await show(started as unknown as Five, dir)) say(`   ${sentence}`);
  }
  const cpuS = started.reduce((sum, { pid }) => sum + figuresOf(pid).cpuS, 0);
  say(`\nAll ${steps.length} came about; the five nodes took ${cpuS.toFixed(1)} s of CPU.`);
  if (options.once || stop.signal.aborted) return;
  say(`They stay up. Their data is below ${dir}; for a new link: ./comity sign-in --data FOLDER. Stop: Ctrl-C`);
  await once(stop.signal, 'abort');
}
