import { ComityError } from '../base/index.ts';

/** An error about the form of something untrusted. */
export function malformed(message: string, cause?: unknown): ComityError {
  return new ComityError('CHARTER_MALFORMED', message, { cause });
}

/**
 * Why a proposal is not decided, whatever was said to it (docs/spec/charter.md §7). Stable words.
 *
 * `other-federation`, `other-base`: it is about another charter. `expired`: the charter ran out, and it is no re-affirmation.
 * `window-too-short`, `effective-too-early`: its times are not those its rule asks for. `too-few-sponsors`, `unknown-sponsor`: by the
 * rule, or not of members that vote. `unsponsored`: a sponsor’s act is not shown. `not-announced`: no quorum of witnesses saw a
 * sponsor’s act in time. `not-applicable`: the action cannot be done to this charter. `wrong-target`: what it installs is not what its
 * action makes of this charter. `too-few-active`: it would leave fewer active members than may decide. `not-left`: somebody it strikes
 * off has not left. `not-accepted`: a newcomer does not say yes.
 */
export const decisionFaults = [
  'other-federation',
  'other-base',
  'expired',
  'window-too-short',
  'effective-too-early',
  'too-few-sponsors',
  'unknown-sponsor',
  'unsponsored',
  'not-announced',
  'not-applicable',
  'wrong-target',
  'too-few-active',
  'not-left',
  'not-accepted',
] as const;
/** One of {@link decisionFaults}. */
export type DecisionFault = (typeof decisionFaults)[number];

/**
 * Why a ballot does not count. Stable words.
 *
 * `other-proposal`: it is about another. `no-voter`: its member is not among those who decide. `unproven`: it is not shown to stand in
 * that member’s ledger. `not-witnessed`: no quorum of witnesses saw it at all. `late`: they saw it after the vote was closed.
 * `no-reason`: a no must say why. `repeated`: it is there twice. `replaced`: the same member said something later.
 */
export const ballotFaults = [
  'other-proposal',
  'no-voter',
  'unproven',
  'not-witnessed',
  'late',
  'no-reason',
  'repeated',
  'replaced',
] as const;
/** One of {@link ballotFaults}. */
export type BallotFault = (typeof ballotFaults)[number];

/**
 * Why a head or a stamp in a decision shows nothing. Stable words.
 *
 * `unknown-act`: it is about an act that is not there. `unknown-log`: the member’s descriptors name no such log. `bad-checkpoint`: it is
 * not signed by the log, or has a signature that is not its key’s. `not-included`: the proof does not lead from the act to the
 * checkpoint. `no-quorum`: too few witnesses state a time. `other-gathering`: the acts that are listed are not those gathered.
 */
export const proofFaults = [
  'unknown-act',
  'unknown-log',
  'bad-checkpoint',
  'not-included',
  'no-quorum',
  'other-gathering',
] as const;
/** One of {@link proofFaults}. */
export type ProofFault = (typeof proofFaults)[number];
