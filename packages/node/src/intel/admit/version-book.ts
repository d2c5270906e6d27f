import { asOwnError, canonicalJson, ComityError, isJsonObject, parseJson } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import type { Connection, Statement } from '../../store/index.ts';
import { variantsMax } from '../bounds.ts';
import { versionRefOf, versionRefsOf, versionsOfObjectMax } from '../version-refs.ts';
import { stateOfCode } from '../codes.ts';
import { isAsReliable, isMoreReliable } from '../confidence.ts';
import type { Change, IntelSource, Reliability } from '../import.ts';
import { reviseSql } from './admit-statements.ts';
import type { ArrivalBook } from './arrival-book.ts';
import { ErasedBook } from './erased-book.ts';
import type { NewRows } from './new-rows.ts';
import type { ObjectFacts } from './object-facts.ts';
import type { ObjectRow } from './object-book.ts';

/** What a version of an object that is there already does. */
interface VersionDecision {
  /** Undefined: the content is there already. */
  readonly change: Change | undefined;
  /**
   * What its source thereby says of the object: `content`: it stands for what counts, so its confidence and marking do
   * too; `seen`: only that it knows the object; `nothing`: it says something else under the same id.
   */
  readonly vouchesFor: 'content' | 'seen' | 'nothing';
  /** Row of the version that takes over, the one that counts already when another source answers for it; undefined: none does. */
  readonly liveRef: number | undefined;
  /** Why it is a conflict, a sentence; undefined: it is none. */
  readonly conflict?: string;
}

export interface VersionContext {
  readonly source: IntelSource;
  readonly sourceRef: number;
  readonly importRef: number;
  readonly nowUs: number;
}

interface StoredVersion {
  readonly ref: number;
  readonly text: string;
  readonly conflict: number;
}

/** Who the live version of an object came from. */
interface Owner {
  readonly source_ref: number;
  readonly name: string;
  readonly kind: IntelSource['kind'];
  readonly reliability: Reliability;
  /** Whether it came as our own. */
  readonly own: number;
}

/** The contents of objects as they came, and which of them may count: docs/adr/0009-who-may-change-an-object.md. */
export class VersionBook {
  readonly #context: VersionContext;
  readonly #rows: NewRows;
  readonly #arrivals: ArrivalBook;
  readonly #traitsOf: (value: JsonObject) => number | null;
  readonly #statements: VersionStatements;
  readonly #erased: ErasedBook;

  /** @param traitsOf - Number of an object's traits: {@link TraitsBook.refOf}. */
  constructor(
    db: Connection,
    context: VersionContext,
    rows: NewRows,
    arrivals: ArrivalBook,
    traitsOf: (value: JsonObject) => number | null,
  ) {
    this.#traitsOf = traitsOf;
    this.#context = context;
    this.#rows = rows;
    this.#arrivals = arrivals;
    this.#statements = prepareVersionStatements(db);
    this.#erased = new ErasedBook(db);
  }

  /** Why an object takes nothing more: it was erased. Undefined: it does. */
  refusalOf(row: ObjectRow): ComityError | undefined {
    return this.#erased.refusalOf(row);
  }

  /** Keeps the first content of an object; returns the version's reference. */
  addFirst(objectRef: number, facts: ObjectFacts): number {
    return this.#arrive(this.#insert(objectRef, 0, facts, 0));
  }

  /** Whether the live version is of the source that is being imported. Ours it is only as long as it is imported as ours. */
  isOfSource(row: ObjectRow): boolean {
    const { source, sourceRef } = this.#context;
    if (this.refusalOf(row) !== undefined) return false;
    return this.#ownerOf(row).source_ref === sourceRef && (row.own === 0 || source.own === true);
  }

  /** What the live version says. */
  liveValue(row: ObjectRow): JsonObject {
    const text = this.#statements.text.get(row.live_ref)?.text ?? '{}';
    const value = parseJson(text, text.length);
    return isJsonObject(value) ? value : {};
  }

