import type { MemberId, StixId } from '@comity/protocol/base';
import { timestampOfUs } from '@comity/protocol/base';
import { digestOfObject } from '@comity/protocol/peer';
import type { RecallReason, Statement } from '@comity/protocol/peer';
import type { Connection, Store } from '../../store/index.ts';
import type { FederationDeps, Identity } from '../federation.ts';
import { findLent } from '../inbox/known-book.ts';
import { findMemberRef, memberRefSql, objectRefSql, Refs } from '../refs.ts';
import { draftPiece, mayPassOn, signDrafts } from './draft-piece.ts';
import type { EdgeDraft } from './draft-piece.ts';
import {
  edgeStates,
  edgesToRepeat,
  findEdge,
  idsToLookAt,
  isToTellAnew,
  lookAgain,
  noteEdge,
  noteLookedAt,
  refusedAsOlder,
  tellAnew,
} from './edge-book.ts';
import type { Edge } from './edge-book.ts';
import { handlingOf, widestHandling } from './handling-book.ts';
import {
  getOutbox,
  keyStatedUnder,
  outboxOf,
  putOut,
  sequencesBefore,
  startBehind,
  stateUnder,
} from './outbox-book.ts';
import type { OutboxRow } from './outbox-book.ts';
import { isUnanswered, tellUnanswered } from './receipt-book.ts';
import { keepStated, leftToBefore, noteTakenBack, stateBehind, StatementBook } from './statements.ts';
import type { Signed } from './statements.ts';

/** Rows of the order of arrival that are looked at, and items put out, in one transaction: as many as the event loop can wait for. */
const rowsAtOnce = 512;
/** Rows that are drafted without a turn for others: a member that asks is not to wait for all of them. */
const rowsInARow = 64;
const dayUs = 86_400_000_000;

/** What came since the last time, put into the outboxes of those it may go to. */
export class Publisher {
  readonly #store: Store;
  readonly #deps: FederationDeps;
  readonly #statements: StatementBook;
  readonly #onPut: (member: MemberId) => void;
  /** Under which law and recipients the outboxes were filled last: when it changes, all is looked at again. */
  readonly #editions = new Map<MemberId, object>();
  /** The end of what is drafted and put out now: versions read before a transaction must still hold in it. */
  #turn: Promise<unknown> = Promise.resolve();
  #running: Promise<number> | undefined;
  #next: Promise<number> | undefined;

  constructor(store: Store, deps: FederationDeps, onPut: (member: MemberId) => void) {
    this.#store = store;
    this.#deps = deps;
    this.#statements = new StatementBook(store.reader, () => leftToBefore(deps.ledger.origin()).versions);
    this.#onPut = onPut;
  }

  /** One run at a time: whoever asks while one is under way gets the one after it, which sees all that came before the asking. */
  run(): Promise<number> {
    if (this.#running === undefined) return this.#start();
    this.#next ??= this.#running.then(
      () => this.#start(),
      () => this.#start(),
    );
    return this.#next;
  }

