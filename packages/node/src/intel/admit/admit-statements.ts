import type { Connection, Statement } from '../../store/index.ts';
import { codeOfState } from '../codes.ts';

/** States a list that tells of the value again keeps or ends. */
const refreshable = (['active', 'held-back', 'decayed'] as const).map(codeOfState);

/** What admitting writes and reads, prepared once a connection. */
export interface AdmitStatements {
  readonly lastObject: Statement<{ ref: number | null }>;
  readonly lastNumber: Statement<{ number: number | null }>;
  readonly insertObject: Statement;
  readonly insertVersion: Statement;
  readonly versionsAt: Statement<{ text: string }>;
  readonly setLive: Statement;
  readonly setConflict: Statement;
  readonly setConfidence: Statement;
  readonly setLease: Statement;
  readonly addProvenance: Statement;
  readonly addAlias: Statement;
  readonly addReference: Statement;
  readonly dropReference: Statement;
  readonly text: Statement<{ text: string }>;
  readonly listIndicator: Statement<{ ref: number }>;
}

export function prepareAdmitStatements(db: Connection): AdmitStatements {
  return {
    lastObject: db.prepare('select max(ref) as ref from intel_object'),
    lastNumber: db.prepare('select max(number) as number from intel_version where object_ref = ? and number > 0'),
    insertObject: db.prepare(
      `insert into intel_object (ref, key, type, kind, state, tlp, confidence, lead, conflict, complete, group_ref,
         live_ref, modified_us, added_us, next_change_us, valid_until_us, lease_until_us, revoked, made)
       values (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    insertVersion: db.prepare(
      `insert into intel_version (ref, object_ref, number, modified_us, received_us, import_ref, conflict, text)
       values (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    versionsAt: db.prepare(
      `select text from intel_version where ref = ? and modified_us is ?
       union all select text from intel_version where object_ref = ? and modified_us is ? and number > 0`,
    ),
    setLive: db.prepare(
      `update intel_object set live_ref = ?, modified_us = ?, kind = ?, tlp = ?, complete = ?, valid_until_us = ?,
         revoked = ?, conflict = 0 where ref = ?`,
    ),
    setConflict: db.prepare('update intel_object set conflict = 1 where ref = ?'),
    setConfidence: db.prepare('update intel_object set confidence = ? where ref = ?'),
    setLease: db.prepare('update intel_object set lease_until_us = ? where ref = ?'),
    addProvenance: db.prepare(
      `insert into intel_provenance (object_ref, source_ref, first_seen_us, last_seen_us, confidence, foreign_id)
       values (?, ?, ?, ?, ?, ?)
       on conflict (object_ref, source_ref) do update set last_seen_us = excluded.last_seen_us,
         confidence = coalesce(excluded.confidence, confidence), foreign_id = coalesce(excluded.foreign_id, foreign_id)`,
    ),
    addAlias: db.prepare('insert or ignore into intel_alias (key, object_ref) values (?, ?)'),
    addReference: db.prepare('insert or ignore into intel_reference (target, object_ref, role) values (?, ?, ?)'),
    dropReference: db.prepare('delete from intel_reference where target = ? and object_ref = ? and role = ?'),
    text: db.prepare('select text from intel_version where ref = ?'),
    listIndicator: db.prepare(
      `select ref from (
         select ref, state, made from intel_object where ref = ?
         union all select ref, state, made from intel_object where group_ref = ? and group_ref <> ref and made = 1)
       where made = 1 and state in (${refreshable.join(', ')}) limit 1`,
    ),
  };
}
