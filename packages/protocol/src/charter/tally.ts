import type { TlogCrypto } from '../tlog/index.ts';
import { newcomerOf, subjectOf } from './action.ts';
import { charterHash } from './charter.ts';
import type { Charter } from './charter.ts';
import { confirmersOf, countBallots, isBallot } from './count.ts';
import type { Count, SeenAct } from './count.ts';
import type { Decision } from './decision.ts';
import { electorateOf, leavesTooFew, mayVote } from './electorate.ts';
import type { Electorate } from './electorate.ts';
import type { DecisionFault } from './fault.ts';
import { dayUs, hourUs, usOf } from './forms.ts';
import { nextOf } from './next-charter.ts';
import type { HashedCharter } from './next-charter.ts';
import { createNotary, provenActs } from './notary.ts';
import type { Notary, ProofRemark, Roll } from './notary.ts';
import { proposalHash } from './proposal.ts';
import type { Proposal } from './proposal.ts';
import { nameAct } from './voting-act.ts';
import type { NamedAct } from './voting-act.ts';

/**
 * What came of a vote. `passed`: it is decided, for good. `carried`: enough said yes in what is shown, and whoever sees so may confirm it.
 * `open`: what is shown decides nothing, and more may be shown. `invalid`: it is nothing that can be decided; `faults` say why.
 */
export type Outcome = 'passed' | 'carried' | 'open' | 'invalid';

/** A vote counted, with a reason for all that does not count. */
export interface Tally {
  /** Hash of the proposal. */
  readonly proposal: string;
  readonly outcome: Outcome;
  readonly faults: readonly DecisionFault[];
  readonly electorate: Electorate;
  readonly count: Count;
  /** Voters that confirmed it. */
  readonly confirmers: ReadonlySet<string>;
  /** Heads and stamps that show nothing. */
  readonly remarks: readonly ProofRemark[];
  /** The charter it installs, where it passed and installs one. */
  readonly next: HashedCharter | undefined;
  /** A member that is kept from common goods, where that passed. */
  readonly suspension: { readonly member: string; readonly until: string } | undefined;
}

/**
 * Counts a vote. Pure and total: of the same charter and the same ledgers everybody gets the same answer, whatever is thrown at it, and
 * what a decision installs does not depend on which ballots its maker chose to show.
 *
 * @param charter - as it is held: the base.
 * @param decision - hostile in what it says; `parseDecision` has seen its form.
 * @param roll - the ledgers of members, and of whoever is to become one ({@link Roll}).
 */
export function tally(charter: Charter, decision: Decision, roll: Roll, crypto: TlogCrypto): Tally {
  const notary = createNotary(roll, crypto);
  const base = { charter, hash: charterHash(charter, crypto.sha256) };
  const { proposal, acts } = nameActs(decision, crypto);
  const proven = provenActs([{ acts, heads: decision.heads }], notary);
  return tallyProven(base, { decision, proposal, acts }, proven, notary, crypto);
}

/** A decision with everything in it named. */
export interface NamedDecision {
  readonly decision: Decision;
  /** Hash of the proposal. */
  readonly proposal: string;
  readonly acts: readonly NamedAct[];
}

/** Names the acts of a decision. */
export function nameActs(decision: Decision, { sha256 }: TlogCrypto): NamedDecision {
  const proposal = proposalHash(decision.proposal, sha256);
  const acts: NamedAct[] = [];
  for (const act of decision.acts) acts.push(nameAct(act, proposal, sha256, acts));
  return { decision, proposal, acts };
}

/** {@link tally}, given the acts that stand in ledgers. */
export function tallyProven(
  base: HashedCharter,
  { decision, proposal: hash, acts }: NamedDecision,
  proven: ReadonlySet<NamedAct>,
  notary: Notary,
  crypto: TlogCrypto,
): Tally {
  const { proposal } = decision;
  const remarks: ProofRemark[] = [];
  const seen = seeActs(base.charter, hash, { decision, acts, proven }, notary, remarks);
  const faults = [
    ...placeFaults(base, proposal),
    ...timeFaults(base.charter, proposal),
    ...sponsorFaults(base.charter, proposal, hash, seen),
    ...newcomerFaults(proposal, hash, seen),
    ...leaverFaults(base, proposal, seen),
  ];
  const next = nextOf(base, proposal, crypto.sha256);
  const nextHash = next === undefined ? undefined : charterHash(next, crypto.sha256);
  if (isInapplicable(base.charter, proposal, next)) faults.push('not-applicable');
  else if (nextHash !== proposal.target) faults.push('wrong-target');
  if (next !== undefined && leavesTooFew(base.charter, next, proposal)) faults.push('too-few-active');

  const electorate = electorateOf(base.charter, proposal, unbound(base, proposal, seen));
  const count = countBallots(seen, proposal, hash, electorate.voters, newcomerOf(proposal.action));
  const confirmers = confirmersOf(seen, hash, electorate.voters);
  const outcome = faults.length > 0 ? 'invalid' : outcomeOf(proposal, electorate, count, confirmers.size);
  const isPassed = outcome === 'passed';
  const { action } = proposal;
  return {
    proposal: hash,
    outcome,
    faults,
    electorate,
    count,
    confirmers,
    remarks,
    next: isPassed && next !== undefined ? { charter: next, hash: nextHash! } : undefined,
    suspension: isPassed && action.type === 'emergency' ? { member: action.member, until: action.until } : undefined,
  };
}

