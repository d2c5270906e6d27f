import { ComityError, errorCodes, quote } from '@comity/protocol/base';
import type { CommandDeps, ExitCode } from './commands/command.ts';
import { screen } from './commands/screen.ts';
import { completions } from './completions.ts';
import { commands } from './flag-table.ts';
import { helpText } from './help-text.ts';
import { manPage } from './man-page.ts';
import { parseOneOf } from './numbers.ts';
import { isPatternCommand, parseArguments } from './parse-arguments.ts';
import type { AnyTyped } from './parse-arguments.ts';
import { suggest } from './suggest.ts';
import { plain, write } from './terminal.ts';
import type { Terminal } from './terminal.ts';
import { version } from '../version.ts';

/** What to try, for errors that are the same wherever they come from. */
const hints: Readonly<Partial<Record<string, string>>> = {
  DATA_LOCKED: 'Stop the process that has it open, or name another folder with --data',
  NODE_UNREACHABLE: 'Is it running? comity start runs it',
};

/**
 * Runs one command.
 *
 * @param argv - words after the program's name.
 * @returns the exit code; errors are already told on standard error, in one line and a hint.
 */
export async function runCommand(argv: readonly string[], deps: CommandDeps): Promise<ExitCode> {
  try {
    return await dispatch(parseArguments(argv), deps);
  } catch (error) {
    if (isClosedPipe(error)) return 0;
    if (isFullDisk(error)) {
      await write(deps.terminal.stderr, 'comity: Cannot write the output: no space left\n');
      return 2;
    }
    if (!(error instanceof ComityError)) throw error;
    const hint = error.details['hint'] ?? hints[error.code];
    await write(
      deps.terminal.stderr,
      `comity: ${plain(error.message)}\n${hint === undefined ? '' : `  ${plain(String(hint))}\n`}`,
    );
    return errorCodes[error.code].exit;
  }
}

// What needs a node, or the tables of STIX, is loaded only when it is asked for: help and screening start at once.
async function dispatch(typed: AnyTyped, deps: CommandDeps): Promise<ExitCode> {
  const { terminal } = deps;
  if (typed.command === 'help') return await printHelp(typed.positionals, typed.flags.man, terminal);
  if (typed.command === 'screen') return await screen(typed, deps);
  if (typed.command === 'validate') return await (await import('./validate/index.ts')).validateFiles(typed, deps);
  if (typed.command === 'rules check') return await (await import('./rules/index.ts')).checkRules(typed, deps);
  if (typed.command === 'law check') return await (await import('./law/index.ts')).checkLaws(typed, deps);
  if (typed.command === 'law test') return await (await import('./law/index.ts')).testLaws(typed, deps);
  if (typed.command === 'ledger verify') return await (await import('./ledger/index.ts')).verifyReceipt(typed, deps);
  if (typed.command === 'charter verify') return await (await import('./charter/index.ts')).verifyCharter(typed, deps);
  if (typed.command === 'ledger fsck' && typed.positionals.length > 0)
    return await (await import('./ledger/index.ts')).checkLogAt(typed, deps);
  if (isPatternCommand(typed)) return await (await import('./pattern/index.ts')).runPatternCommand(typed, deps);
  if (typed.command === 'version') {
    await write(terminal.stdout, `${version}\n`);
    return 0;
  }
  if (typed.command === 'completions') {
    const shell = parseOneOf(typed.positionals[0], 'SHELL', ['bash', 'zsh', 'fish'] as const) ?? 'bash';
    await write(terminal.stdout, completions(shell));
    return 0;
  }
  return await (await import('./run-on-data.ts')).runOnData(typed, deps);
}

async function printHelp(words: readonly string[], man: boolean, terminal: Terminal): Promise<ExitCode> {
  const text = man ? manPage(version) : helpText(words);
  if (text !== undefined) {
    await write(terminal.stdout, text);
    return 0;
  }
  const near = suggest(
    words.join(' '),
    commands.map((command) => command.name),
  );
  throw new ComityError('ARGUMENT_INVALID', `Cannot explain ${quote(words.join(' '))}: there is no such command`, {
    details: { hint: near === undefined ? 'comity help lists the commands' : `Did you mean ${near}?` },
  });
}

/** Standard output is a file on a disk that is full. */
function isFullDisk(error: unknown): boolean {
  const { code, syscall } = (error ?? {}) as { code?: unknown; syscall?: unknown };
  return code === 'ENOSPC' && syscall === 'write';
}

/** Whoever read our output has enough (`comity intel export | head`): no error. */
function isClosedPipe(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE';
}
