import { assert } from '@comity/protocol/base';
import type { MemberId, StixId } from '@comity/protocol/base';
import { contradictionText, digestOfObject, judgeItem } from '@comity/protocol/peer';
import type {
  ItemContext,
  ItemJudgement,
  LentItem,
  ReceiptLine,
  ReceivedItem,
  SignedStatement,
} from '@comity/protocol/peer';
import { parseStixObject } from '@comity/protocol/stix';
import type { Candidate } from '../../intel/index.ts';
import type { Connection, Store } from '../../store/index.ts';
import type { FederationDeps, Identity } from '../federation.ts';
import { findObjectRef, memberRefSql } from '../refs.ts';
import type { Refs } from '../refs.ts';
import type { Over } from '../outbox/publisher.ts';
import { isPassedOn } from '../outbox/edge-book.ts';
import { usOf } from '../outbox/statements.ts';
import {
  endLoan,
  findKnown,
  loanOf,
  isLoanOf,
  keepKnown,
  keepLoan,
  lapsedLoans,
  leaseUsOf,
  loanOfAll,
  othersLoans,
} from './known-book.ts';
import type { Quotas } from '../quota/quotas.ts';
import { askedOnce } from './asked-once.ts';
import { arrivingOf, candidateOf, effectOf, isJoinable, lineOf } from './item-lines.ts';
import type { MemberImports } from './member-imports.ts';
import { nextLenders } from './next-lenders.ts';

const dayUs = 86_400_000_000;
/** No lease is longer here, whatever its origin says. */
const longestLeaseUs = 400 * dayUs;
/** A renewal lets run on what ends within this time: so each object is touched every other week and not every day. */
const renewalReachUs = 15 * dayUs;

/** What was done with proven items: what to write down beside it. */
export interface Taken {
  readonly lines: readonly ReceiptLine[];
  /** What is over here, for those it was passed on to. */
  readonly over: readonly Over[];
  /** To be run in the transaction that moves the cursor. */
  readonly keep: (db: Connection, refs: Refs) => void;
  /** Origins of which that transaction kept new evidence that they contradict themselves. */
  readonly contradicted: ReadonlySet<MemberId>;
}

/** What it comes to so far. */
interface Doing {
  readonly lines: ReceiptLine[];
  readonly over: Over[];
  readonly keeps: ((db: Connection, refs: Refs) => void)[];
  readonly known: Map<string, SignedStatement | undefined>;
  readonly contradicted: Set<MemberId>;
}

type JudgeContext = Omit<ItemContext, 'known' | 'lent'>;

interface Step {
  readonly received: ReceivedItem;
  /** Of the object, when something was kept of it before. */
  readonly ref: number | undefined;
  readonly judgement: ItemJudgement;
  /** Whether its sender lends the object already. */
  readonly isLent: boolean;
}

/**
 * Does what the items of proven batches say, each judged for itself: what is wrong with one keeps no other out. Intelligence
 * changes first, and everything here can be done twice: after a crash in between the same items come again.
 */
export class BatchTaker {
  readonly #store: Store;
  readonly #deps: FederationDeps;
  readonly #imports: MemberImports;
  readonly #quotas: Quotas;

  constructor(store: Store, deps: FederationDeps, imports: MemberImports, quotas: Quotas) {
    this.#store = store;
    this.#deps = deps;
    this.#imports = imports;
    this.#quotas = quotas;
  }

