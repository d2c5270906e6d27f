import { asOwnError, canonicalJson, ComityError, isJsonObject, parseJson } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import type { Connection, Statement } from '../../store/index.ts';
import { variantsMax } from '../bounds.ts';
import { isAsReliable } from '../confidence.ts';
import type { Change, IntelSource, Reliability } from '../import.ts';
import { reviseSql } from './admit-statements.ts';
import type { ArrivalBook } from './arrival-book.ts';
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
  /** Row of the version that takes over; undefined: none does. */
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
  readonly reliability: Reliability;
}

/** The contents of objects as they came, and which of them may count: docs/adr/0009-who-may-change-an-object.md. */
export class VersionBook {
  readonly #context: VersionContext;
  readonly #rows: NewRows;
  readonly #arrivals: ArrivalBook;
  readonly #traitsOf: (value: JsonObject) => number | null;
  readonly #statements: VersionStatements;

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
  }

  /** Keeps the first content of an object; returns the version's reference. */
  addFirst(objectRef: number, facts: ObjectFacts): number {
    return this.#arrive(this.#insert(objectRef, 0, facts, 0));
  }

  /** Whether the live version is of the source that is being imported. */
  isOwn(row: ObjectRow): boolean {
    return this.#ownerOf(row).source_ref === this.#context.sourceRef;
  }

  /** What the live version says. */
  liveValue(row: ObjectRow): JsonObject {
    const text = this.#statements.text.get(row.live_ref)?.text ?? '{}';
    const value = parseJson(text, text.length);
    return isJsonObject(value) ? value : {};
  }

  /** Keeps a further content and decides what it does. An error: it is one too many and not kept. */
  add(row: ObjectRow, facts: ObjectFacts): VersionDecision | ComityError {
    const modifiedUs = facts.modifiedUs ?? null;
    const same = this.#statements.versionsAt.all(versionRefOf(row.ref, 0), modifiedUs, row.ref, modifiedUs);
    const known = findSame(same, facts);
    if (known !== undefined) return this.#tellAgain(row, facts, known);
    const number = (this.#statements.lastNumber.get(row.ref)?.number ?? 0) + 1;
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
    if (same.length === 0 && !isNewer(modifiedUs, row)) {
      this.#arrive(this.#insert(row.ref, number, facts, 0));
      return { change: 'old-version', vouchesFor: 'seen', liveRef: undefined };
    }
    const beside = this.#statements.conflicts.get(row.ref, row.modified_us)?.count ?? 0;
    if (beside >= variantsMax) return tooMany(facts, beside);
    this.#insert(row.ref, number, facts, 1);
    this.#statements.setConflict.run(row.ref);
    return {
      change: 'conflict',
      vouchesFor: this.isOwn(row) ? 'seen' : 'nothing',
      liveRef: undefined,
      conflict: isNewer(modifiedUs, row)
        ? `Kept beside the version of ${this.#ownerOf(row).name}: this source may not change it`
        : `Kept beside the version of ${this.#ownerOf(row).name}, which says something else under the same modified`,
    };
  }

  /** A content that is there: what was kept beside takes over when a source sends it that may change the object. */
  #tellAgain(row: ObjectRow, facts: ObjectFacts, known: StoredVersion): VersionDecision {
    const again = { change: undefined, liveRef: undefined };
    if (known.ref === row.live_ref || (row.modified_us === null && facts.modifiedUs === undefined)) {
      return { ...again, vouchesFor: 'content' };
    }
    if (!isNewer(facts.modifiedUs ?? null, row)) {
      return { ...again, vouchesFor: known.conflict === 1 && !this.isOwn(row) ? 'nothing' : 'seen' };
    }
    if (!this.#mayReplace(row, facts)) return { ...again, vouchesFor: 'nothing' };
    this.#statements.takeOver.run(this.#context.importRef, known.ref);
    this.#arrivals.renew(known.ref);
    return { change: 'new-version', vouchesFor: 'content', liveRef: known.ref };
  }

  /**
   * Whether a newer version from the source being imported may count: the source the live one came from, or one at least
   * as reliable that names the same creator. What we made ourselves of lists, nobody's object replaces.
   */
  #mayReplace(row: ObjectRow, facts: ObjectFacts): boolean {
    if (row.made === 1) return false;
    const owner = this.#ownerOf(row);
    if (owner.source_ref === this.#context.sourceRef) return true;
    if (!isAsReliable(this.#context.source.reliability, owner.reliability)) return false;
    return this.liveValue(row)['created_by_ref'] === facts.value['created_by_ref'];
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

/** Versions kept of one object: what its row numbers have room for. */
const versionsOfObjectMax = 2 ** 20;

/** Row of a version: those of one object follow each other, so that the first needs no index to be found. */
function versionRefOf(objectRef: number, number: number): number {
  return objectRef * versionsOfObjectMax + number;
}

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
      `select i.source_ref, s.name, s.reliability from intel_version v join intel_import i on i.ref = v.import_ref
       join intel_source s on s.ref = i.source_ref where v.ref = ?`,
    ),
    conflicts: db.prepare(
      `select count(*) as count from intel_version
       where object_ref = ? and number > 0 and conflict = 1 and (modified_us is null or modified_us >= ?)`,
    ),
    setConflict: db.prepare('update intel_object set conflict = 1 where ref = ?'),
    revise: db.prepare(reviseSql),
    takeOver: db.prepare('update intel_version set import_ref = ?, conflict = 0 where ref = ?'),
  };
}
