import { assert } from '@comity/protocol/base';
import type { ListedValue } from '@comity/protocol/values';
import { BulkInsert } from '../../store/index.ts';
import type { Connection, Statement } from '../../store/index.ts';
import { codeOfKind, kindOfCode, screenedKindCodes } from '../codes.ts';
import type { KnownGoodGate, Verdict } from '../known-good/gate.ts';
import { findExisting } from './prefetch.ts';

/** A value's row while a transaction works on it. */
export interface ValueEntry {
  readonly ref: number;
  readonly kind: number;
  readonly value: string;
  readonly port: number;
  /** First indicator whose whole pattern is this value; null while there is none. */
  groupRef: number | null;
  /** Indicators in force that list it. */
  listed: number;
  held: number;
  released: number;
}

interface Kept extends ValueEntry {
  readonly isNew: boolean;
  readonly wasScreened: boolean;
  verdict: Verdict | undefined;
  before: string;
  /** Whether nothing of this text, of any kind and port, was in the database. */
  readonly isAbsent: boolean;
  /** The next under the same {@link textOf}, of another kind: there are few. */
  readonly alike: Kept | undefined;
}

/** Refs of values that start and stop being screened with a transaction. */
export interface ValueChanges {
  readonly added: readonly number[];
  readonly removed: readonly number[];
}

/** Whether the screen looks for the value: listed, of a kind records show, and not kept back. */
export function isScreened(entry: Pick<ValueEntry, 'kind' | 'listed' | 'held' | 'released'>): boolean {
  return entry.listed > 0 && (entry.held === 0 || entry.released === 1) && screenedKindCodes.has(entry.kind);
}

/** Whether the known-good gate keeps the value back. */
export function isHeld(entry: Pick<ValueEntry, 'held' | 'released'>): boolean {
  return entry.held === 1 && entry.released === 0;
}

export function listedValueOf(row: { kind: number; value: string; port: number }): ListedValue {
  const kind = kindOfCode(row.kind);
  return row.port === 0 ? { kind, value: row.value } : { kind, value: row.value, port: row.port };
}

/**
 * The values one transaction touches: each is read once, changed in memory and written once by {@link ValueBook.flush},
 * so an import that brings a value in and lists it costs one insert.
 */
export class ValueBook {
  readonly #db: Connection;
  readonly #statements: ValueStatements;
  readonly #gate: KnownGoodGate;
  readonly #rows: BulkInsert;
  /** The first of each {@link textOf}; null: no value of this text is in the database. */
  readonly #byText = new Map<string, Kept | null>();
  readonly #byRef = new Map<number, Kept>();
  #nextRef: number;

  constructor(db: Connection, gate: KnownGoodGate) {
    this.#db = db;
    this.#statements = prepareValueStatements(db);
    this.#gate = gate;
    // The database numbers them, which is cheaper, in the order they were counted: nobody else adds any meanwhile.
    this.#rows = new BulkInsert(db, { into: `intel_value (${columns})`, columnCount: 7 });
    this.#nextRef = (this.#statements.last.get()?.ref ?? 0) + 1;
  }

