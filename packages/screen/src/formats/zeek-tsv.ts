import { composedUrls } from './composed-urls.ts';
import type { UrlParts } from './composed-urls.ts';
import { fieldForms, latin1 } from './field-list.ts';
import type { FieldList } from './field-list.ts';
import { formatTitles } from './format.ts';
import type { Format, RecordContext, RecordReader } from './format.ts';
import { hexDigit } from './json-record.ts';
import { RecordPorts } from './record-ports.ts';
import type { NamedField, ServedName } from './record-ports.ts';

/** Zeek's fields for the name of the server: their port is the responder's. */
export const zeekServed: readonly ServedName[] = ['host', 'server_name', 'http.host', 'ssl.server_name'].map(
  (name) => ({
    name,
    ports: ['id.resp_p', 'id_resp_p'],
  }),
);

/** Zeek's fields that state a URL in parts. */
export const zeekUrls: readonly UrlParts[] = [
  { host: 'host', path: 'uri' },
  { host: 'http.host', path: 'http.uri' },
];

/** Columns beyond this many are screened without a name. */
const columnsMax = 4096;

/**
 * Zeek's tab-separated writer.
 *
 * Header lines begin with `#` and may stand anywhere: `#separator` (as `\x09`), `#set_separator`, `#empty_field`,
 * `#unset_field`, `#fields`. A file may hold several headers (rotated logs put together), lines before the first one
 * (screened without fields), `###` lines of test baselines, and `#close` before the data. `\xHH` in a value is the byte
 * HH. The elements of a set or vector are screened together, as their separator ends a value.
 *
 * Reference: Zeek manual, "Zeek Log Formats and Inspection", section "Working with a Sample Zeek Log".
 */
export const zeekTsv: Format = {
  name: 'zeek-tsv',
  title: formatTitles['zeek-tsv'],
  detect: (sample) => (sample.lines.some((line) => /^#(?:separator \\x|fields[\t ,|])/.test(line)) ? 1 : 0),
  framing: () => 'lines',
  createReader: createZeekTsvReader,
};

function createZeekTsvReader(): RecordReader {
  let separator = 0x09;
  let unset = '-';
  let empty = '(empty)';
  let columns: string[] = [];
  let headerLines: string[] = [];
  const served = new Map(zeekServed.map((name) => [name.name, name]));

  const takeHeader = (line: Uint8Array, start: number, end: number): boolean => {
    if (start >= end || line[start] !== 0x23) return false;
    const text = latin1(line, start, Math.min(end, start + 65_536));
    const named = /^#(separator|fields|set_separator|unset_field|empty_field|types|path)(.)(.*)$/s.exec(text);
    if (named === null) return true;
    const [, name, , value = ''] = named;
    if (name === 'separator') {
      const code = /^\\x([0-9a-fA-F]{2})$/.exec(value.trim());
      separator = code === null ? (value.codePointAt(0) ?? 0x09) : Number.parseInt(code[1]!, 16);
      headerLines = [];
    } else if (name === 'fields') {
      columns = value.split(String.fromCharCode(separator)).slice(0, columnsMax);
      headerLines = headerLines.filter((other) => !other.startsWith('#fields'));
    } else if (name === 'unset_field') {
      unset = value;
    } else if (name === 'empty_field') {
      empty = value;
    } else {
      return true;
    }
    headerLines.push(text);
    return true;
  };

  const read = (line: Uint8Array, start: number, end: number, fields: FieldList): boolean => {
    fields.reset(line);
    if (columns.length === 0) return false;
    let column = 0;
    let from = start;
    while (from <= end) {
      let to = from;
      let escaped = false;
      while (to < end && line[to] !== separator) {
        if (line[to] === 0x5c) escaped = true;
        to++;
      }
      const key = column < columns.length ? column : -1;
      if (escaped) {
        const scratchStart = fields.scratchUsed;
        decodeZeekEscapes(line, from, to, fields);
        fields.add(key, scratchStart, fields.scratchUsed, fieldForms.inScratch);
      } else if (!isText(line, from, to, unset) && !isText(line, from, to, empty)) {
        fields.add(key, from, to);
      }
      column++;
      from = to + 1;
    }
    return true;
  };

  const describe = (fields: FieldList): RecordContext => {
    const namedOf = (index: number): NamedField | undefined => {
      const path = columns[fields.keys[index]!];
      return path === undefined ? undefined : { path, object: 0 };
    };
    const ports = new RecordPorts(fields, namedOf, served);
    return {
      field: (index) => ({ name: namedOf(index)?.path, ports: () => ports.of(index) }),
      urls: () => zeekUrls.flatMap((parts) => composedUrls(fields, ports, namedOf, parts)),
    };
  };

  return {
    hasEscapes: true,
    gates: 'parted',
    takeHeader,
    read,
    describe,
    header: () => headerLines.map((line) => `${line}\n`).join(''),
  };
}

function isText(line: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let at = 0; at < text.length; at++) if (line[start + at] !== text.charCodeAt(at)) return false;
  return true;
}

function decodeZeekEscapes(line: Uint8Array, start: number, end: number, fields: FieldList): void {
  fields.reserveScratch(end - start);
  const out = fields.scratch;
  let used = fields.scratchUsed;
  for (let at = start; at < end; at++) {
    const byte = line[at]!;
    if (byte === 0x5c && at + 3 < end && line[at + 1] === 0x78) {
      const high = hexDigit(line[at + 2]!);
      const low = hexDigit(line[at + 3]!);
      if (high >= 0 && low >= 0) {
        out[used++] = high * 16 + low;
        at += 3;
        continue;
      }
    }
    // `\\` is one backslash.
    if (byte === 0x5c && at + 1 < end && line[at + 1] === 0x5c) at++;
    out[used++] = byte;
  }
  fields.scratchUsed = used;
}
