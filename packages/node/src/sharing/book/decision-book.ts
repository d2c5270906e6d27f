import { hash } from 'node:crypto';
import type { Clock } from '@comity/protocol/base';
import { sharingActions } from '@comity/protocol/sharing';
import type { Decision, SharingAction } from '@comity/protocol/sharing';
import type { Connection, Store } from '../../store/index.ts';
import type { ShareableObject } from '../decide/shareable.ts';
import type { Sharing } from '../sharing.ts';
import { findDecisions } from './find-decisions.ts';

/** Decisions that wait to be written; more are counted without their object. */
export const waitingMax = 20_000;
/** Objects of one row. */
const objectsOfRowMax = 1000;
/** Rows of one transaction. */
const writtenAtOnce = 100;
/** How long a decision may wait for others, and how long what was given again may. */
const flushAfterMs = 200;
const repeatAfterMs = 5000;
/** What is kept: this long, and at most so many decisions (some 75 bytes each); the oldest go first. */
export const keptUsMax = 400 * 86_400_000_000;
const decisionsMax = 2_000_000;
const prunedAtOnce = 200;
/** Counting them takes tens of milliseconds when there are millions, so it is done rarely. */
const pruneEveryRows = 2000;

/** What was decided alike, by one exit at one time: one row. */
interface Row {
  readonly recipient: string;
  readonly action: SharingAction;
  readonly law: string;
  readonly allowed: boolean;
  readonly rules: string;
  /** `id modifiedUs` of each object; empty for what is counted without its object. */
  objects: string[];
  /** The same as one text, once it was written. */
  text: string | undefined;
  readonly firstUs: number;
  lastUs: number;
  /** How often it was taken since it was last written. */
  times: number;
}

/** What one exit decides, for one recipient and one use. */
interface DecisionSheet {
  note(object: ShareableObject, decision: Decision): void;
  /** Counts a decision without naming its object: of what may not be here nothing is kept. */
  count(decision: Decision): void;
  /** What records once more all that was noted so far; undefined when something was counted without its object. */
  again(): { readonly record: () => void; readonly bytes: number } | undefined;
}

/** Writes down what was decided, some time after: whoever decides never waits. */
export interface DecisionBook {
  open(recipient: string, action: SharingAction): DecisionSheet;
  /** Resolves when there is room, at once as a rule: an exit that hands out many objects waits here, so that none goes uncounted. */
  room(): Promise<void>;
  find: Sharing['decisions'];
  /** How many wait, and how many were counted without their object since the start. */
  state(): { readonly waiting: number; readonly withoutObject: number };
  /** Writes what waits. */
  flush(): Promise<void>;
  /** Removes what is too old or too much; done by itself now and then. */
  prune(): Promise<void>;
}

/**
 * Opens the book of decisions. A row is of all objects an exit decided alike, not of one: a page that is pulled again and
 * again is a row or two with a count, and writing it costs little beside reading its objects.
 */
export function openDecisionBook(
  store: Pick<Store, 'reader' | 'write'>,
  deps: { readonly clock: Clock; readonly onFault: (message: string, error: unknown) => void },
): DecisionBook {
  let waiting = new Set<Row>();
  let repeated = new Set<Row>();
  const crowded = new Map<string, Row>();
  let waitingCount = 0;
  let withoutObject = 0;
  let writtenRows = 0;
  let flushing: Promise<void> | undefined;
  let flushNext: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let repeatTimer: NodeJS.Timeout | undefined;
  const nowUs = (): number => Math.floor(deps.clock() * 1000);

  function open(recipient: string, action: SharingAction): DecisionSheet {
    const rows: Row[] = [];
    const rowOf = new Map<string, Row>();
    const keys = new Map<Decision, string>();
    let isWhole = true;

    function note(object: ShareableObject, decision: Decision): void {
      timer ??= setTimeout(() => void flush(), flushAfterMs).unref();
      let key = keys.get(decision);
      if (key === undefined) keys.set(decision, (key = keyOf(decision)));
      if (waitingCount >= waitingMax) {
        isWhole = false;
        withoutObject += 1;
        noteCrowded(`${recipient}\n${action}\n${key}`, decision);
        return;
      }
      let row = rowOf.get(key);
      if (row === undefined || !waiting.has(row) || row.objects.length >= objectsOfRowMax) {
        row = newRow(decision);
        rowOf.set(key, row);
        rows.push(row);
        waiting.add(row);
      }
      row.objects.push(`${object.id} ${object.modifiedUs ?? 0}`);
      waitingCount += 1;
    }

    function count(decision: Decision): void {
      timer ??= setTimeout(() => void flush(), flushAfterMs).unref();
      noteCrowded(`${recipient}\n${action}\n${keyOf(decision)}`, decision);
    }

    function noteCrowded(key: string, decision: Decision): void {
      const row = crowded.get(key);
      if (row === undefined) {
        const first = newRow(decision);
        crowded.set(key, first);
        waiting.add(first);
        return;
      }
      row.times += 1;
      row.lastUs = nowUs();
    }

    function newRow({ lawHash: law, result, reasons }: Decision): Row {
      const atUs = nowUs();
      const rules = reasons.map(({ ruleId }) => ruleId).join(' ');
      const taken = { allowed: result === 'allow', rules, firstUs: atUs, lastUs: atUs, times: 1 };
      return { recipient, action, law, objects: [], text: undefined, ...taken };
    }

    return {
      note,
      count,
      again() {
        if (!isWhole) return undefined;
        const all = [...rows];
        const record = (): void => {
          const atUs = nowUs();
          for (const row of all) {
            row.times += 1;
            row.lastUs = atUs;
            repeated.add(row);
          }
          repeatTimer ??= setTimeout(() => void flush(), repeatAfterMs).unref();
        };
        return { record, bytes: all.reduce((sum, row) => sum + 80 * row.objects.length + (row.text?.length ?? 0), 0) };
      },
    };
  }

  /** One after the other: what comes while it is written waits for its own time, else a busy node would commit every few rows. */
  function flush(): Promise<void> {
    const begin = (): Promise<void> => {
      clearTimeout(timer);
      clearTimeout(repeatTimer);
      timer = undefined;
      repeatTimer = undefined;
      flushing = flushNext;
      flushNext = undefined;
      return writeAll();
    };
    flushNext ??= (flushing ?? Promise.resolve()).then(begin, begin);
    return flushNext;
  }

  async function writeAll(): Promise<void> {
    const all = [...new Set([...waiting, ...repeated])];
    waiting = new Set();
    repeated = new Set();
    crowded.clear();
    waitingCount = 0;
    for (let at = 0; at < all.length; at += writtenAtOnce) await writeSome(all.slice(at, at + writtenAtOnce));
  }

  async function writeSome(rows: readonly Row[]): Promise<void> {
    const taken = rows.map((row) => {
      const { times } = row;
      row.times = 0;
      return { row, times };
    });
    try {
      await store.write((db) => writeRows(db, taken));
    } catch (error) {
      const count = taken.reduce((sum, { row, times }) => sum + times * countOf(row), 0);
      deps.onFault(`Cannot keep ${count} decisions on sharing`, error);
      return;
    }
    writtenRows += rows.length;
    if (writtenRows < pruneEveryRows) return;
    writtenRows = 0;
    await prune();
  }

  async function prune(): Promise<void> {
    const beforeUs = nowUs() - keptUsMax;
    try {
      while ((await store.write((db) => pruneSome(db, beforeUs))) === prunedAtOnce);
    } catch (error) {
      deps.onFault('Cannot remove old decisions on sharing', error);
    }
  }

  return {
    open,
    async room() {
      while (waitingCount >= waitingMax / 2) await flush();
    },
    find: (query) => findDecisions(store.reader, query),
    state: () => ({ waiting: waitingCount, withoutObject }),
    flush,
    prune,
  };
}

