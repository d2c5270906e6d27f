import type { Connection, Statement } from '../../store/index.ts';
import type { ObjectRow } from './object-book.ts';
import { completeness } from './object-facts.ts';
import type { ObjectFacts } from './object-facts.ts';
import type { ValueEntry } from './value-book.ts';

/** What makes two indicators one group: the one value that is the whole pattern, or the pattern's normal form. */
export type GroupKey = { readonly value: ValueEntry } | { readonly pattern: string };

/** Undefined for what is no indicator and for an indicator that says nothing. */
export function groupKeyOf(facts: ObjectFacts, entries: readonly ValueEntry[]): GroupKey | undefined {
  if (facts.complete === completeness.noIndicator) return undefined;
  if (facts.pattern !== undefined) return { pattern: facts.pattern };
  const [value] = entries;
  return value === undefined ? undefined : { value };
}

/**
 * Groups of indicators that say the same in the same pattern. A group is named by the row of its founder; a pattern that
 * is one value is found through the value's row, which an import has at hand anyway.
 */
export class GroupBook {
  readonly #statements: GroupStatements;

  constructor(db: Connection) {
    this.#statements = {
      byPattern: db.prepare('select group_ref from intel_pattern where normal = ?'),
      addPattern: db.prepare('insert into intel_pattern (normal, group_ref) values (?, ?)'),
      movePattern: db.prepare('update intel_pattern set group_ref = ? where group_ref = ?'),
      dropPattern: db.prepare('delete from intel_pattern where group_ref = ?'),
      nextFounder: db.prepare('select min(ref) as ref from intel_object where group_ref = ? and group_ref <> ref'),
      moveMembers: db.prepare('update intel_object set group_ref = ? where group_ref = ? and group_ref <> ref'),
      setGroup: db.prepare('update intel_object set group_ref = ?, lead = ? where ref = ?'),
    };
  }

  find(key: GroupKey): number | undefined {
    if ('value' in key) return key.value.groupRef ?? undefined;
    return this.#statements.byPattern.get(key.pattern)?.group_ref;
  }

  found(key: GroupKey, founderRef: number): void {
    if ('value' in key) key.value.groupRef = founderRef;
    else this.#statements.addPattern.run(key.pattern, founderRef);
  }

  /** Takes an object whose pattern changed out of its group; the others stay together under a new founder. */
  leave(row: ObjectRow, entries: readonly ValueEntry[]): void {
    if (row.group_ref !== row.ref) {
      if (row.lead === 1) this.#statements.setGroup.run(row.group_ref, 1, row.group_ref);
      return;
    }
    const heir = this.#statements.nextFounder.get(row.ref)?.ref ?? null;
    for (const entry of entries) if (entry.groupRef === row.ref) entry.groupRef = heir;
    if (heir === null) {
      this.#statements.dropPattern.run(row.ref);
      return;
    }
    this.#statements.movePattern.run(heir, row.ref);
    this.#statements.moveMembers.run(heir, row.ref);
    if (row.lead === 1) this.#statements.setGroup.run(heir, 1, heir);
  }

  join(ref: number, groupRef: number, lead: boolean): void {
    this.#statements.setGroup.run(groupRef, lead ? 1 : 0, ref);
  }
}

interface GroupStatements {
  readonly byPattern: Statement<{ group_ref: number }>;
  readonly addPattern: Statement;
  readonly movePattern: Statement;
  readonly dropPattern: Statement;
  readonly nextFounder: Statement<{ ref: number | null }>;
  readonly moveMembers: Statement;
  readonly setGroup: Statement;
}
