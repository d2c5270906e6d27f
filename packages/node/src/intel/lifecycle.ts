import { timestampOfUs } from '@comity/protocol/base';
import type { ValueKind } from '@comity/protocol/values';
import type { IntelState } from './intel.ts';

const dayUs = 86_400_000_000;

/** How the worth of an indicator falls once nobody has seen it: see {@link decayedScore}. */
export interface DecayModel {
  readonly lifetimeDays: number;
  /** 1: falls evenly; below 1: stays high and falls late; above 1: falls early. */
  readonly decaySpeed: number;
}

/** Addresses change hands, names less, paths less; a digest names the same content for ever, so digests never decay. */
const models: Partial<Record<ValueKind, DecayModel>> = {
  ipv4: { lifetimeDays: 120, decaySpeed: 0.5 },
  ipv6: { lifetimeDays: 120, decaySpeed: 0.5 },
  domain: { lifetimeDays: 365, decaySpeed: 0.5 },
  url: { lifetimeDays: 180, decaySpeed: 0.5 },
  email: { lifetimeDays: 365, decaySpeed: 0.5 },
};
const neverDecaying: ReadonlySet<ValueKind> = new Set(['md5', 'sha1', 'sha256', 'sha512']);
const otherwise: DecayModel = { lifetimeDays: 730, decaySpeed: 0.5 };
/** An indicator is over when this part of its score is left. */
export const decayThreshold = 0.2;

/**
 * Score of an indicator some time after it was last seen.
 *
 * The polynomial model MISP runs, so that a score means the same on both sides of a sync:
 * `base * (1 - (elapsed / lifetime) ** (1 / decaySpeed))`, floored at 0. Pure: replaying a ledger gives the same scores.
 *
 * @param baseScore - Score when seen, 0 to 100.
 * @param lastSeenUs - Last time a source told of it, µs since the Unix epoch, UTC.
 * @param atUs - Instant to score at, same unit; before `lastSeenUs` it is the base score.
 */
export function decayedScore(baseScore: number, model: DecayModel, lastSeenUs: number, atUs: number): number {
  const elapsed = Math.max(0, atUs - lastSeenUs) / dayUs;
  return Math.max(0, baseScore * (1 - (elapsed / model.lifetimeDays) ** (1 / model.decaySpeed)));
}

/** The model of an indicator: of the kinds it lists, the one that lives longest; undefined: it does not decay. */
export function decayModelOf(kinds: Iterable<ValueKind>): DecayModel | undefined {
  let longest: DecayModel | undefined;
  for (const kind of kinds) {
    if (neverDecaying.has(kind)) return undefined;
    const model = models[kind] ?? otherwise;
    if (longest === undefined || model.lifetimeDays > longest.lifetimeDays) longest = model;
  }
  return longest ?? otherwise;
}

/** When the score passes under {@link decayThreshold} of its base, µs: the model solved for time. */
export function decayedAtUs(model: DecayModel, lastSeenUs: number): number {
  return lastSeenUs + Math.ceil(model.lifetimeDays * (1 - decayThreshold) ** model.decaySpeed * dayUs);
}

export interface LifecycleFacts {
  readonly recalled: { readonly atUs: number; readonly reason: string } | undefined;
  /** By the live version, or taken back by its source without a new one. */
  readonly revoked: boolean;
  readonly leaseUntilUs: number | undefined;
  /** Undefined, too, when it lay behind when the object came. */
  readonly validFromUs: number | undefined;
  readonly validUntilUs: number | undefined;
  readonly lastSeenUs: number;
  /** Undefined: never decays (digests, and everything that is no indicator). */
  readonly decay: DecayModel | undefined;
  /** The known-good gate holds every value the indicator lists. */
  readonly allHeld: boolean;
}

export interface LifecycleDecision {
  readonly state: IntelState;
  /** When the clock alone will change the state, µs; undefined: never. */
  readonly nextChangeUs: number | undefined;
}

/**
 * Decides whether an object counts, by one stated precedence: recalled > revoked > lease > `valid_until` > `valid_from` >
 * decay; then the known-good gate.
 *
 * A recall or a revocation is its origin's word and final; a lease is a condition of use; `valid_until` and `valid_from` are
 * the source's own forecast; decay is only our guess, so it never cuts short a `valid_until` that is still ahead.
 */
