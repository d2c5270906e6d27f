import { parseArgs } from 'node:util';
import { findShared } from '../../packages/testkit/src/index.ts';
import { askPython } from './ask.ts';
import { checksOf } from './checks.ts';
import { openEnvironment } from './environment.ts';
import { runChecks } from './run-checks.ts';

// `npm run test:interop`: what we make and read, before judges that others wrote. `--all` asks about every object of
// every MISP event (minutes), not some of each shape.
const { values } = parseArgs({ options: { all: { type: 'boolean', default: false } } });
const environment = openEnvironment(process.env);
const judges = environment.missing === undefined ? { ask: askPython(environment.python) } : environment;
const result = await runChecks(checksOf({ all: values.all }), {
  judges,
  find: findShared,
  print: (line) => process.stdout.write(`${line}\n`),
});
process.exitCode = result.failed === 0 ? 0 : 1;
