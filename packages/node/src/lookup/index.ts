/**
 * Private look-ups: whether another member knows a value, without telling it which (docs/spec/lookup.md). This node as others ask it,
 * and as it asks them.
 */
export { openLookup } from './open-lookup.ts';
export type { LookupDeps, LookupOptions } from './open-lookup.ts';
export { lookupSchema } from './schema.ts';
export { loadSodiumOprf } from './sodium-oprf.ts';
export type {
  KeyLedger,
  Lookup,
  LookupAnswer,
  LookupHolder,
  LookupLink,
  LookupOffer,
  LookupPeerRoute,
  LookupReply,
  LookupUse,
} from './lookup.ts';
