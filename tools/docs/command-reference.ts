import { commands } from '../../packages/node/src/cli/flag-table.ts';
import type { Command } from '../../packages/node/src/cli/flag-table.ts';
import { flagHead, flagHelp, usageOf } from '../../packages/node/src/cli/help-text.ts';

/** The reference page of the commands, generated from their flag table. */
export function commandReference(): string {
  const table: readonly Command[] = commands;
  return [
    '# Commands',
    '',
    'Generated from `packages/node/src/cli/flag-table.ts` by `npm run docs`. `comity help COMMAND` says the same; `comity help --man` prints the manual page and',
    '`comity completions bash`, `zsh` or `fish` what your shell needs. Exit code 0: done; 1: the answer is no; 2: could not.',
    '',
    ...table.flatMap((command) => [
      `## ${command.name}`,
      '',
      `${command.summary}.`,
      '',
      '```',
      usageOf(command),
      '```',
      '',
      ...(command.details === undefined ? [] : [command.details, '']),
      ...(command.flags.length === 0
        ? []
        : [...command.flags.map((flag) => `- \`${flagHead(flag)}\`: ${flagHelp(flag)}`), '']),
    ]),
  ].join('\n');
}
