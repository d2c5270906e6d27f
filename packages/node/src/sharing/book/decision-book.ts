import type { Clock } from '@comity/protocol/base';
import { isStixId } from '@comity/protocol/base';
import { sharingActions } from '@comity/protocol/sharing';
import type { Decision, SharingAction } from '@comity/protocol/sharing';
import type { Connection, SqlValue, Store } from '../../store/index.ts';
import type { ShareableObject } from '../decide/shareable.ts';
import type { KeptDecision, Sharing } from '../sharing.ts';

/** Decisions that wait to be written; more are counted without their object. */
export const waitingMax = 20_000;
/** Rows of one transaction. */
const writtenAtOnce = 500;
/** How long a decision may wait for others. */
const flushAfterMs = 200;
/** What is kept: this long, and at most so many rows (some 150 bytes each); the oldest go first. */
export const keptUsMax = 400 * 86_400_000_000;
const rowsMax = 2_000_000;
const prunedAtOnce = 2000;
/** Counting them takes tens of milliseconds when there are millions, so it is done rarely. */
const pruneEveryRows = 100_000;

interface Waiting {
  readonly object: string;
  readonly modifiedUs: number;
  readonly recipient: string;
  readonly action: SharingAction;
  readonly law: string;
  readonly allowed: boolean;
  readonly rules: string;
  readonly firstUs: number;
  lastUs: number;
  count: number;
}

