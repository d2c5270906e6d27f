import type { ComityError, JsonObject } from '@comity/protocol/base';
import { compilePattern, observationsOf, parsePattern } from '@comity/protocol/pattern';
import type { PatternMatch } from '@comity/protocol/pattern';
import { readBundle } from '@comity/protocol/stix';
import type { CommandDeps, ExitCode } from '../commands/command.ts';
import { eachDocument } from '../each-document.ts';
import type { Typed } from '../flag-table.ts';
import { plain, write } from '../terminal.ts';

/**
 * Evaluates a pattern on the observed data in files, each file by itself (STIX 2.1 §9). 0 when one of them matches, 1 when
 * none does, 2 when one cannot be read.
 */
export async function matchObservedData(
  { flags, positionals }: Typed<'pattern match'>,
  { terminal }: CommandDeps,
): Promise<ExitCode> {
  const [text = '', ...files] = positionals;
  const pattern = compilePattern(parsePattern(text));
  let isMatched = false;
  const areRead = await eachDocument(files, terminal, async (name, document) => {
    const { objects, faults } = objectsOf(document);
    for (const fault of faults) await write(terminal.stderr, `comity: ${plain(`${name}: ${fault.message}`)}\n`);
    const found = pattern.match(observationsOf(objects));
    isMatched ||= found.matched;
    await write(terminal.stdout, flags.json ? jsonLine(name, found) : textLines(name, found));
  });
  if (!areRead) return 2;
  return isMatched ? 0 : 1;
}

function objectsOf(text: string): { readonly objects: JsonObject[]; readonly faults: ComityError[] } {
  const objects: JsonObject[] = [];
  const faults: ComityError[] = [];
  for (const { object, error } of readBundle(text)) {
    if (error === undefined) objects.push(object.value);
    else faults.push(error);
  }
  return { objects, faults };
}

function jsonLine(file: string, { matched, bindings, faults }: PatternMatch): string {
  return `${JSON.stringify({ file, matched, bindings, faults })}\n`;
}

function textLines(file: string, { matched, bindings, faults }: PatternMatch): string {
  const lines = [`${file}: ${matched ? 'matches' : 'does not match'}`];
  for (const { expression, observation, object } of bindings) {
    lines.push(`  expression ${expression + 1}: observation ${observation + 1}, ${object}`);
  }
  for (const { observation, path, value } of faults) {
    lines.push(`  observation ${observation + 1}: ${path} holds ${JSON.stringify(value)}, which counts as absent`);
  }
  return lines.map((line) => `${plain(line)}\n`).join('');
}
