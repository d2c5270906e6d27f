import { parseArgs } from 'node:util';
import { runLarge } from './large.ts';
import { runScript } from './run-script.ts';
import { drawScript } from './script.ts';
import { shrink } from './shrink.ts';

/**
 * Runs federations that do not exist, by seeds.
 *
 * Usage: `npm run sim -- [--seeds 1000] [--from 1] [--members 4] [--steps 60]`, `npm run sim -- --seed N` for one; a seed that breaks a rule
 * ends it, with the shortest script that does. `npm run sim -- --large [--members 100] [--days 365] [--changes 100] [--json]` measures what
 * a day costs with 1,000 and with 10,000 objects.
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
  for (let seed = first; seed < first + count; seed += 1) {
    const script = drawScript(seed, size);
    const [found] = await runScript(script);
    if (found !== undefined) {
      process.stdout.write(`seed ${seed} breaks a rule: ${found.rule}\n  ${found.says}\n`);
      const shortest = await shrink(script, {}, found.rule);
      const broken = shortest.violations.map(({ rule, says }) => `  ${rule}: ${says}\n`).join('');
      process.stdout.write(`the shortest script that does:\n${JSON.stringify(shortest.script)}\n${broken}`);
      process.exitCode = 1;
      return;
    }
    if ((seed - first) % 100 === 99) process.stderr.write(`${seed - first + 1} seeds\n`);
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
