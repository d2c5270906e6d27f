import { base64Of, timestampOfUs } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import { hourOf, openingBytes, parseEntry, printEntry } from '@comity/protocol/acts';
import { batchCommitments, batchDecision, batchRecipients, receiptBytes, receivedContent } from '@comity/protocol/peer';
import type { Receipt, ReceiptLine, SignedReceipt } from '@comity/protocol/peer';
import { parseBase64 } from '@comity/protocol/tlog';
import type { Sha256 } from '@comity/protocol/tlog';
import type { Openings } from '../acts/act-book.ts';
import type { Identity } from '../federation.ts';
import type { ProvenBatch } from './read-answer.ts';

/** A receipt, and the act of having received that goes into this member's own ledger. */
export interface MadeReceipt {
  readonly signed: SignedReceipt;
  readonly entry: Uint8Array;
  readonly opened: Openings;
}

/**
 * The receipt for a batch. The receiver's ledger speaks of it too: what one side's ledger lacks, the other's shows.
 */
export function makeReceipt(
  self: Pick<Identity, 'id' | 'sign'>,
  sender: MemberId,
  { batch, ledger }: ProvenBatch,
  lines: readonly ReceiptLine[],
  deps: {
    readonly nowUs: number;
    readonly sha256: Sha256;
    readonly randomBytes: (count: number) => Uint8Array;
    readonly lawHash: string;
  },
): MadeReceipt {
  const { nowUs, sha256, randomBytes, lawHash } = deps;
  const sent = parseEntry(parseBase64(batch.entry, 'entry of a batch'));
  const content = sent.form === 'committed' ? sent.content : '';
  const openings = {
    content: randomBytes(openingBytes),
    recipients: randomBytes(openingBytes),
    decision: randomBytes(openingBytes),
  };
  const about = {
    content: receivedContent({ content, index: batch.index, origin: ledger }),
    recipients: batchRecipients(sender, self.id),
    decision: batchDecision(lawHash, []),
  };
  const entry = printEntry({
    v: 1,
    form: 'committed',
    type: 'exchange',
    at: hourOf(nowUs),
    salt: base64Of(randomBytes(16)),
    ...batchCommitments(openings, about, sha256),
  });
  const receipt: Receipt = {
    v: 1,
    from: self.id,
    to: sender,
    at: timestampOfUs(nowUs),
    content,
    act: {
      entry: base64Of(entry),
      openings: { content: base64Of(openings.content), recipients: base64Of(openings.recipients) },
    },
    lines: [...lines],
  };
  return { signed: signReceipt(self, receipt), entry, opened: { openings, about } };
}

/** A receipt under this member's signature. */
export function signReceipt(self: Pick<Identity, 'sign'>, receipt: Receipt): SignedReceipt {
  return { receipt, signature: base64Of(self.sign(receiptBytes(receipt))) };
}
