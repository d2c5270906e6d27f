import { canonicalJson, timestampOfUs, utf8Bytes } from '@comity/protocol/base';
import type { MemberId } from '@comity/protocol/base';
import { commit, hourOf, openingBytes, parseEntry, printEntry } from '@comity/protocol/acts';
import { batchRecipients, receiptBytes } from '@comity/protocol/peer';
import type { Receipt, ReceiptLine, SignedReceipt } from '@comity/protocol/peer';
import { parseBase64, printBase64 } from '@comity/protocol/tlog';
import type { Sha256 } from '@comity/protocol/tlog';
import type { Identity } from '../federation.ts';
import type { ProvenBatch } from './read-answer.ts';

/** A receipt, and the act of having received that goes into this member's own ledger. */
export interface MadeReceipt {
  readonly signed: SignedReceipt;
  readonly entry: Uint8Array;
}

/**
 * The receipt for a batch. The receiver's ledger speaks of it too: what one side's ledger lacks, the other's shows.
 */
export function makeReceipt(
  self: Identity,
  sender: MemberId,
  { batch, ledger }: ProvenBatch,
  lines: readonly ReceiptLine[],
  deps: { readonly nowUs: number; readonly sha256: Sha256; readonly randomBytes: (count: number) => Uint8Array },
): MadeReceipt {
  const { nowUs, sha256, randomBytes } = deps;
  const sent = parseEntry(parseBase64(batch.entry, 'entry of a batch'));
  const content = sent.form === 'committed' ? sent.content : '';
  const openings = [randomBytes(openingBytes), randomBytes(openingBytes), randomBytes(openingBytes)] as const;
  const received = {
    type: 'batch',
    schema: 'comity/received-content/v1',
    payload: utf8Bytes(canonicalJson({ content, index: batch.index, origin: ledger })),
  };
  const entry = printEntry({
    v: 1,
    form: 'committed',
    type: 'exchange',
    at: hourOf(nowUs),
    salt: printBase64(randomBytes(16)),
    content: printBase64(commit(openings[0], received, sha256)),
    recipients: printBase64(commit(openings[1], batchRecipients(sender, self.id), sha256)),
    // Nothing was decided by a law of ours: a commitment to as much, so that both sides look alike.
    decision: printBase64(
      commit(openings[2], { type: 'batch', schema: 'comity/nothing/v1', payload: utf8Bytes('{}') }, sha256),
    ),
  });
  const receipt: Receipt = {
    v: 1,
    from: self.id,
    to: sender,
    at: timestampOfUs(nowUs),
    content,
    act: {
      entry: printBase64(entry),
      openings: { content: printBase64(openings[0]), recipients: printBase64(openings[1]) },
    },
    lines: [...lines],
  };
  return { signed: { receipt, signature: printBase64(self.sign(receiptBytes(receipt))) }, entry };
}
