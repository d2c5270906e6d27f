import { assert, ComityError, quote } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import { digestOfObject, refuseReceipt } from '@comity/protocol/peer';
import type { ReceiptLine, SignedReceipt } from '@comity/protocol/peer';
import { parseBase64 } from '@comity/protocol/tlog';
import type { Store } from '../store/index.ts';
import type { Evidence, Federation, FederationDeps, Identity, PeerState } from './federation.ts';
import { openExchangeActs } from './acts/exchange-acts.ts';
import { EvidenceHearer, tellEvidence } from './evidence/told-evidence.ts';
import { listBorrowed } from './inbox/borrowed-book.ts';
import { findLent } from './inbox/known-book.ts';
import { MemberImports } from './inbox/member-imports.ts';
import { Puller, selfOf } from './inbox/puller.ts';
import { signReceipt } from './inbox/receipts.ts';
import { suspendedMembers, suspendMember } from './inbox/suspension.ts';
import { BatchTaker } from './inbox/take-batch.ts';
import { answerOutbox, lastShown } from './outbox/answer.ts';
import { deliveriesOf } from './outbox/edge-book.ts';
import { listGiven, listRecalls } from './outbox/given-book.ts';
import { keepReceipt, receiptsOf, sentBatch } from './outbox/receipt-book.ts';
import { handlingOf, setHandling } from './outbox/handling-book.ts';
import { acknowledge, findOutbox, getOutbox, startAnew, waitingOf } from './outbox/outbox-book.ts';
import { Publisher } from './outbox/publisher.ts';
import { Quotas } from './quota/quotas.ts';
import { Remarks } from './remarks/remarks.ts';

/** Receipts sent in one request. */
const receiptsAtOnce = 64;

