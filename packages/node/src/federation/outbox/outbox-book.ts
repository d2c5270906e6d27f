import { base64Of, assert, utf8Bytes } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import { hourOf, openingBytes, printEntry } from '@comity/protocol/acts';
import {
  batchCommitments,
  batchContent,
  batchDecision,
  batchItemsMax,
  batchRecipients,
  batchRoot,
  itemText,
  sentItem,
} from '@comity/protocol/peer';
import type { Item } from '@comity/protocol/peer';
import type { Sha256 } from '@comity/protocol/tlog';
import type { Connection } from '../../store/index.ts';
import { keepAct } from '../acts/act-book.ts';
import type { Identity, OwnLedger } from '../federation.ts';
import { memberRefSql } from '../refs.ts';
import type { Refs } from '../refs.ts';

/** An item without what its outbox gives it. */
type ItemBody = Item extends infer Each
  ? Each extends Item
    ? Omit<Each, 'v' | 'sequence' | 'from' | 'to' | 'salt'>
    : never
  : never;

/** What is to be put out to one member. */
export interface Draft {
  readonly body: ItemBody;
  /** Of a `lent` item. */
  readonly text?: { readonly digest: string; readonly text: string };
}

/** How far one member's outbox is. */
export interface OutboxRow {
  readonly ref: number;
  readonly member: MemberId;
  readonly position_us: number;
  readonly next_sequence: number;
  readonly acknowledged: number;
  readonly renewed_us: number;
}

/** Characters of the items of one batch and their objects, beyond which another is begun: whoever reads it keeps it until it is whole. */
const charsOfBatchMax = 4 * 1024 * 1024;

export interface PutDeps {
  readonly self: MemberId;
  readonly ledger: Pick<OwnLedger, 'append'>;
  readonly sha256: Sha256;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly nowUs: number;
  readonly lawHash: string;
  /** Of the transaction. */
  readonly refs: Refs;
}

/** The outbox of a member, made when it is first asked for. */
export function outboxOf(db: Connection, member: MemberId): OutboxRow {
  db.prepare('insert or ignore into peer_outbox (member, next_sequence) values (?, ?)').run(
    member,
    sequencesBefore(db) + 1,
  );
  return getOutbox(db, member);
}

/** The outbox of a member that has one. */
export function getOutbox(db: Connection, member: MemberId): OutboxRow {
  const outbox = findOutbox(db, member);
  assert(outbox !== undefined, 'a member that is sent to has an outbox');
  return outbox;
}

/** The outbox of a member, if there is one. */
export function findOutbox(db: Connection, member: MemberId): OutboxRow | undefined {
  return db
    .prepare<OutboxRow>(
      'select ref, member, position_us, next_sequence, acknowledged, renewed_us from peer_outbox where member = ?',
    )
    .get(member);
}

/**
 * Puts drafts into a member's outbox, in batches, each with its act in the ledger: all in the caller's transaction, so that there is
 * no item without its act and no act without its items.
 */
export function putOut(db: Connection, to: MemberId, drafts: readonly Draft[], deps: PutDeps): readonly Item[] {
  if (drafts.length === 0) return [];
  const { ref, next_sequence: next } = outboxOf(db, to);
  const items = drafts.map(({ body }, at) => ({
    ...body,
    v: 1 as const,
    sequence: next + at,
    from: deps.self,
    to,
    salt: base64Of(deps.randomBytes(16)),
  })) as Item[];
  const texts = items.map(itemText);
  const insert = db.prepare(
    'insert into peer_item (outbox_ref, sequence, item, object_ref, digest) values (?, ?, ?, ?, ?)',
  );
  const keep = db.prepare('insert or ignore into peer_text (object_ref, digest, text) values (?, ?, ?)');
  for (const [at, { body, text }] of drafts.entries()) {
    const object = text === undefined || body.kind !== 'lent' ? null : deps.refs.object(body.statement);
    if (object !== null) keep.run(object, text!.digest, text!.text);
    insert.run(ref, next + at, texts[at]!, object, text?.digest ?? null);
  }
  const chars = drafts.map(({ text }, at) => texts[at]!.length + (text?.text.length ?? 0));
  let from = 0;
  while (from < items.length) {
    const end = endOfBatch(chars, from);
    putBatch(db, ref, items.slice(from, end), texts.slice(from, end), deps);
    from = end;
  }
  db.prepare('update peer_outbox set next_sequence = ? where ref = ?').run(next + items.length, ref);
  return items;
}

/** One item at least, however large: an object has its own limit. */
function endOfBatch(chars: readonly number[], from: number): number {
  let sum = chars[from]!;
  let end = from + 1;
  while (end < chars.length && end - from < batchItemsMax && sum + chars[end]! <= charsOfBatchMax) {
    sum += chars[end]!;
    end += 1;
  }
  return end;
}

