/**
 * What a member does towards others, in a log that others witness; and this node as a witness of others.
 */
export { ledgerSchema } from './schema.ts';
export { createNativeCrypto } from './keys/native-crypto.ts';
export { openTransparency } from './open-transparency.ts';
export type { Transparency } from './open-transparency.ts';