  /** Keeps a further content and decides what it does. An error: it is one too many and not kept. */
  add(row: ObjectRow, facts: ObjectFacts): VersionDecision | ComityError {
    const refusal = this.refusalOf(row);
    if (refusal !== undefined) return refusal;
    const modifiedUs = facts.modifiedUs ?? null;
    const same = this.#statements.versionsAt.all(versionRefOf(row.ref, 0), modifiedUs, row.ref, modifiedUs);
    const known = findSame(same, facts);
    if (this.#takesOver(row, known)) return this.#takeOver(row, facts, known);
    if (known !== undefined) return this.#tellAgain(row, facts, known);
    const number = this.#nextNumber(row);
    if (isNewer(modifiedUs, row) && this.#mayReplace(row, facts)) {
      if (number >= versionsOfObjectMax) return tooMany(facts, number);
      return {
        change: 'new-version',
        vouchesFor: 'content',
        liveRef: this.#arrive(this.#insert(row.ref, number, facts, 0)),
      };
    }
    // Half of the numbers are left to those that may take over, whatever others send under the id.
    if (number >= versionsOfObjectMax / 2) return tooMany(facts, number);
    if (modifiedUs === null && row.modified_us === null) {
      // What has no versions has no newest: two producers may describe the same fact with different side remarks.
      if (same.length >= variantsMax) return tooMany(facts, same.length);
      this.#insert(row.ref, number, facts, 0);
      return { change: undefined, vouchesFor: 'content', liveRef: undefined };
    }
    if (same.length === 0 && !isNewer(modifiedUs, row) && this.#mayTellOfBefore(row)) {
      this.#arrive(this.#insert(row.ref, number, facts, 0));
      return { change: 'old-version', vouchesFor: 'seen', liveRef: undefined };
    }
    return this.#keepBeside(row, facts, number, same.length > 0);
  }

  #keepBeside(row: ObjectRow, facts: ObjectFacts, number: number, isSameTime: boolean): VersionDecision | ComityError {
    const modifiedUs = facts.modifiedUs ?? null;
    const isOlder = !isSameTime && !isNewer(modifiedUs, row);
    const beside = this.#statements.conflicts.get(row.ref, isOlder ? earliestUs : row.modified_us)?.count ?? 0;
    if (beside >= variantsMax) return tooMany(facts, beside);
    this.#insert(row.ref, number, facts, 1);
    // What is older contends for nothing.
    if (!isOlder) this.#statements.setConflict.run(row.ref);
    return {
      change: 'conflict',
      vouchesFor: this.isOfSource(row) ? 'seen' : 'nothing',
      liveRef: undefined,
      conflict:
        isNewer(modifiedUs, row) || isOlder
          ? `Kept beside the version of ${this.#ownerOf(row).name}: this source may not change it`
          : `Kept beside the version of ${this.#ownerOf(row).name}, which says something else under the same modified`,
    };
  }

  /**
   * Whether the word of the source being imported counts from now on, whatever the versions say of their age: that of a source of
   * our own, where only others told until now, since this member lends it as its own; and a member's, where the one that lent it
   * lends it no longer. What was made here of others' lists is ours only when ours says the very same.
   */
  #takesOver(row: ObjectRow, known: StoredVersion | undefined): boolean {
    const { source } = this.#context;
    if (source.own === true) return this.#ownerOf(row).own === 0 && (row.made === 0 || known?.ref === row.live_ref);
    return source.kind === 'member' && stateOfCode(row.state) === 'recalled' && this.#ownerOf(row).kind === 'member';
  }

  /** What others say of the object stands beside from now on, and in no order of arrival. */
  #takeOver(row: ObjectRow, facts: ObjectFacts, known: StoredVersion | undefined): VersionDecision | ComityError {
    const number = this.#nextNumber(row);
    if (known === undefined && number >= versionsOfObjectMax) return tooMany(facts, number);
    const liveRef = known?.ref ?? this.#arrive(this.#insert(row.ref, number, facts, 0));
    if (known !== undefined) {
      this.#statements.adopt.run(this.#context.importRef, facts.text, known.ref);
      this.#arrivals.renew(known.ref);
    }
    if (facts.modifiedUs !== undefined) {
      this.#rows.flush();
      const [first, last] = versionRefsOf(row.ref);
      this.#statements.putBeside.run(first, last, liveRef, facts.modifiedUs);
      this.#statements.dropArrivals.run(first, last);
    }
    return { change: liveRef === row.live_ref ? undefined : 'new-version', vouchesFor: 'content', liveRef };
  }

  /** A content that is there: what was kept beside takes over when a source sends it that may change the object. */
  #tellAgain(row: ObjectRow, facts: ObjectFacts, known: StoredVersion): VersionDecision {
    const again = { change: undefined, liveRef: undefined };
    if (known.ref === row.live_ref || (row.modified_us === null && facts.modifiedUs === undefined)) {
      return { ...again, vouchesFor: 'content' };
    }
    if (!isNewer(facts.modifiedUs ?? null, row)) {
      return { ...again, vouchesFor: known.conflict === 1 && !this.isOfSource(row) ? 'nothing' : 'seen' };
    }
    if (!this.#mayReplace(row, facts)) return { ...again, vouchesFor: 'nothing' };
    this.#statements.takeOver.run(this.#context.importRef, known.ref);
    this.#arrivals.renew(known.ref);
    return { change: 'new-version', vouchesFor: 'content', liveRef: known.ref };
  }

  /**
   * Whether a newer version from the source being imported may count: the source the live one came from, or another that names
   * the same creator and is more reliable; as reliable is enough where people of ours brought it, and not where it came by
   * itself. What is our own only our own sources change; what a member lends, that member. What we made ourselves of lists,
   * nobody's object replaces.
   */
  #mayReplace(row: ObjectRow, facts: ObjectFacts): boolean {
    if (row.made === 1) return false;
    const { source, sourceRef } = this.#context;
    const owner = this.#ownerOf(row);
    const isOurs = row.own === 1 || owner.own === 1;
    if (isOurs && source.own !== true) return false;
    if (owner.source_ref === sourceRef) return true;
    if (!isOurs && owner.kind === 'member') return false;
    const isReliable = isOurs || byHand.has(source.kind) ? isAsReliable : isMoreReliable;
    if (!isReliable(source.reliability, owner.reliability)) return false;
    return this.liveValue(row)['created_by_ref'] === facts.value['created_by_ref'];
  }

  /** Whether an earlier version from this source is one of the object's past: of what has one writer, only that one knows it. */
  #mayTellOfBefore(row: ObjectRow): boolean {
    const { source, sourceRef } = this.#context;
    const owner = this.#ownerOf(row);
    if (row.own === 1 || owner.own === 1) return source.own === true;
    return owner.kind !== 'member' || owner.source_ref === sourceRef;
  }

  #nextNumber(row: ObjectRow): number {
    return (this.#statements.lastNumber.get(row.ref)?.number ?? 0) + 1;
  }

  #ownerOf(row: ObjectRow): Owner {
    const owner = this.#statements.owner.get(row.live_ref);
    if (owner === undefined) throw new Error(`Assertion failed: version ${row.live_ref} came with an import`);
    return owner;
  }

  /** Puts a version that counts, or once did, in the order of arrival. */
  #arrive(versionRef: number): number {
    this.#rows.arrivals.add(this.#arrivals.nextUs(), versionRef);
    return versionRef;
  }

  #insert(objectRef: number, number: number, facts: ObjectFacts, conflict: 0 | 1): number {
    const ref = versionRefOf(objectRef, number);
    if (number > 0) this.#statements.revise.run();
    this.#rows.versions.add(ref, facts.modifiedUs ?? null, conflict, facts.text, this.#traitsOf(facts.value));
    return ref;
  }
}