  /** Looks many values up at once; then {@link intern} asks no more for those that are new. */
  prefetch(values: readonly ListedValue[]): void {
    const asked = values.map((listed) => listed.value);
    const found = new Set(findExisting(this.#db, 'value', asked));
    for (const [place, value] of asked.entries()) {
      if (!found.has(place) && !this.#byText.has(value)) this.#byText.set(value, null);
    }
  }

  /** The row of a value, made and judged when it is new. */
  intern(listed: ListedValue): ValueEntry {
    const kind = codeOfKind(listed.kind);
    const port = listed.port ?? 0;
    const text = textOf(listed.value, port);
    const first = this.#byText.get(text);
    const known = findAlike(first, kind, port);
    if (known !== undefined) return known;
    const asked = port === 0 ? first : this.#byText.get(listed.value);
    const isAbsent = asked === null || asked?.isAbsent === true;
    const row = isAbsent ? undefined : this.#statements.byValue.get(listed.value, kind, port);
    if (row !== undefined) return this.#keep(row);
    const verdict = this.#gate.judge(listed);
    const entry: Kept = {
      ref: this.#nextRef,
      kind,
      value: listed.value,
      port,
      groupRef: null,
      listed: 0,
      held: verdict === undefined ? 0 : 1,
      released: 0,
      isNew: true,
      wasScreened: false,
      verdict,
      before: '',
      isAbsent,
      alike: first ?? undefined,
    };
    this.#nextRef += 1;
    this.#byText.set(text, entry);
    this.#byRef.set(entry.ref, entry);
    return entry;
  }

  /** The row of a value that exists. */
  get(ref: number): ValueEntry {
    const known = this.#byRef.get(ref);
    if (known !== undefined) return known;
    const row = this.#statements.byRef.get(ref);
    if (row === undefined) throw new Error(`Assertion failed: value ${ref} exists`);
    return this.#keep(row);
  }

  /** Why the gate holds the value; undefined when it does not. */
  verdictOf(entry: ValueEntry): Verdict | undefined {
    if (entry.held === 0) return undefined;
    const kept = this.#byRef.get(entry.ref);
    if (kept === undefined) return undefined;
    kept.verdict ??= this.#statements.verdict.get(entry.ref);
    return kept.verdict;
  }

  /** Judges a value again. @returns Whether the verdict changed between held and free. */
  rejudge(entry: ValueEntry, nowUs: number): boolean {
    const verdict = this.#gate.judge(listedValueOf(entry));
    const wasHeld = entry.held === 1;
    entry.held = verdict === undefined ? 0 : 1;
    if (verdict === undefined) {
      if (wasHeld) this.#statements.free.run(entry.ref);
    } else {
      this.#statements.hold.run(entry.ref, verdict.list, verdict.entry, nowUs);
    }
    return wasHeld !== (entry.held === 1);
  }

  /** Writes every row that changed. */
  flush(nowUs: number): ValueChanges {
    const added: number[] = [];
    const removed: number[] = [];
    for (const entry of this.#byRef.values()) {
      const { ref, kind, port, value, groupRef, listed, held, released } = entry;
      if (entry.isNew) {
        this.#rows.add(kind, port, value, groupRef, listed, held, released);
        if (entry.verdict !== undefined) {
          this.#statements.hold.run(ref, entry.verdict.list, entry.verdict.entry, nowUs);
        }
      } else if (entry.before !== fingerprint(entry)) {
        this.#statements.update.run(groupRef, listed, held, released, ref);
      }
      const screened = isScreened(entry);
      if (screened && !entry.wasScreened) added.push(ref);
      else if (!screened && entry.wasScreened) removed.push(ref);
    }
    this.#rows.flush();
    const { lastRowid } = this.#rows;
    assert(lastRowid === 0 || lastRowid === this.#nextRef - 1, 'values have the numbers they were given');
    return { added, removed };
  }

  #keep(row: ValueRow): Kept {
    const { ref, kind, value, port, group_ref: groupRef, listed, held, released } = row;
    const base = { ref, kind, value, port, groupRef, listed, held, released };
    const entry: Kept = {
      ...base,
      isNew: false,
      wasScreened: isScreened(base),
      verdict: undefined,
      before: fingerprint(base),
      isAbsent: false,
      alike: this.#byText.get(textOf(value, port)) ?? undefined,
    };
    this.#byText.set(textOf(value, port), entry);
    this.#byRef.set(ref, entry);
    return entry;
  }
}

/** What a value is found under: nearly always itself. With the port, since one may be listed at thousands. */
function textOf(value: string, port: number): string {
  return port === 0 ? value : `${value} ${port}`;
}

function findAlike(first: Kept | null | undefined, kind: number, port: number): Kept | undefined {
  let entry = first ?? undefined;
  while (entry !== undefined && (entry.kind !== kind || entry.port !== port)) entry = entry.alike;
  return entry;
}

function fingerprint({ groupRef, listed, held, released }: ValueEntry): string {
  return `${groupRef} ${listed} ${held} ${released}`;
}

interface ValueRow {
  ref: number;
  kind: number;
  port: number;
  value: string;
  group_ref: number | null;
  listed: number;
  held: number;
  released: number;
}

interface ValueStatements {
  readonly last: Statement<{ ref: number | null }>;
  readonly byValue: Statement<ValueRow>;
  readonly byRef: Statement<ValueRow>;
  readonly update: Statement;
  readonly hold: Statement;
  readonly free: Statement;
  readonly verdict: Statement<{ list: string; entry: string }>;
}

const columns = 'kind, port, value, group_ref, listed, held, released';

function prepareValueStatements(db: Connection): ValueStatements {
  return {
    last: db.prepare('select max(ref) as ref from intel_value'),
    byValue: db.prepare(`select ref, ${columns} from intel_value where value = ? and kind = ? and port = ?`),
    byRef: db.prepare(`select ref, ${columns} from intel_value where ref = ?`),
    update: db.prepare('update intel_value set group_ref = ?, listed = ?, held = ?, released = ? where ref = ?'),
    hold: db.prepare(
      `insert into intel_held (value_ref, list, entry, at_us) values (?, ?, ?, ?)
       on conflict (value_ref) do update set list = excluded.list, entry = excluded.entry`,
    ),
    free: db.prepare('delete from intel_held where value_ref = ?'),
    verdict: db.prepare('select list, entry from intel_held where value_ref = ?'),
  };
}
