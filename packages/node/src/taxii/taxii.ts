import type { RowId, StixId } from '@comity/protocol/base';
import type { TaxiiCursor, TaxiiFilter, TaxiiStatus } from '@comity/protocol/taxii';
import type { ValueKind } from '@comity/protocol/values';
import type { ArrivalQuery, ArrivalsRead } from '../intel/index.ts';
import type { Exit } from '../sharing/index.ts';

/** A saved filter over the store, and who may ask for what passes it. */
export interface Collection {
  /** A UUID of version 4. */
  readonly id: string;
  /** A name for paths; undefined: none. */
  readonly alias: string | undefined;
  readonly title: string;
  readonly description: string;
  /** STIX types; empty: any. */
  readonly types: readonly string[];
  /** Kinds of the first value an indicator lists; empty: any. */
  readonly kinds: readonly ValueKind[];
  /** Only what this source of intelligence told of. */
  readonly source: RowId | undefined;
  /** Keys of recipients and `group:ID`; empty: the owner alone. What each gets of it is decided object by object. */
  readonly audience: readonly string[];
  /** Whether it takes objects from who may send some. */
  readonly takesObjects: boolean;
}

export interface CollectionBook {
  /** By title. */
  list(): readonly Collection[];
  /** By its id or alias. */
  find(name: string): Collection | undefined;
  /**
   * Adds a collection, or changes the one with its id.
   *
   * @throws {ComityError} `ARGUMENT_INVALID`; `CONFLICT` when another has the alias or there are too many.
   */
  save(collection: Collection): Promise<void>;
  /** The objects stay in the store. @throws {ComityError} `NOT_FOUND`. */
  remove(id: string): Promise<void>;
}

export interface StatusBook {
  /** Keeps a status for a week, for `caller` alone. */
  keep(status: TaxiiStatus, caller: string): Promise<void>;
  find(id: string, caller: string): TaxiiStatus | undefined;
}

/** What a page is made of. */
export interface PageRequest {
  readonly collection: Collection;
  /** Only this object, when the endpoint is about one. */
  readonly object: StixId | undefined;
  readonly filter: TaxiiFilter;
  /** Objects at most, 1 or more; definitions of their markings count, beside those of the first object. */
  readonly limit: number;
  /** Only what came into the collection later, µs. */
  readonly afterUs: number;
  /** Characters beyond which nothing more goes into the page; one object may have more. Default 4 MiB. */
  readonly charsMax?: number;
}

/** One version of an object that may be given. */
export interface PageRecord {
  readonly id: StixId;
  /** When it came into the collection, µs: no two are equal, later ones came later. */
  readonly addedUs: number;
  readonly versionUs: number;
}

export interface Page {
  readonly records: readonly PageRecord[];
  /** JSON of the objects, each after the definitions of its markings. */
  readonly texts: readonly string[];
  /** Of the marking-definitions among them. */
  readonly definitionIds: readonly string[];
  /** Where to go on, µs; undefined: there is no more. */
  readonly nextAfterUs: number | undefined;
  /** Up to where everything was decided on, µs. */
  readonly upToUs: number;
}

/** What a page is read with. */
export interface PageDeps {
  readonly arrivals: (query: ArrivalQuery, rowsMax: number) => ArrivalsRead;
  /** Decides, records and reads again what leaves. */
  readonly exit: Pick<Exit, 'admit' | 'room' | 'guard'>;
  /** The same without a record: for what is only looked at. */
  readonly rehearsal: Pick<Exit, 'admit'>;
  /** False for the owner, whose own use is no sharing. */
  readonly isGuarded: boolean;
  /** Told of an object the guard stopped after the decision let it pass. */
  readonly onStopped: (id: StixId, error: Error) => void;
}

/** The state of a TAXII 2.1 server: what it remembers between requests. */
export interface Taxii {
  readonly collections: CollectionBook;
  readonly statuses: StatusBook;
  readonly cursors: {
    write(cursor: TaxiiCursor): string;
    /** @throws {ComityError} `ARGUMENT_INVALID`. */
    read(text: string, asked: Pick<TaxiiCursor, 'endpoint' | 'collection' | 'object'>): TaxiiCursor;
  };
}
