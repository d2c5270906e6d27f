import { commands } from './flag-table.ts';
import type { Command, Flag, Positional } from './flag-table.ts';

type Shell = 'bash' | 'zsh' | 'fish';
const table: readonly Command[] = commands;

/** A completion script made from the flag table. */
export function completions(shell: Shell): string {
  return { bash, zsh, fish }[shell]();
}

/** Words that may come after the words of a command typed so far: the first or the second word of its name. */
function nextWords(typed: string): string[] {
  const below = table.filter((one) => typed === '' || one.name.startsWith(`${typed} `));
  return [...new Set(below.map((one) => one.name.slice(typed === '' ? 0 : typed.length + 1).split(' ')[0] ?? ''))];
}

const groups = (): string[] => [
  ...new Set(table.filter((one) => one.name.includes(' ')).map((one) => one.name.split(' ')[0] ?? '')),
];

/** What a value or positional is completed with in bash: a list of words, files, folders or nothing. */
function bashWords(place: Flag | Positional | undefined): string {
  if (place?.choices !== undefined) return `COMPREPLY=($(compgen -W '${place.choices.join(' ')}' -- "$word"))`;
  if (place?.completes === 'folder') return 'COMPREPLY=($(compgen -d -- "$word"))';
  return place?.completes === 'file' ? 'COMPREPLY=($(compgen -f -- "$word"))' : 'COMPREPLY=()';
}

function bash(): string {
  const cases = table.map((command) => {
    const values = command.flags.filter((flag) => flag.value !== undefined);
    return [
      `    '${command.name}')`,
      '      case "$before" in',
      ...values.map((flag) => `        --${flag.name}) ${bashWords(flag)}; return ;;`),
      '      esac',
      `      if [[ $word == -* ]]; then COMPREPLY=($(compgen -W '${[...command.flags.map((flag) => `--${flag.name}`), '--help'].join(' ')}' -- "$word")); return; fi`,
      `      ${bashWords(command.positionals[0])}`,
      '      ;;',
    ].join('\n');
  });
  return [
    '# Completions of comity for bash: source <(comity completions bash)',
    '_comity() {',
    '  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}',
    `  if ((COMP_CWORD == 1)); then COMPREPLY=($(compgen -W '${nextWords('').join(' ')}' -- "$word")); return; fi`,
    '  case "$command" in',
    ...groups().map(
      (group) =>
        `    ${group})\n      if ((COMP_CWORD == 2)); then COMPREPLY=($(compgen -W '${nextWords(group).join(' ')}' -- "$word")); return; fi\n      command="$command \${COMP_WORDS[2]}" ;;`,
    ),
    '  esac',
    '  case "$command" in',
    ...cases,
    '  esac',
    '}',
    'complete -o filenames -F _comity comity',
    '',
  ].join('\n');
}

function zsh(): string {
  const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const bracketed = (text: string) => text.replaceAll(/[[\]:\\]/g, String.raw`\$&`);
  const action = (place: Flag | Positional) => {
    if (place.choices !== undefined) return `(${place.choices.join(' ')})`;
    return { file: '_files', folder: '_files -/', none: ' ' }[place.completes ?? 'none'];
  };
  const specs = (command: Command) => [
    ...command.flags.map((flag) =>
      quoted(
        `${flag.many ? '*' : ''}--${flag.name}[${bracketed(flag.help)}]${flag.value === undefined ? '' : `:${bracketed(flag.value)}:${action(flag)}`}`,
      ),
    ),
    ...command.positionals.map((one) =>
      quoted(`${one.many ? '*' : ''}${one.optional && !one.many ? ':' : ''}:${bracketed(one.name)}:${action(one)}`),
    ),
  ];
  return [
    '#compdef comity',
    '_comity() {',
    '  local command=$words[2] skip=1',
    `  if ((CURRENT == 2)); then compadd -- ${nextWords('').join(' ')}; return; fi`,
    '  case $command in',
    ...groups().map(
      (group) =>
        `    ${group})\n      if ((CURRENT == 3)); then compadd -- ${nextWords(group).join(' ')}; return; fi\n      command="$command $words[3]" skip=2 ;;`,
    ),
    '  esac',
    '  words=("${words[@]:$skip}") && ((CURRENT -= skip))',
    '  case $command in',
    ...table.map((command) => `    ${quoted(command.name)}) _arguments ${specs(command).join(' ')} ;;`),
    '  esac',
    '}',
    'compdef _comity comity',
    '',
  ].join('\n');
}

function fish(): string {
  const quoted = (text: string) => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
  const within = (command: Command) =>
    quoted(
      command.name
        .split(' ')
        .map((word) => `__fish_seen_subcommand_from ${word}`)
        .join('; and '),
    );
  const first = [...new Set(table.map((one) => one.name.split(' ')[0] ?? ''))];
  return [
    '# Completions of comity for fish: comity completions fish > ~/.config/fish/completions/comity.fish',
    'complete -c comity -f',
    ...first.map((word) => {
      const summary = table.find((one) => one.name === word)?.summary ?? nextWords(word).join(', ');
      return `complete -c comity -n __fish_use_subcommand -a ${word} -d ${quoted(summary)}`;
    }),
    ...groups().map(
      (group) =>
        `complete -c comity -n '__fish_seen_subcommand_from ${group}; and not __fish_seen_subcommand_from ${nextWords(group).join(' ')}' -a '${nextWords(group).join(' ')}'`,
    ),
    ...table.flatMap((command) =>
      command.flags.map((flag) => {
        const value =
          flag.value === undefined ? '' : flag.choices === undefined ? ' -r' : ` -x -a '${flag.choices.join(' ')}'`;
        const files = flag.completes === undefined ? '' : ' -F';
        return `complete -c comity -n ${within(command)} -l ${flag.name}${value}${files} -d ${quoted(flag.help)}`;
      }),
    ),
    ...table.flatMap((command) =>
      command.positionals.slice(0, 1).flatMap((one) => {
        if (one.choices !== undefined)
          return [`complete -c comity -n ${within(command)} -a '${one.choices.join(' ')}'`];
        return one.completes === undefined ? [] : [`complete -c comity -n ${within(command)} -F`];
      }),
    ),
    '',
  ].join('\n');
}
