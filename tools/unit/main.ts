import { globSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import { cacheDir } from '../cache-dir.ts';
import { repositoryDir } from '../source-files.ts';
import summaryReporter from '../summary-reporter.ts';
import { longestFirst, readDurations } from './durations.ts';

/**
 * Runs the tests beside the code, each file in a process of its own.
 *
 * Usage: `npm run test:unit` for all but those of the protocol, which `npm run coverage` runs, or `npm run test:unit -- WORD` for the
 * files with that word in their path. Many tests wait
 * for a disk or a clock, so one file more is under way than there are processors; what takes longest begins first, as
 * the last run measured it, so that nothing long is left at the end. Modules compiled once are kept for all processes.
 */
const word = process.argv[2] ?? '';
const durationsFile = join(cacheDir('unit'), 'durations.json');
process.env['NODE_COMPILE_CACHE'] ??= cacheDir('compiled');

const durationMs = readDurations(durationsFile);
const files = globSync(['packages/*/src/**/*.test.ts', 'tools/**/*.test.ts', 'bench/**/*.test.ts'], {
  cwd: repositoryDir,
}).filter((file) => (word === '' ? !file.startsWith('packages/protocol/') : file.includes(word)));
if (files.length === 0) throw new Error(`Cannot find a test with "${word}" in its path`);

const events = run({
  cwd: repositoryDir,
  files: longestFirst(files, durationMs).map((file) => join(repositoryDir, file)),
  concurrency: availableParallelism() + 1,
  execArgv: ['--disable-warning=ExperimentalWarning', '--import', import.meta.resolve('./watchdog.ts')],
});
events.on('test:fail', () => {
  process.exitCode = 1;
});
events.on('test:summary', ({ file, duration_ms: ms }) => {
  if (file !== undefined) durationMs.set(relative(repositoryDir, file), ms);
});
for await (const text of summaryReporter(events)) process.stdout.write(text);
writeFileSync(durationsFile, JSON.stringify(Object.fromEntries(durationMs)));
