import { base64Of, canonicalJson, recogniseTimestampUs, timestampOfUs } from '@comity/protocol/base';
import type { MemberId, StixId } from '@comity/protocol/base';
import { statementBytes } from '@comity/protocol/peer';
import type { ActiveStatement, RecallReason, Statement, Terms } from '@comity/protocol/peer';
import type { Connection } from '../../store/index.ts';
import type { Identity } from '../federation.ts';
import { objectRefSql } from '../refs.ts';
import type { Refs } from '../refs.ts';

/** What this member said last of an object of its own. */
export interface Stated {
  readonly version: number;
  readonly digest: string;
  readonly recalled: number;
  /** Of a recall. */
  readonly reason: RecallReason | null;
  readonly stated_us: number;
  /** JSON of its terms; null of a recall. */
  readonly terms: string | null;
}

/**
 * The versions this member gives its own objects: one more for each change of content. Whoever drafts is the only one who
 * writes them, so that what is read before a transaction still holds in it.
 */
export class StatementBook {
  readonly #db: Connection;
  readonly #floor: () => number;

  /** @param floor - Versions that may have been given without being known here ({@link leftToBefore}). */
  constructor(reader: Connection, floor: () => number) {
    this.#db = reader;
    this.#floor = floor;
  }

  /** The version content of this digest has, or gets: higher than any before it. */
  versionOf(known: Stated | undefined, digest: string): number {
    const isSame = known?.digest === digest && known.recalled === 0 && known.version > this.#floor();
    return isSame ? known.version : this.nextVersion(known);
  }

  /**
   * The statement that takes an object back: for the same reason the very one that was made, whoever hears of it again or later. One that kept
   * moving ahead with a clock that is wrong would never be believed.
   */
  recall(
    self: Identity,
    id: StixId,
    known: Stated,
    reason: RecallReason,
    nowUs: number,
  ): Signed<Extract<Statement, { state: 'recalled' }>> {
    const isStated = known.recalled === 1 && known.version > this.#floor();
    const version = isStated ? known.version : this.nextVersion(known);
    const atUs = isStated && known.reason === reason ? known.stated_us : instantFor(known, nowUs);
    return stateRecalled(self, { id, version, reason }, atUs);
  }

  /** Higher than any that was given. */
  nextVersion(known: Pick<Stated, 'version'> | undefined): number {
    return Math.max(known?.version ?? 0, this.#floor()) + 1;
  }

  /**
   * What was stated last of content of this digest, where it still says what there is to say: whoever gets it by two ways gets the same by both,
   * in whatever order. A lease that is lent may be as long as the stated one.
   */
  findStanding(
    known: Stated | undefined,
    digest: string,
    stated: Terms,
    leaseUntil: string,
  ): { atUs: number; terms: Terms } | undefined {
    if (
      known?.terms === undefined ||
      known.terms === null ||
      known.digest !== digest ||
      known.recalled === 1 ||
      known.version <= this.#floor()
    )
      return undefined;
    const terms = JSON.parse(known.terms) as Terms;
    const isSame = canonicalJson({ ...terms, leaseUntil }) === canonicalJson({ ...stated, leaseUntil });
    return isSame && leaseUntil <= terms.leaseUntil ? { atUs: known.stated_us, terms } : undefined;
  }

  find(id: StixId): Stated | undefined {
    return this.#db
      .prepare<Stated>(
        `select s.version, s.digest, s.recalled, s.reason, s.stated_us, s.terms
         from peer_object o join peer_stated s on s.object_ref = o.ref where o.id = ?`,
      )
      .get(id);
  }
}

/**
 * An instant to state something of an object at, µs: now, or later than all that was stated of it before, since no two statements have
 * one.
 */
export function instantFor(known: Pick<Stated, 'stated_us'> | undefined, nowUs: number): number {
  return known === undefined ? nowUs : Math.max(nowUs, known.stated_us + 1000);
}

/**
 * What may have been said under the ledgers before this one and be known to nobody here: whoever goes on from an old backup opens the next
 * ledger, and says everything behind what the one before leaves to it.
 *
 * @param origin - of the ledger: it ends in its number, from 1.
 */
export function leftToBefore(origin: string): { readonly versions: number; readonly sequences: number } {
  const before = Number(/\/([1-9][0-9]{0,3})$/.exec(origin)?.[1] ?? 1) - 1;
  return { versions: before * 2 ** 32, sequences: before * 2 ** 39 };
}

/** Writes down what was stated, in the transaction that puts it out. What was stated since in a higher version stays. */
export function keepStated(db: Connection, statement: Statement, refs: Refs): void {
  const { version } = statement;
  const isRecall = statement.state === 'recalled';
  db.prepare(
    `insert into peer_stated (object_ref, version, digest, recalled, reason, stated_us, terms) values (?, ?, ?, ?, ?, ?, ?)
     on conflict (object_ref) do update set version = excluded.version, recalled = excluded.recalled, reason = excluded.reason,
       terms = excluded.terms, stated_us = max(stated_us, excluded.stated_us),
       digest = case when excluded.recalled then digest else excluded.digest end
     where excluded.version >= version`,
  ).run(
    refs.object(statement),
    version,
    isRecall ? '' : statement.digest,
    Number(isRecall),
    isRecall ? statement.reason : null,
    usOf(statement.statedAt),
    isRecall ? null : JSON.stringify(statement.terms),
  );
}

/** By how much a version is raised that others know a newer one of: more than a backup is behind, and few of the versions there are. */
const versionsBehind = 1024;

/**
 * Raises the versions of objects of our own, by number, that others know newer ones of: what was said was lost, since a backup was gone back to
 * before anybody had witnessed what came after it. It is said anew behind that. Only whoever drafts may call it, before it drafts.
 */
export function stateBehind(db: Connection, objectRefs: readonly number[]): void {
  const raise = db.prepare(
    `update peer_stated set version = version + ${versionsBehind}, stated_us = stated_us + 1000 where object_ref = ?`,
  );
  for (const ref of objectRefs) raise.run(ref);
}

/** Says of an object of our own that was recalled which content that was: another is stated anew. */
export function noteTakenBack(db: Connection, id: StixId, self: MemberId, digest: string): void {
  db.prepare(`update peer_stated set digest = ? where object_ref = ${objectRefSql}`).run(digest, id, self);
}

/** The statement, to be signed, that an object in a version is lent under terms. @param atUs - {@link instantFor} it. */
export function stateActive(
  self: Pick<Identity, 'id'>,
  about: { readonly id: StixId; readonly version: number; readonly digest: string; readonly terms: Terms },
  atUs: number,
): ActiveStatement {
  return { ...about, v: 1, origin: self.id, state: 'active', statedAt: timestampOfUs(atUs) };
}

function stateRecalled(
  self: Identity,
  about: { readonly id: StixId; readonly version: number; readonly reason: RecallReason },
  atUs: number,
): Signed<RecalledStatement> {
  return signed(self, { ...about, v: 1, origin: self.id, state: 'recalled', statedAt: timestampOfUs(atUs) });
}

type RecalledStatement = Extract<Statement, { state: 'recalled' }>;
/** A statement with its signature, base64. */
export interface Signed<Kind extends Statement> {
  readonly statement: Kind;
  readonly signature: string;
}

function signed<Kind extends Statement>(self: Identity, statement: Kind): Signed<Kind> {
  return { statement, signature: base64Of(self.sign(statementBytes(statement))) };
}

/** An instant of a message whose form was seen, µs. */
export function usOf(instant: string): number {
  return recogniseTimestampUs(instant) ?? 0;
}