/** Writes down what was decided, some time after: whoever decides never waits. */
export interface DecisionBook {
  record(object: ShareableObject, recipient: string, action: SharingAction, decision: Decision): void;
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

export function openDecisionBook(
  store: Pick<Store, 'reader' | 'write'>,
  deps: { readonly clock: Clock; readonly onFault: (message: string, error: unknown) => void },
): DecisionBook {
  const waiting = new Map<string, Waiting>();
  let withoutObject = 0;
  let writtenRows = 0;
  let flushing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  function record(object: ShareableObject, recipient: string, action: SharingAction, decision: Decision): void {
    const rules = decision.reasons.map(({ ruleId }) => ruleId).join(' ');
    const rest = [recipient, action, decision.lawHash, decision.result, rules].join('\n');
    const ownKey = `${object.id}\n${object.modifiedUs ?? 0}\n${rest}`;
    const isCrowded = waiting.size >= waitingMax && !waiting.has(ownKey);
    if (isCrowded) withoutObject += 1;
    const key = isCrowded ? `\n0\n${rest}` : ownKey;
    const nowUs = Math.floor(deps.clock() * 1000);
    const known = waiting.get(key);
    if (known === undefined) {
      waiting.set(key, {
        object: isCrowded ? '' : object.id,
        modifiedUs: isCrowded ? 0 : (object.modifiedUs ?? 0),
        recipient,
        action,
        law: decision.lawHash,
        allowed: decision.result === 'allow',
        rules,
        firstUs: nowUs,
        lastUs: nowUs,
        count: 1,
      });
    } else {
      known.count += 1;
      known.lastUs = nowUs;
    }
    timer ??= setTimeout(() => void flush(), flushAfterMs).unref();
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    flushing ??= writeAll().finally(() => (flushing = undefined));
    return flushing;
  }

  async function writeAll(): Promise<void> {
    while (waiting.size > 0) {
      const batch = [...waiting.entries()].slice(0, writtenAtOnce);
      for (const [key] of batch) waiting.delete(key);
      try {
        await store.write((db) =>
          writeBatch(
            db,
            batch.map(([, row]) => row),
          ),
        );
      } catch (error) {
        const count = batch.reduce((sum, [, row]) => sum + row.count, 0);
        deps.onFault(`Cannot keep ${count} decisions on sharing`, error);
        continue;
      }
      writtenRows += batch.length;
      if (writtenRows < pruneEveryRows) continue;
      writtenRows = 0;
      await prune();
    }
  }

  async function prune(): Promise<void> {
    const beforeUs = Math.floor(deps.clock() * 1000) - keptUsMax;
    try {
      while ((await store.write((db) => pruneSome(db, beforeUs))) === prunedAtOnce);
    } catch (error) {
      deps.onFault('Cannot remove old decisions on sharing', error);
    }
  }

  return {
    record,
    async room() {
      if (waiting.size >= waitingMax / 2) await flush();
    },
    find: (query) => find(store.reader, query),
    state: () => ({ waiting: waiting.size, withoutObject }),
    flush,
    prune,
  };
}

function writeBatch(db: Connection, rows: readonly Waiting[]): void {
  const wordOf = wordBook(db);
  const write = db.prepare(
    `insert into sharing_decision values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict do update set last_us = max(last_us, excluded.last_us), count = count + excluded.count`,
  );
  for (const row of rows) {
    write.run(
      row.object,
      row.modifiedUs,
      wordOf(row.recipient),
      sharingActions.indexOf(row.action),
      wordOf(row.law),
      row.allowed ? 1 : 0,
      wordOf(row.rules),
      row.firstUs,
      row.lastUs,
      row.count,
    );
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

/** Removes some of what is too old or too much. Returns how many. */
function pruneSome(db: Connection, beforeUs: number): number {
  const remove = db.prepare('delete from sharing_decision where last_us <= ?');
  const oldest = db.prepare<{ last_us: number }>(
    'select last_us from sharing_decision order by last_us limit 1 offset ?',
  );
  const count = db.prepare<{ count: number }>('select count(*) as count from sharing_decision').get()?.count ?? 0;
  const tooOld = db
    .prepare<{ count: number }>(
      'select count(*) as count from (select 1 from sharing_decision where last_us < ? limit ?)',
    )
    .get(beforeUs, prunedAtOnce);
  const surplus = Math.min(prunedAtOnce, Math.max(count - rowsMax, tooOld?.count ?? 0));
  if (surplus <= 0) return 0;
  const until = oldest.get(surplus - 1);
  return until === undefined ? 0 : remove.run(until.last_us).changes;
}

interface DecisionRow {
  readonly object: string;
  readonly modified_us: number;
  readonly recipient: string;
  readonly action: number;
  readonly law: string;
  readonly allowed: number;
  readonly rules: string;
  readonly first_us: number;
  readonly last_us: number;
  readonly count: number;
}

function find(db: Connection, query: Parameters<Sharing['decisions']>[0]): readonly KeptDecision[] {
  const limit = Math.min(Math.max(query.limit ?? 100, 1), 500);
  const conditions: string[] = [];
  const values: SqlValue[] = [];
  if (query.object !== undefined) {
    conditions.push('d.object = ?');
    values.push(query.object);
  }
  if (query.recipient !== undefined) {
    conditions.push('d.recipient = (select ref from sharing_word where text = ?)');
    values.push(query.recipient);
  }
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  return db
    .prepare<DecisionRow>(
      `select d.object, d.modified_us, r.text as recipient, d.action, l.text as law, d.allowed, w.text as rules,
         d.first_us, d.last_us, d.count
       from sharing_decision d join sharing_word r on r.ref = d.recipient join sharing_word l on l.ref = d.law
         join sharing_word w on w.ref = d.rules ${where} order by d.last_us desc limit ?`,
    )
    .all(...values, limit)
    .map((row) => ({
      object: isStixId(row.object) ? row.object : undefined,
      modifiedUs: row.modified_us === 0 ? undefined : row.modified_us,
      recipient: row.recipient,
      action: sharingActions[row.action] ?? 'show',
      result: row.allowed === 1 ? 'allow' : 'deny',
      ruleIds: row.rules.split(' '),
      lawHash: row.law,
      firstUs: row.first_us,
      lastUs: row.last_us,
      count: row.count,
    }));
}
