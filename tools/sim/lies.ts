import { base64Of, parseStixId, timestampOfUs } from '@comity/protocol/base';
import { parseEntry, printEntry } from '@comity/protocol/acts';
import type { LentItem, OutboxLine, SignedReceipt, SignedStatement, Statement, Terms } from '@comity/protocol/peer';
import { digestOfObject, printOutboxLine, receiptBytes, statementBytes } from '@comity/protocol/peer';
import { parseBase64, parseCheckpoint, parseNote, printCheckpoint, printNote, signText } from '@comity/protocol/tlog';
import { putOut } from '../../packages/node/src/federation/outbox/outbox-book.ts';
import type { Draft } from '../../packages/node/src/federation/outbox/outbox-book.ts';
import { Refs } from '../../packages/node/src/federation/refs.ts';
import type { SimMember } from './sim-member.ts';
import { objectText } from './objects.ts';

/** What a member may try on another. */
export const lies = ['widen', 'path', 'replay', 'forge', 'equivocate', 'recall', 'fork', 'withhold'] as const;
export type Lie = (typeof lies)[number];

const dayUs = 86_400_000_000;

/** Something a liar was lent once, and kept. */
export interface Kept {
  readonly item: LentItem;
  readonly text: string;
}

/** Puts a lie out to another member, under an act of the liar's true ledger, since nothing else would be read. */
export async function tellLie(lie: Lie, liar: SimMember, to: SimMember, kept: readonly Kept[]): Promise<void> {
  if (lie === 'fork') {
    liar.showsFork.add(to.id);
    return;
  }
  if (lie === 'withhold') {
    liar.withholdsFrom.add(to.id);
    return;
  }
  const drafts = lie === 'equivocate' ? equivocation(liar, to) : kept.flatMap((each) => draftOf(lie, liar, each));
  if (drafts.length === 0) return;
  const { store, own } = liar.parts;
  await store.write((db) => {
    putOut(db, to.id, drafts.slice(-3), {
      self: liar.id,
      ledger: own,
      sha256: (bytes) => liar.sha256(bytes),
      randomBytes: (count) => liar.randomBytes(count),
      nowUs: liar.nowUs(),
      lawHash: '00'.repeat(32),
      refs: new Refs(db),
    });
  });
}

function draftOf(
  lie: Exclude<Lie, 'equivocate' | 'fork' | 'withhold'>,
  liar: SimMember,
  { item, text }: Kept,
): Draft[] {
  const { statement, signature, path, terms, why } = item;
  const lent = (changed: Partial<LentItem>, said = text): Draft => ({
    body: { kind: 'lent', statement, signature, path: [...path, liar.id], terms, isStanding: false, why, ...changed },
    text: { digest: changed.statement?.digest ?? statement.digest, text: said },
  });
  switch (lie) {
    case 'widen': {
      const wide: Terms = { ...terms, tlp: 'clear', hops: 7, leaseUntil: timestampOfUs(liar.nowUs() + 300 * dayUs) };
      return [lent({ terms: wide }), lent({ isStanding: true })];
    }
    case 'path':
      return [lent({ path: [liar.id] }), lent({ path: [statement.origin, ...path.slice(2), liar.id].reverse() })];
    case 'replay':
      return [lent({ terms: { ...terms, hops: Math.max(0, terms.hops - 1) } })];
    case 'forge': {
      const forged = objectText(Number.parseInt(statement.id.slice(-12), 10), 999, 'clear');
      const digest = digestOfObject(forged, (bytes) => liar.sha256(bytes));
      const said = { ...statement, version: statement.version + 1, digest, statedAt: timestampOfUs(liar.nowUs()) };
      return [lent({ statement: said, signature: signed(liar, said) }, forged)];
    }
    case 'recall': {
      const { v, origin, id, version } = statement;
      const statedAt = timestampOfUs(liar.nowUs());
      const said = { v, origin, id, version: version + 1, state: 'recalled', reason: 'mistake', statedAt } as const;
      return [{ body: { kind: 'recalled', statement: said, signature: signed(liar, said), path: [...path, liar.id] } }];
    }
  }
}

/** One version of an object of the liar's own, in another text for each who hears of it. */
function equivocation(liar: SimMember, to: SimMember): Draft[] {
  const text = objectText(900 + liar.number, to.number + 1, 'green');
  const { id: name } = JSON.parse(text) as { id: string };
  const digest = digestOfObject(text, (bytes) => liar.sha256(bytes));
  const leaseUntil = timestampOfUs(liar.nowUs() + 30 * dayUs);
  const terms: Terms = { tlp: 'green', pap: 'green', hops: 2, leaseUntil, audience: null };
  const statedAt = timestampOfUs(liar.nowUs());
  const statement = {
    v: 1,
    origin: liar.id,
    id: parseStixId(name),
    version: 1,
    statedAt,
    state: 'active',
    digest,
    terms,
  } as const;
  const signature = signed(liar, statement);
  const body: Draft['body'] = {
    kind: 'lent',
    statement,
    signature,
    path: [liar.id],
    terms,
    isStanding: true,
    why: ['a'],
  };
  return [{ body, text: { digest, text } }];
}

function signed(liar: SimMember, statement: Statement): SignedStatement['signature'] {
  return base64Of(liar.sign(statementBytes(statement)));
}

/** A receipt for the same under an act that is in no ledger, as properly made and signed as the true one. */
export function withheld({ receipt }: SignedReceipt, liar: SimMember): SignedReceipt {
  const act = parseEntry(parseBase64(receipt.act.entry, 'entry'));
  const entry = base64Of(printEntry({ ...act, salt: base64Of(liar.randomBytes(16)) }));
  const said = { ...receipt, act: { ...receipt.act, entry } };
  return { receipt: said, signature: base64Of(liar.sign(receiptBytes(said))) };
}

/** A checkpoint of the same size with another root, as properly signed as the true one. */
function forkOf(note: string, liar: SimMember): string {
  const { origin, size, root } = parseCheckpoint(parseNote(note).text);
  const text = printCheckpoint({ origin, size, root: liar.sha256(root) });
  return printNote({ text, signatures: signText(text, liar.keyBox.signers(origin), Math.floor(liar.clock() / 1000)) });
}

/** An answer of a liar to whom it shows another tree: only that. */
export function forkedAnswer(lines: readonly string[], liar: SimMember): readonly string[] {
  const [first, last] = [lines[0], lines.at(-1)];
  if (first === undefined || last === undefined) return lines;
  const head = JSON.parse(first) as Extract<OutboxLine, { kind: 'head' }>;
  const end = JSON.parse(last) as Extract<OutboxLine, { kind: 'end' }>;
  return [
    printOutboxLine({ ...head, checkpoint: forkOf(head.checkpoint, liar) }),
    printOutboxLine({ ...end, next: head.after, isAll: true }),
  ];
}

/** What an answer lends: a liar keeps it. */
export function lentIn(lines: readonly string[]): Kept[] {
  return lines.flatMap((text) => {
    const line = JSON.parse(text) as OutboxLine;
    return line.kind === 'item' && line.item.kind === 'lent' ? [{ item: line.item, text: line.object ?? '' }] : [];
  });
}