  async take(
    self: Identity,
    sender: MemberId,
    items: readonly ReceivedItem[],
    isSigned: ItemContext['isSigned'],
  ): Promise<Taken> {
    const doing: Doing = { lines: [], over: [], keeps: [], known: new Map(), contradicted: new Set() };
    const { lines, over, keeps, known, contradicted } = doing;
    for (let at = 0; at < items.length;) {
      const lent: Step[] = [];
      // Objects go in together as long as nothing else is said between them, and none twice.
      const ids = new Set<string>();
      this.#store.reader.snapshot(() => {
        const about = this.#contextOf(self, sender, isSigned);
        for (; at < items.length && isJoinable(items[at]!, ids); at += 1)
          lent.push(this.#judge(about, items[at]!, known));
      });
      if (lent.length > 0) await this.#lend(lent, doing);
      else {
        const received = items[at]!;
        at += 1;
        await this.#end(this.#judge(this.#contextOf(self, sender, isSigned), received, known), sender, doing);
      }
    }
    lines.sort((one, other) => one.sequence - other.sequence);
    return {
      lines,
      over,
      keep: (db, refs) => {
        for (const keep of keeps) keep(db, refs);
      },
      contradicted,
    };
  }

  /** What all items judged in one look at the data share: the directory is asked of each member once. */
  #contextOf(self: Identity, sender: MemberId, isSigned: ItemContext['isSigned']): JudgeContext {
    const { directory } = this.#deps;
    return {
      isSigned,
      me: self.id,
      sender,
      nowUs: this.#nowUs(),
      messageKeysOf: askedOnce((member) => directory.messageKeysOf(member)),
      isSuspended: askedOnce((member) => directory.isSuspended(member)),
    };
  }

  #judge(about: JudgeContext, received: ReceivedItem, known: Map<string, SignedStatement | undefined>): Step {
    const { item, object } = received;
    const db = this.#store.reader;
    // Of an object nothing is kept of there is nothing more to ask.
    const ref = item.kind === 'lent' || item.kind === 'recalled' ? findObjectRef(db, item.statement) : undefined;
    const context = {
      ...about,
      known: item.kind === 'lent' || item.kind === 'recalled' ? this.#known(item, ref, known) : undefined,
      lent: item.kind === 'lent' && ref !== undefined ? loanOf(db, ref, item, about.nowUs) : undefined,
    };
    const judgement = judgeItem(item, object, context, this.#deps.crypto.sha256);
    return { received, ref, judgement, isLent: context.lent !== undefined };
  }

  #known(
    { statement: { origin, id } }: { readonly statement: { readonly origin: MemberId; readonly id: StixId } },
    ref: number | undefined,
    known: Map<string, SignedStatement | undefined>,
  ): SignedStatement | undefined {
    const key = `${origin} ${id}`;
    if (!known.has(key)) known.set(key, ref === undefined ? undefined : findKnown(this.#store.reader, ref));
    return known.get(key);
  }

  async #lend(steps: readonly Step[], doing: Doing): Promise<void> {
    const { lines, over, keeps, known } = doing;
    const arrivals = this.#deps.sharing.openArrivals();
    const byOrigin = new Map<
      MemberId,
      { item: LentItem; ref: number | undefined; candidate: Candidate; untilUs: number }[]
    >();
    for (const { received, ref, judgement, isLent } of steps) {
      const { item, object } = received;
      assert(item.kind === 'lent', 'only objects go in together');
      if (judgement.kind !== 'take' && judgement.kind !== 'again') {
        lines.push(this.#refused(item, judgement, doing));
        continue;
      }
      const untilUs = leaseUsOf(item, this.#nowUs() + longestLeaseUs);
      const { origin, id } = item.statement;
      const { path, terms, from } = item;
      const others = ref === undefined ? [] : othersLoans(this.#store.reader, { origin, id, from }, this.#nowUs());
      const loan = loanOfAll([{ untilUs, tlp: terms.tlp, pap: terms.pap, steps: path.length }, ...others]);
      const candidate = candidateOf(item, object ?? '', loan);
      // Of what is here already the law says at each use what may be done with it.
      const { statement: before } = known.get(`${origin} ${id}`) ?? {};
      const isHere =
        (isLent || others.length > 0) && before?.state === 'active' && before.digest === item.statement.digest;
      if (candidate === undefined) lines.push({ ...lineOf(item), effect: 'refused', reason: 'malformed' });
      else if (!isHere && !arrivals.takes(arrivingOf(candidate), terms.hops)) {
        lines.push({ ...lineOf(item), effect: 'refused', reason: 'law' });
        // What it replaces is no longer what its origin says.
        if (before?.state === 'active')
          await this.#endLoanOf({ origin, id, from }, 'The law here is against its newer version', doing);
      } else if (!isLent && !this.#quotas.takeRoom(item.from)) {
        // Its sender is told, and may lend it again when there is room.
        lines.push({ ...lineOf(item), effect: 'refused', reason: 'quota' });
        keeps.push((db) => this.#quotas.reach(db, item.from, 'objects'));
      } else {
        const group = byOrigin.get(origin) ?? [];
        byOrigin.set(origin, group);
        group.push({ item, ref, candidate, untilUs });
      }
    }
    for (const [origin, group] of byOrigin) {
      const outcomes = await this.#imports.admit(
        origin,
        group.map(({ candidate }) => candidate),
      );
      for (const [at, { item, ref, untilUs }] of group.entries()) {
        const line = { ...lineOf(item), ...effectOf(outcomes[at]!) };
        lines.push(line);
        if (line.effect === 'refused') continue;
        const { statement, signature } = item;
        known.set(`${origin} ${statement.id}`, { statement, signature });
        const nowUs = this.#nowUs();
        keeps.push((db, refs) => {
          keepKnown(db, { statement, signature }, refs);
          keepLoan(db, item, { untilUs, nowUs }, refs);
        });
        if (ref !== undefined && isPassedOn(this.#store.reader, ref))
          over.push({ origin, id: statement.id, recall: undefined });
      }
    }
  }

  async #end({ received: { item }, judgement }: Step, sender: MemberId, to: Doing): Promise<void> {
    if (judgement.kind !== 'take' && judgement.kind !== 'again') {
      to.lines.push(this.#refused(item, judgement, to));
      return;
    }
    switch (item.kind) {
      case 'recalled': {
        const { statement, signature, path } = item;
        const { origin, id } = statement;
        const line = lineOf(item);
        const signed = { statement, signature };
        to.known.set(`${origin} ${id}`, signed);
        to.keeps.push((db, refs) => keepKnown(db, signed, refs));
        // The law here keeps it for this member, and for nobody it was passed on to.
        to.over.push({ origin, id, recall: { signed, path } });
        if (this.#isHeld(id)) {
          to.lines.push({ ...line, effect: 'stored', reason: 'legal-hold' });
          return;
        }
        to.keeps.push((db) => endLoan(db, origin, id, undefined));
        const ended = `${this.#deps.directory.nameOf(origin)} took it back (${statement.reason})`;
        to.lines.push({ ...line, ...(await this.#takeOut(origin, id, ended)) });
        return;
      }
      case 'ended': {
        const { origin, id } = item;
        const line = lineOf(item);
        if (!isLoanOf(this.#store.reader, item) && !to.known.has(`${origin} ${id}`)) {
          to.lines.push({ ...line, effect: 'withdrawn', reason: 'not-ours' });
          return;
        }
        const { from } = item;
        const ended = `${this.#deps.directory.nameOf(sender)} lends it no longer (${item.reason})`;
        to.lines.push({ ...line, ...(await this.#endLoanOf({ origin, id, from }, ended, to)) });
        return;
      }
      case 'renewed': {
        const nowUs = this.#nowUs();
        const untilUs = Math.min(usOf(item.until), nowUs + longestLeaseUs);
        const source = this.#imports.sourceOf(sender).id;
        await this.#deps.intel.renewLoans(source, nowUs + renewalReachUs, untilUs);
        // What ran out while nothing was heard of its lender comes back: it never took it back.
        for (const ids of lapsedLoans(this.#store.reader, sender, nowUs)) {
          await this.#deps.intel.changeLoans(
            source,
            ids.map((id) => ({ id, untilUs })),
          );
        }
        this.#quotas.forgetRoom(sender);
        to.keeps.push((db) => {
          db.prepare(
            `update peer_loan set lease_until_us = ? where sender = ${memberRefSql} and state = 1 and standing = 1
               and lease_until_us <= ?`,
          ).run(untilUs, sender, Math.min(nowUs + renewalReachUs, untilUs - 1));
        });
        to.lines.push({ ...lineOf(item), effect: 'applied' });
        return;
      }
      case 'lent':
        throw new Error('Assertion failed: an object is lent, not ended');
    }
  }

  /** Lets go what was kept against its origin's word: what that recalled meanwhile ends. */
  async release(id: StixId): Promise<void> {
    const origins = this.#store.reader
      .prepare<{ origin: MemberId }>(
        `select m.member as origin from peer_object o join peer_member m on m.ref = o.origin
         join peer_known k on k.object_ref = o.ref where o.id = ? and k.recalled = 1`,
      )
      .all(id);
    // If we stop in here, it is held still, and can be released again.
    for (const { origin } of origins)
      await this.#takeOut(origin, id, `${this.#deps.directory.nameOf(origin)} took it back`);
    await this.#store.write((db) => {
      for (const { origin } of origins) endLoan(db, origin, id, undefined);
      db.prepare('delete from peer_hold where id = ?').run(id);
    });
  }

  /**
   * What counts of an object is lent no longer: what other members state under its id, and was kept beside, has its turn, of whoever
   * told first.
   *
   * @param except - Whose it was: what is written down of it may not say yet that it is over.
   */
  async tellAnew(id: StixId, except: MemberId): Promise<void> {
    const { intel, directory, crypto } = this.#deps;
    if (intel.findStored(id)?.recalled !== true) return;
    for (const { origin, digest, loan } of nextLenders(this.#store.reader, id, except, this.#nowUs())) {
      const text = intel.findKept(id, (each) => digestOfObject(each, crypto.sha256) === digest);
      if (text === undefined || directory.isSuspended(origin)) continue;
      await this.#imports.admit(origin, [{ object: parseStixObject(text), place: id, loan }]);
    }
  }

  /** Ends what one sender lends of an object; what others lend of it runs on as they lend it. */
  async #endLoanOf(
    { origin, id, from }: { readonly origin: MemberId; readonly id: StixId; readonly from: MemberId },
    ended: string,
    to: Doing,
  ): Promise<Pick<ReceiptLine, 'effect' | 'reason'>> {
    to.keeps.push((db) => endLoan(db, origin, id, from));
    to.over.push({ origin, id, recall: undefined });
    const [other, ...others] = othersLoans(this.#store.reader, { origin, id, from }, this.#nowUs());
    if (other === undefined) return await this.#takeOut(origin, id, ended);
    // What a suspended member states stays out of use, whoever lends it.
    if (!this.#deps.directory.isSuspended(origin))
      await this.#deps.intel.changeLoans(this.#imports.sourceOf(origin).id, [{ id, ...loanOfAll([other, ...others]) }]);
    return { effect: 'withdrawn', reason: 'other-source' };
  }

  /** Takes what a member supplied out of use; what others told of too stays. */
  async #takeOut(origin: MemberId, id: StixId, ended: string): Promise<Pick<ReceiptLine, 'effect' | 'reason'>> {
    const changed = await this.#deps.intel.changeLoans(this.#imports.sourceOf(origin).id, [{ id, ended }]);
    await this.tellAnew(id, origin);
    const left = this.#deps.intel.findStored(id);
    if (left === undefined) return { effect: 'withdrawn', reason: 'not-ours' };
    if (!left.recalled) return { effect: 'withdrawn', reason: changed === 0 ? 'not-ours' : 'other-source' };
    return { effect: 'withdrawn' };
  }

  #refused(
    item: ReceivedItem['item'],
    judgement: Exclude<ItemJudgement, { kind: 'take' } | { kind: 'again' }>,
    { keeps, contradicted }: Doing,
  ): ReceiptLine {
    if (judgement.kind === 'refuse') return { ...lineOf(item), effect: 'refused', reason: judgement.reason };
    const [{ statement }] = judgement.statements;
    const text = contradictionText(judgement.statements);
    keeps.push((db) => {
      const kept = db
        .prepare('insert or ignore into peer_evidence (member, kind, text, found_us) values (?, ?, ?, ?)')
        .run(statement.origin, 'contradiction', text, this.#nowUs());
      // What people know of already they have decided on.
      if (kept.changes > 0) contradicted.add(statement.origin);
    });
    return { ...lineOf(item), effect: 'refused', reason: 'contradiction' };
  }

  #isHeld(id: StixId): boolean {
    return this.#store.reader.prepare('select 1 from peer_hold where id = ?').get(id) !== undefined;
  }

  #nowUs(): number {
    return this.#deps.clock() * 1000;
  }
}