/** Kinds of sources whose objects people of ours brought, one import at a time. */
const byHand: ReadonlySet<IntelSource['kind']> = new Set(['file', 'upload', 'sample', 'manual']);

/** Before every version there is. */
const earliestUs = Number.MIN_SAFE_INTEGER;

function findSame(versions: readonly StoredVersion[], facts: ObjectFacts): StoredVersion | undefined {
  const same = versions.find((version) => version.text === facts.text);
  if (same !== undefined || versions.length === 0) return same;
  const ours = canonicalOf(facts.value);
  if (ours === undefined) return undefined;
  return versions.find((version) => canonicalOf(parseJson(version.text, version.text.length)) === ours);
}

/** Undefined when a value has no canonical JSON: an object with such a value is the same as its very text alone. */
function canonicalOf(value: JsonValue): string | undefined {
  try {
    return canonicalJson(value);
  } catch (error) {
    asOwnError(error);
    return undefined;
  }
}

/** Without a time on one side there is no older: what came later counts as newer. */
function isNewer(modifiedUs: number | null, row: ObjectRow): boolean {
  if (modifiedUs === null || row.modified_us === null) return modifiedUs !== row.modified_us;
  return modifiedUs > row.modified_us;
}

function tooMany(facts: ObjectFacts, count: number): ComityError {
  return new ComityError(
    'CONFLICT',
    `Cannot keep one more content of ${facts.id} beside the one that counts: ${count} came already`,
  );
}

interface VersionStatements {
  readonly versionsAt: Statement<StoredVersion>;
  readonly lastNumber: Statement<{ number: number | null }>;
  readonly text: Statement<{ text: string }>;
  readonly owner: Statement<Owner>;
  readonly conflicts: Statement<{ count: number }>;
  readonly setConflict: Statement;
  readonly takeOver: Statement;
  readonly adopt: Statement;
  readonly putBeside: Statement;
  readonly dropArrivals: Statement;
  readonly revise: Statement;
}

function prepareVersionStatements(db: Connection): VersionStatements {
  return {
    versionsAt: db.prepare(
      `select ref, text, conflict from intel_version where ref = ? and modified_us is ?
       union all select ref, text, conflict from intel_version where object_ref = ? and modified_us is ? and number > 0`,
    ),
    lastNumber: db.prepare('select max(number) as number from intel_version where object_ref = ? and number > 0'),
    text: db.prepare('select text from intel_version where ref = ?'),
    owner: db.prepare(
      `select i.source_ref, i.own, s.name, s.kind, s.reliability from intel_version v join intel_import i on i.ref = v.import_ref
       join intel_source s on s.ref = i.source_ref where v.ref = ?`,
    ),
    conflicts: db.prepare(
      `select count(*) as count from intel_version
       where object_ref = ? and number > 0 and conflict = 1 and (modified_us is null or modified_us >= ?)`,
    ),
    setConflict: db.prepare('update intel_object set conflict = 1 where ref = ?'),
    revise: db.prepare(reviseSql),
    takeOver: db.prepare('update intel_version set import_ref = ?, conflict = 0 where ref = ?'),
    adopt: db.prepare('update intel_version set import_ref = ?, conflict = 0, text = ? where ref = ?'),
    putBeside: db.prepare(
      'update intel_version set conflict = 1 where ref between ? and ? and ref <> ? and modified_us >= ? and conflict = 0',
    ),
    dropArrivals: db.prepare(
      `delete from intel_arrival where version_ref in (select ref from intel_version where ref between ? and ? and conflict = 1)`,
    ),
  };
}
