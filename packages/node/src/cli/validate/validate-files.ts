import { validateBundle } from '@comity/protocol/stix';
import type { Finding } from '@comity/protocol/stix';
import type { CommandDeps, ExitCode } from '../commands/command.ts';
import { eachDocument } from '../each-document.ts';
import type { Typed } from '../flag-table.ts';
import { parseOneOf } from '../numbers.ts';
import { plain, tableText, write } from '../terminal.ts';

/** Checks STIX documents against the standard, like a linter. 0 when no file has an error, 1 when one has, 2 when one cannot be read. */
export async function validateFiles(
  { flags, positionals }: Typed<'validate'>,
  { terminal }: CommandDeps,
): Promise<ExitCode> {
  const profile = parseOneOf(flags.profile, 'profile', ['spec', 'strict', 'interop'] as const) ?? 'spec';
  const tally = new Tally();
  const areRead = await eachDocument(positionals, terminal, async (file, text, isNamed) => {
    if (!isNamed && !looksLikeJson(text)) {
      await write(terminal.stderr, `comity: ${plain(file)}: left out: it is no JSON\n`);
      return;
    }
    const findings = validateBundle(text, { profile });
    tally.add(findings);
    const lines = findings
      .filter(({ severity }) => severity === 'error' || !flags.errors)
      .map((finding) => (flags.json ? jsonLine(file, finding) : textLine(file, finding)));
    await write(terminal.stdout, lines.join(''));
  });
  await write(terminal.stderr, tally.text());
  if (!areRead) return 2;
  return tally.errors > 0 ? 1 : 0;
}

/** A folder holds other files too: a README, a licence. One that is named is judged whatever it is. */
function looksLikeJson(text: string): boolean {
  return /^\uFEFF?\s*[{[]/.test(text.slice(0, 1000));
}

function jsonLine(file: string, finding: Finding): string {
  return `${JSON.stringify({ file, ...finding })}\n`;
}

function textLine(file: string, { code, severity, path, message, section }: Finding): string {
  const place = path === '' ? file : `${file}: ${path}`;
  return `${plain(`${place}: ${severity} ${code}: ${message} (${/^\d/.test(section) ? `§${section}` : section})`)}\n`;
}

/** How often each rule was broken. */
class Tally {
  errors = 0;
  #files = 0;
  readonly #counts = new Map<string, { severity: string; count: number }>();

  add(findings: readonly Finding[]): void {
    this.#files += 1;
    for (const { code, severity } of findings) {
      if (severity === 'error') this.errors += 1;
      const known = this.#counts.get(code);
      if (known === undefined) this.#counts.set(code, { severity, count: 1 });
      else known.count += 1;
    }
  }

  text(): string {
    const rows = [...this.#counts].map(([code, { severity, count }]) => [count, severity, code] as const);
    const files = `${this.#files} ${this.#files === 1 ? 'file' : 'files'}`;
    if (rows.length === 0) return `${files}: nothing to say\n`;
    const sorted = rows.toSorted((a, b) => a[1].localeCompare(b[1]) || b[0] - a[0]);
    return `${files}\n${tableText(['COUNT', 'SEVERITY', 'CODE'], sorted)}`;
  }
}
