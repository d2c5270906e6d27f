import { relative } from 'node:path';
import type { EventData } from 'node:test';

/** What node:test says of the files that were loaded: each line, branch and function with how often it ran. */
export type CoverageSummary = EventData.TestCoverage['summary'];

/** How much of some files was measured, and what of it no test reached, each as `path:line: what`. */
export interface Coverage {
  readonly lines: number;
  readonly branches: number;
  readonly functions: number;
  readonly gaps: readonly string[];
}

/**
 * Takes out of a summary every line, branch and function that no test reached, and adds the files that no test loaded
 * although they hold more than types: node:test is silent about those.
 *
 * Functions count because a line does not tell them: `map((x) => f(x))` is a covered line whether or not the arrow ever ran.
 *
 * @param sources - absolute path → text of each file that must be covered.
 */
export function coverageOf(summary: CoverageSummary, sources: ReadonlyMap<string, string>, rootDir: string): Coverage {
  const measured = summary.files.filter(({ path }) => sources.has(path));
  const loaded = new Set(measured.map(({ path }) => path));
  const gaps: string[] = [];
  let [lines, branches, functions] = [0, 0, 0];
  for (const file of measured) {
    lines += file.totalLineCount;
    branches += file.totalBranchCount;
    functions += file.totalFunctionCount;
    const at = (line: number): string => `${relative(rootDir, file.path)}:${line}`;
    for (const { line, count } of file.lines) if (count === 0) gaps.push(`${at(line)}: line`);
    for (const { line, count } of file.branches) if (count === 0) gaps.push(`${at(line)}: branch`);
    for (const { line, count, name } of file.functions)
      if (count === 0) gaps.push(`${at(line)}: function ${name}`.trim());
  }
  for (const [path, text] of sources) {
    if (!loaded.has(path) && !isTypesOnly(text)) gaps.push(`${relative(rootDir, path)}: no test loads it`);
  }
  return { lines, branches, functions, gaps };
}

/** What stands at the left edge of a file that vanishes when its types are stripped; prettier puts all else further in. */
const typeLine = /^(?:import type |export type |export interface |type |interface |declare |[\s}|/]|$)/;

function isTypesOnly(text: string): boolean {
  return text.split('\n').every((line) => typeLine.test(line));
}