function keyOf({ lawHash, result, reasons }: Decision): string {
  return `${lawHash} ${result} ${reasons.map(({ ruleId }) => ruleId).join(' ')}`;
}

/** Objects of a row; what is counted without its object counts as one. */
function countOf({ objects, text }: Row): number {
  return Math.max(1, text === undefined ? objects.length : text.split('\n').length);
}

function writeRows(db: Connection, taken: readonly { readonly row: Row; readonly times: number }[]): void {
  const wordOf = wordBook(db);
  const addTo = db.prepare('update sharing_decided set last_us = max(last_us, ?), count = count + ? where digest = ?');
  const insert = db.prepare(
    `insert into sharing_decided
       (digest, recipient, action, law, allowed, rules, object_count, first_us, last_us, count)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertObjects = db.prepare('insert into sharing_decided_objects values (?, ?)');
  for (const { row, times } of taken) {
    const { recipient, action, law, allowed, rules, firstUs, lastUs } = row;
    const objects = (row.text ??= row.objects.join('\n'));
    row.objects = [];
    const whole = [recipient, action, law, allowed, rules, objects].join('\n');
    const digest = hash('sha256', whole, 'buffer').subarray(0, 16);
    if (addTo.run(lastUs, times, digest).changes > 0) continue;
    const { lastRowid: ref } = insert.run(
      digest,
      wordOf(recipient),
      sharingActions.indexOf(action),
      wordOf(law),
      allowed ? 1 : 0,
      wordOf(rules),
      countOf(row),
      firstUs,
      lastUs,
      times,
    );
    insertObjects.run(ref, objects);
  }
}

function wordBook(db: Connection): (text: string) => number {
  const known = new Map<string, number>();
  return (text) => {
    const seen = known.get(text);
    if (seen !== undefined) return seen;
    db.prepare('insert or ignore into sharing_word (text) values (?)').run(text);
    const ref = db.prepare<{ ref: number }>('select ref from sharing_word where text = ?').get(text)?.ref ?? 0;
    known.set(text, ref);
    return ref;
  };
}

/** Removes some of what is too old or too much. Returns how many rows. */
function pruneSome(db: Connection, beforeUs: number): number {
  const total = db.prepare<{ total: number | null }>('select sum(object_count) as total from sharing_decided').get();
  let surplus = (total?.total ?? 0) - decisionsMax;
  const oldest = db
    .prepare<{ ref: number; last_us: number; object_count: number }>(
      'select ref, last_us, object_count from sharing_decided order by last_us limit ?',
    )
    .all(prunedAtOnce);
  let removed = 0;
  for (const { ref, last_us: lastUs, object_count: count } of oldest) {
    if (lastUs >= beforeUs && surplus <= 0) break;
    db.prepare('delete from sharing_decided where ref = ?').run(ref);
    db.prepare('delete from sharing_decided_objects where ref = ?').run(ref);
    surplus -= count;
    removed += 1;
  }
  return removed;
}
