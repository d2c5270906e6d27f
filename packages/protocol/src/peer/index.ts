/**
 * What members' nodes say to each other: statements of an origin, items and batches of an outbox, receipts; and how each is judged.
 */
export { audienceMax, isAddressedTo, isWithin } from './terms.ts';
export type { Terms } from './terms.ts';
export {
  isContradiction,
  isNewer,
  isProvenContradiction,
  isSignedBy,
  recallReasons,
  signedStatementSchema,
  statementBytes,
  statementSchema,
} from './statement.ts';
export type { ActiveStatement, RecallReason, SignedStatement, Statement } from './statement.ts';
export { itemText } from './item.ts';
export type { Item, LentItem, PassedItem } from './item.ts';
export {
  batchCommitments,
  batchContent,
  batchDecision,
  batchItemsMax,
  batchRecipients,
  batchRoot,
  receivedContent,
  refuseBatch,
} from './batch.ts';
export type { Batch, BatchContent, BatchContext, BatchRefusal, CommittedPart, ReceivedContent } from './batch.ts';
export { openedActSchema, openedParts } from './opened-act.ts';
export type { OpenedAct } from './opened-act.ts';
export { clockSkewUs, digestOfObject, itemRefusals, judgeItem } from './judge-item.ts';
export type { ItemContext, ItemJudgement, ItemRefusal } from './judge-item.ts';
export {
  isReceiptSignedBy,
  parseReceipt,
  receiptBytes,
  receiptEffects,
  receiptReasons,
  signedReceiptSchema,
} from './receipt.ts';
export type { Receipt, ReceiptEffect, ReceiptLine, ReceiptReason, SignedReceipt } from './receipt.ts';
export {
  contradictionText,
  evidenceCharsMax,
  evidenceMax,
  parseToldEvidence,
  printToldEvidence,
} from './told-evidence.ts';
export type { ToldEvidence } from './told-evidence.ts';
export { receiptRefusals, refuseReceipt, sentItem } from './judge-receipt.ts';
export type { ReceiptContext, ReceiptRefusal, SentItem } from './judge-receipt.ts';
export type { ShownAct } from './shown-act.ts';
export { outboxLineCharsMax, outboxMediaType, parseOutboxLine, printOutboxLine } from './stream.ts';
export type { OutboxLine } from './stream.ts';
export { batchCharsMax, createOutboxReader } from './outbox-reader.ts';
export type { OutboxPart, OutboxReader, OutboxRequest, ReceivedItem } from './outbox-reader.ts';
