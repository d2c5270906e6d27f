/**
 * Who the members are: this one and its keys, the others and what each said of itself, how they came to know each other, and the signed way
 * between their nodes.
 */
export { membersSchema } from './schema.ts';
export { openMembers } from './open-members.ts';
export type { Members } from './open-members.ts';
export type { GivenInvitation, KnownMember, MemberProfile } from './members.ts';
export type { PeerCall, PeerReply, PeerRoute } from './edge/peer-routes.ts';
export { rfc2350, securityTxt } from './own/published.ts';
