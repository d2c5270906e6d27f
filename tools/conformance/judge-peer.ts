import { asOwnError, base64Of, parseTimestampUs } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import { isOpenedBy, parseEntry } from '@comity/protocol/acts';
import {
  createOutboxReader,
  isContradiction,
  isSignedBy,
  isWithin,
  judgeItem,
  refuseBatch,
  refuseReceipt,
  statementBytes,
} from '@comity/protocol/peer';
import type {
  Batch,
  BatchContext,
  Item,
  ItemContext,
  OutboxRequest,
  ReceiptContext,
  SentItem,
  SignedReceipt,
  SignedStatement,
  Statement,
  Terms,
} from '@comity/protocol/peer';
import { parseBase64 } from '@comity/protocol/tlog';
import { nativeCrypto } from '../../packages/testkit/src/index.ts';

const { sha256 } = nativeCrypto;
const bytesOf = (base64: string): Uint8Array => parseBase64(base64, 'vector');
/** JSON has no undefined: null stands for it. */
const given = <T>(value: T | null): T | undefined => value ?? undefined;

/** What we answer to a case of each file, knowing nothing but the file. */
export const judges: Readonly<Record<string, (of: never) => string | boolean>> = {
  entries: ({ entry }: { entry: string }) => {
    try {
      parseEntry(bytesOf(entry));
      return true;
    } catch (error) {
      asOwnError(error);
      return false;
    }
  },
  commitments: (of: Record<'opening' | 'type' | 'schema' | 'payload' | 'commitment', string>) => {
    const { type, schema, payload, opening, commitment } = of;
    return isOpenedBy(bytesOf(commitment), bytesOf(opening), { type, schema, payload: bytesOf(payload) }, sha256);
  },
  terms: ({ inner, outer, hops }: { inner: Terms; outer: Terms; hops: number }) => isWithin(inner, outer, hops),
  statements: ({ message, publicKey, ...signed }: SignedStatement & { message: string; publicKey: string }) =>
    base64Of(statementBytes(signed.statement)) === message && isSignedBy(signed, [bytesOf(publicKey)], nativeCrypto),
  contradictions: ({ one, other }: Record<'one' | 'other', Statement>) => isContradiction(one, other),
  outboxes: ({ from, to, after, lines }: OutboxRequest & { lines: string[] }) => {
    const reader = createOutboxReader({ from, to, after });
    const kinds: string[] = [];
    for (const [at, line] of lines.entries()) {
      try {
        const part = reader.read(line);
        if (part !== undefined) kinds.push(part.kind);
      } catch (error) {
        asOwnError(error);
        return `line ${at + 1}`;
      }
    }
    return kinds.join(' ');
  },
  batches: ({ batch, items, root, ...of }: BatchContext & { batch: Batch; items: Item[]; root: string }) =>
    refuseBatch(batch, items, { ...of, root: bytesOf(root) }, sha256) ?? 'proven',
  items: (of: {
    item: Item;
    object: string | null;
    me: MemberId;
    sender: MemberId;
    now: string;
    keys: Record<string, string[]>;
    suspended: string[];
    known: ItemContext['known'] | null;
    lent: ItemContext['lent'] | null;
  }) => {
    const context: ItemContext = {
      me: of.me,
      sender: of.sender,
      nowUs: parseTimestampUs(of.now),
      messageKeysOf: (member) => of.keys[member]?.map(bytesOf),
      isSuspended: (member) => of.suspended.includes(member),
      isSigned: (signed, keys) => isSignedBy(signed, keys, nativeCrypto),
      known: given(of.known),
      lent: given(of.lent),
    };
    const judgement = judgeItem(of.item, given(of.object), context, sha256);
    return judgement.kind === 'refuse' ? judgement.reason : judgement.kind;
  },
  receipts: ({
    receipt,
    keys,
    now,
    sent,
    ...of
  }: ReceiptContext & { receipt: SignedReceipt; keys: string[]; now: string; sent: SentItem[] }) => {
    const items = sent.map((item) => ({ ...item, id: given(item.id), version: given(item.version) }));
    const context = { ...of, keys: keys.map(bytesOf), nowUs: parseTimestampUs(now), items };
    return refuseReceipt(receipt, context, nativeCrypto) ?? 'believed';
  },
};
