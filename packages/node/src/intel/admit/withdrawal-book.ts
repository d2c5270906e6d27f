import type { Connection, Statement } from '../../store/index.ts';
import type { WithdrawCandidate } from '../import.ts';
import { revocation } from './object-book.ts';
import type { ObjectRow } from './object-book.ts';

/** What sources took back of what they told, without a new version of it: the reason stands beside the object. */
export class WithdrawalBook {
  readonly #statements: Readonly<Record<'keep' | 'drop' | 'dropTill' | 'setRevoked', Statement>>;

  constructor(db: Connection) {
    this.#statements = {
      keep: db.prepare('insert or replace into intel_withdrawal (object_ref, at_us, reason) values (?, ?, ?)'),
      drop: db.prepare('delete from intel_withdrawal where object_ref = ?'),
      dropTill: db.prepare('delete from intel_withdrawal where object_ref = ? and at_us <= ?'),
      setRevoked: db.prepare('update intel_object set revoked = ? where ref = ?'),
    };
  }

  /** @returns Whether it says something new. The state is reconsidered by the caller. */
  withdraw(row: ObjectRow, { atUs, reason }: WithdrawCandidate): boolean {
    if (row.revoked !== revocation.none) return false;
    this.#statements.keep.run(row.ref, atUs, reason.slice(0, reasonCharsMax));
    this.#statements.setRevoked.run(revocation.withdrawn, row.ref);
    return true;
  }

  /** A new version counts: what was taken back was the one before. */
  supersede(row: ObjectRow): void {
    if (row.revoked === revocation.withdrawn) this.#statements.drop.run(row.ref);
  }

  /** The source tells the version again that it had taken back, and no earlier one: then its last word holds. */
  tellAgain(row: ObjectRow): void {
    if (this.#statements.dropTill.run(row.ref, row.modified_us).changes > 0) {
      this.#statements.setRevoked.run(revocation.none, row.ref);
    }
  }
}

const reasonCharsMax = 1000;
