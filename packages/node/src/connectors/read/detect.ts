import type { IntelligenceFormat } from '../item.ts';
import { jsonKindOfKeys } from './json-documents.ts';
import type { JsonKind } from './json-documents.ts';
import { readJsonHead } from './json-head.ts';
import { inLineFeeds } from './lines.ts';
import { isComment, readListLine } from './list-line.ts';
import { looksLikeSigma } from './sigma-rules.ts';
import { layoutOfHeader } from './table.ts';

/** How an input is to be read. `refused`: it is known what it is, and that it is no intelligence. */
export type Detected =
  | {
      readonly how: 'json';
      readonly kind: JsonKind | undefined;
      readonly lines: boolean;
      readonly format: IntelligenceFormat;
    }
  | { readonly how: 'list' | 'rpz' | 'zeek-intel' | 'sigma' | 'yaml' | 'text'; readonly format: IntelligenceFormat }
  | { readonly how: 'table'; readonly delimiter: string; readonly format: IntelligenceFormat }
  | { readonly how: 'hashes'; readonly format: IntelligenceFormat }
  | { readonly how: 'refused'; readonly reason: string };

/** Characters looked at. */
export const headChars = 128 * 1024;
/** Lines looked at to tell a list from running text. */
const linesJudged = 400;
/** Share of lines that must be values for a text to be a list. */
const listShare = 0.6;

/**
 * Recognises what an input is from its beginning and, where two formats look alike, its name.
 *
 * @param head - the first {@link headChars} characters at most.
 */
export function detectFormat(name: string, head: string): Detected {
  const text = inLineFeeds(head.replace(/^\ufeff/, ''));
  if (text.includes('\0')) return { how: 'refused', reason: 'it is no text' };
  const json = readJsonHead(text);
  if (json.kind !== undefined) {
    const kind = jsonKindOfKeys(json.keys);
    return { how: 'json', kind, lines: json.isSequence && isLinewise(text), format: kind ?? 'records' };
  }
  const start = text.slice(0, 2000).trimStart().toLowerCase();
  if (
    start.startsWith('<?xml') ||
    start.startsWith('<!doctype') ||
    start.startsWith('<html') ||
    start.startsWith('<rss')
  ) {
    return { how: 'refused', reason: 'it is markup (HTML, XML); save it as plain text, or force the format "text"' };
  }
  if (start.startsWith('%pdf') || start.startsWith('{\\rtf'))
    return { how: 'refused', reason: 'it is a formatted document; save it as plain text' };
  if (isZeekIntel(text)) return { how: 'zeek-intel', format: 'zeek-intel' };
  if (looksLikeSigma(text)) return { how: 'sigma', format: 'sigma' };
  const lines = contentLines(text);
  if (isZone(lines)) return { how: 'rpz', format: 'rpz' };
  if (
    lines.length > 0 &&
    lines.slice(0, 20).every((line) => /^[0-9a-f]{32},[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\s*$/i.test(line))
  ) {
    return { how: 'hashes', format: 'misp' };
  }
  if (/\.ya?ml$/i.test(name) || /^---\s*\n/.test(text)) return { how: 'yaml', format: 'records' };
  const delimiter = delimiterOf(lines[0] ?? '');
  if (delimiter !== undefined && (/\.[ct]sv$/i.test(name) || isHeader(lines[0] ?? '', delimiter))) {
    return { how: 'table', delimiter, format: 'csv' };
  }
  return shareOfValues(lines) >= listShare ? { how: 'list', format: 'list' } : { how: 'text', format: 'text' };
}

/** Where the first document of a sequence ends with its line. Several documents in one line are one broken document. */
function isLinewise(text: string): boolean {
  const end = text.indexOf('\n');
  if (end < 0) return false;
  const first = readJsonHead(`${text.slice(0, end)} {`);
  return first.isSequence;
}

/** A `#fields` line that names, in any order, an indicator and its type. */
function isZeekIntel(text: string): boolean {
  const fields = /^#fields\t(.*)$/m.exec(text)?.[1]?.trim().split('\t') ?? [];
  return fields.includes('indicator') && fields.includes('indicator_type');
}

const zoneMark = /^(?:\$(?:TTL|ORIGIN)\s|\S+\s+(?:\d+\s+)?(?:IN\s+)?(?:SOA\s|CNAME\s+(?:\*?\.|rpz-)))/i;
const zoneDirective = /^\$(?:TTL|ORIGIN|INCLUDE|GENERATE)\s/i;
const zoneRecord = /^\S*\s+(?:\d+[smhdw]?\s+)?(?:IN\s+)?(?:SOA|NS|A|AAAA|CNAME|DNAME|TXT|PTR|MX|SRV)\s+\S/i;
/** What the parentheses of an SOA record spread over lines of their own (RFC 1035 §5.1). */
const zoneNumber = /^[\s(]*\d[\s()\dsmhdw]*(?:;.*)?$/i;

/**
 * A zone has a line only zones have, and most of its lines are records: one `evil.example CNAME .` in a list or a report does
 * not make the rest of it a zone.
 */
function isZone(lines: readonly string[]): boolean {
  if (!lines.some((line) => zoneMark.test(line))) return false;
  const records = lines.filter(
    (line) => zoneRecord.test(line) || zoneDirective.test(line) || zoneNumber.test(line) || /^[\s()]+$/.test(line),
  );
  return records.length > lines.length / 2;
}

/** Lines that are neither blank nor a comment; the last one may be cut and is left out when there are others. */
function contentLines(text: string): string[] {
  const lines = text.split('\n', linesJudged * 4);
  const whole = text.length >= headChars && lines.length > 1 ? lines.slice(0, -1) : lines;
  return whole.filter((line) => line.trim() !== '' && !isComment(line)).slice(0, linesJudged);
}

function delimiterOf(line: string): string | undefined {
  let best: string | undefined;
  let most = 0;
  for (const delimiter of [',', '\t', ';', '|']) {
    const count = line.split(delimiter).length - 1;
    if (count > most) [best, most] = [delimiter, count];
  }
  return best;
}

/** Whether a line names columns, at least one of which holds values. */
function isHeader(line: string, delimiter: string): boolean {
  const cells = line.split(delimiter).map((cell) => cell.trim().replace(/^"|"$/g, ''));
  return cells.every((cell) => cell.length < 60) && layoutOfHeader(cells) !== undefined;
}

function shareOfValues(lines: readonly string[]): number {
  if (lines.length === 0) return 1;
  let values = 0;
  for (const line of lines) {
    const { kind } = readListLine(line, undefined, false);
    if (kind !== 'unknown') values += 1;
  }
  return values / lines.length;
}
