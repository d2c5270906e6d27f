import { ComityError } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import { parseOutboxLine } from '@comity/protocol/peer';
import type { Connection, Store } from '../../store/index.ts';
import { keepAct } from '../acts/act-book.ts';
import type { Directory, FederationDeps, Identity } from '../federation.ts';
import type { Publisher } from '../outbox/publisher.ts';
import type { Quotas } from '../quota/quotas.ts';
import { Refs } from '../refs.ts';
import { readAhead } from './read-ahead.ts';
import type { Run } from './read-ahead.ts';
import { readAnswer } from './read-answer.ts';
import type { ProvenBatch } from './read-answer.ts';
import { makeReceipt } from './receipts.ts';
import type { BatchTaker } from './take-batch.ts';

interface PullerParts {
  readonly quotas: Quotas;
  readonly taker: BatchTaker;
  readonly publisher: Pick<Publisher, 'passOn'>;
}

/** Lines of an answer, hostile, of what stands behind a sequence. */
interface Answer {
  readonly from: number;
  readonly lines: readonly string[];
}

/** How far an answer was taken. */
interface Step {
  readonly items: number;
  readonly isAll: boolean;
}

/** This member as the others' outboxes are read by it: each answer proven, done what it says, written down with the receipts for it. */
export class Puller {
  readonly #store: Store;
  readonly #deps: FederationDeps;
  readonly #parts: PullerParts;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: Store, deps: FederationDeps, parts: PullerParts) {
    this.#store = store;
    this.#deps = deps;
    this.#parts = parts;
  }

  /** One at a time, whoever sends: what is done to intelligence and what is written down of it are two steps, and hold together. */
  async alone<T>(act: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(act);
    this.#turn = mine.catch(() => undefined);
    return await mine;
  }

  /** Reads a member's outbox to its end, or to what its quota of today lets. @returns Items taken. */
  async pull(member: MemberId, signal: AbortSignal): Promise<number> {
    let items = 0;
    let ahead: Promise<Answer> | undefined;
    try {
      for (let isAll = false; !isAll && !signal.aborted && (await this.#parts.quotas.mayAsk(member));) {
        let answer = await (ahead ?? this.#ask(member, this.after(member), signal));
        // What was asked for ahead may begin behind what was taken since.
        if (answer.from !== this.after(member)) answer = await this.#ask(member, this.after(member), signal);
        ahead = this.#askAhead(member, answer, signal);
        const step = await this.#takeAnswer(member, answer);
        items += step.items;
        // What a sender has not shown yet comes later: it says so, and asking at once would never end.
        isAll = step.isAll || step.items === 0;
      }
      return items;
    } catch (error) {
      await this.#noteFailure(member, error);
      throw error;
    }
  }

  /** Sequence up to which a member's outbox is taken. */
  after(member: MemberId): number {
    const row = this.#store.reader
      .prepare<{ after: number }>('select after from peer_inbox where member = ?')
      .get(member);
    return row?.after ?? 0;
  }

  /** What stands behind `from` with a member; what was taken by now is acknowledged, and no more. */
  async #ask(member: MemberId, from: number, signal: AbortSignal): Promise<Answer> {
    let bytes = 0;
    const place = { after: Math.min(this.after(member), from), from };
    try {
      const lines = this.#deps.link.readOutbox(member, place, signal, (count) => (bytes += count));
      return { from, lines: await Array.fromAsync(lines) };
    } finally {
      // Also of an answer that cannot be believed: it was read.
      if (bytes > 0) await this.#store.write((db) => this.#parts.quotas.count(db, member, { bytes }));
    }
  }

  /** The answer behind one that is not the last, while that is taken. */
  #askAhead(member: MemberId, { from, lines }: Answer, signal: AbortSignal): Promise<Answer> | undefined {
    const next = nextOf(lines);
    if (next === undefined || next <= from) return undefined;
    const ahead = this.#ask(member, next, signal);
    // It is waited for in its turn, or not at all.
    ahead.catch(() => undefined);
    return ahead;
  }

  /** One answer, some batches at a time; they are in before the next are looked at. */
  async #takeAnswer(member: MemberId, { from, lines }: Answer): Promise<Step> {
    const { directory, ledgers, crypto } = this.#deps;
    const self = selfOf(directory);
    const about = { self: self.id, sender: member, after: from };
    const batches = readAnswer(lines, about, { ledgers, sha256: crypto.sha256 });
    const answer = readAhead(batches, this.#deps);
    let items = 0;
    for (;;) {
      const step = await answer.next();
      if (step.done === true) {
        const end = step.value;
        if (end === undefined) return { items, isAll: true };
        await ledgers.hear(member, end.seen);
        await this.#store.write((db) => this.#moveTo(member, end.next, db));
        return { items, isAll: end.isAll };
      }
      const run = step.value;
      const taken = await this.alone(() => this.#takeNext(self, member, run));
      items += taken.items;
      if (taken.isStopped) {
        await answer.return(undefined);
        return { items, isAll: true };
      }
    }
  }

  /** @returns How many items were taken, and whether the member's quota of today stops in front of the rest. */
  async #takeNext(
    self: Identity,
    member: MemberId,
    { batches, isSigned }: Run,
  ): Promise<{ items: number; isStopped: boolean }> {
    let items = 0;
    let isStopped = false;
    const allowed: ProvenBatch[] = [];
    for (const proven of batches) {
      // Another pull of the same member may have taken it meanwhile.
      if (this.after(member) >= proven.batch.first) continue;
      isStopped = !(await this.#parts.quotas.mayTake(member, proven.items, items));
      if (isStopped) break;
      allowed.push(proven);
      items += proven.batch.count;
    }
    if (allowed.length > 0) await this.#take(self, member, { batches: allowed, isSigned }, items);
    return { items, isStopped };
  }

  /** Does what some batches say and writes it down, with the receipt for each. */
  async #take(self: Identity, member: MemberId, { batches, isSigned }: Run, count: number): Promise<void> {
    const { crypto, ledger, sharing, randomBytes, onContradiction } = this.#deps;
    const { taker, publisher, quotas } = this.#parts;
    const items = batches.flatMap((proven) => proven.items);
    const taken = await taker.take(self, member, items, isSigned);
    const nowUs = this.#deps.clock() * 1000;
    const lawHash = sharing.laws.active().entry.hash;
    const made = batches.map((proven) => {
      const { first, count: itemsOf } = proven.batch;
      const lines = taken.lines.filter(({ sequence }) => sequence >= first && sequence < first + itemsOf);
      return makeReceipt(self, member, proven, lines, { nowUs, sha256: crypto.sha256, randomBytes, lawHash });
    });
    const last = batches.at(-1)!.batch;
    await publisher.passOn(taken.over, (db) => {
      const refs = new Refs(db);
      taken.keep(db, refs);
      const due = db.prepare('insert into peer_receipt_due (member, text, made_us, act) values (?, ?, ?, ?)');
      for (const [at, { entry, signed, opened }] of made.entries()) {
        const act = ledger.append(db, entry);
        const about = batches[at]!.items.map(({ item }) => item);
        keepAct(db, act, opened, about, refs);
        due.run(member, JSON.stringify(signed), nowUs, act);
      }
      this.#moveTo(member, last.first + last.count - 1, db);
      quotas.count(db, member, { items: count });
    });
    for (const origin of taken.contradicted) await onContradiction(origin);
  }

  #moveTo(member: MemberId, after: number, db: Connection): void {
    db.prepare(
      `insert into peer_inbox (member, after, pulled_us) values (?, ?, ?)
       on conflict (member) do update set after = max(after, excluded.after), pulled_us = excluded.pulled_us,
         failed_us = null, failure = null`,
    ).run(member, after, this.#deps.clock() * 1000);
  }

  async #noteFailure(member: MemberId, error: unknown): Promise<void> {
    const message = error instanceof Error ? error.message.slice(0, 1000) : String(error);
    await this.#store.write((db) =>
      db
        .prepare(
          `insert into peer_inbox (member, failed_us, failure) values (?, ?, ?)
           on conflict (member) do update set failed_us = excluded.failed_us, failure = excluded.failure`,
        )
        .run(member, this.#deps.clock() * 1000, message),
    );
  }
}

/** Where there is more, as an answer says at its end. */
function nextOf(lines: readonly string[]): number | undefined {
  try {
    const end = parseOutboxLine(lines.at(-1) ?? '', 'end of an outbox');
    return end.kind === 'end' && !end.isAll ? end.next : undefined;
  } catch (error) {
    // Whoever reads up to there says what is wrong.
    if (error instanceof ComityError) return undefined;
    throw error;
  }
}

/** @throws {ComityError} `CONFLICT` when this node is no member. */
export function selfOf(directory: Pick<Directory, 'self'>): Identity {
  const self = directory.self();
  if (self === undefined) throw new ComityError('CONFLICT', 'Cannot exchange: this node is no member yet');
  return self;
}
