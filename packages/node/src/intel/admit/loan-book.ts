import type { Connection, Statement } from '../../store/index.ts';
import { codeOfPap } from '../codes.ts';
import type { Loan } from '../import.ts';

/** What of an object's row its loans decide. */
export interface LentRow {
  readonly ref: number;
  readonly lease_until_us: number | null;
  readonly lent_pap: number | null;
}

/**
 * What members lend. An object that nobody but lenders told of is in use as long as one of them lends it: until the last lease
 * ends, or until the last of them takes it back, which is a recall. One that somebody else tells of too is not theirs to
 * take: no lease ends it. As long as any of them lends it, it is handled under the strictest PAP they lend it under.
 */
export class LoanBook {
  readonly #statements: LoanStatements;
  /** Nearly all nodes begin without any, and an import should not pay for asking. */
  #isEmpty: boolean;

  constructor(db: Connection) {
    this.#statements = prepareLoanStatements(db);
    this.#isEmpty = this.#statements.any.get() === undefined;
  }

  /** Lends, or lends anew what was taken back; without a PAP under the one it had. The object is settled by the caller. */
  lend(ref: number, sourceRef: number, { untilUs, pap }: Pick<Loan, 'untilUs'> & Partial<Pick<Loan, 'pap'>>): void {
    this.#isEmpty = false;
    this.#statements.lend.run(ref, sourceRef, untilUs, pap === undefined ? null : codeOfPap(pap));
  }

  /**
   * Another content counts, which one member lends: who lent the one before does not lend this, nor keep it in use, nor mark it.
   * The object is settled by the caller.
   */
  supersede(ref: number, sourceRef: number): void {
    this.#statements.unmark.run(ref, ref, sourceRef);
    this.#statements.drop.run(ref, sourceRef);
  }

  /** @returns Whether it was lent until now. */
  end(ref: number, sourceRef: number, atUs: number, reason: string): boolean {
    return this.#statements.end.run(atUs, reason, ref, sourceRef).changes > 0;
  }

  /** Writes what the loans of an object come to where its row says otherwise. @returns The row as it is then. */
  settle<Row extends LentRow>(row: Row): Row {
    if (this.#isEmpty) return row;
    const { until_us: untilUs, pap, loans, running, ended_us: endedUs, reason } = this.#statements.of.get(row.ref)!;
    if (loans === 0) return row;
    const isOthersToo = this.#statements.others.get(row.ref) !== undefined;
    const isRecalled = !isOthersToo && running === 0;
    if (isRecalled) this.#statements.recall.run(row.ref, endedUs ?? 0, reason ?? '');
    else this.#statements.unrecall.run(row.ref);
    const lease = isOthersToo || isRecalled ? null : untilUs;
    if (lease !== row.lease_until_us || pap !== row.lent_pap) this.#statements.setLease.run(lease, pap, row.ref);
    return { ...row, lease_until_us: lease, lent_pap: pap };
  }
}

interface LoanStatements {
  readonly any: Statement;
  readonly lend: Statement;
  readonly end: Statement;
  readonly unmark: Statement;
  readonly drop: Statement;
  readonly of: Statement<{
    until_us: number | null;
    pap: number | null;
    loans: number;
    running: number;
    ended_us: number | null;
    reason: string | null;
  }>;
  readonly others: Statement;
  readonly recall: Statement;
  readonly unrecall: Statement;
  readonly setLease: Statement;
}

function prepareLoanStatements(db: Connection): LoanStatements {
  return {
    any: db.prepare('select 1 from intel_loan limit 1'),
    lend: db.prepare(
      `insert into intel_loan (object_ref, source_ref, until_us, pap) values (?, ?, ?, ?)
       on conflict (object_ref, source_ref) do update set until_us = excluded.until_us, ended_us = null, reason = null,
         pap = coalesce(excluded.pap, pap)`,
    ),
    end: db.prepare(
      'update intel_loan set ended_us = ?, reason = ? where object_ref = ? and source_ref = ? and ended_us is null',
    ),
    unmark: db.prepare(
      `update intel_provenance set tlp = null where object_ref = ? and source_ref in
         (select source_ref from intel_loan where object_ref = ? and source_ref <> ?)`,
    ),
    drop: db.prepare('delete from intel_loan where object_ref = ? and source_ref <> ?'),
    // With max() alone in it, a plain column is of the row that has it: the reason is that of the last end.
    of: db.prepare(
      `select (select max(until_us) from intel_loan where object_ref = l.object_ref and ended_us is null) as until_us,
         (select max(pap) from intel_loan where object_ref = l.object_ref and ended_us is null) as pap,
         count(*) as loans, sum(ended_us is null) as running, max(ended_us) as ended_us, reason
       from intel_loan l where object_ref = ?`,
    ),
    others: db.prepare(
      `select 1 from intel_provenance p where object_ref = ? and tlp is not null and not exists
         (select 1 from intel_loan where object_ref = p.object_ref and source_ref = p.source_ref) limit 1`,
    ),
    recall: db.prepare('insert or ignore into intel_recall (object_ref, at_us, reason, of_loans) values (?, ?, ?, 1)'),
    unrecall: db.prepare('delete from intel_recall where object_ref = ? and of_loans = 1'),
    setLease: db.prepare('update intel_object set lease_until_us = ?, lent_pap = ? where ref = ?'),
  };
}
