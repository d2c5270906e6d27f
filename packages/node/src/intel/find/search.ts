import { ComityError } from '@comity/protocol/base';
import { recogniseValue } from '@comity/protocol/values';
import type { Connection } from '../../store/index.ts';
import { searchTextCharsMax } from '../bounds.ts';
import type { IntelPage, IntelQuery } from '../intel.ts';
import { newestRangeOf } from '../admit/type-book.ts';
import { codeFilter, listRefs, passes } from './filter.ts';
import type { CodedFilter } from './filter.ts';
import { RowReader } from './row-reader.ts';
import { needleOf, valuesWith, wordsWith } from './text-match.ts';
import type { Needle } from './text-match.ts';

/** Time one search may keep the event loop; then it gives what it has and a cursor to go on. */
const turnMs = 20;
/** Rows of the object table one step of the plain list looks at. */
const windowRows = 20_000;
const lastRef = 0xffff_ffff;

/** Where a search stands: by exact value, by part of a value, by words, or the plain list. */
interface Position {
  readonly phase: 'exact' | 'part' | 'words' | 'list';
  /** The value to go on from, exclusive below `objectRef`; 0 in phases without. */
  readonly valueRef: number;
  /** Objects below this ref are still to come. */
  readonly objectRef: number;
}

export interface SearchDeps {
  readonly db: Connection;
  /** Words of objects not in the index yet. */
  readonly pendingWords: () => ReadonlyMap<number, string>;
}

/**
 * Finds objects: a value exactly, then values that contain the text, then names and descriptions with its words; each part
 * newest first. Without text: the newest objects that pass the filter.
 *
 * @throws {ComityError} `ARGUMENT_INVALID` for a text too long, a limit out of range or a cursor that is none.
 */
export function search(query: IntelQuery, deps: SearchDeps): IntelPage {
  const limit = query.limit ?? 50;
  if (!Number.isInteger(limit) || limit < 1 || limit > 500) {
    throw new ComityError('ARGUMENT_INVALID', `Cannot give ${limit} rows: ask for 1 to 500`);
  }
  const found = findRefs(query, limit, deps);
  const rows = new RowReader(deps.db);
  return { rows: found.refs.map((ref) => rows.show(rows.get(ref))), cursor: found.cursor };
}

/** The refs of {@link search}, for whoever wants more than rows. */
export function findRefs(
  query: IntelQuery,
  limit: number,
  deps: SearchDeps,
): { readonly refs: number[]; readonly cursor: string | undefined } {
  const text = query.text?.trim() ?? '';
  if (text.length > searchTextCharsMax) {
    throw new ComityError('ARGUMENT_INVALID', `Cannot search for more than ${searchTextCharsMax} characters`);
  }
  const filter = codeFilter(deps.db, query);
  if (filter === undefined) return { refs: [], cursor: undefined };
  const run = new SearchRun(deps, filter, limit);
  const position = query.cursor === undefined ? undefined : parseCursor(query.cursor);
  const next = text === '' ? run.list(position) : run.find(needleOf(text, recogniseValue(text)), position);
  return { refs: run.refs, cursor: next === undefined ? undefined : cursorOf(next) };
}

class SearchRun {
  readonly refs: number[] = [];
  readonly #db: Connection;
  readonly #deps: SearchDeps;
  readonly #filter: CodedFilter;
  readonly #limit: number;
  readonly #rows: RowReader;
  readonly #endMs = performance.now() + turnMs;

  constructor(deps: SearchDeps, filter: CodedFilter, limit: number) {
    this.#db = deps.db;
    this.#deps = deps;
    this.#filter = filter;
    this.#limit = limit;
    this.#rows = new RowReader(deps.db);
  }

