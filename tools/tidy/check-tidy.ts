import { basename, dirname } from 'node:path/posix';
import type { SourceFile } from '../source-files.ts';

/** Longest file that still counts as one thought; a file that needs more is listed with its reason. */
const linesMax = 400;
const longerWithReason: Readonly<Record<string, string>> = {};

const vagueNames = /^(utils?|helpers?|common|misc|shared-code|manager|service|stuff|types)$/;
const kebab = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:test|worker|d))?\.(?:ts|tsx|css|mjs)$/;

interface Rule {
  readonly name: string;
  readonly fault: (file: SourceFile) => string | undefined;
}

const isCode = (path: string): boolean => /\.(ts|tsx)$/.test(path);
const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path);

/** Line number of the first match, or undefined. */
function lineOf(text: string, pattern: RegExp): number | undefined {
  const found = pattern.exec(text);
  return found === null ? undefined : text.slice(0, found.index).split('\n').length;
}

const forbidden = (name: string, pattern: RegExp, applies: (path: string) => boolean, why: string): Rule => ({
  name,
  fault: (file) => {
    const line = applies(file.path) ? lineOf(file.text, pattern) : undefined;
    return line === undefined ? undefined : `${file.path}:${line}: ${why}`;
  },
});

export const tidyRules: readonly Rule[] = [
  {
    name: 'files are short',
    fault: (file) => {
      const lines = file.text.split('\n').length - 1;
      const allowed = !isCode(file.path) || isTest(file.path) || file.path in longerWithReason;
      return allowed || lines <= linesMax ? undefined : `${file.path}: ${lines} lines, at most ${linesMax}`;
    },
  },
  {
    name: 'files are named for what they hold, in kebab-case',
    fault: (file) => {
      if (!/^(packages\/[a-z]+\/src|tools|bench)\//.test(file.path) || !/\.(ts|tsx|css|mjs)$/.test(file.path))
        return undefined;
      const stem = basename(file.path).replace(/\..*$/, '');
      const folder = basename(dirname(file.path));
      if (!kebab.test(basename(file.path))) return `${file.path}: file name is not kebab-case`;
      return vagueNames.test(stem) || vagueNames.test(folder)
        ? `${file.path}: the name says nothing of what is in it`
        : undefined;
    },
  },
  forbidden('exports are named', /^export \* from/m, isCode, 'exports everything; name what is exported'),
  forbidden(
    'no default exports',
    /^export default/m,
    (path) => isCode(path) && !/(?:config|reporter)\.ts$|\.tsx$/.test(path),
    'has a default export; name it',
  ),
  forbidden(
    'nothing is left for later',
    /\b(TODO|FIXME|XXX|HACK)\b/,
    (path) => isCode(path) && !path.startsWith('tools/tidy/'),
    'leaves something for later; do it or say it in docs/',
  ),
  forbidden(
    'no suppressed checks',
    /@ts-ignore|@ts-nocheck|oxlint-disable(?!.*--)|eslint-disable(?!.*--)|prettier-ignore(?!.*:)/,
    (path) => isCode(path) && !path.startsWith('tools/tidy/'),
    'silences a check without a reason',
  ),
  forbidden(
    'no focused or silently skipped tests',
    /\b(?:test|it|describe)\.(?:only|skip|todo)\(|\bskip: true\b|\bonly: true\b/,
    (path) => isTest(path) && !path.startsWith('tools/tidy/'),
    'skips or focuses a test',
  ),
  forbidden(
    'nothing of one machine',
    /\/work\/|\/root\/|\/home\/[a-z]/,
    (path) => !path.startsWith('tools/tidy/'),
    'names a path of one machine',
  ),
  forbidden(
    'errors are not swallowed',
    /catch\s*(?:\([^)]*\))?\s*\{\s*\}/,
    (path) => isCode(path) && !path.startsWith('tools/tidy/'),
    'swallows an error',
  ),
  forbidden(
    'randomness and time are arguments',
    /\bMath\.random\(\)|\bDate\.now\(\)|\bnew Date\(\)/,
    (path) => /^packages\/(protocol|screen)\/src\//.test(path) && !isTest(path),
    'reads the clock or rolls dice in a pure package',
  ),
];

/** Faults of the given files against every tidy rule. */
export function tidyFaults(files: readonly SourceFile[]): string[] {
  return tidyRules.flatMap((rule) => files.flatMap((file) => rule.fault(file) ?? []));
}

/**
 * Exported declarations without a doc comment, in files whose exports are the public face of a publishable package.
 */
export function undocumentedExports(files: readonly SourceFile[]): string[] {
  const declaration = /^export (?:async )?(?:abstract )?(function\*?|class|interface) ([A-Za-z0-9_]+)/;
  return files.flatMap((file) => {
    const lines = file.text.split('\n');
    return lines.flatMap((line, index) => {
      const found = declaration.exec(line);
      if (found === null) return [];
      const above = lines[index - 1]?.trim() ?? '';
      return above.endsWith('*/') || above.startsWith('//') || above.startsWith('export ')
        ? []
        : [`${file.path}:${index + 1}: ${found[2]} has no doc comment`];
    });
  });
}
