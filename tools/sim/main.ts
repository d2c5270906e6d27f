import { parseArgs } from 'node:util';
import { drawScript } from './script.ts';
import { runScript } from './run-script.ts';
import { shrink } from './shrink.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    members: { type: 'string', default: '4' },
    steps: { type: 'string', default: '60' },
    large: { type: 'boolean', default: false },
  },
});
const size = { members: Number(values.members), steps: Number(values.steps) };
const first = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
const began = performance.now();
for (let seed = first; seed < first + count; seed += 1) {
  const script = drawScript(seed, size);
  const violations = await runScript(script);
  const [found] = violations;
  if ((seed - first) % 100 === 99) process.stderr.write(`${seed - first + 1} seeds\n`);
  if (found === undefined) continue;
  const shortest = await shrink(script, {}, found.rule);
  process.stdout.write(`seed ${seed} breaks a rule: ${found.rule}\n  ${found.says}\n`);
  process.stdout.write(
    `${JSON.stringify(shortest.script)}\n${shortest.violations.map(({ rule, says }) => `  ${rule}: ${says}`).join('\n')}\n`,
  );
  process.exit(1);
}
const seconds = (performance.now() - began) / 1000;
process.stdout.write(`${count} seeds kept every rule, ${(count / seconds).toFixed(1)} a second\n`);
