import { createInterface } from 'node:readline';
import { ComityError } from '@comity/protocol/base';
import { parsePattern, printPattern } from '@comity/protocol/pattern';
import type { CommandDeps, ExitCode } from '../commands/command.ts';
import type { Typed } from '../flag-table.ts';
import { plain, write } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

/** What checking one pattern came to; one line of `--json`. */
interface Checked {
  /** `argument 1`, `line 7`. */
  readonly place: string;
  readonly pattern: string;
  readonly valid: boolean;
  /** The pattern as this program writes it; absent when it is not valid. */
  readonly printed?: string;
  readonly code?: string;
  readonly error?: string;
}

/** Checks the syntax of patterns given as arguments, or of each line of standard input for `-`. */
export async function checkPatterns(
  { flags, positionals }: Typed<'pattern check'>,
  { terminal }: CommandDeps,
): Promise<ExitCode> {
  let exit: ExitCode = 0;
  for await (const { place, text } of patternsOf(positionals, terminal)) {
    const checked = check(place, text);
    if (!checked.valid) exit = 1;
    await write(terminal.stdout, flags.json ? `${JSON.stringify(checked)}\n` : lineOf(checked));
  }
  return exit;
}

async function* patternsOf(
  positionals: readonly string[],
  { stdin }: Terminal,
): AsyncGenerator<{ place: string; text: string }> {
  for (const [index, text] of positionals.entries()) {
    if (text !== '-') {
      yield { place: `argument ${index + 1}`, text };
      continue;
    }
    let number = 0;
    for await (const line of createInterface({ input: stdin, crlfDelay: Infinity })) {
      number += 1;
      if (line.trim() !== '') yield { place: `line ${number}`, text: line };
    }
  }
}

function check(place: string, pattern: string): Checked {
  try {
    return { place, pattern, valid: true, printed: printPattern(parsePattern(pattern)) };
  } catch (error) {
    if (!(error instanceof ComityError)) throw error;
    return { place, pattern, valid: false, code: error.code, error: error.message };
  }
}

function lineOf({ place, valid, printed, code, error }: Checked): string {
  return valid ? `${place}: valid: ${plain(printed ?? '')}\n` : `${place}: ${code}: ${plain(error ?? '')}\n`;
}
