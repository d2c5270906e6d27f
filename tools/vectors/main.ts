import { findShared } from '../../packages/testkit/src/index.ts';
import { runSuites } from './run-suites.ts';
import { suites } from './suites.ts';

const result = await runSuites(suites, { find: findShared, print: (line) => process.stdout.write(`${line}\n`) });
process.exitCode = result.ok ? 0 : 1;