export function decideLifecycle(facts: LifecycleFacts, nowUs: number): LifecycleDecision {
  const { recalled, leaseUntilUs, validUntilUs, validFromUs } = facts;
  if (recalled !== undefined) return over('recalled');
  if (facts.revoked) return over('revoked');
  if (leaseUntilUs !== undefined && leaseUntilUs <= nowUs) return over('lease-ended');
  if (validUntilUs !== undefined && validUntilUs <= nowUs) return over('expired');
  if (validFromUs !== undefined && validFromUs > nowUs) {
    return { state: 'pending', nextChangeUs: earliest([leaseUntilUs, validUntilUs, validFromUs]) };
  }
  const fadesUs = fadesAtUs(facts);
  if (fadesUs !== undefined && fadesUs <= nowUs) return over('decayed');
  const nextChangeUs = earliest([leaseUntilUs, validUntilUs, fadesUs]);
  return { state: facts.allHeld ? 'held-back' : 'active', nextChangeUs };
}

/** {@link LifecycleFacts} and what only the reason tells. */
export interface ReasonFacts extends LifecycleFacts {
  /** Name of the source the live version came from. */
  readonly toldBy: string;
  /** Why that source took it back, when it did so without a new version. */
  readonly withdrawn: string | undefined;
}

/** Why an object is in a state, as a sentence for people, from the facts it was decided by. */
export function reasonOf(state: IntelState, facts: ReasonFacts): string {
  const { recalled, leaseUntilUs, validUntilUs, lastSeenUs } = facts;
  switch (state) {
    case 'recalled':
      return recalled === undefined ? 'Recalled' : `Recalled at ${moment(recalled.atUs)}: ${recalled.reason}`;
    case 'revoked':
      return facts.withdrawn === undefined
        ? `Revoked by ${facts.toldBy} in its newest version`
        : `Withdrawn by ${facts.toldBy}: ${facts.withdrawn}`;
    case 'lease-ended':
      return `The lease to use it ended at ${moment(leaseUntilUs)}`;
    case 'expired':
      return `Its source said it is valid until ${moment(validUntilUs)}`;
    case 'pending':
      return `In force from ${moment(facts.validFromUs)}`;
    case 'decayed':
      return `No source has told of it since ${moment(lastSeenUs)}`;
    case 'held-back':
      return 'Every value it lists is known good';
    case 'active':
      return reasonInForce(leaseUntilUs, validUntilUs, fadesAtUs(facts));
  }
}

/** Whether the values of an object in this state count as listed; the gate then decides about each value. */
export function isInForce(state: IntelState): boolean {
  return state === 'active' || state === 'held-back';
}

function over(state: IntelState): LifecycleDecision {
  return { state, nextChangeUs: undefined };
}

/** When decay alone ends it; undefined: it does not. What begins later begins to fade later. */
function fadesAtUs({ validFromUs, validUntilUs, decay, lastSeenUs }: LifecycleFacts): number | undefined {
  if (validUntilUs !== undefined || decay === undefined) return undefined;
  return decayedAtUs(decay, Math.max(lastSeenUs, validFromUs ?? 0));
}

function reasonInForce(lease: number | undefined, validUntil: number | undefined, fades: number | undefined): string {
  const end = earliest([lease, validUntil, fades]);
  if (end === undefined) return 'In force without an end';
  if (end === lease) return `In force until its lease ends at ${moment(end)}`;
  if (end === validUntil) return `In force: its source says valid until ${moment(end)}`;
  return `In force until ${moment(end)}, unless a source tells of it again`;
}

function earliest(times: readonly (number | undefined)[]): number | undefined {
  let first: number | undefined;
  for (const time of times) if (time !== undefined && (first === undefined || time < first)) first = time;
  return first;
}

/** To the second: an end that takes effect to the second is told to the second. */
function moment(us: number | undefined): string {
  if (us === undefined) return 'an unknown time';
  const text = timestampOfUs(Math.min(Math.max(us, -62_135_596_800_000_000), 253_402_300_799_000_000));
  return `${text.slice(0, 10)} ${text.slice(11, 19)} UTC`;
}