/** What is known of each act: whether it stands in a ledger, and when it was seen. */
function seeActs(
  charter: Charter,
  hash: string,
  given: { readonly decision: Decision; readonly acts: readonly NamedAct[]; readonly proven: ReadonlySet<NamedAct> },
  notary: Notary,
  remarks: ProofRemark[],
): SeenAct[] {
  const { decision, acts, proven } = given;
  for (const [place, head] of decision.heads.entries()) {
    const found = notary.head(head, acts);
    if ('fault' in found) remarks.push({ kind: 'head', place, fault: found.fault });
  }
  const seenAt = new Map<string, number>();
  for (const [place, stamp] of decision.stamps.entries()) {
    const found = notary.stamp(stamp, acts, charter, hash);
    if ('fault' in found) remarks.push({ kind: 'stamp', place, fault: found.fault });
    else for (const name of found.names) seenAt.set(name, Math.min(found.seenAt, seenAt.get(name) ?? found.seenAt));
  }
  return acts.map((act) => ({ ...act, isProven: proven.has(act), seenAt: seenAt.get(act.name) }));
}

function outcomeOf(
  { action }: Proposal,
  { needed, confirming }: Electorate,
  { yes, no }: Count,
  confirmed: number,
): Outcome {
  if (yes < needed) return 'open';
  if (action.type === 'emergency') return yes > no ? 'passed' : 'open';
  return confirmed >= confirming ? 'passed' : 'carried';
}

function placeFaults({ charter, hash }: HashedCharter, { federation, base }: Proposal): DecisionFault[] {
  if (federation !== (charter.federation ?? hash)) return ['other-federation'];
  return base === hash ? [] : ['other-base'];
}

function timeFaults(charter: Charter, { action, opensAt, closesAt, effectiveAt }: Proposal): DecisionFault[] {
  const { windowHours, coolOffHours, early } = charter.rules[action.type];
  const [opensUs, closesUs] = [usOf(opensAt), usOf(closesAt)];
  const soonestUs = (early ? opensUs : closesUs) + coolOffHours * hourUs;
  return [
    ...(action.type !== 'reaffirm' && closesUs > usOf(charter.expiresAt) ? (['expired'] as const) : []),
    ...(closesUs - opensUs < windowHours * hourUs ? (['window-too-short'] as const) : []),
    ...(usOf(effectiveAt) < soonestUs ? (['effective-too-early'] as const) : []),
  ];
}

function sponsorFaults(
  charter: Charter,
  { action, sponsors, opensAt }: Proposal,
  hash: string,
  seen: readonly SeenAct[],
): DecisionFault[] {
  const rule = charter.rules[action.type];
  if (sponsors.length < rule.sponsors) return ['too-few-sponsors'];
  const known = new Set(charter.members.filter(mayVote).map(({ member }) => member));
  if (!sponsors.every((sponsor) => known.has(sponsor))) return ['unknown-sponsor'];
  const acts = seen.filter(
    ({ act, proposal, isProven }) =>
      act.type === 'sponsorship' && proposal === hash && isProven && sponsors.includes(act.member),
  );
  if (new Set(acts.map(({ act }) => act.member)).size < sponsors.length) return ['unsponsored'];
  const latestUs = usOf(opensAt) - rule.noticeHours * hourUs;
  return acts.some(({ seenAt }) => seenAt !== undefined && seenAt * 1_000_000 <= latestUs) ? [] : ['not-announced'];
}

/** Whoever comes says so itself, in its own ledger, and not too late. */
function newcomerFaults({ action, closesAt }: Proposal, hash: string, seen: readonly SeenAct[]): DecisionFault[] {
  const newcomer = newcomerOf(action);
  const isAccepted = (each: SeenAct): boolean =>
    isBallot(each) &&
    each.act.member === newcomer &&
    each.act.content.choice === 'yes' &&
    each.proposal === hash &&
    each.isProven &&
    each.seenAt !== undefined &&
    each.seenAt * 1_000_000 <= usOf(closesAt);
  return newcomer === undefined || seen.some(isAccepted) ? [] : ['not-accepted'];
}

/** The act by which a member left, if that is shown. */
function leavingOf(
  { charter, hash }: HashedCharter,
  { member, act }: { readonly member: string; readonly act: string },
  seen: readonly SeenAct[],
) {
  const found = seen.find((each) => each.name === act && each.act.member === member && each.isProven)?.act;
  return found?.type === 'leaving' && found.content.federation === (charter.federation ?? hash)
    ? found.content
    : undefined;
}

function leaverFaults(base: HashedCharter, { left = [] }: Proposal, seen: readonly SeenAct[]): DecisionFault[] {
  return left.every((each) => leavingOf(base, each, seen) !== undefined) ? [] : ['not-left'];
}

/**
 * Members that left under this very charter, and had neither said yes to nor confirmed another in its place: their word is that they
 * never will. Whoever left
 * under another is struck off, and counts until then: what it said since it would not tell.
 */
function unbound(base: HashedCharter, { left = [] }: Proposal, seen: readonly SeenAct[]): ReadonlySet<string> {
  return new Set(
    left.flatMap((each) => {
      const content = leavingOf(base, each, seen);
      return content?.charter === base.hash && content.bound === undefined ? each.member : [];
    }),
  );
}

/** Whether an action cannot be done to this charter. */
function isInapplicable(charter: Charter, { action, closesAt }: Proposal, next: Charter | undefined): boolean {
  if (action.type !== 'emergency') return next === undefined;
  const isMember = charter.members.some(({ member }) => member === subjectOf(action));
  return !isMember || usOf(action.until) > usOf(closesAt) + charter.emergencyDaysMax * dayUs;
}
