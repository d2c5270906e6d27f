import type { ComityError } from '@comity/protocol/base';
import type { MispWithdrawal } from '@comity/protocol/misp';
import type { StixObject } from '@comity/protocol/stix';
import type { ListedValue, ValueKind } from '@comity/protocol/values';
import type { Tlp } from '@comity/protocol/markings';

/** What a reader found out about a value besides the value; everything is as the source says it, nothing is guessed. */
export interface ValueContext {
  readonly labels?: readonly string[];
  readonly description?: string;
  /** µs since the Unix epoch. */
  readonly firstSeenUs?: number;
  readonly validUntilUs?: number;
  /** 0 to 100 (STIX 2.1 §3.2). */
  readonly confidence?: number;
}

/** A value that a list, a table or a report names. */
interface ValueItem {
  readonly kind: 'value';
  readonly value: ListedValue;
  /** Where it stands, for a person: `line 12`, `row 3`, `offset 1041`. */
  readonly place: string;
  readonly context: ValueContext;
}

/** A STIX object, as sent or made from a MISP event. */
interface ObjectItem {
  readonly kind: 'object';
  readonly object: StixObject;
  readonly place: string;
}

/** A row, object or whole document that could not be used; the import goes on after it. */
interface RejectedItem {
  readonly kind: 'rejected';
  readonly place: string;
  readonly error: ComityError;
}

/** Something the source says that Comity does not keep. `count` losses of the same kind. */
export interface LossItem {
  readonly kind: 'loss';
  readonly field: string;
  readonly count: number;
  readonly reason: string;
}

/** Something to ask the sender about that keeps nothing out: labels that contradict each other. */
interface AlertItem {
  readonly kind: 'alert';
  readonly place: string;
  readonly message: string;
}

/** What was decided about the input as a whole; the first item of every reading. */
interface FormatItem {
  readonly kind: 'format';
  readonly format: IntelligenceFormat;
}

/** Something a sender made before and takes back, where its format can say so (MISP: deleted, or no longer for detection). */
interface WithdrawalItem {
  readonly kind: 'withdrawal';
  readonly withdrawal: MispWithdrawal;
  readonly place: string;
}

export type Item = FormatItem | ValueItem | ObjectItem | RejectedItem | LossItem | AlertItem | WithdrawalItem;

/** Every format that is read. `list` is any mix of bare values, hosts, adblock and dnsmasq lines. */
export const intelligenceFormats = {
  stix: 'STIX 2.1 or 2.0 bundle, TAXII envelope, array, object, or one a line',
  misp: 'MISP event, or a response or array of events',
  list: 'list of values, hosts file, ad-block or dnsmasq list, Maltrail trails',
  rpz: 'response policy zone',
  csv: 'table with a header or a mapping',
  'zeek-intel': 'Zeek intelligence file',
  sigma: 'Sigma rules, correlations and filters',
  records: 'JSON or YAML records of values',
  text: 'free text of a report',
} as const;

export type IntelligenceFormat = keyof typeof intelligenceFormats;

/** Columns of a table by what they hold; a column is named by its header or by its number from 1. */
export interface CsvMapping {
  readonly value: string;
  /** Port the address or name in the value's column is listed with. */
  readonly port?: string;
  readonly type?: string;
  readonly description?: string;
  readonly labels?: string;
  readonly firstSeen?: string;
  readonly validUntil?: string;
  readonly confidence?: string;
}

export interface ReadOptions {
  /** Forces the format instead of recognising it. */
  readonly format?: IntelligenceFormat;
  readonly mapping?: CsvMapping;
  /** What every bare value of a list is, where its form cannot tell: process names, file names, mutexes. */
  readonly kind?: ValueKind;
  /** Whether running text is searched for values (default), or refused: a folder's README means nothing by its names. */
  readonly freeText?: boolean;
  /** Marking of the source, for what is narrowed relative to it (see `mispToStix`). */
  readonly defaultTlp?: Tlp;
  /** The pages a TAXII envelope says to be behind it come as documents of their own: nothing is lost with them. */
  readonly pagesFollow?: boolean;
}

/** One document, opened and decompressed: chunks in order, at most `limits.importBytesMax` in all. */
export interface IntelligenceInput {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}
