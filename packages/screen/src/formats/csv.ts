import { plainUrls } from './composed-urls.ts';
import { latin1 } from './field-list.ts';
import type { FieldList } from './field-list.ts';
import { formatTitles } from './format.ts';
import type { Format, RecordContext, RecordReader, Sample } from './format.ts';
import { RecordPorts } from './record-ports.ts';
import type { NamedField } from './record-ports.ts';

const columnsMax = 4096;
const delimiters = [',', ';', '\t', '|'] as const;
const telling = /ip|addr|host|domain|url|src|dst|source|dest|time|date|query|user|port|hash|md5|sha/i;

/**
 * Tables with a header line (RFC 4180), separated by comma, semicolon, tab or bar.
 *
 * Fields may be quoted; `""` inside is a quote, which no value holds, so the bytes are looked at as they are. A record is
 * a line: the rest of a quoted field that goes on in the next line is screened there, under the names of that line's
 * columns. Cells beyond the header have no name.
 */
export const csv: Format = {
  name: 'csv',
  title: formatTitles.csv,
  detect: detectCsv,
  framing: () => 'lines',
  createReader: createCsvReader,
};

function detectCsv(sample: Sample): number {
  const first = sample.lines.findIndex((line) => !isRemark(line));
  const [header, ...rows] = sample.lines.slice(Math.max(first, 0));
  if (header === undefined || header.length > 16_384) return 0;
  const names = headerOf(header);
  if (names === undefined) return 0;
  const width = names.columns.length;
  if (rows.length === 0) return width >= 4 && names.columns.filter((name) => telling.test(name)).length >= 2 ? 0.5 : 0;
  const equal = rows
    .slice(0, 20)
    .filter((row) => cellsOf(row.slice(0, 65_536), names.delimiter).length === width).length;
  if (equal < Math.min(rows.length, 20) * 0.8) return 0;
  return width >= 4 || names.columns.some((name) => telling.test(name)) ? 0.6 : 0;
}

/** Columns and delimiter of a header line; undefined when its cells do not look like names. */
function headerOf(line: string): { columns: string[]; delimiter: string } | undefined {
  const text = line.replace(/^\u00ef\u00bb\u00bf/, '');
  let best: string[] = [];
  let delimiter = ',';
  for (const candidate of delimiters) {
    const cells = cellsOf(text, candidate);
    if (cells.length > best.length) [best, delimiter] = [cells, candidate];
  }
  if (best.length < 2 || best.some((cell) => !/^[\w .:@/()#%[\]-]{1,80}$/.test(cell) || !/[a-z]/i.test(cell)))
    return undefined;
  return new Set(best).size === best.length ? { columns: best, delimiter } : undefined;
}

/** A line before the header that tells of the table: `# exported on Monday`. A header may begin with `#` as well. */
function isRemark(line: string): boolean {
  return line.startsWith('#') && headerOf(line) === undefined;
}

function cellsOf(line: string, delimiter: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (const char of line) {
    if (char === '"') quoted = !quoted;
    else if (char === delimiter && !quoted) {
      cells.push(cell.trim());
      cell = '';
    } else cell += char;
    if (cells.length >= columnsMax) break;
  }
  cells.push(cell.trim());
  return cells;
}

function createCsvReader(): RecordReader {
  let columns: string[] | undefined;
  let delimiter = 0x2c;
  let headerLine = '';

  const read = (line: Uint8Array, start: number, end: number, fields: FieldList): boolean => {
    fields.reset(line);
    if (columns === undefined) return false;
    let column = 0;
    let at = start;
    while (at <= end) {
      let from = at;
      while (from < end && line[from] === 0x20) from++;
      let to = from;
      if (line[from] === 0x22 && from < end) {
        from++;
        to = from;
        while (to < end && !(line[to] === 0x22 && line[to + 1] !== 0x22)) to += line[to] === 0x22 ? 2 : 1;
        to = Math.min(to, end);
        at = to;
        while (at < end && line[at] !== delimiter) at++;
        // What stands between the closing quote and the delimiter belongs to no cell, but is looked at.
        if (at > to + 1) to = at;
      } else {
        while (to < end && line[to] !== delimiter) to++;
        at = to;
      }
      if (to > from) fields.add(column < columns.length ? column : -1, from, to);
      column++;
      at++;
    }
    return true;
  };

  const describe = (fields: FieldList): RecordContext => {
    const namedOf = (index: number): NamedField | undefined => {
      const path = columns?.[fields.keys[index]!];
      return path === undefined ? undefined : { path, object: 0 };
    };
    const ports = new RecordPorts(fields, namedOf);
    return {
      field: (index) => ({ name: namedOf(index)?.path, ports: () => ports.of(index) }),
      urls: () => plainUrls(fields, ports, namedOf),
    };
  };

  return {
    hasEscapes: false,
    gates: 'parted',
    takeHeader(line, start, end) {
      if (columns !== undefined || end - start > 65_536) return false;
      const text = latin1(line, start, end);
      if (text.trim() === '') return false;
      if (isRemark(text)) return true;
      headerLine = text;
      const header = headerOf(text);
      columns = header?.columns ?? cellsOf(text, ',');
      delimiter = (header?.delimiter ?? ',').charCodeAt(0);
      return true;
    },
    read,
    describe,
    header: () => (headerLine === '' ? '' : `${headerLine}\n`),
  };
}
