import { commands } from './flag-table.ts';
import type { Command } from './flag-table.ts';
import { flagHead, flagHelp, usageOf } from './help-text.ts';

/** The manual page comity(1) in roff's man macros, made from the flag table. */
export function manPage(version: string): string {
  const table: readonly Command[] = commands;
  return [
    `.TH COMITY 1 "" "Comity ${roff(version)}" "User commands"`,
    '.SH NAME',
    'comity \\- screen, share and govern threat intelligence under your own law',
    '.SH SYNOPSIS',
    '.B comity',
    '.I command',
    '[flags] [arguments]',
    '.SH COMMANDS',
    ...table.flatMap(describe),
    '.SH EXIT STATUS',
    '.TP\n.B 0\nDone.\n.TP\n.B 1\nThe answer is no: nothing found, invalid, refused.\n.TP\n.B 2\nCould not.',
    '.SH ENVIRONMENT',
    '.TP\n.B COMITY_DATA\nThe data folder when no \\-\\-data is given.',
    '.SH FILES',
    '.TP\n.I comity\\-data\nThe data folder in the current folder, when nothing else is said.',
    '',
  ].join('\n');
}

function describe(command: Command): string[] {
  return [
    `.SS ${roff(command.name)}`,
    `.B ${roff(usageOf(command))}`,
    '.PP',
    `${roff(command.summary)}.`,
    ...(command.details === undefined ? [] : ['.PP', roff(command.details)]),
    ...command.flags.flatMap((flag) => ['.TP', `.B ${roff(flagHead(flag))}`, `${roff(flagHelp(flag))}.`]),
  ];
}

/** Escapes what roff would read as an instruction, and letters beyond ASCII, which not every roff reads. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&')
    .replaceAll(
      /\P{ASCII}/gu,
      (letter) => `\\[u${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
    );
}
