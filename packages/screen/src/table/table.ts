import type { ListedValue, ValueKind } from '@comity/protocol/values';

/** A listed value and the caller's number for whoever lists it. */
export interface ListedRow {
  readonly value: ListedValue;
  /** 0 to 2^32 - 1, handed back with a match. */
  readonly ref: number;
}

/** One row of an entry: who lists the value, and for which port only, if any. */
export interface TableRow {
  readonly ref: number;
  readonly port?: number;
}

export interface TableOptions {
  /** Secret of the hash, so that nobody who can list values can make them collide. Any 32-bit number. */
  readonly seed?: number;
}

/** The listed values, compiled for scanning. The same value from several lists is one entry with several rows. */
export class Table {
  static build(_rows: Iterable<ListedRow>, _options: TableOptions = {}): Table {
    throw new Error('not yet');
  }
  /** Adds a row while in use; false when it was there, or when values of its kind are not screened. */
  add(_value: ListedValue, _ref: number): boolean {
    throw new Error('not yet');
  }
  /** Removes a row while in use; false when it was not there. */
  remove(_value: ListedValue, _ref: number): boolean {
    throw new Error('not yet');
  }
  /** Rows listed: a value from two lists counts twice. */
  get count(): number {
    return 0;
  }
  /** Memory of the table, in bytes. */
  get bytes(): number {
    return 0;
  }
  /** The rows of an entry a scan reported. */
  rowsOf(_entry: number): TableRow[] {
    return [];
  }
  kindOf(_entry: number): ValueKind {
    return 'other';
  }
  /** The listed value of an entry in its normal form; of a gate, its host. */
  valueOf(_entry: number): string {
    return '';
  }
}
