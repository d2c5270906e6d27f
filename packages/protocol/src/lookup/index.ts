/**
 * Private look-ups: asking another member whether it knows a value without telling it which (docs/spec/lookup.md).
 *
 * Without a disk, a clock or a network; the function, the encryption and randomness are arguments.
 */
export { elementBytes, proofBytes, scalarBytes } from './oprf.ts';
export type { Answered, Blinded, Evaluation, Oprf, OprfKey, RandomBytes } from './oprf.ts';
export { portableOprf } from './portable-oprf.ts';
export { lookupInput, questionsOf } from './question.ts';
export { generationBytes, nameBytes, nameOfOutput } from './output.ts';
export { buildFuseFilter, mayHave, parseFuseFilter, printFuseFilter } from './fuse-filter.ts';
export type { FuseFilter } from './fuse-filter.ts';
export { openRecord, sealBytes, sealRecord, textBytesOf } from './sealed-record.ts';
export type { OnceSeal } from './sealed-record.ts';
export { bucketBitsOf, bucketOf, findCell, parseCells } from './cells.ts';
export { parseLookupSet, printLookupSet } from './lookup-set.ts';
export type { LookupSet } from './lookup-set.ts';
export { epochKeyAct, openShownKey, parseShownKey, printShownKey, shownKeyBytesMax } from './epoch-key.ts';
export type { EpochKey, ShownKey } from './epoch-key.ts';
export { parseLookupRecord, printLookupRecord } from './lookup-record.ts';
export type { LookupRecord } from './lookup-record.ts';
export {
  bucketsMax,
  parseEvaluation,
  parseQuestion,
  parseRecordRequest,
  printEvaluation,
  printQuestion,
  printRecordRequest,
} from './messages.ts';
export type { Question, RecordRequest } from './messages.ts';
