import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from 'node:test';
import type { TestEvent } from 'node:test/reporters';
import { repositoryDir } from '../source-files.ts';
import summaryReporter from '../summary-reporter.ts';
import { coverageOf } from './gaps.ts';
import type { CoverageSummary } from './gaps.ts';

// `npm run coverage [folder]`: runs the tests of a folder, `packages/protocol/src` unless told otherwise, and fails when one of
// them fails or when a line, a branch or a function in it is not reached.
const dir = resolve(process.argv[2] ?? join(repositoryDir, 'packages/protocol/src'));
const files = globSync('**/*.ts', { cwd: dir }).map((name) => join(dir, name));
const isTest = (path: string): boolean => path.endsWith('.test.ts');
const sources = new Map(files.filter((path) => !isTest(path)).map((path) => [path, readFileSync(path, 'utf8')]));

let summary: CoverageSummary | undefined;
let failed = 0;
async function* watched(events: AsyncIterable<TestEvent>): AsyncGenerator<TestEvent> {
  for await (const event of events) {
    if (event.type === 'test:coverage') summary = event.data.summary;
    if (event.type === 'test:fail') failed += 1;
    yield event;
  }
}

const began = performance.now();
const events = run({
  files: files.filter(isTest).sort(),
  cwd: dir,
  concurrency: true,
  coverage: true,
  execArgv: ['--import', import.meta.resolve('../unit/watchdog.ts')],
});
for await (const text of summaryReporter(watched(events))) process.stdout.write(text);
const coverage = summary === undefined ? undefined : coverageOf(summary, sources, repositoryDir);
const gaps = coverage?.gaps ?? ['anything: node:test measured nothing'];
for (const gap of gaps) process.stdout.write(`NOT COVERED ${gap}\n`);
process.stdout.write(
  `${sources.size} files, ${coverage?.lines ?? 0} lines, ${coverage?.branches ?? 0} branches, ${coverage?.functions ?? 0} functions, ` +
    `${((performance.now() - began) / 1000).toFixed(1)} s: ${gaps.length} not covered\n`,
);
process.exitCode = failed === 0 && gaps.length === 0 ? 0 : 1;
