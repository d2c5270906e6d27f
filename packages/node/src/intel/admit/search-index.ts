import { isJsonObject, parseJson } from '@comity/protocol/base';
import type { Connection, Store } from '../../store/index.ts';
import { wordsOf } from './object-facts.ts';
import { packSegment, segmentParts, segmentValues } from './value-grams.ts';

/** Objects one transaction indexes the words of: the more, the fewer segments of the index are merged. */
const rowsAtOnce = 8192;
/** Rows indexed between two turns of the event loop. */
const rowsAStep = 512;
/** Pages of the word index that are merged between two turns. */
const pagesAStep = 64;
/** Objects whose words are not yet indexed, that a search reads one by one. */
export const backlogMax = 2 * rowsAtOnce;

/**
 * Keeps the word index behind the tables by at most {@link backlogMax} objects, so that an import pays for a few large
 * segments and not for one a batch, and the substring index by less than one segment. What is not indexed yet is still
 * found, see search.ts.
 */
export class SearchIndex {
  readonly #store: Store;
  /** Words of objects from `#wordsFrom` on; what is older is read from the text. */
  readonly #words = new Map<number, string>();
  readonly #wordsFrom: number;

  constructor(store: Store) {
    this.#store = store;
    this.#wordsFrom = lastRef(store.reader, 'intel_object') + 1;
  }

  /** Call inside the transaction that writes the objects, and {@link forget} when it fails: no index write may pass. */
  noteNew(words: Iterable<readonly [ref: number, words: string]>): void {
    for (const [ref, text] of words) this.#words.set(ref, text);
  }

  /** What was noted for a transaction that failed. */
  forget(words: Iterable<readonly [ref: number, words: string]>): void {
    for (const [ref] of words) this.#words.delete(ref);
  }

  /** Call inside the transaction that gives an object a new live version. */
  replace(db: Connection, ref: number, words: string): void {
    if (ref > indexedUpTo(db, 'names')) {
      this.#words.set(ref, words);
      return;
    }
    db.prepare('delete from intel_name_words where rowid = ?').run(ref);
    if (words !== '') db.prepare('insert into intel_name_words (rowid, words) values (?, ?)').run(ref, words);
  }

  /** Words of objects that are not in the index yet. */
  pendingWords(): ReadonlyMap<number, string> {
    return this.#words;
  }

  /** Indexes every whole segment of values, and words until at most `backlog` objects are left over. */
  async catchUp(backlog: number): Promise<void> {
    while (backlogOf(this.#store.reader, 'intel_value', 'values') >= segmentValues) {
      await this.#store.writeInSteps((db) => this.#indexSegment(db));
    }
    while (backlogOf(this.#store.reader, 'intel_object', 'names') > backlog) {
      const upTo = await this.#store.writeInSteps((db) => this.#indexNames(db));
      for (const ref of this.#words.keys()) if (ref <= upTo) this.#words.delete(ref);
    }
  }

  /**
   * Writes the word index anew without what was taken out of it: words of that lie in its segments until then. Seconds for a million objects,
   * a few milliseconds at a time.
   */
  async compact(): Promise<void> {
    await this.#store.writeInSteps(function* (db) {
      const merge = db.prepare("insert into intel_name_words (intel_name_words, rank) values ('merge', ?)");
      const changes = (): number => db.prepare<{ count: number }>('select total_changes() as count').get()?.count ?? 0;
      // Below zero: of all segments, as if they were of one level.
      for (let pages = -pagesAStep; ; pages = pagesAStep) {
        const before = changes();
        db.overwriting(() => merge.run(pages));
        // A merge that had nothing to do writes one row, the command itself.
        if (changes() - before < 2) return;
        yield;
      }
    });
  }

  *#indexSegment(db: Connection): Generator<void, void, void> {
    const from = indexedUpTo(db, 'values');
    const rows = db
      .prepare<{ ref: number; value: string }>('select ref, value from intel_value where ref > ? and ref <= ?')
      .all(from, from + segmentValues);
    const values: (string | undefined)[] = Array.from({ length: segmentValues });
    for (const { ref, value } of rows) values[ref - from - 1] = value;
    const parts = yield* packSegment(values);
    const insert = db.prepare('insert into intel_value_grams (ref, places) values (?, ?)');
    for (const [part, places] of parts.entries()) insert.run(gramsRefOf(from, part), places);
    setIndexed(db, 'values', from + segmentValues);
  }

  *#indexNames(db: Connection): Generator<void, number, void> {
    const from = indexedUpTo(db, 'names');
    const upTo = Math.min(from + rowsAtOnce, lastRef(db, 'intel_object'));
    // One row a statement: before each that writes several, FTS5 puts what it gathered on the disk, as a segment to be merged.
    const insert = db.prepare('insert into intel_name_words (rowid, words) values (?, ?)');
    const text = db.prepare<{ text: string }>(
      'select text from intel_version where ref = (select live_ref from intel_object where ref = ?)',
    );
    for (let ref = from + 1; ref <= upTo; ref += 1) {
      const words = this.#words.get(ref) ?? (ref < this.#wordsFrom ? wordsOfText(text.get(ref)?.text) : '');
      if (words !== '') insert.run(ref, words);
      if (ref % rowsAStep === 0) yield;
    }
    setIndexed(db, 'names', upTo);
    return upTo;
  }
}

function wordsOfText(text: string | undefined): string {
  if (text === undefined) return '';
  const value = parseJson(text, text.length);
  return isJsonObject(value) ? wordsOf(value) : '';
}

/** Row of a part of the segment whose values follow `from`. */
export function gramsRefOf(from: number, part: number): number {
  return (from / segmentValues) * segmentParts + part;
}

export function indexedUpTo(db: Connection, name: 'values' | 'names'): number {
  return db.prepare<{ upto: number }>('select upto from intel_indexed where name = ?').get(name)?.upto ?? 0;
}

function setIndexed(db: Connection, name: 'values' | 'names', upTo: number): void {
  db.prepare('update intel_indexed set upto = ? where name = ?').run(upTo, name);
}

function backlogOf(db: Connection, table: 'intel_value' | 'intel_object', name: 'values' | 'names'): number {
  return lastRef(db, table) - indexedUpTo(db, name);
}

function lastRef(db: Connection, table: 'intel_value' | 'intel_object'): number {
  return db.prepare<{ ref: number | null }>(`select max(ref) as ref from ${table}`).get()?.ref ?? 0;
}
