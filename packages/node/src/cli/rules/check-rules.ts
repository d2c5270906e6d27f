import { createSigmaEngine, readSigma } from '@comity/protocol/sigma';
import type { SigmaDocument, SigmaError, SigmaWarning } from '@comity/protocol/sigma';
import type { CommandDeps, ExitCode } from '../commands/command.ts';
import { eachDocument } from '../each-document.ts';
import type { Typed } from '../flag-table.ts';
import { safeJson } from '../safe-json.ts';
import { plain, tableText, write } from '../terminal.ts';
import { loadPlaceholders } from './load-placeholders.ts';
import { isRuleFile } from './rule-file.ts';

/** Something wrong with a rule; a warning keeps it from nothing. */
interface Finding {
  readonly file: string;
  readonly line: number;
  /** Place in the rule: `detection.selection.Image|re`; empty for the rule. */
  readonly path: string;
  readonly severity: 'error' | 'warning';
  /** Of an error that of the registry. */
  readonly code: string;
  readonly message: string;
  readonly title?: string;
}

/** Checks files of Sigma rules together. 0 when every document can be used, 1 when one cannot, 2 when a file cannot be read. */
export async function checkRules(
  { flags, positionals }: Typed<'rules check'>,
  { terminal }: CommandDeps,
): Promise<ExitCode> {
  const placeholders = await loadPlaceholders(flags.placeholders);
  const files = new Map<SigmaDocument, string>();
  const findings: Finding[] = [];
  let total = 0;
  const areRead = await eachDocument(positionals, terminal, (file, text, isNamed) => {
    if (!isNamed && !isRuleFile(file)) return Promise.resolve();
    for (const read of readSigma(text)) {
      total++;
      if (read.error !== undefined) findings.push(errorOf(file, read.error, read.title));
      else {
        files.set(read.document, file);
        for (const warning of read.warnings) findings.push(warningOf(file, warning, read.document.title));
      }
    }
    return Promise.resolve();
  });
  const engine = createSigmaEngine([...files.keys()], { placeholders });
  for (const { document, error } of engine.refused) {
    findings.push(errorOf(files.get(document) ?? '', error, document.title));
  }
  for (const { document, warning } of engine.warnings) {
    findings.push(warningOf(files.get(document) ?? '', warning, document.title));
  }
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const shown = (flags.errors ? findings.filter(({ severity }) => severity === 'error') : findings).toSorted(
    (a, b) => a.file.localeCompare(b.file) || a.line - b.line,
  );
  await write(terminal.stdout, shown.map((each) => (flags.json ? `${safeJson(each)}\n` : textLine(each))).join(''));
  await write(terminal.stderr, summaryOf(findings, total, total - errors));
  if (!areRead) return 2;
  return errors > 0 ? 1 : 0;
}

function errorOf(file: string, { code, message, details }: SigmaError, title: string | undefined): Finding {
  const { line, path } = details;
  return {
    file,
    line: Number(line ?? 1),
    path: String(path ?? ''),
    severity: 'error',
    code,
    message: message.replace(/^Cannot (?:use|read) (?:the |a )?rules?: /, ''),
    ...(title !== undefined && { title }),
  };
}

function warningOf(file: string, { line, path, message }: SigmaWarning, title: string): Finding {
  return { file, line, path, severity: 'warning', code: 'SIGMA_WARNING', message, title };
}

function textLine({ file, line, path, severity, code, message }: Finding): string {
  const place = path === '' ? '' : ` ${path}:`;
  return `${plain(`${file}:${line}:${place} ${severity} ${code}: ${message}`)}\n`;
}

function summaryOf(findings: readonly Finding[], total: number, usable: number): string {
  const counts = new Map<string, number>();
  for (const { severity, code } of findings) {
    const key = `${severity} ${code}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const head = `${usable} of ${total} ${total === 1 ? 'rule' : 'rules'} can be used\n`;
  if (counts.size === 0) return head;
  const rows = [...counts].map(([key, count]) => [count, ...key.split(' ')]);
  return `${head}${tableText(['COUNT', 'SEVERITY', 'CODE'], rows)}`;
}
