import { BulkInsert } from '../../store/index.ts';
import type { Connection } from '../../store/index.ts';
import { arrivalTarget } from './arrival-book.ts';

/** What all rows of a batch have in common. */
interface Shared {
  readonly nowUs: number;
  readonly sourceRef: number;
  readonly importRef: number;
  /** Whether the source is our own. */
  readonly own: boolean;
}

const objectColumns = `ref, key, type, kind, state, tlp, confidence, complete, modified_us, next_change_us, valid_until_us,
  added_us, live_ref, conflict, group_ref, lead, lease_until_us, valid_from_us, revoked, made, own`;
/** The first of these columns are handed over; the live version of a new object is its first. */
const objectFacts =
  'column1, column2, column3, column4, column5, column6, column7, column8, column9, column10, column11, (select ?), column1 << 20, 0';

/** The rows a batch adds, several a statement. Nobody sees them before {@link flush}. */
export class NewRows {
  /** Objects nothing unusual is known of, nearly all: found their own group, no lease, begun, not revoked, not of ours. */
  readonly plainObjects: BulkInsert;
  readonly objects: BulkInsert;
  readonly versions: BulkInsert;
  readonly arrivals: BulkInsert;
  readonly listings: BulkInsert;
  readonly provenance: BulkInsert;
  readonly references: BulkInsert;

  constructor(db: Connection, { nowUs, sourceRef, importRef, own }: Shared) {
    const into = `intel_object (${objectColumns})`;
    this.plainObjects = new BulkInsert(
      db,
      { into, columnCount: 11, select: `${objectFacts}, column1, 1, null, null, 0, 0, (select ?)` },
      [nowUs, Number(own)],
    );
    this.objects = new BulkInsert(
      db,
      {
        into,
        columnCount: 16,
        select: `${objectFacts}, coalesce(column12, column1), column12 is null, column13, column14, column15, column16, (select ?)`,
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

  flush(): void {
    const { plainObjects, objects, versions, arrivals, listings, provenance, references } = this;
    for (const rows of [plainObjects, objects, versions, arrivals, listings, provenance, references]) rows.flush();
  }
}
