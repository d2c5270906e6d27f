import type { Connection, Statement } from '../../store/index.ts';
import { codeOfState } from '../codes.ts';

/** States a list that tells of the value again keeps or ends. */
const refreshable = (['active', 'held-back', 'decayed'] as const).map(codeOfState);

/** What was given away may not be the same any more: what a trigger does not see. */
export const reviseSql = 'update intel_revision set value = value + 1';

/** What admitting writes and reads, prepared once a connection. */
export interface AdmitStatements {
  readonly lastObject: Statement<{ ref: number | null }>;
  readonly setLive: Statement;
  readonly setConfidence: Statement;
  readonly setOwn: Statement;
  readonly setValidUntil: Statement;
  readonly rewriteVersion: Statement;
  readonly addAlias: Statement;
  readonly dropReference: Statement;
  readonly listIndicator: Statement<{ ref: number }>;
  readonly told: Statement;
  readonly revise: Statement;
}

export function prepareAdmitStatements(db: Connection): AdmitStatements {
  return {
    lastObject: db.prepare('select max(ref) as ref from intel_object'),
    setLive: db.prepare(
      `update intel_object set live_ref = ?, modified_us = ?, kind = ?, complete = ?, valid_until_us = ?, revoked = ?,
         valid_from_us = ?,
         conflict = exists (select 1 from intel_version
             where object_ref = ? and number > 0 and conflict = 1 and modified_us >= ?)
           or exists (select 1 from intel_version where ref = ? << 20 and conflict = 1 and modified_us >= ?)
       where ref = ?`,
    ),
    setConfidence: db.prepare('update intel_object set confidence = ? where ref = ?'),
    setOwn: db.prepare('update intel_object set own = 1 where ref = ? and own = 0'),
    setValidUntil: db.prepare('update intel_object set valid_until_us = ?, modified_us = ? where ref = ?'),
    rewriteVersion: db.prepare('update intel_version set text = ?, modified_us = ?, traits = null where ref = ?'),
    told: db.prepare('select 1 from intel_provenance where object_ref = ? and source_ref = ?'),
    revise: db.prepare(reviseSql),
    addAlias: db.prepare('insert or ignore into intel_alias (key, object_ref) values (?, ?)'),
    dropReference: db.prepare('delete from intel_reference where target = ? and object_ref = ? and role = ?'),
    listIndicator: db.prepare(
      `select ref from (
         select ref, state, made, own from intel_object where ref = ?
         union all select ref, state, made, own from intel_object where group_ref = ? and group_ref <> ref and made = 1)
       where made = 1 and own = ? and state in (${refreshable.join(', ')}) limit 1`,
    ),
  };
}
