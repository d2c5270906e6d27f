/**
 * Who the members are: this one and its keys, the others and what each said of itself, how they came to know each other, and the signed way
 * between their nodes.
 */
export { membersSchema } from './schema.ts';
export { openMembers } from './open-members.ts';
export type { MemberLog, Members, MemberWitness } from './open-members.ts';
export { memberStates } from './members.ts';
export type {
  AskPeer,
  GivenInvitation,
  KnownMember,
  MemberAsRecipient,
  MemberProfile,
  MembersDeps,
  MemberState,
  NodeFacts,
  OwnMember,
} from './members.ts';
export type { PeerAnswer, PeerLink, PeerQuestion } from './edge/peer-link.ts';
export type { PeerCall, PeerReply, PeerRoute } from './edge/peer-routes.ts';
export type { IncomingRequest } from './edge/verify-peer.ts';
export { rfc2350, securityTxt } from './own/published.ts';
