import { BulkInsert } from '../../store/index.ts';
import type { Connection } from '../../store/index.ts';

/** The rows a batch adds, several a statement. Nobody sees them before {@link flush}. */
export class NewRows {
  readonly objects: BulkInsert;
  readonly versions: BulkInsert;
  readonly listings: BulkInsert;
  readonly provenance: BulkInsert;
  readonly references: BulkInsert;

  constructor(db: Connection) {
    this.objects = new BulkInsert(db, {
      into: `intel_object (ref, key, type, kind, state, tlp, confidence, lead, conflict, complete, group_ref, live_ref,
        modified_us, added_us, next_change_us, valid_until_us, lease_until_us, revoked, made, valid_from_us)`,
      columnCount: 20,
    });
    this.versions = new BulkInsert(db, {
      into: 'intel_version (ref, object_ref, number, modified_us, received_us, import_ref, conflict, text)',
      columnCount: 8,
    });
    this.listings = new BulkInsert(db, { into: 'intel_listing (value_ref, object_ref)', columnCount: 2, ignore: true });
    this.provenance = new BulkInsert(db, {
      into: 'intel_provenance (object_ref, source_ref, first_seen_us, last_seen_us, confidence, foreign_id, tlp)',
      columnCount: 7,
      onConflict: `on conflict (object_ref, source_ref) do update set last_seen_us = excluded.last_seen_us,
        confidence = coalesce(excluded.confidence, confidence), foreign_id = coalesce(excluded.foreign_id, foreign_id),
        tlp = coalesce(excluded.tlp, tlp)`,
    });
    this.references = new BulkInsert(db, {
      into: 'intel_reference (target, object_ref, role)',
      columnCount: 3,
      ignore: true,
    });
  }

  flush(): void {
    for (const rows of [this.objects, this.versions, this.listings, this.provenance, this.references]) rows.flush();
  }
}
