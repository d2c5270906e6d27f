/**
 * What a member does towards others, in a log that others witness; and this node as a witness of others.
 */
export { ledgerSchema } from './schema.ts';
export { createNativeCrypto } from '../keys/index.ts';
export { openTransparency } from './open-transparency.ts';
export type { Transparency } from './open-transparency.ts';
export type { OwnLog } from './log/log-book.ts';
export type { WatchedWitness } from './ledger.ts';
