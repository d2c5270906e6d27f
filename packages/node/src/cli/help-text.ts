import { commands } from './flag-table.ts';
import type { Command, Flag } from './flag-table.ts';
import { commandsBelow } from './parse-arguments.ts';

const table: readonly Command[] = commands;

/** `comity intel search [--kind KIND] [TEXT]`. */
export function usageOf(command: Command): string {
  const positionals = command.positionals.map((one) => {
    const name = `${one.choices?.join('|') ?? one.name}${one.many ? '...' : ''}`;
    return one.optional ? `[${name}]` : name;
  });
  const flags = command.flags.length > 0 ? ['[flags]'] : [];
  return ['comity', command.name, ...flags, ...positionals].join(' ');
}

/** `--port PORT`, with what it may be and what it is unless given. */
export function flagHead(flag: Flag): string {
  return flag.value === undefined ? `--${flag.name}` : `--${flag.name} ${flag.value}`;
}

export function flagHelp(flag: Flag): string {
  const notes = [
    ...(flag.choices === undefined ? [] : [`one of ${flag.choices.join(', ')}`]),
    ...(flag.default === undefined ? [] : [`default ${flag.default}`]),
    ...(flag.many ? ['may be repeated'] : []),
  ];
  return notes.length === 0 ? flag.help : `${flag.help} (${notes.join('; ')})`;
}

/** Help of the whole program, of a group (`intel`) or of one command; undefined when there is no such. */
export function helpText(words: readonly string[]): string | undefined {
  if (words.length === 0) return helpOfAll();
  const command = table.find((one) => one.name === words.join(' '));
  if (command !== undefined) return helpOfCommand(command);
  const below = words.length === 1 ? commandsBelow(words[0] ?? '') : [];
  return below.length === 0 ? undefined : `${summaries(below)}\n`;
}

function helpOfAll(): string {
  return [
    'Usage: comity COMMAND [flags] [arguments]',
    '',
    summaries(table),
    '',
    'comity help COMMAND explains one. Exit: 0 done, 1 the answer is no, 2 could not.',
    '',
  ].join('\n');
}

function helpOfCommand(command: Command): string {
  const heads = command.flags.map(flagHead);
  const width = Math.max(0, ...heads.map((head) => head.length));
  return [
    `Usage: ${usageOf(command)}`,
    '',
    `${command.summary}.`,
    ...(command.details === undefined ? [] : ['', ...wrap(command.details, 96)]),
    ...(heads.length === 0 ? [] : ['', 'Flags:']),
    ...command.flags.flatMap((flag, index) => {
      const [head = '', ...rest] = wrap(flagHelp(flag), 92 - width);
      return [
        `  ${(heads[index] ?? '').padEnd(width)}  ${head}`,
        ...rest.map((line) => `${' '.repeat(width + 4)}${line}`),
      ];
    }),
    '',
  ].join('\n');
}

function summaries(list: readonly Command[]): string {
  const width = Math.max(...list.map((one) => one.name.length));
  return list.map((one) => `  ${one.name.padEnd(width)}  ${one.summary}`).join('\n');
}

function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}
