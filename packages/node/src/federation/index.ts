/**
 * What goes between members: an outbox for each, what came of theirs, receipts, leases, recalls. Who the members are, the
 * ledger and the way to others are arguments.
 */
export { openFederation } from './open-federation.ts';
export { createPeerHandlers, receiptsBytesMax } from './peer-handlers.ts';
export type { Reply } from './peer-handlers.ts';
export { createPeerLink } from './peer-link.ts';
export { federationSchema } from './schema.ts';
export type { ErasedAbout, ErasureOrder, ShownExchange } from './acts/exchange-acts.ts';
export type {
  Delivery,
  Directory,
  Federation,
  FederationDeps,
  FederationIntel,
  ListPlace,
  NamedAct,
  OtherLedgers,
  OwnLedger,
  OutboxPlace,
  PeerLink,
  PeerState,
} from './federation.ts';
