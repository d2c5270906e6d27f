/**
 * What members' nodes say to each other: statements of an origin, items and batches of an outbox, receipts; and how each is judged.
 */
export { audienceMax, isAddressedTo, isWithin } from './terms.ts';
export type { Terms } from './terms.ts';
export { isContradiction, isNewer, recallReasons, statementBytes, statementSchema } from './statement.ts';
export type { ActiveStatement, RecallReason, Statement } from './statement.ts';
export { itemBytes } from './item.ts';
export type { Item, LentItem, PassedItem } from './item.ts';
export {
  batchCommitments,
  batchContent,
  batchDecision,
  batchItemsMax,
  batchRecipients,
  batchRoot,
  refuseBatch,
} from './batch.ts';
export type { Batch, BatchContent, BatchContext, BatchRefusal } from './batch.ts';
export { clockSkewUs, digestOfObject, isSignedBy, itemRefusals, judgeItem } from './judge-item.ts';
export type { ItemContext, ItemJudgement, ItemRefusal, SignedStatement } from './judge-item.ts';
export { isReceiptSignedBy, receiptBytes, receiptEffects, receiptReasons, signedReceiptSchema } from './receipt.ts';
export type { Receipt, ReceiptEffect, ReceiptLine, ReceiptReason, SignedReceipt } from './receipt.ts';
export { outboxLineCharsMax, outboxMediaType, parseOutboxLine, printOutboxLine } from './stream.ts';
export type { OutboxLine } from './stream.ts';
