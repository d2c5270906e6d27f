import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import fc from 'fast-check';
import { ComityError } from '@comity/protocol/base';
import { completions } from './completions.ts';
import { commands } from './flag-table.ts';
import type { Command } from './flag-table.ts';
import { helpText } from './help-text.ts';
import { manPage } from './man-page.ts';
import { parseArguments } from './parse-arguments.ts';
import { suggest } from './suggest.ts';
import { plain, tableText } from './terminal.ts';

const table: readonly Command[] = commands;

function refusal(...argv: string[]): { message: string; hint: unknown } {
  try {
    parseArguments(argv);
  } catch (error) {
    assert.ok(error instanceof ComityError && error.code === 'ARGUMENT_INVALID');
    return { message: error.message, hint: error.details['hint'] };
  }
  assert.fail(`${argv.join(' ')} was accepted`);
}

test('flags are read in both forms, switches are true or false, defaults are filled in', () => {
  assert.deepEqual(parseArguments(['start', '--port=0', '--allow-host', 'a.example', '--allow-host=b.example']), {
    command: 'start',
    flags: {
      data: undefined,
      port: '0',
      host: '127.0.0.1',
      'allow-host': ['a.example', 'b.example'],
      'public-url': undefined,
      'tls-cert': undefined,
      'tls-key': undefined,
      'taxii-lenient': false,
      'taxii-per-minute': '6000',
      'keep-seen': '30',
      'keep-seen-mb': '2048',
    },
    positionals: [],
  });
  const typed = parseArguments(['intel', 'search', '--json', '--', '--text']);
  assert.equal(typed.command === 'intel search' && typed.flags.json, true);
  assert.deepEqual(typed.positionals, ['--text']);
});

test('a lone dash is an argument, an empty value is a value', () => {
  assert.deepEqual(parseArguments(['screen', '--indicators', 'list.txt', '-']).positionals, ['-']);
  const typed = parseArguments(['intel', 'release', 'evil.example', '--reason=']);
  assert.equal(typed.command === 'intel release' && typed.flags.reason, '');
});

test('what is unknown is refused with the nearest known word', () => {
  assert.equal(refusal('start', '--prot', '1').hint, 'Did you mean --port?');
  assert.equal(refusal('statr').hint, 'Did you mean start?');
  assert.equal(refusal('intel', 'exprot').hint, 'Did you mean intel export?');
  assert.equal(refusal('intel').hint, 'One of: import, search, export, release');
  assert.match(String(refusal('token', 'create', 'x', '--scope', 'red').hint), /^Did you mean read\?/);
  assert.equal(refusal('zzzzzzzz').hint, 'comity help lists the commands');
});

test('missing, doubled and surplus words are refused', () => {
  assert.match(refusal('feed', 'add').message, /URL is missing/);
  assert.match(refusal('start', '--port').message, /its PORT is missing/);
  assert.match(refusal('start', '--port', '1', '--port', '2').message, /twice/);
  assert.match(refusal('backup', 'a', 'b').message, /one word too many/);
  assert.match(refusal('doctor', '--json=yes').message, /it is a switch/);
  assert.match(refusal('--port', '1').message, /before a command/);
});

test('any words are a command or ARGUMENT_INVALID, never another error', () => {
  const word = fc.oneof(
    fc.constantFrom('intel', 'search', '--json', '--data', '-', '--', '--x=', '=', '-h'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (argv) => {
      try {
        parseArguments(argv);
      } catch (error) {
        assert.ok(error instanceof ComityError && error.code === 'ARGUMENT_INVALID');
      }
    }),
  );
});

test('every command has help that names each of its flags, and so has the manual page', () => {
  const page = manPage('1.2.3').replaceAll('\\-', '-');
  for (const command of table) {
    const help = helpText(command.name.split(' ')) ?? '';
    assert.ok(help.startsWith(`Usage: comity ${command.name}`));
    for (const flag of command.flags) {
      assert.ok(help.includes(`--${flag.name}`), `${command.name} --${flag.name} in help`);
      assert.ok(page.includes(`.B --${flag.name}`), `${command.name} --${flag.name} in the manual`);
    }
    assert.deepEqual(parseArguments([...command.name.split(' '), '--help']), {
      command: 'help',
      flags: { man: false },
      positionals: command.name.split(' '),
    });
    for (const line of help.split('\n')) assert.ok(line.length <= 110, `${command.name}: ${line}`);
  }
});

const hasRoff = spawnSync('groff', ['--version']).status === 0;
test(
  'roff reads the manual page without a warning',
  { skip: !hasRoff && 'SKIPPED: groff is not on this machine' },
  () => {
    const { stderr, status } = spawnSync('groff', ['-man', '-Tutf8', '-ww'], {
      input: manPage('1.2.3'),
      encoding: 'utf8',
    });
    assert.deepEqual([status, stderr], [0, '']);
  },
);

function bashCompletes(...words: string[]): string[] {
  const script = `${completions('bash')}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
_comity; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  assert.equal(stderr, '');
  return stdout.split('\n').filter((line) => line !== '');
}

const hasBash = spawnSync('bash', ['--version']).status === 0;
test(
  'bash completes commands, second words, flags and choices',
  { skip: !hasBash && 'SKIPPED: bash is not on this machine' },
  () => {
    assert.deepEqual(bashCompletes('comity', 'sou'), ['source']);
    assert.deepEqual(bashCompletes('comity', 'feed', ''), ['add', 'list', 'pull']);
    assert.deepEqual(bashCompletes('comity', 'source', 'add', ''), [
      'file',
      'folder',
      'syslog-udp',
      'syslog-tcp',
      'http',
    ]);
    assert.deepEqual(bashCompletes('comity', 'intel', 'export', '--format', 's'), ['stix']);
    assert.deepEqual(bashCompletes('comity', 'start', '--p'), ['--port', '--public-url']);
  },
);

test('completions of every shell name every command and flag', () => {
  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    const script = completions(shell);
    for (const command of table) {
      for (const word of command.name.split(' ')) assert.ok(script.includes(word), `${shell}: ${word}`);
      for (const flag of command.flags) assert.ok(script.includes(flag.name), `${shell}: ${flag.name}`);
    }
  }
});

test('suggestions are near or none', () => {
  assert.equal(suggest('inidcators', ['indicators', 'json']), 'indicators');
  assert.equal(suggest('qqqqqq', ['indicators', 'json']), undefined);
  assert.equal(suggest('x', []), undefined);
});

test('text of unknown origin cannot steer the terminal', () => {
  assert.equal(plain('a\u001b[31mb\u202ec\n'), String.raw`a\u{1b}[31mb\u{202e}c\u{a}`);
  assert.equal(tableText(['A', 'N'], [['x\ty', 7]]), `A        N\n${String.raw`x\u{9}y`}  7\n`);
});

test('a group with --help lists its commands', () => {
  for (const flag of ['--help', '-h']) {
    assert.deepEqual(parseArguments(['intel', flag]), {
      command: 'help',
      flags: { man: false },
      positionals: ['intel'],
    });
  }
  assert.match(refusal('intel', 'nope', '--help').message, /no such command/);
});
