import { asOwnError } from '../base/index.ts';
import type { StixId } from '../base/index.ts';
import {
  compareTlp,
  markingIdOfPap,
  markingIdOfTlp,
  parsePap,
  parseTlp,
  strictestPap,
  strictestTlp,
  tlpLabel,
} from '../markings/index.ts';
import type { Pap, Tlp } from '../markings/index.ts';
import type { MispFault, MispTag } from './event.ts';
import type { LossTally } from './loss-tally.ts';

/** Marking in force on an event or an attribute, and the tags that are no marking. */
export interface MispMarking {
  /** Undefined: nothing is said, so the default of the source holds. */
  readonly tlp: Tlp | undefined;
  readonly pap: Pap | undefined;
  readonly refs: readonly StixId[];
  readonly labels: readonly string[];
}

interface MarkingDeps {
  readonly defaultTlp: Tlp | undefined;
  readonly losses: LossTally;
  /** Told when two labels contradict each other, with the one that holds. */
  readonly onContradiction: (tlp: Tlp) => void;
}

/** Sharing levels as labels of the same reach: what MISP lets an organisation do with the event, never more. */
const tlpOfDistribution: Readonly<Record<number, Tlp>> = { 0: 'amber+strict', 1: 'green', 2: 'green', 4: 'amber' };

/**
 * Marking of a MISP thing from its tags and its distribution, never wider than what it stands in.
 *
 * Of several TLP tags the strictest holds. A TLP tag that no standard knows counts as AMBER+STRICT: an unreadable limit
 * must not become no limit. A distribution narrows and never widens; without a tag it is compared with `defaultTlp`.
 *
 * @param around - marking of the event, for what is inside it.
 */
export function decideMarking(
  tags: readonly MispTag[],
  distribution: number | undefined,
  around: MispMarking | undefined,
  options: MarkingDeps,
): MispMarking {
  const tlps: Tlp[] = [];
  const paps: Pap[] = [];
  const labels: string[] = [];
  for (const tag of tags) {
    const lower = tag.name.toLowerCase();
    if (lower.startsWith('tlp:')) tlps.push(readTlp(tag.name, options.losses));
    else if (lower.startsWith('pap:')) readPap(tag.name, paps, options.losses);
    else if (tag.local) options.losses.add('Tag (local)', 'a local tag is the sender’s own note and does not travel');
    else labels.push(tag.name);
  }
  if (new Set(tlps).size > 1) {
    options.losses.add('Tag tlp', 'several TLP labels: the strictest holds');
    options.onContradiction(strictestTlp(tlps)!);
  }
  if (around?.tlp !== undefined) tlps.push(around.tlp);
  const reach = distribution === undefined ? undefined : tlpOfDistribution[distribution];
  const stated = strictestTlp(tlps);
  const floor = stated ?? options.defaultTlp ?? 'clear';
  const narrowed = reach !== undefined && compareTlp(reach, floor) > 0 ? reach : stated;
  const pap = strictestPap(around?.pap === undefined ? paps : [...paps, around.pap]);
  const refs: StixId[] = [];
  if (narrowed !== undefined) refs.push(markingIdOfTlp(narrowed));
  if (pap !== undefined) refs.push(markingIdOfPap(pap));
  return { tlp: narrowed, pap, refs, labels };
}

/** What to ask the sender of what bears two labels. @param tlp - the one that holds. */
export function contradiction(place: string, tlp: Tlp): MispFault {
  return { place, reason: `It bears TLP labels that contradict each other; the strictest holds, ${tlpLabel(tlp)}` };
}

function readTlp(text: string, losses: LossTally): Tlp {
  try {
    return parseTlp(text);
  } catch (error) {
    asOwnError(error);
    losses.add('Tag tlp', 'a TLP label that no standard knows: treated as TLP:AMBER+STRICT');
    return 'amber+strict';
  }
}

function readPap(text: string, paps: Pap[], losses: LossTally): void {
  try {
    paps.push(parsePap(text));
  } catch (error) {
    asOwnError(error);
    losses.add('Tag PAP', 'a PAP label that no standard knows: treated as PAP:RED');
    paps.push('red');
  }
}
