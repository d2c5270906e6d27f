import { base64Of, hexOf, parseMemberId, parseStixId, timestampOfUs } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import { hourOf, openingBytes, printEntry } from '@comity/protocol/acts';
import type { ExchangeEntry } from '@comity/protocol/acts';
import {
  batchCommitments,
  batchContent,
  batchDecision,
  batchRecipients,
  batchRoot,
  itemText,
  digestOfObject,
  receiptBytes,
  receivedContent,
  statementBytes,
} from '@comity/protocol/peer';
import type {
  Batch,
  Item,
  LentItem,
  PassedItem,
  Receipt,
  ReceiptLine,
  SignedReceipt,
  SignedStatement,
  Statement,
  Terms,
} from '@comity/protocol/peer';
import { planInclusion, printCheckpoint, printNote, signText } from '@comity/protocol/tlog';
import type { NoteSigner } from '@comity/protocol/tlog';
import { inventEntries, makeLog } from './made-log.ts';
import type { MadeLog } from './made-log.ts';
import { createSigner, nativeCrypto } from './native-crypto.ts';
import { createRandom } from './random.ts';

const { sha256 } = nativeCrypto;

/** A member of a federation that is none: its key comes of its name, the same on every machine. */
export interface MadeMember {
  readonly id: MemberId;
  /** Of its ledger, whose checkpoints it signs with another key. */
  readonly origin: string;
  readonly ledger: NoteSigner;
  /** Raw Ed25519, for messages. */
  readonly publicKey: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** A member by its name: `alder`. */
export function makeMember(name: string): MadeMember {
  const { key, sign } = createSigner(name, 'note', `${name}, messages`);
  const { publicKey } = key;
  const origin = `${name}.example/ledger/1`;
  const ledger = createSigner(origin, 'note', `${name}, ledger`);
  return { id: parseMemberId(hexOf(sha256(publicKey))), origin, ledger, publicKey, sign };
}

/** Bytes that look random, the same for the same seed. */
export function inventBytes(count: number, seed: number): Uint8Array {
  const random = createRandom(seed);
  return Uint8Array.from({ length: count }, () => random.below(256));
}

/** Salt of an entry or an item. */
export function inventSalt(seed: number): string {
  return base64Of(inventBytes(16, seed));
}

/** When everything here is stated: µs since the Unix epoch. */
export const statedUs = Date.UTC(2026, 10, 27, 7) * 1000;
const dayUs = 86_400_000_000;

/** Terms that let nearly everything: GREEN, PAP:GREEN, two hops, thirty days, everybody; but for what is changed. */
export function makeTerms(changed: Partial<Terms> = {}): Terms {
  const leaseUntil = timestampOfUs(statedUs + 30 * dayUs);
  return { tlp: 'green', pap: 'green', hops: 2, leaseUntil, audience: null, ...changed };
}

/** The text of an indicator that means nothing. */
export function makeObject(number: number): string {
  const id = `indicator--0a000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  return `{"type":"indicator","spec_version":"2.1","id":"${id}","name":"Invented ${number}"}`;
}

/** What an origin states of an object, signed; but for what is changed. */
export function makeStatement<S extends Statement = Extract<Statement, { state: 'active' }>>(
  by: MadeMember,
  object: string,
  changed: Partial<S> = {},
): { statement: S; signature: string } {
  const { id } = JSON.parse(object) as { id: string };
  const about = { v: 1, origin: by.id, id: parseStixId(id), version: 1, statedAt: timestampOfUs(statedUs) };
  const said =
    changed.state === 'recalled'
      ? { reason: 'mistake' }
      : { state: 'active', digest: digestOfObject(object, sha256), terms: makeTerms() };
  const statement = { ...about, ...said, ...changed } as unknown as S;
  return { statement, signature: signStatement(by, statement) };
}

/** A member's signature over a statement, its own or not. */
export function signStatement(by: MadeMember, statement: Statement): string {
  return base64Of(by.sign(statementBytes(statement)));
}

/** An item by which a member lends another what it stated, or passes on what others did; but for what is changed. */
export function makeLoan(
  from: MadeMember,
  to: MadeMember,
  signed: SignedStatement,
  changed: Partial<LentItem> = {},
): LentItem {
  return {
    ...passedOn(from, to, signed),
    kind: 'lent',
    terms: makeTerms({ hops: 1 }),
    isStanding: false,
    why: ['law.green'],
    ...changed,
  } as LentItem;
}

/** An item by which a member tells another of a recall; but for what is changed. */
export function makeRecall(
  from: MadeMember,
  to: MadeMember,
  signed: SignedStatement,
  changed: Partial<PassedItem> = {},
): PassedItem {
  return { ...passedOn(from, to, signed), kind: 'recalled', ...changed } as PassedItem;
}

function passedOn(from: MadeMember, to: MadeMember, { statement, signature }: SignedStatement): object {
  const { origin } = statement;
  const path = origin === from.id ? [origin] : [origin, from.id];
  return { v: 1, sequence: 1, from: from.id, to: to.id, salt: inventSalt(1), statement, signature, path };
}

/** A batch and the ledger its act stands in. */
export interface MadeBatch {
  readonly batch: Batch;
  readonly items: readonly Item[];
  readonly act: ExchangeEntry;
  readonly log: MadeLog;
  /** Of the ledger, signed. */
  readonly checkpoint: string;
}

/** What a member sends another: the items, their sequence and salt set, under an act that is the sixth of eight in its ledger. */
export function makeBatch(
  from: MadeMember,
  to: MadeMember,
  given: readonly Item[],
  { first = 1, seed = 1 }: { first?: number; seed?: number } = {},
): MadeBatch {
  const items = given.map((item, at) => ({ ...item, sequence: first + at, salt: inventSalt(seed + at) }));
  const about = {
    content: batchContent({ first, count: items.length, root: batchRoot(items.map(itemText), sha256) }),
    recipients: batchRecipients(from.id, to.id),
    decision: batchDecision('00'.repeat(32), ['law.green']),
  };
  const { act, openings } = makeAct(about, seed);
  const entry = printEntry(act);
  const index = 5;
  const log = makeLog(inventEntries(8, seed).with(index, entry));
  const proof = log.hashes(planInclusion(index, log.size)).map(base64Of);
  const batch = {
    kind: 'batch',
    first,
    count: items.length,
    index,
    entry: base64Of(entry),
    openings,
    proof,
  } as const;
  const text = printCheckpoint({ origin: from.origin, size: log.size, root: log.root });
  const checkpoint = printNote({ text, signatures: signText(text, [from.ledger], statedUs / 1_000_000) });
  return { batch, items, act, log, checkpoint };
}

/** A receipt of whoever a batch was for: all of it was done, or what the lines say; but for what is changed. */
export function makeReceipt(
  by: MadeMember,
  sender: MadeMember,
  { act, batch, items }: MadeBatch,
  changed: Partial<Receipt> = {},
): SignedReceipt {
  const about = {
    content: receivedContent({ content: act.content, origin: sender.origin, index: batch.index }),
    recipients: batchRecipients(sender.id, by.id),
    decision: batchDecision('11'.repeat(32), ['law.take']),
  };
  const own = makeAct(about, 99);
  const receipt: Receipt = {
    v: 1,
    from: by.id,
    to: sender.id,
    at: timestampOfUs(statedUs + 60_000_000),
    content: act.content,
    act: { entry: base64Of(printEntry(own.act)), openings: own.openings },
    lines: items.map(lineOf),
    ...changed,
  };
  return { receipt, signature: base64Of(by.sign(receiptBytes(receipt))) };
}

function lineOf(item: Item): ReceiptLine {
  const { sequence, kind } = item;
  if (kind === 'renewed') return { sequence, effect: 'applied' };
  if (kind === 'ended') return { sequence, id: item.id, effect: 'withdrawn' };
  const { id, version } = item.statement;
  return { sequence, id, version, effect: kind === 'lent' ? 'applied' : 'withdrawn' };
}

function makeAct(
  about: Parameters<typeof batchCommitments>[1],
  seed: number,
): { act: ExchangeEntry; openings: Batch['openings'] } {
  const [content, recipients, decision] = [1, 2, 3].map((part) => inventBytes(openingBytes, 1000 * seed + part)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const commitments = batchCommitments({ content, recipients, decision }, about, sha256);
  const head = { v: 1, at: hourOf(statedUs), salt: inventSalt(seed), form: 'committed', type: 'exchange' } as const;
  return {
    act: { ...head, ...commitments },
    openings: { content: base64Of(content), recipients: base64Of(recipients) },
  };
}
