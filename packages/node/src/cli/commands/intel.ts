import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { ComityError, quote } from '@comity/protocol/base';
import { indicatorStates, reliabilities } from '@comity/protocol/api';
import type { ImportReportView, IntelRow } from '@comity/protocol/api';
import type { Client } from '@comity/protocol/client';
import { tlps } from '@comity/protocol/markings';
import { valueKinds } from '@comity/protocol/values';
import type { ValueKind } from '@comity/protocol/values';
import { bodyOf, saveAnswer } from '../answers.ts';
import { fileError } from '../file-error.ts';
import type { Typed } from '../flag-table.ts';
import { parseCount, parseOneOf } from '../numbers.ts';
import { jsonText, plain, tableText, write } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import type { ExitCode, NodeCommand } from './command.ts';

/** Rows of one page of the API. */
const pageRows = 500;
/** Held-back and rejected rows printed after an import. */
const reasonsShown = 10;
const pollMs = 250;
/** How long a node may take to end an import that was broken off, and among how many of the newest it is looked for. */
const stopMsMax = 20_000;
const importsLookedAt = 50;
const kinds = Object.keys(valueKinds) as ValueKind[];

/**
 * Imports each location and prints its report.
 *
 * @param stop - ends the import under way after its batch; what was admitted stays, the report says so and the code is 2.
 */
export async function importIntel(
  typed: Typed<'intel import'>,
  client: Client,
  terminal: Terminal,
  stop: AbortSignal,
): Promise<ExitCode> {
  let code: ExitCode = 0;
  const { flags, positionals } = typed;
  if (flags['idempotency-key'] !== undefined && (positionals.length > 1 || positionals.some(isUrl))) {
    throw new ComityError(
      'ARGUMENT_INVALID',
      'Cannot use --idempotency-key with a URL or several files: it is of one file',
    );
  }
  for (const location of typed.positionals) {
    const report = await importOne(location, typed, client, terminal, stop);
    if (report === undefined) return 2;
    await write(terminal.stdout, typed.flags.json ? `${JSON.stringify(report)}\n` : await reportText(report, client));
    const nothing = report.taken + report.duplicate + report.heldBack === 0 && report.rejected > 0;
    if (report.status !== 'done') code = 2;
    else if (nothing && code === 0) code = 1;
  }
  return code;
}

/** Undefined when it was stopped before it began. */
async function importOne(
  location: string,
  { flags }: Typed<'intel import'>,
  client: Client,
  terminal: Terminal,
  stop: AbortSignal,
): Promise<ImportReportView | undefined> {
  const reliability = parseOneOf(flags.reliability, 'reliability', reliabilities);
  const common = { name: flags.name, format: flags.format, reliability, tlp: parseOneOf(flags.tlp, 'tlp', tlps) };
  if (stop.aborted) return undefined;
  if (isUrl(location)) {
    const report = await client.importUrl({
      body: { url: location, ...common, own: flags.own, allowPrivate: flags['allow-private'] },
    });
    return await waitFor(report, client, stop);
  }
  const name = flags.name ?? (location === '-' ? 'standard input' : basename(location));
  const stream = location === '-' ? terminal.stdin : await openFile(location);
  const beganMs = Date.now();
  try {
    if (stop.aborted) return undefined;
    return await client.createImport(
      {
        query: { ...common, own: flags.own ? 'true' : undefined, name, source: flags.source, mapping: flags.mapping },
        idempotencyKey: flags['idempotency-key'],
        body: Readable.toWeb(stream) as ReadableStream<Uint8Array>,
      },
      { signal: stop },
    );
  } catch (error) {
    if (!stop.aborted) throw error;
    return await stoppedImport(name, beganMs, client);
  } finally {
    stream.destroy();
  }
}

/**
 * The report of an upload that was broken off: the node ends the import after the batch under way, and nobody waits for its
 * answer any more.
 *
 * @throws {ComityError} `NOT_FOUND` when the node does not say so in time; what it admitted by then stays.
 */
async function stoppedImport(name: string, beganMs: number, client: Client): Promise<ImportReportView> {
  const endMs = performance.now() + stopMsMax;
  while (performance.now() < endMs) {
    const { rows } = await client.listImports({ query: { limit: importsLookedAt } });
    const own = rows.find((row) => row.name === name && Date.parse(row.startedAt) >= beganMs);
    if (own !== undefined && own.status !== 'running') return own;
    await pause(pollMs);
  }
  throw new ComityError('NOT_FOUND', `Cannot say how far the import ${quote(name)} came: it has not ended yet`, {
    details: { hint: 'comity import list shows it once it has' },
  });
}

function isUrl(location: string): boolean {
  return /^https?:\/\//i.test(location);
}

async function openFile(file: string): Promise<Readable> {
  const found = await stat(file).catch((cause: unknown) => {
    throw fileError('read', file, cause);
  });
  if (!found.isFile() && !found.isFIFO())
    throw new ComityError('FILE_UNREADABLE', `Cannot read ${quote(file)}: it is no file`);
  return createReadStream(file);
}

/** Polls until the import is over, or until `stop`: then it is still running, in the node that fetches the URL. */
async function waitFor(report: ImportReportView, client: Client, stop: AbortSignal): Promise<ImportReportView> {
  let current = report;
  while (current.status === 'running' && !stop.aborted) {
    await pause(pollMs);
    current = await client.getImport({ params: { id: report.id } });
  }
  return current;
}

