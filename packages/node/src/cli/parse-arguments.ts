import { ComityError, quote } from '@comity/protocol/base';
import { commands } from './flag-table.ts';
import type { Command, CommandName, Flag, Typed } from './flag-table.ts';
import { suggest } from './suggest.ts';

/** One of the commands with what was typed for it. */
export type AnyTyped = { [N in CommandName]: Typed<N> }[CommandName];

export type PatternTyped = Extract<AnyTyped, { command: `pattern ${string}` }>;
/** A command that works without a data folder. */
export type Standalone =
  | PatternTyped
  | Extract<
      AnyTyped,
      {
        command:
          | 'help'
          | 'version'
          | 'completions'
          | 'screen'
          | 'validate'
          | 'rules check'
          | 'law check'
          | 'law test'
          | 'ledger verify'
          | 'charter verify';
      }
    >;

export function isPatternCommand(typed: AnyTyped): typed is PatternTyped {
  return typed.command.startsWith('pattern ');
}

const table: readonly Command[] = commands;

/**
 * What was typed, checked against the table of commands and flags; what the values mean is the command's business.
 *
 * `--flag value` and `--flag=value` are the same; `--` ends the flags; a lone `-` is a positional. `--help` and `-h`
 * anywhere ask for the help of the command so far; `--version` for the version.
 *
 * @throws {ComityError} `ARGUMENT_INVALID`, with `details.hint` saying what to try.
 */
export function parseArguments(argv: readonly string[]): AnyTyped {
  const words = [...argv];
  const first = words.findIndex((word) => !word.startsWith('-') || word === '-');
  if (first !== 0) return parseLeadingFlags(words);
  const found = findCommand(words);
  const ends = words.indexOf('--');
  const flagWords = ends < 0 ? words : words.slice(0, ends);
  const asksForHelp = flagWords.includes('--help') || flagWords.includes('-h');
  if (found === undefined) {
    const [group = '', second = ''] = words;
    if (asksForHelp && second.startsWith('-') && commandsBelow(group).length > 0) return helpFor([group]);
    throw unknownCommand(words);
  }
  if (asksForHelp) return helpFor(found.name.split(' '));
  return parseRest(found, words.slice(found.name.split(' ').length));
}

function parseLeadingFlags(words: readonly string[]): AnyTyped {
  const [word] = words;
  if (word === '--version' || word === '-V') return { command: 'version', flags: {}, positionals: [] };
  if (word === undefined || word === '--help' || word === '-h') return helpFor([]);
  throw new ComityError('ARGUMENT_INVALID', `Cannot run: ${quote(word)} stands before a command`, {
    details: { hint: 'Name a command first; comity help lists them' },
  });
}

function helpFor(positionals: readonly string[]): AnyTyped {
  return { command: 'help', flags: { man: false }, positionals };
}

/** The command of two words before that of one. */
function findCommand(words: readonly string[]): Command | undefined {
  const named = (name: string) => table.find((command) => command.name === name);
  return named(words.slice(0, 2).join(' ')) ?? named(words[0] ?? '');
}

/** Names a group begins: `intel` has import, search, export, release. */
export function commandsBelow(group: string): readonly Command[] {
  return table.filter((command) => command.name.startsWith(`${group} `));
}

function unknownCommand(words: readonly string[]): ComityError {
  const [group = '', word] = words;
  const below = commandsBelow(group);
  if (below.length > 0) {
    const names = below.map((command) => command.name.slice(group.length + 1));
    const near = word === undefined ? undefined : suggest(word, names);
    const message =
      word === undefined || word.startsWith('-')
        ? `Cannot run ${group}: it needs one more word`
        : `Cannot run ${group} ${quote(word)}: there is no such command`;
    return new ComityError('ARGUMENT_INVALID', message, {
      details: { hint: near === undefined ? `One of: ${names.join(', ')}` : `Did you mean ${group} ${near}?` },
    });
  }
  const near = suggest(group, [
    ...new Set(table.flatMap((command) => [command.name, command.name.split(' ')[0] ?? ''])),
  ]);
  return new ComityError('ARGUMENT_INVALID', `Cannot run ${quote(group)}: there is no such command`, {
    details: { hint: near === undefined ? 'comity help lists the commands' : `Did you mean ${near}?` },
  });
}

