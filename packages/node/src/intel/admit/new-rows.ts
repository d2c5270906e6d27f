import { assert } from '@comity/protocol/base';
import type { Pap } from '@comity/protocol/markings';
import { BulkInsert } from '../../store/index.ts';
import type { Connection } from '../../store/index.ts';
import { codeOfPap } from '../codes.ts';
import { arrivalTarget } from './arrival-book.ts';

/** What all rows of a batch have in common. */
interface Shared {
  readonly nowUs: number;
  readonly sourceRef: number;
  readonly importRef: number;
  /** Whether the source is our own. */
  readonly own: boolean;
}

/** An object as it is new: its own first version is the live one. */
interface NewObject {
  /** One more than of the object before. */
  readonly ref: number;
  readonly key: Uint8Array;
  /** Below 2^26: somebody would have to invent as many. */
  readonly type: number;
  readonly kind: number;
  readonly state: number;
  readonly tlp: number;
  readonly confidence: number;
  readonly complete: number;
  readonly revoked: boolean;
  readonly made: boolean;
  readonly modifiedUs: number | undefined;
  readonly nextChangeUs: number | undefined;
  readonly validUntilUs: number | undefined;
  /** Undefined: it founds its own. */
  readonly groupRef: number | undefined;
  readonly leaseUntilUs: number | undefined;
  readonly lentPap: Pap | undefined;
  readonly validFromUs: number | undefined;
}

/** The rows a batch adds, several a statement. Nobody sees them before {@link flush}. */
export class NewRows {
  readonly #objects: BulkInsert;
  #lastObjectRef = 0;
  readonly versions: BulkInsert;
  readonly arrivals: BulkInsert;
  readonly listings: BulkInsert;
  readonly provenance: BulkInsert;
  readonly references: BulkInsert;

  constructor(db: Connection, { nowUs, sourceRef, importRef, own }: Shared) {
    this.#objects = new BulkInsert(
      db,
      {
        into: `intel_object (key, kind, confidence, state, tlp, complete, revoked, made, type, modified_us, next_change_us,
          valid_until_us, added_us, live_ref, conflict, group_ref, lead, lease_until_us, valid_from_us, lent_pap, own)`,
        columnCount: 10,
        // The live version of a new object is its first.
        select: `column2, column3 & 255, column3 >> 8 & 255, column3 >> 16 & 15, column3 >> 20 & 7, column3 >> 23 & 7,
          column3 >> 26 & 1, column3 >> 27 & 1, column3 >> 28, column4, column5, column6, (select ?), column1 << 20, 0,
          coalesce(column7, column1), column7 is null, column8, column9, column10, (select ?)`,
      },
      [nowUs, Number(own)],
    );
    this.versions = new BulkInsert(
      db,
      {
        into: 'intel_version (ref, object_ref, number, modified_us, received_us, import_ref, conflict, text, traits)',
        columnCount: 5,
        select: 'column1, column1 >> 20, column1 & 1048575, column2, (select ?), (select ?), column3, column4, column5',
      },
      [nowUs, importRef],
    );
    this.arrivals = new BulkInsert(db, arrivalTarget);
    this.listings = new BulkInsert(db, { into: 'intel_listing (value_ref, object_ref)', columnCount: 2, ignore: true });
    this.provenance = new BulkInsert(
      db,
      {
        into: 'intel_provenance (object_ref, source_ref, first_seen_us, last_seen_us, confidence, foreign_id, tlp)',
        columnCount: 4,
        select: 'column1, (select ?), (select ?), (select ?), column2, column3, column4',
        onConflict: `on conflict (object_ref, source_ref) do update set last_seen_us = excluded.last_seen_us,
          confidence = coalesce(excluded.confidence, confidence), foreign_id = coalesce(excluded.foreign_id, foreign_id),
          tlp = coalesce(excluded.tlp, tlp)`,
      },
      [sourceRef, nowUs, nowUs],
    );
    this.references = new BulkInsert(db, {
      into: 'intel_reference (target, object_ref, role)',
      columnCount: 3,
      ignore: true,
    });
  }

  /** The database numbers them, which is cheaper, as they were counted: nobody else adds any meanwhile. */
  addObject(object: NewObject): void {
    const { ref, key, modifiedUs, nextChangeUs, validUntilUs, groupRef, leaseUntilUs, validFromUs, lentPap } = object;
    this.#lastObjectRef = ref;
    this.#objects.add(
      ref,
      key,
      packSmall(object),
      modifiedUs ?? null,
      nextChangeUs ?? null,
      validUntilUs ?? null,
      groupRef ?? null,
      leaseUntilUs ?? null,
      validFromUs ?? null,
      lentPap === undefined ? null : codeOfPap(lentPap),
    );
  }

  flush(): void {
    this.#objects.flush();
    assert(this.#objects.lastRowid === this.#lastObjectRef, 'objects have the numbers they were given');
    const { versions, arrivals, listings, provenance, references } = this;
    for (const rows of [versions, arrivals, listings, provenance, references]) rows.flush();
  }
}

/** The small numbers of an object's row in one: handing a value over costs more than the database's taking it apart. */
function packSmall({ type, kind, confidence, state, tlp, complete, revoked, made }: NewObject): number {
  const low = kind | (confidence << 8) | (state << 16) | (tlp << 20) | (complete << 23);
  return type * 2 ** 28 + (low | (revoked ? 1 << 26 : 0) | (made ? 1 << 27 : 0));
}
