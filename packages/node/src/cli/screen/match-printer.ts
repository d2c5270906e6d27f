import type { MatchedRecord, RecordMatch } from '@comity/screen';
import { plain } from '../terminal.ts';
import type { EcsLines } from './ecs-lines.ts';
import type { Output } from './output.ts';
import { safeJson } from '../safe-json.ts';

export interface MatchPrinterOptions {
  readonly json: boolean;
  /** Writes documents of the Elastic Common Schema instead. */
  readonly ecs?: EcsLines | undefined;
  /** Lists by their number, a row's `ref`. */
  readonly sources: readonly string[];
}

export interface MatchPrinter {
  /** Buffers the output for the matches of one record. */
  print(file: string, found: MatchedRecord): void;
  /** Matches printed. */
  readonly matches: number;
  /** Matches that count: all but those on another port. */
  readonly alarms: number;
}

const contextBefore = 60;
const contextAfter = 100;

/** Prints matches as lines for people, coloured on a terminal, or as one JSON object a match. */
export function createMatchPrinter(options: MatchPrinterOptions, deps: { readonly output: Output }): MatchPrinter {
  const { output } = deps;
  const { json, ecs } = options;
  const paint = output.isTerminal && !json && ecs === undefined ? painted : unpainted;
  let matches = 0;
  let alarms = 0;
  return {
    get matches() {
      return matches;
    },
    get alarms() {
      return alarms;
    },
    print(file, found) {
      for (const match of found.matches) {
        matches++;
        if (match.port !== 'other') alarms++;
        const sources = sourcesOf(match, options.sources);
        if (ecs !== undefined) output.write(ecs.record(file, found, match, sources));
        else output.write(json ? jsonLine(file, found, match, sources) : textLine(file, found, match, sources, paint));
      }
    },
  };
}

/** Names of the lists that hold the value, in the order they were given. */
export function sourcesOf(match: Pick<RecordMatch, 'rows'>, sources: readonly string[]): string[] {
  const refs = [...new Set(match.rows.map((row) => row.ref))].sort((a, b) => a - b);
  return refs.map((ref) => sources[ref] ?? '');
}

function jsonLine(file: string, found: MatchedRecord, match: RecordMatch, sources: readonly string[]): string {
  const line = {
    file,
    line: found.line,
    value: match.value,
    kind: match.kind,
    relation: match.relation,
    ...(match.port === undefined ? {} : { port: match.port, listed_ports: match.listedPorts }),
    ...(match.field === undefined ? {} : { field: match.field }),
    indicator: match.indicator,
    source: sources[0],
    ...(sources.length > 1 ? { sources } : {}),
  };
  return `${safeJson(line)}\n`;
}

/** How parts of a line are coloured. */
export interface Paint {
  file(text: string): string;
  line(text: string): string;
  value(text: string): string;
  note(text: string): string;
  /** A whole line that raises no alarm. */
  quiet(text: string): string;
}

export const unpainted: Paint = { file: same, line: same, value: same, note: same, quiet: same };
export const painted: Paint = {
  file: (text) => `\u001b[35m${text}\u001b[0m`,
  line: (text) => `\u001b[32m${text}\u001b[0m`,
  value: (text) => `\u001b[1;31m${text}\u001b[0m`,
  note: (text) => `\u001b[36m${text}\u001b[0m`,
  quiet: (text) => `\u001b[2m${text}\u001b[0m`,
};

function same(text: string): string {
  return text;
}

/** `file:line: value in field, below listed (list): …context…` */
function textLine(
  file: string,
  found: MatchedRecord,
  match: RecordMatch,
  sources: readonly string[],
  paint: Paint,
): string {
  const isAlarm = match.port !== 'other';
  const own = isAlarm ? paint : unpainted;
  const place = `${own.file(plain(file))}:${own.line(String(found.line))}:`;
  const more = sources.length > 1 ? ` and ${sources.length - 1} more` : '';
  const field = match.field === undefined ? '' : ` in ${plain(match.field)}`;
  const what = `${relationText(match)}${field}, ${plain(sources[0] ?? '')}${more}${portText(match)}`;
  const text = `${place} ${own.value(plain(match.value))} ${own.note(`[${what}]`)} ${context(found.record, match, own)}`;
  return `${isAlarm ? text : paint.quiet(text)}\n`;
}

function relationText(match: RecordMatch): string {
  const listed = plain(match.indicator);
  switch (match.relation) {
    case 'exact':
      return 'listed';
    case 'subdomain':
      return `below ${listed}`;
    case 'cidr':
      return `in ${listed}`;
    case 'prefix':
      return `begins as ${listed}`;
  }
}

function portText(match: RecordMatch): string {
  if (match.port === undefined) return '';
  const ports = match.listedPorts?.join(', ') ?? '';
  if (match.port === 'same') return `, on a listed port (${ports})`;
  return match.port === 'unknown'
    ? `, listed for port ${ports}`
    : `, no alarm: listed for port ${ports}, seen on another`;
}

/** The part of the record round the value; its beginning when the value does not stand there as such. */
function context(record: Uint8Array, match: RecordMatch, paint: Paint): string {
  const start = match.start ?? 0;
  const end = match.end ?? 0;
  const from = Math.max(0, start - contextBefore);
  const to = Math.min(record.length, end + contextAfter);
  const text = (a: number, b: number): string =>
    plain(Buffer.from(record.subarray(a, b)).toString('utf8').replaceAll('\t', ' '));
  const value = end > start ? paint.value(text(start, end)) : '';
  return `${from > 0 ? '…' : ''}${text(from, start)}${value}${text(end, to)}${to < record.length ? '…' : ''}`;
}