  /** @returns Where to go on; undefined at the end. */
  list(position: Position | undefined): Position | undefined {
    const newest = this.#db.prepare<{ ref: number | null }>('select max(ref) as ref from intel_object').get()?.ref ?? 0;
    let beforeRef = Math.min(position?.objectRef ?? lastRef, newest + 1);
    while (beforeRef > 1) {
      const window = this.#windowBelow(beforeRef);
      if (window === undefined) return undefined;
      const { fromRef } = window;
      const wanted = this.#limit - this.refs.length;
      const refs = listRefs(this.#db, this.#filter, { ...window, limit: wanted });
      this.refs.push(...refs);
      const last = refs.at(-1);
      if (refs.length === wanted && last !== undefined) {
        return last > 1 ? { phase: 'list', valueRef: 0, objectRef: last } : undefined;
      }
      beforeRef = fromRef;
      if (this.#isTimeUp() && beforeRef > 1) return { phase: 'list', valueRef: 0, objectRef: beforeRef };
    }
    return undefined;
  }

  /** The rows to look at next; of one type only those among which it is. */
  #windowBelow(beforeRef: number): { readonly fromRef: number; readonly beforeRef: number } | undefined {
    const { type } = this.#filter;
    if (type !== undefined) return newestRangeOf(this.#db, type, beforeRef);
    return { fromRef: Math.max(1, beforeRef - windowRows), beforeRef };
  }

  find(needle: Needle, position: Position | undefined): Position | undefined {
    const from = position ?? { phase: 'exact', valueRef: lastRef, objectRef: lastRef };
    const exact = exactRefs(this.#db, needle);
    if (from.phase === 'exact') {
      const stopped = this.#byValues('exact', exact, from);
      if (stopped !== undefined) return stopped;
    }
    if (from.phase === 'exact' || from.phase === 'part') {
      const start = from.phase === 'part' ? from : { valueRef: lastRef, objectRef: lastRef };
      const stopped = this.#byParts(needle, new Set(exact), start);
      if (stopped !== undefined) return stopped;
    }
    return this.#byWords(needle, from.phase === 'words' ? from.objectRef : lastRef);
  }

  #byParts(needle: Needle, exact: ReadonlySet<number>, from: Omit<Position, 'phase'>): Position | undefined {
    let start = from;
    for (;;) {
      // The value we stopped at comes again, for the rest of its objects.
      const found = valuesWith(this.#db, needle, Math.min(start.valueRef + 1, lastRef));
      const refs = found.refs.filter((ref) => !exact.has(ref));
      const stopped = this.#byValues('part', refs, start, needle);
      if (stopped !== undefined) return stopped;
      if (found.nextBefore === undefined) return undefined;
      start = { valueRef: found.nextBefore - 1, objectRef: lastRef };
      if (this.#isTimeUp()) return { phase: 'part', ...start };
    }
  }

  /** Objects of values in descending order, from a position on. */
  #byValues(
    phase: 'exact' | 'part',
    valueRefs: readonly number[],
    from: Omit<Position, 'phase'>,
    needle?: Needle,
  ): Position | undefined {
    const objects = this.#db.prepare<{ object_ref: number }>(
      'select object_ref from intel_listing where value_ref = ? and object_ref < ? order by object_ref desc limit 200',
    );
    for (const valueRef of valueRefs) {
      if (valueRef > from.valueRef) continue;
      let before = valueRef === from.valueRef ? from.objectRef : lastRef;
      for (;;) {
        const refs = objects.all(valueRef, before).map((row) => row.object_ref);
        for (const ref of refs) {
          before = ref;
          if (!this.#take(ref, needle, valueRef)) continue;
          if (this.refs.length === this.#limit) return { phase, valueRef, objectRef: ref };
        }
        if (refs.length < 200) break;
        if (this.#isTimeUp()) return { phase, valueRef, objectRef: before };
      }
      if (this.#isTimeUp()) return { phase, valueRef, objectRef: 0 };
    }
    return undefined;
  }

  /** An object that lists several values of the search is given once, at the newest of them. */
  #take(ref: number, needle: Needle | undefined, valueRef: number): boolean {
    const row = this.#rows.get(ref);
    if (!passes(this.#db, row, this.#filter)) return false;
    if (needle !== undefined) {
      const others = this.#rows.valuesOf(ref).filter((value) => value.ref > valueRef || needle.isExact(value.value));
      if (others.some((value) => value.ref !== valueRef && needle.isIn(value.value))) return false;
    } else if (this.refs.includes(ref)) return false;
    this.refs.push(ref);
    return true;
  }

  #byWords(needle: Needle, beforeRef: number): Position | undefined {
    let before = beforeRef;
    for (;;) {
      const found = wordsWith(this.#db, needle, before, this.#deps.pendingWords());
      for (const ref of found.refs) {
        before = ref;
        const row = this.#rows.get(ref);
        if (!passes(this.#db, row, this.#filter)) continue;
        if (this.#rows.valuesOf(ref).some((value) => needle.isIn(value.value))) continue;
        this.refs.push(ref);
        if (this.refs.length === this.#limit) return { phase: 'words', valueRef: 0, objectRef: ref };
      }
      if (found.nextBefore === undefined) return undefined;
      before = found.nextBefore;
      if (this.#isTimeUp()) return { phase: 'words', valueRef: 0, objectRef: before };
    }
  }

  #isTimeUp(): boolean {
    return performance.now() > this.#endMs;
  }
}

function exactRefs(db: Connection, needle: Needle): number[] {
  const byValue = db.prepare<{ ref: number }>('select ref from intel_value where value = ?');
  const refs = new Set(needle.exact.flatMap((value) => byValue.all(value).map((row) => row.ref)));
  return [...refs].toSorted((a, b) => b - a);
}

const phases = { exact: 'e', part: 'p', words: 'w', list: 'l' } as const satisfies Record<Position['phase'], string>;

function cursorOf({ phase, valueRef, objectRef }: Position): string {
  return `${phases[phase]}${valueRef.toString(36)}.${objectRef.toString(36)}`;
}

function parseCursor(text: string): Position {
  const parts = /^([epwl])([0-9a-z]{1,7})\.([0-9a-z]{1,7})$/.exec(text);
  const phase = (Object.keys(phases) as Position['phase'][]).find((name) => phases[name] === parts?.[1]);
  if (parts === null || phase === undefined) {
    throw new ComityError('ARGUMENT_INVALID', 'Cannot go on from that cursor: it is not one of ours');
  }
  return { phase, valueRef: Number.parseInt(parts[2] ?? '', 36), objectRef: Number.parseInt(parts[3] ?? '', 36) };
}
