/**
 * What members write in their ledgers: acts as entries, and commitments to what not everybody may read.
 */
export { commit, isOpenedBy, openingBytes } from './commitment.ts';
export type { Committed } from './commitment.ts';
export { entryBytesMax, hashText, hourOf, openActs, parseEntry, printEntry, saltText } from './entry.ts';
export type { Entry, ExchangeEntry, OpenAct } from './entry.ts';