function putBatch(db: Connection, ref: number, items: readonly Item[], texts: readonly string[], deps: PutDeps): void {
  const { sha256, randomBytes, ledger } = deps;
  const [{ sequence: first, from, to }] = items as [Item];
  const openings = {
    content: randomBytes(openingBytes),
    recipients: randomBytes(openingBytes),
    decision: randomBytes(openingBytes),
  };
  const rules = [...new Set(items.flatMap((item) => (item.kind === 'lent' ? item.why : [])))].toSorted();
  const about = {
    content: batchContent({ first, count: items.length, root: batchRoot(texts, sha256) }),
    recipients: batchRecipients(from, to),
    decision: batchDecision(deps.lawHash, rules),
  };
  const commitments = batchCommitments(openings, about, sha256);
  const entry = printEntry({
    v: 1,
    form: 'committed',
    type: 'exchange',
    at: hourOf(deps.nowUs),
    salt: base64Of(randomBytes(16)),
    ...commitments,
  });
  const act = ledger.append(db, entry);
  keepAct(db, act, { openings, about }, items, deps.refs);
  db.prepare(
    'insert into peer_batch (outbox_ref, first, count, act, entry, openings, sent) values (?, ?, ?, ?, ?, ?, ?)',
  ).run(
    ref,
    first,
    items.length,
    act,
    entry,
    JSON.stringify({
      content: base64Of(openings.content),
      recipients: base64Of(openings.recipients),
      decision: base64Of(openings.decision),
    }),
    JSON.stringify(items.map(sentItem)),
  );
}

/** What a member has is let go here: items up to there, and texts nobody else waits for. Batches wait for their receipts, from now on. */
export function acknowledge(db: Connection, outbox: OutboxRow, after: number, nowUs: number): void {
  const { ref, acknowledged, next_sequence: next } = outbox;
  const batch = db
    .prepare<{ first: number; count: number }>(
      'select first, count from peer_batch where outbox_ref = ? and first <= ? order by first desc limit 1',
    )
    .get(ref, after);
  // A batch is had whole or not at all.
  const isInside = batch !== undefined && batch.first + batch.count - 1 > after;
  const last = Math.min(isInside ? batch.first - 1 : after, next - 1);
  if (last <= acknowledged) return;
  const texts = db
    .prepare<{ object_ref: number; digest: string }>(
      'select distinct object_ref, digest from peer_item where outbox_ref = ? and sequence <= ? and object_ref is not null',
    )
    .all(ref, last);
  db.prepare('delete from peer_item where outbox_ref = ? and sequence <= ?').run(ref, last);
  const drop = db.prepare(
    `delete from peer_text where object_ref = ? and digest = ? and not exists
       (select 1 from peer_item i where i.object_ref = peer_text.object_ref and i.digest = peer_text.digest)`,
  );
  // What it says may have to be erased later, and nobody knows then where a copy lay.
  db.overwriting(() => {
    for (const text of texts) drop.run(text.object_ref, text.digest);
  });
  db.prepare('update peer_outbox set acknowledged = ? where ref = ?').run(last, ref);
  db.prepare('update peer_batch set taken_us = ? where outbox_ref = ? and first <= ? and taken_us is null').run(
    nowUs,
    ref,
    last,
  );
}

/**
 * Begins a member's outbox anew, since it lost what it had: all that stands with it is put out once more, recalls too, under
 * higher sequences.
 */
export function startAnew(db: Connection, { ref, next_sequence: next }: OutboxRow, after: number): void {
  db.prepare("update peer_edge set print = '' where outbox_ref = ?").run(ref);
  db.prepare('update peer_outbox set position_us = 0, renewed_us = 0, next_sequence = ? where ref = ?').run(
    Math.max(next, after + 1),
    ref,
  );
}

/** Items a member has not taken yet. */
export function waitingOf(db: Connection, { ref, acknowledged }: Pick<OutboxRow, 'ref' | 'acknowledged'>): number {
  const waiting = db
    .prepare<{ count: number }>('select count(*) as count from peer_item where outbox_ref = ? and sequence > ?')
    .get(ref, acknowledged);
  assert(waiting !== undefined, 'a count is a row');
  return waiting.count;
}

/** Behind which sequence everything is put out since the ledger was opened anew; 0: it never was. */
export function sequencesBefore(db: Connection): number {
  return db.prepare<{ sequence: number }>('select sequence from peer_begun').get()?.sequence ?? 0;
}

/**
 * Begins every outbox anew behind a sequence. What was said before may be known to nobody here, so what waits would be taken for what members
 * already have: it goes, and all that stands with them is put out once more.
 */
export function startBehind(db: Connection, sequence: number): void {
  db.overwriting(() => db.exec('delete from peer_item; delete from peer_batch; delete from peer_text'));
  db.exec("update peer_edge set print = ''");
  db.prepare('update peer_outbox set position_us = 0, renewed_us = 0, next_sequence = max(next_sequence, ?)').run(
    sequence + 1,
  );
  db.prepare('update peer_begun set sequence = ?').run(sequence);
}

/**
 * Has all that a member states of its own put out once more, recalls too, when its key is another: what it signed with one it had before is
 * refused. Versions stay, so whoever has it finds the same under the new signature.
 */
export function stateUnder(db: Connection, { id, key }: Pick<Identity, 'id' | 'key'>): void {
  db.prepare(
    `update peer_edge set print = '', again = (state = 1)
     where state <> 2 and object_ref in (select ref from peer_object where origin = ${memberRefSql})`,
  ).run(id);
  db.prepare('update peer_begun set key = ?').run(key);
}

/** The key all that stands with members was stated under; undefined: nobody knows. */
export function keyStatedUnder(db: Connection): string | undefined {
  return db.prepare<{ key: string | null }>('select key from peer_begun').get()?.key ?? undefined;
}

/** Print of what stands with a member of an object: nothing that says the same is sent twice. */
export function printOf(parts: readonly (string | number | null)[], sha256: Sha256): string {
  return base64Of(sha256(utf8Bytes(JSON.stringify(parts)))).slice(0, 22);
}
