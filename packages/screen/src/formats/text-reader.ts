import { fieldForms } from './field-list.ts';
import type { FieldList } from './field-list.ts';
import type { ComposedUrl, RecordReader } from './format.ts';
import { RecordPorts } from './record-ports.ts';
import type { NamedField, ServedName } from './record-ports.ts';

/**
 * A text format whose fields are known beforehand. Keys of the field list are indexes into `columns`; -1 has no name.
 * `read` adds fields in the order of the line; what lies between them is looked at without a name.
 */
export interface TextShape {
  readonly columns: readonly string[];
  readonly served?: readonly ServedName[];
  /** As {@link RecordReader.read}. */
  read(line: Uint8Array, start: number, end: number, fields: FieldList): boolean;
  urls?(textOf: (column: string) => string | undefined, ports: RecordPorts): readonly ComposedUrl[];
}

/** A reader of a text format; see {@link TextShape}. */
export function createTextReader(shape: TextShape): RecordReader {
  const served = new Map((shape.served ?? []).map((name) => [name.name, name]));
  return {
    hasEscapes: false,
    gates: 'parted',
    takeHeader: () => false,
    read(line, start, end, fields) {
      fields.reset(line);
      if (!shape.read(line, start, end, fields)) return false;
      addGaps(fields, start, end);
      return true;
    },
    describe(fields) {
      const namedOf = (index: number): NamedField | undefined => {
        const path = shape.columns[fields.keys[index]!];
        return path === undefined ? undefined : { path, object: 0 };
      };
      const ports = new RecordPorts(fields, namedOf, served);
      const textOf = (column: string): string | undefined => {
        const index = ports.find(column);
        return index === undefined ? undefined : fields.latin1(index);
      };
      return {
        field: (index) => ({ name: namedOf(index)?.path, ports: () => ports.of(index) }),
        urls: () => shape.urls?.(textOf, ports) ?? [],
      };
    },
    header: () => '',
  };
}

/** Adds a port; what is no number where a port should be is looked at like any text. */
export function addPort(fields: FieldList, key: number, start: number, end: number): void {
  let at = start;
  while (at < end && isDigit(fields.line[at])) at++;
  fields.add(key, start, end, at === end ? fieldForms.scalar : fieldForms.inLine);
}

/** Adds what no field covers, so that a value in a part of the line the format does not name is found too. */
function addGaps(fields: FieldList, start: number, end: number): void {
  const named = fields.count;
  let covered = start;
  for (let index = 0; index < named; index++) {
    if (fields.starts[index]! > covered) fields.add(-1, covered, fields.starts[index]!);
    covered = Math.max(covered, fields.ends[index]!);
  }
  if (covered < end) fields.add(-1, covered, end);
}

/** Offset of ASCII `text` at or after `from`, before `end`; -1 when it is not there. */
export function findText(line: Uint8Array, text: string, from: number, end: number): number {
  const first = text.charCodeAt(0);
  const last = end - text.length;
  for (let at = from; at <= last; at++) {
    if (line[at] === first && hasText(line, text, at, end)) return at;
  }
  return -1;
}

/** Whether ASCII `text` stands at `at`. */
export function hasText(line: Uint8Array, text: string, at: number, end: number): boolean {
  if (at + text.length > end) return false;
  for (let index = 0; index < text.length; index++) if (line[at + index] !== text.charCodeAt(index)) return false;
  return true;
}

/** Offset of the next byte equal to `byte`, or `end`. */
export function findByte(line: Uint8Array, byte: number, from: number, end: number): number {
  let at = from;
  while (at < end && line[at] !== byte) at++;
  return at;
}

/** Offset of the next byte that is not a space. */
export function skipSpaces(line: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && line[at] === 0x20) at++;
  return at;
}

/** Whether a byte is an ASCII digit; false beyond the end. */
export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
