import { composedUrls, plainUrls } from './composed-urls.ts';
import type { UrlParts } from './composed-urls.ts';
import type { Framing, RecordContext, RecordReader, Sample } from './format.ts';
import type { FieldList } from './field-list.ts';
import { JsonRecord } from './json-record.ts';
import { RecordPorts } from './record-ports.ts';
import type { NamedField, ServedName } from './record-ports.ts';

/** What distinguishes one JSON log format from another. */
export interface JsonShape {
  /** How a match names its field: by the last key of the path or by the whole dotted path. */
  readonly fieldName: 'last' | 'path';
  readonly served: readonly ServedName[];
  /** The fields that state URLs in parts; `plain`: whatever has the usual names. */
  readonly urls: readonly UrlParts[] | 'plain';
  /** Lines that begin with `#` are headers (Zeek) and no records. */
  readonly hashIsHeader?: boolean;
  /** Windows: `{"Name": "DestinationIp", "#text": "…"}` states the name as a value. */
  readonly namesBeside?: boolean;
}

/** A reader of JSON records of one shape. Keys are not values: a listed name that occurs as a key is no match. */
export function createJsonReader(shape: JsonShape): RecordReader {
  const json = new JsonRecord();
  const served = new Map(shape.served.map((name) => [name.name, name]));
  return {
    hasEscapes: true,
    gates: shape.urls !== 'plain' && shape.urls.some(({ query }) => query !== undefined) ? 'all' : 'parted',
    takeHeader: (line, start, end) => shape.hashIsHeader === true && start < end && line[start] === 0x23,
    read: (line, start, end, fields) => json.read(line, start, end, fields),
    describe: (fields) => describeJson(json, fields, shape, served),
    header: () => '',
  };
}

function describeJson(
  json: JsonRecord,
  fields: FieldList,
  shape: JsonShape,
  served: ReadonlyMap<string, ServedName>,
): RecordContext {
  const namedOf = (index: number): NamedField | undefined => {
    const key = fields.keys[index]!;
    const path = json.pathOf(key, fields.line);
    return path === undefined ? undefined : { path, object: json.objectOf(key) };
  };
  const ports = new RecordPorts(fields, namedOf, served);
  let names: ReadonlyMap<number, string> | undefined;
  const nameOf = (index: number): string | undefined => {
    const key = fields.keys[index]!;
    if (key < 0) return undefined;
    if (shape.namesBeside === true) {
      names ??= namesBeside(fields, namedOf);
      const beside = names.get(json.objectOf(key));
      if (beside !== undefined) return beside;
    }
    return shape.fieldName === 'path' ? json.pathOf(key, fields.line) : json.nameOf(key, fields.line);
  };
  return {
    field: (index) => ({ name: nameOf(index), ports: () => ports.of(index) }),
    urls: () =>
      shape.urls === 'plain'
        ? plainUrls(fields, ports, namedOf)
        : shape.urls.flatMap((parts) => composedUrls(fields, ports, namedOf, parts)),
  };
}

/** Values of `Name` members by their object. */
function namesBeside(fields: FieldList, namedOf: (index: number) => NamedField | undefined): Map<number, string> {
  const names = new Map<number, string>();
  for (let index = 0; index < fields.count; index++) {
    const field = namedOf(index);
    if (field !== undefined && /\.Data\.[@#]?Name$/.test(`.${field.path}`))
      names.set(field.object, fields.latin1(index));
  }
  return names;
}

/** The keys that stand in the sample, quoted names before a colon; nothing when the sample is no JSON. */
export function jsonKeys(sample: Sample): ReadonlySet<string> {
  const first = sample.lines.find((line) => !line.startsWith('#'))?.trimStart();
  if (first === undefined || !/^[[{]\s*(?:["{}\]]|$)/.test(first)) return new Set();
  const keys = new Set<string>();
  for (const match of sample.text.slice(0, 32_768).matchAll(/"([^"\\]{1,80})"\s{0,4}:/g)) keys.add(match[1]!);
  return keys.size === 0 && first !== '{}' && first !== '[]' && first !== '[' ? new Set() : keys.add('');
}

/**
 * One object a line, unless the sample shows objects that span lines or an array: a first line that is only a bracket or
 * begins an array, or an unfinished first line whose next line does not begin another object.
 */
export function jsonFraming(sample: Sample): Framing {
  const [first = '', second] = sample.lines.filter((line) => !line.startsWith('#')).map((line) => line.trim());
  if (beginsManyLines(first)) return 'objects';
  const isUnfinished = first.startsWith('{') && !first.endsWith('}');
  return isUnfinished && second !== undefined && !second.startsWith('{') ? 'objects' : 'lines';
}

/** Whether a first line says that its JSON goes on: `{`, `[`, `[{…`. */
export function beginsManyLines(line: string): boolean {
  return /^\s*(?:\{\s*$|\[\s*(?:$|\{))/.test(line);
}
