/**
 * `npm run fuzz:screen -- --bytes 1e9`: holds the kernel against the plain matcher on so many bytes made of what is listed, of
 * pieces of it and of what stands round such things; then lets a table change while another thread scans it. Ends with 1 at the
 * first difference, which it shows with the seed that gives it again.
 */
import { parseArgs } from 'node:util';
import { fuzzKernel } from './fuzz-kernel.ts';
import { raceUpdates } from './race-updates.ts';

const { values: options } = parseArgs({
  options: {
    bytes: { type: 'string', default: '3e7' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    /** Seconds of changes while scanning. */
    race: { type: 'string', default: '5' },
  },
});
const seed = Number(options.seed);
const began = performance.now();
const { bytes, hits, difference } = fuzzKernel(Number(options.bytes), seed);
if (difference !== undefined) {
  process.stdout.write(`${difference}\n`);
  process.exit(1);
}
process.stdout.write(
  `seed ${seed}: ${bytes} bytes, ${hits} hits and gates, 0 missed, 0 extra (${Math.round((performance.now() - began) / 1000)} s)\n`,
);
if (hits < bytes / 1000) {
  process.stdout.write('so few hits prove nothing\n');
  process.exit(1);
}
const race = await raceUpdates(Number(options.race) * 1000, seed);
process.stdout.write(
  `race: ${race.changes} changes during ${race.scans} scans, ${race.faults.length} faults${race.faults.map((fault) => `\n${fault}`).join('')}\n`,
);
process.exit(race.faults.length > 0 ? 1 : 0);
