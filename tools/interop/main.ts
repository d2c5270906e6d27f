import { parseArgs } from 'node:util';
import { findShared } from '../../packages/testkit/src/index.ts';
import { openJudges } from './ask.ts';
import { checksOf } from './checks.ts';
import { openEnvironment } from './environment.ts';
import { runChecks } from './run-checks.ts';

// `npm run test:interop`: what we make and read, before judges that others wrote. `--all` asks about every object of
// every MISP event (minutes), not some of each shape.
const { values } = parseArgs({ options: { all: { type: 'boolean', default: false } } });
const environment = openEnvironment(process.env);
const judges = environment.missing === undefined ? openJudges(environment.python) : environment;
const print = (line: string): boolean => process.stdout.write(`${line}\n`);
try {
  const result = await runChecks(checksOf({ all: values.all }), { judges, find: findShared, print });
  process.exitCode = result.failed === 0 ? 0 : 1;
} finally {
  if ('close' in judges) judges.close();
}