async function reportText(report: ImportReportView, client: Client): Promise<string> {
  const counts = [
    report.unscreened === 0
      ? `${report.taken} taken`
      : `${report.taken} taken (${report.unscreened} with nothing to screen for)`,
    `${report.duplicate} duplicate`,
    `${report.heldBack} held back`,
    `${report.rejected} rejected`,
  ];
  const lines = [`${report.name}: ${counts.join(', ')} (${report.format})`];
  if (report.status === 'running') lines.push('  not waited for: comity import list shows how it ends');
  if (report.error !== undefined) lines.push(`  failed: ${report.error}`);
  const told = report.heldBack + report.rejected + report.conflicts;
  if (told > 0) {
    const page = await client.importRows({ params: { id: report.id }, query: { limit: reasonsShown } });
    lines.push(
      ...page.rows.map((row) => {
        const about = row.value ?? row.objectId;
        const what = about === undefined || row.reason.includes(about) ? '' : `${about}: `;
        return `  ${row.outcome} ${row.place}: ${what}${row.reason}`;
      }),
    );
    const more = told - page.rows.length;
    if (more > 0) lines.push(`  and ${more} more, on the page under Imports`);
  }
  lines.push(...report.losses.map((loss) => `  not kept: ${loss.field}, ${loss.count} times: ${loss.reason}`));
  lines.push(...standardLines(report));
  return lines.map((line) => `${plain(line)}\n`).join('');
}

/** What breaks a MUST of STIX is named, the rest is counted: `comity validate` names it. */
function standardLines({ findings, validated }: ImportReportView): string[] {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const warned = findings.filter(({ severity }) => severity === 'warning').reduce((sum, { count }) => sum + count, 0);
  const lines = errors.map(
    ({ code, count, place, message, section }) =>
      `  not as ${/^\d/.test(section) ? 'STIX' : section} demands (${code}), ${count} times, first at ${place}: ${message}`,
  );
  if (warned > 0) lines.push(`  not as STIX advises: ${warned} times in ${validated} objects; see comity validate`);
  return lines;
}

export const searchIntel: NodeCommand<'intel search'> = async ({ flags, positionals }, client, terminal) => {
  const limit = parseCount(flags.limit, 'limit', 0, 10_000_000) || Number.POSITIVE_INFINITY;
  const query = { ...filterOf(flags), type: flags.type, text: positionals[0] };
  const rows: IntelRow[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.searchIntel({
      query: { ...query, cursor, limit: Math.min(limit - rows.length, pageRows) },
    });
    rows.push(...page.rows);
    cursor = page.next;
  } while (cursor !== undefined && rows.length < limit);
  if (flags.json) await write(terminal.stdout, jsonText(rows));
  else if (rows.length > 0) {
    const head = ['STATE', 'TLP', 'VALUES', 'NAME', 'SOURCES', 'ID'];
    await write(
      terminal.stdout,
      tableText(
        head,
        rows.map((row) => [row.state, row.tlp, valuesOf(row), row.name, row.sources.join(', '), row.id]),
      ),
    );
  }
  return rows.length > 0 ? 0 : 1;
};

function valuesOf(row: IntelRow): string {
  const shown = row.values.map(({ value, port }) => (port === undefined ? value : `${value} port ${port}`));
  const more = row.valueCount - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

function filterOf(flags: {
  readonly kind: string | undefined;
  readonly state: string | undefined;
  readonly source: string | undefined;
  readonly tlp: string | undefined;
}) {
  return {
    kind: parseOneOf(flags.kind, 'kind', kinds),
    state: parseOneOf(flags.state, 'state', indicatorStates),
    source: flags.source,
    tlp: parseOneOf(flags.tlp, 'tlp', tlps),
  };
}

export const exportIntel: NodeCommand<'intel export'> = async ({ flags }, client, terminal) => {
  const format = parseOneOf(flags.format, 'format', ['stix', 'csv', 'list'] as const);
  const { state, ...filter } = filterOf(flags);
  const answer = await client.exportIntel({
    query: { ...filter, ...(state !== undefined && { state }), format, text: flags.text, to: flags.to },
  });
  if (flags.output === undefined) await pipeline(bodyOf(answer), terminal.stdout, { end: false });
  else await saveAnswer(answer, flags.output);
  return 0;
};

export const releaseIntel: NodeCommand<'intel release'> = async ({ flags, positionals }, client, terminal) => {
  if (flags.reason === undefined) {
    throw new ComityError('ARGUMENT_INVALID', 'Cannot release without a reason', {
      details: { hint: 'Say why with --reason TEXT' },
    });
  }
  const answer = await client.release({ body: { values: [...positionals], reason: flags.reason } });
  const unknown = answer.unknown.map((value) => `not held back: ${plain(value)}\n`).join('');
  const proposed =
    answer.proposed === 0 ? '' : `${answer.proposed} proposed: another who may release has to release them too\n`;
  await write(terminal.stdout, flags.json ? jsonText(answer) : `${answer.released} released\n${proposed}${unknown}`);
  return answer.released + answer.proposed > 0 ? 0 : 1;
};

export const listImports: NodeCommand<'import list'> = async ({ flags }, client, terminal) => {
  const { rows } = await client.listImports({ query: { limit: parseCount(flags.limit, 'limit', 1, pageRows) } });
  const head = ['STARTED', 'STATUS', 'TAKEN', 'DUPLICATE', 'HELD BACK', 'REJECTED', 'FORMAT', 'NAME', 'ID'];
  const cells = rows.map((row) => [
    row.startedAt,
    row.status,
    row.taken,
    row.duplicate,
    row.heldBack,
    row.rejected,
    row.format,
    row.name,
    row.id,
  ]);
  await write(terminal.stdout, flags.json ? jsonText(rows) : tableText(head, cells));
  return 0;
};
