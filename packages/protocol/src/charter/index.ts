/**
 * What members of a federation have in common and how they change it by votes that anybody can count again: no centre, no clock, no
 * network (docs/spec/charter.md).
 */
export { charterHash, federationOf, membersMax, missedMax, parseCharter } from './charter.ts';
export type { Charter, CharterMember } from './charter.ts';
export { chainActions, electorates, usualRules } from './rules.ts';
export type { ChainAction, Rule } from './rules.ts';
export { newcomerOf, subjectOf } from './action.ts';
export type { Action } from './action.ts';
export { parseProposal, proposalHash } from './proposal.ts';
export type { Proposal } from './proposal.ts';
export { nextCharter } from './next-charter.ts';
export type { HashedCharter, Proposed } from './next-charter.ts';
export { electorateOf, isActive, mayVote } from './electorate.ts';
export type { Electorate } from './electorate.ts';
export { nameAct } from './voting-act.ts';
export type { NamedAct, VotingAct } from './voting-act.ts';
export { findText, parseDecision, textDigest } from './decision.ts';
export type { Decision, Head, Stamp } from './decision.ts';
export { rollOf } from './notary.ts';
export type { ProofRemark, Roll } from './notary.ts';
export { confirmersOf, countBallots } from './count.ts';
export type { Choice, Count, CountedBallot, RefusedBallot, SeenAct } from './count.ts';
export { tally } from './tally.ts';
export type { Outcome, Tally } from './tally.ts';
export { findContradictions, promiseAgainst } from './promise.ts';
export type { Contradiction, ContradictionKind, PromiseFault, Word } from './promise.ts';
export { parseHistory, printHistory, verifyChain, verifyHistory } from './history.ts';
export type { History, Replay } from './history.ts';
export { verifyAhead } from './verify-ahead.ts';
export type { LaterCrypto } from './verify-ahead.ts';
export { sharingRulesOf, witnessPolicyOf } from './derive.ts';
export type { SharingRules } from './derive.ts';
export { ballotFaults, decisionFaults, proofFaults } from './fault.ts';
export type { BallotFault, DecisionFault, ProofFault } from './fault.ts';
