import { findShared } from '../../packages/testkit/src/index.ts';
import { checkCorpus } from './check.ts';
import { corpusSets } from './sets.ts';

const result = await checkCorpus(corpusSets, {
  find: findShared,
  print: (line) => process.stdout.write(`${line}\n`),
});
process.stdout.write(`${result.checked} checked, ${result.faults.length} faults, ${result.skipped} sets skipped\n`);
process.exitCode = result.faults.length === 0 ? 0 : 1;