/** What goes between this member and the others, on a store. */
export function openFederation(store: Store, deps: FederationDeps): Federation & { close(): Promise<void> } {
  const { directory, intel, ledgers, crypto } = deps;
  const db = store.reader;
  const listeners = new Set<(member: MemberId) => void>();
  const publisher = new Publisher(store, deps, (member) => {
    for (const listener of listeners) listener(member);
  });
  const imports = new MemberImports(intel, directory, deps);
  const quotas = new Quotas(store, deps);
  const taker = new BatchTaker(store, deps, imports, quotas);
  const puller = new Puller(store, deps, { quotas, taker, publisher });
  const remarks = new Remarks(store, deps);
  const acts = openExchangeActs(store, deps);
  const suspending = { store, intel, directory, imports, taker };
  const nowUs = (): number => deps.clock() * 1000;

  const needSelf = (): Identity => selfOf(directory);

  const evidence: Federation['evidence'] = () =>
    db
      .prepare<{ member: MemberId; kind: Evidence['kind']; text: string; found_us: number }>(
        'select member, kind, text, found_us from peer_evidence order by ref desc limit 100',
      )
      .all()
      .map(({ member, kind, text, found_us: foundUs }) => ({ member, kind, text, foundUs }));

  const keepEvidence: Federation['keepEvidence'] = async ({ member, kind, text }, act, note) => {
    if (db.prepare('select 1 from peer_evidence where text = ?').get(text) !== undefined) return;
    await act();
    await store.write((connection) => {
      connection
        .prepare('insert or ignore into peer_evidence (member, kind, text, found_us) values (?, ?, ?, ?)')
        .run(member, kind, text, nowUs());
      note(connection);
    });
  };
  const hearer = new EvidenceHearer(db, deps, keepEvidence);

  return {
    async publish() {
      await acts.settle();
      return await publisher.run();
    },

    async recall(id, reason, note) {
      const members = await publisher.recall(id, reason, note);
      if (members.length > 0) return members;
      throw new ComityError('NOT_FOUND', `Cannot recall ${id}: it was never lent to a member as our own`);
    },

    async *outbox(member, { after, from }) {
      const self = needSelf();
      await quotas.assertMaySend(member);
      const outbox = findOutbox(db, member);
      if (outbox !== undefined) {
        const isLost = after < outbox.acknowledged || after >= outbox.next_sequence;
        if (isLost) await quotas.takeRequest(member, 'restarts');
        await store.write((connection) =>
          isLost ? startAnew(connection, outbox, from) : acknowledge(connection, outbox, after, nowUs()),
        );
        if (isLost) await publisher.run();
      }
      let sentBytes = 0;
      try {
        for await (const line of answerOutbox(
          db,
          { self: self.id, member, after: from },
          { ledger: deps.ledger, ledgers },
        )) {
          sentBytes += Buffer.byteLength(line);
          yield line;
        }
      } finally {
        if (sentBytes > 0) await store.write((connection) => quotas.count(connection, member, { sentBytes }));
      }
    },

    async takeReceipts(member, receipts) {
      const self = needSelf();
      await quotas.takeRequest(member, 'receipts');
      const outbox = findOutbox(db, member);
      for (const signed of receipts) {
        const [{ sequence }] = signed.receipt.lines as [ReceiptLine];
        const sent = outbox === undefined ? undefined : sentBatch(db, outbox.ref, sequence, deps.ledger);
        // Of a batch whose receipt is in: sent again since the answer was lost.
        if (outbox === undefined || sent === undefined) continue;
        const keys = directory.messageKeysOf(member) ?? [];
        const context = { me: self.id, receiver: member, keys, nowUs: nowUs(), ...sent };
        const reason = refuseReceipt(signed, context, crypto);
        if (reason !== undefined) {
          throw new ComityError(
            'LEDGER_UNPROVEN',
            `Cannot take the receipt of ${quote(member)} for ${sent.first} and what follows: ${reason}`,
            { details: { reason } },
          );
        }
        await store.write((connection) => {
          // Whoever has done something with all of it has it.
          if (signed.receipt.lines.length === sent.items.length)
            acknowledge(connection, getOutbox(connection, member), sent.first + sent.items.length - 1, nowUs());
          const { first, act, items, sinceUs } = sent;
          const batch = { outboxRef: outbox.ref, first, act, count: items.length };
          if (!keepReceipt(connection, batch, signed, nowUs())) return;
          const entry = parseBase64(signed.receipt.act.entry, 'entry of a receipt');
          deps.onReceipt(connection, member, { entry, first, last: first + items.length - 1, sinceUs });
        });
      }
      await acts.settle();
    },

    pull: (member, signal) => puller.pull(member, signal),

    async awaitNews(member, signal) {
      await deps.link.awaitHint(member, puller.after(member), signal);
    },

    lastPut(member) {
      const outbox = findOutbox(db, member);
      return outbox === undefined ? 0 : lastShown(db, outbox, deps.ledger);
    },

    async sendReceipts(member, signal) {
      for (;;) {
        const due = db
          .prepare<{ ref: number; text: string }>(
            'select ref, text from peer_receipt_due where member = ? order by ref limit ?',
          )
          .all(member, receiptsAtOnce);
        if (due.length === 0) return;
        const self = needSelf();
        // Signed with the key of now: one that waited since before a rotation would be refused, with all behind it.
        const receipts = due.map(({ text }) => signReceipt(self, (JSON.parse(text) as SignedReceipt).receipt));
        await deps.link.sendReceipts(member, receipts, signal);
        await store.write((connection) => {
          const drop = connection.prepare('delete from peer_receipt_due where ref = ?');
          for (const { ref } of due) drop.run(ref);
        });
      }
    },

    suspend: (member, isSuspended) => puller.alone(() => suspendMember(member, isSuspended, suspending)),
    suspended: () => suspendedMembers(db),

    async hold(id, hold) {
      if (hold === undefined) return await puller.alone(() => taker.release(id));
      await store.write((connection) =>
        connection
          .prepare('insert or replace into peer_hold (id, reason, by, at_us) values (?, ?, ?, ?)')
          .run(id, hold.reason, hold.by, nowUs()),
      );
    },

    async tellSightings() {
      const told = await remarks.tellSightings();
      if (told > 0) await publisher.run();
      return told;
    },

    async disagree(id) {
      const opinion = await remarks.disagree(id);
      await publisher.run();
      return opinion;
    },

    deliveries: (id) => deliveriesOf(db, id),

    given: (query) => listGiven(db, query),
    borrowed: (query) => listBorrowed(db, query, nowUs()),
    recalls: (before, limit) => listRecalls(db, before, limit),
    receipts: (id) => receiptsOf(db, id, deps.ledger),
    acts,

    states: () => directory.joined().map((member) => stateOf(member)),

    handlingOf: (member) => handlingOf(db, member),

    async setHandling(member, handling) {
      await store.write((connection) => setHandling(connection, member, handling));
      await publisher.run();
    },

    quotaOf: (member) => quotas.of(member),
    setQuota: (member, quota) => quotas.set(member, quota),

    evidence,
    keepEvidence,
    toldEvidence: () => tellEvidence(evidence()),
    askEvidence: (member, signal) => hearer.ask(member, signal),

    hopsLeftOf: ({ id, text }) =>
      findLent(db, id, nowUs(), { digest: digestOfObject(text, crypto.sha256) })?.terms.hops ??
      // What a member lends under the id, and what counts of it, are two things: it stays here.
      (findLent(db, id, nowUs()) === undefined ? undefined : 0),

    onOutbox(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    close: () => imports.close(),
  };

  function stateOf(member: MemberId): PeerState {
    const outbox = findOutbox(db, member);
    const inbox = db
      .prepare<{ after: number; pulled_us: number | null; failed_us: number | null; failure: string | null }>(
        'select after, pulled_us, failed_us, failure from peer_inbox where member = ?',
      )
      .get(member);
    const receipts = db
      .prepare<{ count: number }>('select count(*) as count from peer_receipt_due where member = ?')
      .get(member);
    assert(receipts !== undefined, 'a count is a row');
    return {
      member,
      waiting: outbox === undefined ? 0 : waitingOf(db, outbox),
      acknowledged: outbox?.acknowledged ?? 0,
      after: inbox?.after ?? 0,
      pulledUs: inbox?.pulled_us ?? undefined,
      failure:
        inbox?.failed_us === null || inbox?.failed_us === undefined
          ? undefined
          : { atUs: inbox.failed_us, message: inbox.failure ?? '' },
      receiptsDue: receipts.count,
      used: quotas.usedBy(member),
      reached: quotas.reachedBy(member),
    };
  }
}
