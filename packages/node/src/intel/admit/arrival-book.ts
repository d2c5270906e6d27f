import type { Connection, InsertTarget } from '../../store/index.ts';

/** Rows of new versions: an instant of {@link ArrivalBook.nextUs} and the version. */
export const arrivalTarget: InsertTarget = { into: 'intel_arrival (at_us, version_ref)', columnCount: 2 };

/**
 * The order in which versions come, within one transaction. Instants rise strictly over all transactions, since there is one
 * writer; a clock that was set back is moved past the last of them, by a microsecond each.
 */
export class ArrivalBook {
  readonly #db: Connection;
  readonly #nowUs: number;
  #lastUs: number | undefined;

  constructor(db: Connection, nowUs: number) {
    this.#db = db;
    this.#nowUs = nowUs;
  }

  /** The instant of what comes next: each is given once. */
  nextUs(): number {
    this.#lastUs ??=
      this.#db.prepare<{ at_us: number | null }>('select max(at_us) as at_us from intel_arrival').get()?.at_us ?? 0;
    this.#lastUs = Math.max(this.#nowUs, this.#lastUs + 1);
    return this.#lastUs;
  }

  /** Puts a version behind all others, as if it came now: whoever read past it reads it again. It must have been flushed. */
  renew(versionRef: number): void {
    // First, since the row that is taken away may be the last.
    const atUs = this.nextUs();
    // Not "insert or replace": what that takes away is told to no trigger.
    this.#db.prepare('delete from intel_arrival where version_ref = ?').run(versionRef);
    this.#db.prepare('insert into intel_arrival (at_us, version_ref) values (?, ?)').run(atUs, versionRef);
  }
}
