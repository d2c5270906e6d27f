import type { Gates } from '../kernel/index.ts';
import type { FieldList } from './field-list.ts';

/** Every record format that is read, with the title help texts show. */
export const formatTitles = {
  'zeek-tsv': 'Zeek log, tab-separated with #fields',
  'zeek-json': 'Zeek log, one JSON object a line',
  eve: 'Suricata EVE, one JSON object a line or an array',
  ecs: 'Elastic Common Schema JSON',
  windows: 'Windows event or Sysmon JSON',
  ndjson: 'JSON objects of any shape, one a line or in an array',
  bind: 'BIND query log',
  unbound: 'Unbound query and reply log',
  dnsmasq: 'dnsmasq query log',
  access: 'web access log, common or combined, with or without virtual host',
  csv: 'CSV with a header line',
  syslog: 'syslog lines (RFC 3164, RFC 5424)',
  raw: 'lines of anything',
} as const;

export type FormatName = keyof typeof formatTitles;

/** The first lines of an input, for recognising its format. Text is Latin-1: one character a byte. */
export interface Sample {
  /** At most 64 KiB; may end in the middle of a line when the first line is longer. */
  readonly text: string;
  /** At most 64 lines that are not empty, without line ends. */
  readonly lines: readonly string[];
}

/** A value put together from several fields of a record. */
export interface ComposedUrl {
  /** `host+uri`: the fields it comes from. */
  readonly name: string;
  readonly url: string;
}

/** What the record says about one of its fields; made only for a record with a candidate. */
export interface FieldContext {
  /** The format's own name of the field; undefined where the text has no field structure. */
  readonly name: string | undefined;
  /** Ports that belong to the field's address or name, in no order; empty when the record does not say. */
  readonly ports: () => readonly number[];
}

/** The fields of one record by number, in the order of the list it was made from. */
export interface RecordContext {
  field(index: number): FieldContext;
  /** URLs the record states in parts: host and path in different fields. */
  urls(): readonly ComposedUrl[];
}

/**
 * Reads the records of one input. Stateful: a header line seen earlier names the fields of later records.
 *
 * Input is untrusted: no method throws, whatever the bytes, and each takes time linear in their number.
 */
export interface RecordReader {
  /**
   * Whether a backslash followed by a letter may hide a value from a look at the raw bytes (`\u002e`, `\x2e`, `\nevil`),
   * so that such a record is parsed even when the raw look found nothing.
   */
  readonly hasEscapes: boolean;
  /** Which gates the raw look must tell: `parted` when a URL's path may stand in another field, `all` when that is put together too. */
  readonly gates: Gates;
  /** Takes in a header or comment line; such a line is no record and is not screened. */
  takeHeader(line: Uint8Array, start: number, end: number): boolean;
  /**
   * Splits `[start, end)` of `line` into the fields that can hold a value. No string is made.
   *
   * @returns false when the bytes do not have the format's form: they are then screened as one text without fields.
   */
  read(line: Uint8Array, start: number, end: number, fields: FieldList): boolean;
  /** Names, ports and composed URLs of the record last read into `fields`. */
  describe(fields: FieldList): RecordContext;
  /** Header lines a reader that starts in the middle of the input must be given first; empty when there are none. */
  header(): string;
}

/** How records lie in the bytes: one a line, or JSON objects that may span lines. */
export type Framing = 'lines' | 'objects';

/** A record format: how to recognise it, how its records lie, and how to read one. */
export interface Format {
  readonly name: FormatName;
  readonly title: string;
  /** How surely the sample is of this format, 0 to 1; the highest wins, `raw` claims 0.05 of everything. */
  detect(sample: Sample): number;
  framing(sample: Sample): Framing;
  createReader(): RecordReader;
}
