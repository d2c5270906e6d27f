import { parseArgs } from 'node:util';
import type { CrashSuite } from './crash-suite.ts';
import { followingSuite } from './following-suite.ts';
import { importSuite } from './import-suite.ts';
import { ledgerSuite } from './ledger-suite.ts';
import { screeningSuite } from './screening-suite.ts';

/**
 * `npm run test:crash -- [following|import|ledger|screening]... [--kills N] [--seed N]`: kills the node at random moments and looks what is
 * left. The seed is printed; the same seed gives the same moments. Exit 1 when something was lost or doubled.
 */
const suites: readonly CrashSuite[] = [followingSuite, importSuite, ledgerSuite, screeningSuite];
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { kills: { type: 'string', default: '200' }, seed: { type: 'string' } },
});
const seed = values.seed === undefined ? Date.now() % 0x1_0000_0000 : Number(values.seed);
const kills = Number(values.kills);
const chosen = positionals.length === 0 ? suites : suites.filter((suite) => positionals.includes(suite.name));
if (chosen.length < new Set(positionals).size || !Number.isInteger(kills) || kills < 1 || !Number.isInteger(seed)) {
  process.stderr.write('usage: npm run test:crash -- [following|import|ledger|screening]... [--kills N] [--seed N]\n');
  process.exit(2);
}
process.stdout.write(`seed ${seed}\n`);
for (const suite of chosen) {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const result = await suite.run({ kills, seed, say });
  for (const fault of result.faults) say(`  ${fault}`);
  say(`${suite.name}: ${result.kills} kills, ${result.checked}, ${result.faultCount} faults`);
  if (result.faultCount > 0) process.exitCode = 1;
}
