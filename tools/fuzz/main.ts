import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fuzz, productUses } from './run.ts';
import { seeds } from './seeds.ts';

/** Memory in use after a run; the parsers keep nothing. */
const heapBytesMax = 256 * 1024 * 1024;
/** The most the process ever held, the runtime and what is not yet collected included: no mutant takes much, and nothing piles up. */
const peakBytesMax = 768 * 1024 * 1024;

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '60000' },
    seed: { type: 'string', default: '1' },
  },
});
/** In a long run a line now and then says that it goes on. */
const everyMutants = 100_000;
const began = performance.now();
const options = {
  count: Number(values.count),
  seed: Number(values.seed),
  mutantMsMax: 1000,
  onMutant: (number: number) => {
    if (number % everyMutants === 0) process.stdout.write(`${number} mutants so far\n`);
  },
};
const result = await fuzz(seeds(), productUses, options);
const seconds = (performance.now() - began) / 1000;
const heapBytes = process.memoryUsage().heapUsed;
const peakBytes = process.resourceUsage().maxRSS * 1024;
for (const fault of result.faults) {
  const dir = join(tmpdir(), 'comity-fuzz');
  mkdirSync(dir, { recursive: true });
  const file = join(dir, `${options.seed}-${fault.number}`);
  writeFileSync(file, fault.bytes);
  process.stdout.write(`FAULT in mutant ${fault.number} of ${fault.start} (bytes in ${file}):\n${fault.reason}\n`);
}
process.stdout.write(
  `${result.mutants} mutants (seed ${options.seed}), ${result.items} items, ${result.rejected} rejections, slowest ${Math.round(result.slowestMs)} ms, ` +
    `${Math.round(heapBytes / 1e6)} MB heap, ${Math.round(peakBytes / 1e6)} MB at most, ${seconds.toFixed(1)} s: ${result.faults.length} faults\n`,
);
process.exitCode = result.faults.length === 0 && heapBytes < heapBytesMax && peakBytes < peakBytesMax ? 0 : 1;