function parseRest(command: Command, words: readonly string[]): AnyTyped {
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  const queue = [...words];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === '--') {
      positionals.push(...queue);
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      positionals.push(word);
      continue;
    }
    const [, name = '', inline] = /^--?([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    const flag = command.flags.find((one) => one.name === name && word.startsWith('--'));
    if (flag === undefined) throw unknownFlag(command, word, name);
    const value = valueOf(command, flag, inline, queue);
    const before = values.get(name);
    if (before !== undefined && !flag.many) throw refuse(command, `Cannot use --${name} twice`);
    values.set(name, [...(before ?? []), value]);
  }
  checkPositionals(command, positionals);
  const flags = Object.fromEntries(command.flags.map((flag) => [flag.name, flagValue(flag, values.get(flag.name))]));
  return { command: command.name, flags, positionals } as unknown as AnyTyped;
}

function valueOf(command: Command, flag: Flag, inline: string | undefined, queue: string[]): string {
  if (flag.value === undefined) {
    if (inline !== undefined) throw refuse(command, `Cannot use --${flag.name} with a value: it is a switch`);
    return '';
  }
  const value = inline ?? queue.shift();
  if (value === undefined) throw refuse(command, `Cannot use --${flag.name}: its ${flag.value} is missing`);
  assertChoice(command, `--${flag.name}`, flag.choices, value);
  return value;
}

function flagValue(
  flag: Flag,
  values: readonly string[] | undefined,
): readonly string[] | string | boolean | undefined {
  if (flag.many) return values ?? [];
  return flag.value === undefined ? values !== undefined : (values?.[0] ?? flag.default);
}

function checkPositionals(command: Command, typed: readonly string[]): void {
  const { positionals } = command;
  const missing = positionals.slice(typed.length).find((one) => !one.optional);
  if (missing !== undefined) throw refuse(command, `Cannot run ${command.name}: ${missing.name} is missing`);
  const last = positionals.at(-1);
  const extra = typed[positionals.length];
  if (extra !== undefined && !last?.many)
    throw refuse(command, `Cannot run ${command.name}: ${quote(extra)} is one word too many`);
  for (const [index, value] of typed.entries()) {
    const place = positionals[index] ?? last;
    if (value === '') throw refuse(command, `Cannot run ${command.name}: ${place?.name} is empty`);
    assertChoice(command, place?.name ?? '', place?.choices, value);
  }
}

function assertChoice(command: Command, what: string, choices: readonly string[] | undefined, value: string): void {
  if (choices === undefined || choices.includes(value)) return;
  const near = suggest(value, choices);
  throw new ComityError('ARGUMENT_INVALID', `Cannot use ${quote(value)} as ${what} of ${command.name}`, {
    details: {
      hint:
        near === undefined ? `One of: ${choices.join(', ')}` : `Did you mean ${near}? One of: ${choices.join(', ')}`,
    },
  });
}

function unknownFlag(command: Command, word: string, name: string): ComityError {
  const near = suggest(
    name,
    command.flags.map((flag) => flag.name),
  );
  return new ComityError('ARGUMENT_INVALID', `Cannot use ${quote(word)}: ${command.name} has no such flag`, {
    details: { hint: near === undefined ? `comity ${command.name} --help lists its flags` : `Did you mean --${near}?` },
  });
}

function refuse(command: Command, message: string): ComityError {
  return new ComityError('ARGUMENT_INVALID', message, { details: { hint: `comity ${command.name} --help` } });
}