  #start(): Promise<number> {
    this.#next = undefined;
    this.#running = this.#fillAll().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #fillAll(): Promise<number> {
    const self = this.#deps.directory.self();
    if (self === undefined) return 0;
    const { sequences } = leftToBefore(this.#deps.ledger.origin());
    if (sequences > sequencesBefore(this.#store.reader))
      await this.#alone(() => this.#store.write((db) => startBehind(db, sequences)));
    if (keyStatedUnder(this.#store.reader) !== self.key)
      await this.#alone(() => this.#store.write((db) => stateUnder(db, self)));
    let items = 0;
    for (const member of this.#deps.directory.joined()) items += await this.#fill(member, self);
    return items;
  }

  async #fill(member: MemberId, self: Identity): Promise<number> {
    const { sharing } = this.#deps;
    let outbox = await this.#store.write((db) => outboxOf(db, member));
    const edition = sharing.edition();
    const known = this.#editions.get(member);
    this.#editions.set(member, edition);
    // What was kept back may go now, and what went may go no longer.
    if (known !== undefined && known !== edition) outbox = await this.#rewind(outbox);
    await this.#alone(() => this.#sayAgain(outbox.ref));
    let items = await this.#alone(() => this.#repeat(outbox, member, self));
    items += await this.#alone(() => this.#lendAgain(outbox, member, self));
    items += await this.#renew(member, self);
    for (let isEnd = false; !isEnd;) {
      const step = await this.#alone(() => this.#fillPiece(member, self));
      items += step.items;
      isEnd = step.isEnd;
      // There may be much more: the member begins to take what there is.
      if (step.items > 0 && !isEnd) this.#tell([member]);
    }
    if (outbox.renewed_us === 0) await this.#renew(member, self);
    if (items > 0) this.#tell([member]);
    return items;
  }

  /** What was refused for a reason that may have passed, or was not answered, is put out once more. */
  async #sayAgain(ref: number): Promise<void> {
    const nowUs = this.#nowUs();
    const { reader } = this.#store;
    if (!isToTellAnew(reader, ref, nowUs) && !isUnanswered(reader, ref, nowUs)) return;
    await this.#store.write((db) => {
      stateBehind(db, refusedAsOlder(db, ref, nowUs));
      tellAnew(db, ref, nowUs);
      tellUnanswered(db, ref, nowUs);
    });
  }

  #rewind(outbox: OutboxRow): Promise<OutboxRow> {
    return this.#store.write((db) => {
      db.prepare('update peer_outbox set position_us = 0 where ref = ?').run(outbox.ref);
      return { ...outbox, position_us: 0 };
    });
  }

  async #fillPiece(member: MemberId, self: Identity): Promise<{ items: number; isEnd: boolean }> {
    const outbox = getOutbox(this.#store.reader, member);
    const about = this.#aboutOf(outbox, member, self);
    if (about === undefined) return { items: 0, isEnd: true };
    const { rows, upToUs, isEnd } = this.#deps.intel.arrivals(
      { ...everything, afterUs: outbox.position_us },
      rowsAtOnce,
    );
    const unsigned: EdgeDraft[] = [];
    for (let from = 0; from < rows.length; from += rowsInARow) {
      // One look at the data for some rows: each alone would be a transaction of its own. No object is there twice.
      const some = rows.slice(from, from + rowsInARow);
      unsigned.push(...this.#store.reader.snapshot(() => draftPiece(some, about)));
      await this.#deps.turn();
    }
    const drafts = await signDrafts(unsigned, self);
    if (drafts.length > 0 || upToUs > outbox.position_us) {
      await this.#store.write((db) => {
        this.#put(db, self, member, drafts);
        db.prepare('update peer_outbox set position_us = ? where ref = ?').run(upToUs, outbox.ref);
      });
    }
    await about.exit.room();
    return { items: drafts.length, isEnd };
  }

  /** What stands with a member and was said anew, by this member under its new key or by an origin, is lent as it is said now. */
  async #lendAgain(outbox: OutboxRow, member: MemberId, self: Identity): Promise<number> {
    const { reader } = this.#store;
    const about = this.#aboutOf(outbox, member, self);
    let items = 0;
    for (;;) {
      const ids = idsToLookAt(reader, outbox.ref, rowsAtOnce);
      if (about === undefined || ids.length === 0) return items;
      const rows = ids.flatMap((id) => this.#deps.intel.findStored(id) ?? []).map((object) => ({ object }));
      const unsigned = reader.snapshot(() => draftPiece(rows, about));
      const drafts = await signDrafts(unsigned, self);
      await this.#store.write((db) => {
        this.#put(db, self, member, drafts);
        noteLookedAt(db, outbox.ref, ids);
      });
      await about.exit.room();
      items += drafts.length;
    }
  }

  /** What drafting for a member needs; undefined: nobody may be given anything under its name. */
  #aboutOf(outbox: OutboxRow, member: MemberId, self: Identity) {
    const { directory, intel, sharing, crypto } = this.#deps;
    const recipient = directory.recipientOf(member);
    if (recipient === undefined) return undefined;
    const exit = sharing.openExit({ recipient, action: 'forward', channel: { encrypted: true, hidesOrigin: false } });
    return {
      db: this.#store.reader,
      self,
      member,
      memberRef: findMemberRef(this.#store.reader, member),
      outbox,
      handling: handlingOf(this.#store.reader, member),
      widest: widestHandling(this.#store.reader),
      exit,
      isOwnWord: (id: StixId, text: string) => intel.isOwnWord(id, text),
      statements: this.#statements,
      sha256: crypto.sha256,
      nowUs: this.#nowUs(),
      onFault: this.#deps.onFault,
    };
  }

  /** Items, what they state, what stands with the member then: with the acts, one transaction. */
  #put(db: Connection, self: Identity, member: MemberId, drafts: readonly EdgeDraft[]): void {
    const nowUs = this.#nowUs();
    const { ledger, crypto, randomBytes } = this.#deps;
    const refs = new Refs(db);
    const lawHash = this.#deps.sharing.laws.active().entry.hash;
    const deps = { self: self.id, ledger, sha256: crypto.sha256, randomBytes, nowUs, lawHash, refs };
    const items = putOut(db, member, drafts, deps);
    const { ref } = outboxOf(db, member);
    for (const [at, { print, stated }] of drafts.entries()) {
      if (stated !== undefined) keepStated(db, stated.statement, refs);
      noteEdge(db, ref, items[at]!, { print, nowUs }, refs);
    }
  }

  /** What is over and was forgotten there is told again. */
  async #repeat(outbox: OutboxRow, member: MemberId, self: Identity): Promise<number> {
    let count = 0;
    for (;;) {
      const edges = edgesToRepeat(this.#store.reader, outbox.ref, rowsAtOnce);
      if (edges.length === 0) return count;
      const drafts = edges.map((edge) => this.#over(edge, self));
      await this.#store.write((db) => this.#put(db, self, member, drafts));
      count += edges.length;
    }
  }

  #over({ id, origin, state }: Edge, self: Identity): EdgeDraft {
    const stated = state === edgeStates.recalled && origin === self.id ? this.#statements.find(id) : undefined;
    if (stated?.recalled === 1) {
      const signed = this.#statements.recall(self, id, stated, stated.reason ?? 'mistake', this.#nowUs());
      return { body: { kind: 'recalled', ...signed, path: [self.id] }, print: 'recalled', stated: signed };
    }
    return { body: { kind: 'ended', origin, id, reason: 'law' }, print: 'ended' };
  }

  /** Once a day, and in good time before a short lease ends, all that is lent runs on: one item, however much it is. */
  async #renew(member: MemberId, self: Identity): Promise<number> {
    const nowUs = this.#nowUs();
    const outbox = getOutbox(this.#store.reader, member);
    const leaseUs = handlingOf(this.#store.reader, member).leaseDays.indicator * dayUs;
    const untilUs = nowUs + leaseUs;
    // A lease that was made shorter is renewed by its own measure from now on.
    const isShorter = outbox.renewed_us > untilUs;
    if (!isShorter && untilUs - outbox.renewed_us < Math.min(dayUs, leaseUs / 4)) return 0;
    const lent = this.#store.reader.prepare(
      `select 1 from peer_edge e join peer_object o on o.ref = e.object_ref
       where e.outbox_ref = ? and e.state = 1 and o.origin = ${memberRefSql} limit 1`,
    );
    if (lent.get(outbox.ref, self.id) === undefined) return 0;
    // What was lent just now has all of its time before it.
    const isDue = outbox.renewed_us !== 0 && !isShorter;
    await this.#store.write((db) => {
      if (isDue) this.#put(db, self, member, [{ body: { kind: 'renewed', until: timestampOfUs(untilUs) }, print: '' }]);
      db.prepare('update peer_outbox set renewed_us = ? where ref = ?').run(untilUs, outbox.ref);
    });
    return isDue ? 1 : 0;
  }

  /** Takes an object back from every member that ever had it. @returns Who is told. */
  async recall(id: StixId, reason: RecallReason, note?: (db: Connection) => void): Promise<readonly MemberId[]> {
    const members = await this.#alone(() => this.#recall(id, reason, note));
    this.#tell(members);
    return members;
  }

  async #recall(id: StixId, reason: RecallReason, note?: (db: Connection) => void): Promise<readonly MemberId[]> {
    const self = this.#deps.directory.self();
    const stated = this.#statements.find(id);
    if (self === undefined || stated === undefined) return [];
    const current = this.#deps.intel.findStored(id);
    return await this.#store.write((db) => {
      const signed = this.#statements.recall(self, id, stated, reason, this.#nowUs());
      keepStated(db, signed.statement, new Refs(db));
      // What it says now is what is taken back, also where nobody was told of that yet.
      if (current !== undefined) noteTakenBack(db, id, self.id, digestOfObject(current.text, this.#deps.crypto.sha256));
      const had = db
        .prepare<{ member: MemberId }>(
          `select o.member from peer_edge e join peer_outbox o on o.ref = e.outbox_ref where e.object_ref = ${objectRefSql}`,
        )
        .all(id, self.id)
        .map(({ member }) => member);
      for (const member of had) {
        const { ref } = outboxOf(db, member);
        if (findEdge(db, ref, id, self.id)?.state === edgeStates.recalled) continue;
        this.#put(db, self, member, [
          { body: { kind: 'recalled', ...signed, path: [self.id] }, print: 'recalled', stated: signed },
        ]);
      }
      note?.(db);
      return had;
    });
  }

  /**
   * Keeps what was done with others' items, and tells those an object was passed on to what its origin, or who lent it, says of it now:
   * one transaction, or whoever has it from here would never hear of it.
   */
  async passOn(over: readonly Over[], keep: (db: Connection) => void): Promise<void> {
    const self = this.#deps.directory.self();
    if (self === undefined || over.length === 0) return await this.#store.write(keep);
    const told = await this.#alone(() =>
      this.#store.write((db) => {
        keep(db);
        return over.flatMap((each) => this.#passOne(db, self, each));
      }),
    );
    this.#tell(new Set(told));
  }

  #passOne(db: Connection, self: Identity, over: Over): readonly MemberId[] {
    const { origin, id, recall } = over;
    const lent = recall === undefined ? findLent(db, id, this.#nowUs(), { origin }) : undefined;
    const having = db
      .prepare<{ ref: number; member: MemberId; state: number }>(
        `select o.ref, o.member, e.state from peer_edge e join peer_outbox o on o.ref = e.outbox_ref
         where e.object_ref = ${objectRefSql}`,
      )
      .all(id, origin);
    const told = having.filter(({ member, state }) =>
      recall === undefined
        ? state === edgeStates.lent && (lent === undefined || !mayPassOn(lent, member))
        : state !== edgeStates.recalled,
    );
    // Those who may keep it have what its origin said before.
    if (recall === undefined) for (const { ref } of having) lookAgain(db, ref, { id, origin });
    for (const { member } of told) {
      const draft: EdgeDraft =
        recall === undefined
          ? { body: { kind: 'ended', origin, id, reason: 'narrowed' }, print: 'ended' }
          : { body: { kind: 'recalled', ...recall.signed, path: [...recall.path, self.id] }, print: 'recalled' };
      this.#put(db, self, member, [draft]);
    }
    return told.map(({ member }) => member);
  }

  /** Only when the ledger can show what was put out is there something to be read. Nobody waits for it. */
  #tell(members: Iterable<MemberId>): void {
    const told = [...members];
    void this.#deps.ledger
      .settled()
      .then(() => {
        for (const member of told) this.#onPut(member);
      })
      .catch((error: unknown) => this.#deps.onFault('Cannot show what was put out', error));
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return await mine;
  }

  #nowUs(): number {
    return this.#deps.clock() * 1000;
  }
}

/** An object that is lent here no longer, or under narrower terms; or that its origin recalled. */
export interface Over {
  readonly origin: MemberId;
  readonly id: StixId;
  readonly recall:
    | { readonly signed: Signed<Extract<Statement, { state: 'recalled' }>>; readonly path: readonly MemberId[] }
    | undefined;
}

const everything = { ids: undefined, types: undefined, kinds: undefined, source: undefined, lastOnly: true } as const;
