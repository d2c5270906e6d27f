import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { runLarge } from './large.ts';
import type { Stripe, StripeNews } from './run-stripe.worker.ts';
import { drawScript } from './script.ts';
import { shrink } from './shrink.ts';

/**
 * Runs federations that do not exist, by seeds.
 *
 * Usage: `npm run sim -- [--seeds 1000] [--from 1] [--members 4] [--steps 60]`, `npm run sim -- --seed N` for one; a seed that breaks a rule
 * ends it, with the shortest script that does. Seeds are shared out among as many threads as there are processors. `npm run sim -- --large
 * [--members 100] [--days 365] [--changes 100] [--json]` measures what a day costs with 1,000 and with 10,000 objects.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    members: { type: 'string' },
    steps: { type: 'string', default: '60' },
    large: { type: 'boolean', default: false },
    days: { type: 'string', default: '365' },
    changes: { type: 'string', default: '100' },
    objects: { type: 'string', default: '1000,10000' },
    json: { type: 'boolean', default: false },
  },
});

if (values.large) await measure();
else await search();

async function search(): Promise<void> {
  const size = { members: Number(values.members ?? 4), steps: Number(values.steps) };
  const first = Number(values.seed ?? values.from);
  const count = values.seed === undefined ? Number(values.seeds) : 1;
  const began = performance.now();
  const stripes = Math.min(count, availableParallelism());
  const workers = Array.from({ length: stripes }, (_, at) => {
    const workerData: Stripe = { ...size, first: first + at, end: first + count, step: stripes };
    return new Worker(new URL('run-stripe.worker.ts', import.meta.url), { workerData });
  });
  let done = 0;
  let broken: StripeNews['broken'];
  const end = async (worker: Worker): Promise<void> => {
    worker.on('message', (news: StripeNews) => {
      done += 1;
      if (done % 100 === 0) process.stderr.write(`${done} seeds\n`);
      if (news.broken === undefined) return;
      broken ??= news.broken;
      for (const each of workers) void each.terminate();
    });
    await once(worker, 'exit');
  };
  await Promise.all(workers.map(end));
  if (broken !== undefined) {
    const { seed, rule, says } = broken;
    process.stdout.write(`seed ${seed} breaks a rule: ${rule}\n  ${says}\n`);
    const shortest = await shrink(drawScript(seed, size), {}, rule);
    const all = shortest.violations.map((each) => `  ${each.rule}: ${each.says}\n`).join('');
    process.stdout.write(`the shortest script that does:\n${JSON.stringify(shortest.script)}\n${all}`);
    process.exitCode = 1;
    return;
  }
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage();
  const cpuSeconds = (user + system) / 1e6;
  process.stdout.write(
    `${count} seeds kept every rule: ${(count / seconds).toFixed(1)} a second, ${(count / cpuSeconds).toFixed(1)} a CPU-second\n`,
  );
}

async function measure(): Promise<void> {
  const costs = [];
  for (const objects of values.objects.split(',').map(Number)) {
    const options = {
      members: Number(values.members ?? 100),
      objects,
      days: Number(values.days),
      changes: Number(values.changes),
      recalls: Math.ceil(Number(values.changes) / 20),
    };
    costs.push(
      await runLarge(options, (day) => {
        if (day % 10 === 0) process.stderr.write(`${objects} objects, day ${day}\n`);
      }),
    );
  }
  if (values.json) process.stdout.write(`${JSON.stringify(costs, undefined, 2)}\n`);
  else process.stdout.write(plotOf(costs));
}

/** A line a figure and size, its length that of the figure. */
function plotOf(costs: readonly Awaited<ReturnType<typeof runLarge>>[]): string {
  const names = ['bytes', 'requests', 'signed', 'verified', 'cpuMs'] as const;
  return names
    .map((name) => {
      const most = Math.max(...costs.map((cost) => cost[name]), Number.MIN_VALUE);
      const lines = costs.map((cost) => {
        const bar = '#'.repeat(Math.round((40 * cost[name]) / most));
        return `  ${String(cost.objects).padStart(7)} objects  ${bar.padEnd(40)}  ${cost[name].toFixed(1)}\n`;
      });
      return `${name} a member and day\n${lines.join('')}`;
    })
    .join('');
}
