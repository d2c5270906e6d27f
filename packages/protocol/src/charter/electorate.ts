import { quorumOf } from '../tlog/index.ts';
import { subjectOf } from './action.ts';
import { missedMax } from './charter.ts';
import type { Charter, CharterMember } from './charter.ts';
import type { Proposal } from './proposal.ts';
import type { Rule } from './rules.ts';

/** Who decides a proposal, and how many of them must say yes. */
export interface Electorate {
  /** Ids of members. */
  readonly voters: ReadonlySet<string>;
  /** Yes that must be said, so that it carries. More than there are voters: it cannot. */
  readonly needed: number;
  /** Voters that must confirm that it carried, so that it is decided; 0 for an emergency. */
  readonly confirming: number;
  /** How many may speak double and still no two charters come of one. */
  readonly tolerated: number;
}

/** Fewest members that may be active, where there are so many at all: a third, and three. */
const activeMin = 3;

/** Whether a member decides anything. */
export function mayVote({ status }: CharterMember): boolean {
  return status === 'active';
}

/** Whether a member is on the active list. */
export function isActive(member: CharterMember): boolean {
  return mayVote(member) && member.missed < missedMax;
}

/**
 * Who decides. It comes of the base alone, and of members who left and gave their word to say nothing more: so it is fixed before the
 * vote is opened, and any two quorums on one base share more voters than may speak double (docs/spec/charter.md §6).
 *
 * @param gone - members that left and are bound to nothing on this base.
 */
export function electorateOf(charter: Charter, proposal: Proposal, gone: ReadonlySet<string>): Electorate {
  const { action } = proposal;
  const rule = charter.rules[action.type];
  const subject = rule.electorate === 'without-subject' ? subjectOf(action) : undefined;
  const all = charter.members.filter((each) => mayVote(each) && !gone.has(each.member));
  const active = all.filter(isActive);
  const voters = (rule.electorate === 'all' ? all : active).filter(({ member }) => member !== subject);
  const tolerated = toleratedBy(charter);
  const share = shareOf(rule.share, voters.length);
  const ids = new Set(voters.map(({ member }) => member));
  if (action.type === 'emergency') return { voters: ids, needed: share, confirming: 0, tolerated };
  const ofActive = quorumOf(active.length, tolerated);
  // Who decides among all shares enough voters with those who decide among the active alone.
  const confirming =
    rule.electorate === 'all'
      ? Math.max(quorumOf(all.length, tolerated), all.length + tolerated + 1 - ofActive)
      : ofActive;
  const needed = Math.max(share, confirming, listFloor(charter, proposal, active.length));
  return { voters: ids, needed, confirming, tolerated };
}

/** A third of the active, less one: more than that nobody can be safe from. */
function toleratedBy(charter: Charter): number {
  const third = Math.floor((charter.members.filter(isActive).length - 1) / 3);
  return Math.min(charter.colludingMax, Math.max(0, third));
}

function shareOf({ numerator, denominator, more }: Rule['share'], count: number): number {
  const exact = (count * numerator) / denominator;
  return more ? Math.floor(exact) + 1 : Math.max(1, Math.ceil(exact));
}

/** Whoever takes others off the active list needs what expels one, of the others. */
function listFloor(charter: Charter, proposal: Proposal, activeCount: number): number {
  const count = takenOff(charter, proposal).length;
  return count === 0 ? 0 : shareOf(charter.rules.expel.share, activeCount - count);
}

/** Members a proposal takes off the active list. */
function takenOff(charter: Charter, { absent = [] }: Proposal): readonly CharterMember[] {
  const missing = new Set(absent);
  return charter.members.filter((each) => isActive(each) && missing.has(each.member) && each.missed + 1 >= missedMax);
}

/** Whether a proposal takes so many off the active list that too few are left on it. */
export function leavesTooFew(charter: Charter, next: Charter, proposal: Proposal): boolean {
  if (takenOff(charter, proposal).length === 0) return false;
  const count = next.members.filter(mayVote).length;
  return next.members.filter(isActive).length < Math.min(count, Math.max(activeMin, Math.ceil(count / 3)));
}
