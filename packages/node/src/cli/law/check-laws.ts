import { ComityError } from '@comity/protocol/base';
import { parseGoldenTests, parseLaw, runGoldenTests, starterLaws } from '../../sharing/index.ts';
import type { GoldenResult } from '../../sharing/index.ts';
import type { ExitCode } from '../commands/command.ts';
import type { Typed } from '../flag-table.ts';
import { plain, write } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import { readLawFile } from './law-file.ts';

/** `law check`: each file by itself. */
export async function checkLaws(
  { flags, positionals }: Typed<'law check'>,
  { terminal }: { readonly terminal: Terminal },
): Promise<ExitCode> {
  let code: ExitCode = 0;
  for (const path of positionals) {
    const { text } = await readLawFile(path);
    try {
      const { hash, rules, warnings } = parseLaw(text);
      if (flags.json) await write(terminal.stdout, `${JSON.stringify({ file: path, hash, rules, warnings })}\n`);
      else {
        const lines = warnings.map((warning) => `${path}: warning: ${warning}`);
        await say(terminal, [...lines, `${path}: sound, ${rules.length} policies, ${hash}`]);
      }
    } catch (error) {
      if (!(error instanceof ComityError) || error.code !== 'LAW_MALFORMED') throw error;
      code = 1;
      if (flags.json) await write(terminal.stdout, `${JSON.stringify({ file: path, error: error.message })}\n`);
      else await say(terminal, [`${path}: ${error.message}`]);
    }
  }
  return code;
}

/** `law test`: laws with the tests beside them. A law without tests is a failure: it was asked for. */
export async function testLaws(
  { flags, positionals }: Typed<'law test'>,
  { terminal }: { readonly terminal: Terminal },
): Promise<ExitCode> {
  let failed = 0;
  let passed = 0;
  for (const path of positionals.length === 0 ? starterLaws : positionals) {
    const { text, tests } = await readLawFile(path);
    if (tests === undefined) {
      await say(terminal, [`${path}: there are no tests beside it`]);
      failed += 1;
      continue;
    }
    for (const result of runGoldenTests(parseLaw(text), parseGoldenTests(tests.text, tests.file))) {
      if (result.passed) passed += 1;
      else failed += 1;
      if (flags.json) await write(terminal.stdout, `${JSON.stringify({ law: path, ...result })}\n`);
      else if (!result.passed) await say(terminal, [`${path}: ${failureText(result)}`]);
    }
  }
  if (!flags.json) await say(terminal, [`${passed} passed, ${failed} failed`]);
  return failed === 0 ? 0 : 1;
}

/** What a test wanted and what it got. */
export function failureText({ name, expected, decision }: GoldenResult): string {
  const wanted = [expected.result, ...expected.rules].join(' ');
  const got = [decision.result, ...decision.reasons.map(({ ruleId }) => ruleId)].join(' ');
  return `${name}: expected ${wanted}, got ${got}`;
}

async function say({ stdout }: Terminal, lines: readonly string[]): Promise<void> {
  await write(stdout, lines.map((line) => `${plain(line)}\n`).join(''));
}
