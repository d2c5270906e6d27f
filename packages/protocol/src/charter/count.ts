import type { BallotFault } from './fault.ts';
import { usOf } from './forms.ts';
import type { Proposal } from './proposal.ts';
import type { NamedAct, VotingAct } from './voting-act.ts';

/** An act with what is known of it. */
export interface SeenAct extends NamedAct {
  /** Whether it is shown to stand in its member’s ledger. */
  readonly isProven: boolean;
  /** When a quorum of witnesses had seen it at the latest, in seconds; undefined when none is shown to have. */
  readonly seenAt: number | undefined;
}

/** What a member says to a proposal. */
export type Choice = 'yes' | 'no' | 'abstain';

/** A ballot that counts. */
export interface CountedBallot {
  readonly member: string;
  /** What the ballot is called: the hash of its leaf. */
  readonly name: string;
  readonly choice: Choice;
  /** SHA-256 of the text that says why. */
  readonly reason: string | undefined;
}

/** A ballot that does not. */
export interface RefusedBallot {
  readonly member: string;
  readonly name: string;
  readonly fault: BallotFault;
}

/** Ballots counted. */
export interface Count {
  readonly yes: number;
  readonly no: number;
  readonly abstain: number;
  /** One a voter, sorted by member. */
  readonly counted: readonly CountedBallot[];
  readonly refused: readonly RefusedBallot[];
}

/** A seen act that is a ballot. */
export interface SeenBallot extends SeenAct {
  readonly act: Extract<VotingAct, { type: 'ballot' }>;
}

/** Whether an act is a ballot. */
export function isBallot(seen: SeenAct): seen is SeenBallot {
  return seen.act.type === 'ballot';
}

/**
 * Counts ballots: one a voter, the last of it that is shown and was seen in time, whatever the order they are shown in.
 *
 * Somebody may show a vote without the last ballots. That decides nothing: what carried is confirmed by members, who look into each
 * other’s ledgers themselves.
 *
 * @param newcomer - says yes for itself and is not counted.
 */
export function countBallots(
  acts: readonly SeenAct[],
  { closesAt }: Proposal,
  hash: string,
  voters: ReadonlySet<string>,
  newcomer: string | undefined,
): Count {
  const refused: RefusedBallot[] = [];
  const valid = new Map<string, SeenBallot[]>();
  const known = new Set<string>();
  for (const ballot of acts.filter(isBallot)) {
    const { member } = ballot.act;
    const isCopy = known.has(`${member} ${ballot.name}`);
    known.add(`${member} ${ballot.name}`);
    // What a newcomer says is no ballot.
    if (ballot.proposal === hash && member === newcomer && !voters.has(member)) continue;
    const fault = isCopy ? 'repeated' : faultOf(ballot, hash, voters, usOf(closesAt));
    if (fault !== undefined) refused.push({ member, name: ballot.name, fault });
    else if (valid.get(member)?.push(ballot) === undefined) valid.set(member, [ballot]);
  }
  const holding = new Map<string, SeenBallot>();
  for (const [member, ballots] of valid) {
    const ordered = ballots.length === 1 ? ballots : inOrder(ballots, acts);
    holding.set(member, ordered.at(-1)!);
    for (const { name } of ordered.slice(0, -1)) refused.push({ member, name, fault: 'replaced' });
  }
  const counted = [...holding.values()]
    .map(({ act: { member, content }, name }) => ({ member, name, choice: content.choice, reason: content.reason }))
    .toSorted((one, other) => (one.member < other.member ? -1 : 1));
  const countOf = (wanted: Choice): number => counted.filter(({ choice }) => choice === wanted).length;
  return { yes: countOf('yes'), no: countOf('no'), abstain: countOf('abstain'), counted, refused };
}

function faultOf(
  { act, proposal, isProven, seenAt }: SeenBallot,
  hash: string,
  voters: ReadonlySet<string>,
  closesUs: number,
): BallotFault | undefined {
  if (proposal !== hash) return 'other-proposal';
  if (!voters.has(act.member)) return 'no-voter';
  if (!isProven) return 'unproven';
  if (seenAt === undefined) return 'not-witnessed';
  if (seenAt * 1_000_000 > closesUs) return 'late';
  return act.content.choice === 'no' && act.content.reason === undefined ? 'no-reason' : undefined;
}

/**
 * Ballots of one member in the order they were given: by when they were seen, then by what its chain of acts shows, then by name, so that
 * there is one order however they are shown. What came before an act was there when that was seen.
 */
function inOrder(ballots: readonly SeenBallot[], acts: readonly SeenAct[]): SeenBallot[] {
  const member = ballots[0]!.act.member;
  const own = new Map(acts.filter(({ act }) => act.member === member).map((each) => [each.name, each]));
  const depths = new Map<string, number>();
  for (const first of own.values()) {
    const way: SeenAct[] = [];
    let at: SeenAct | undefined = first;
    while (at !== undefined && !depths.has(at.name)) {
      way.push(at);
      at = own.get(at.previous ?? '');
    }
    const depth = at === undefined ? 0 : depths.get(at.name)! + 1;
    for (const [index, { name }] of way.reverse().entries()) depths.set(name, depth + index);
  }
  const depthOf = ({ name }: SeenAct): number => depths.get(name)!;
  const seenAt = new Map([...own.values()].map((each) => [each.name, each.seenAt ?? Infinity]));
  for (const each of [...own.values()].toSorted((one, other) => depthOf(other) - depthOf(one))) {
    const before = each.previous ?? '';
    if (own.has(before)) seenAt.set(before, Math.min(seenAt.get(before)!, seenAt.get(each.name)!));
  }
  return ballots.toSorted(
    (one, other) =>
      seenAt.get(one.name)! - seenAt.get(other.name)! ||
      depthOf(one) - depthOf(other) ||
      (one.name < other.name ? -1 : 1),
  );
}

/** Voters that confirmed a proposal. When they did does not matter. */
export function confirmersOf(acts: readonly SeenAct[], hash: string, voters: ReadonlySet<string>): ReadonlySet<string> {
  const confirmed = acts.filter(
    ({ act, proposal, isProven }) =>
      act.type === 'confirmation' && proposal === hash && isProven && voters.has(act.member),
  );
  return new Set(confirmed.map(({ act }) => act.member));
}
