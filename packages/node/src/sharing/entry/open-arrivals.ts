import type { Decision, ObjectTraits, RecipientFacets, SharingAction } from '@comity/protocol/sharing';
import type { DecisionBook } from '../book/decision-book.ts';
import { failedDecision } from '../decide/decide.ts';
import { facetsOf, isContainer } from '../decide/facets-of.ts';
import type { FacetsDeps } from '../decide/facets-of.ts';
import type { Decide } from '../decide/memoised.ts';
import type { ShareableObject } from '../decide/shareable.ts';
import type { Arrivals } from '../sharing.ts';

export interface ArrivalDeps extends Omit<FacetsDeps, 'hopsLeftOf'> {
  /** Under the rules in force. */
  readonly decide: Decide;
  readonly lawHash: string;
  readonly owner: RecipientFacets;
  readonly decisions: Pick<DecisionBook, 'open'>;
  readonly nowUs: () => number;
}

/** Answers remembered; then all are forgotten: objects that come together are alike, unless somebody invents markings. */
const answersMax = 10_000;
const ofIndicators: readonly SharingAction[] = ['store', 'match'];
const ofOthers: readonly SharingAction[] = ['store'];

/**
 * Judges what members lend as it comes. It serves as long as the rules it was opened under hold: objects of the same traits and
 * terms are alike, and judged once.
 */
export function openArrivals(deps: ArrivalDeps): Arrivals {
  const { owner, decisions } = deps;
  let answers = new Map<string, boolean>();

  function judge(object: ShareableObject, hopsLeft: number): { readonly takes: boolean; readonly isLasting: boolean } {
    const against = (action: SharingAction, decision: Decision) => {
      // Nothing of it stays here, its id neither: of some objects that is made of what they say.
      decisions.open(owner.key, action).count(decision);
      return { takes: false, isLasting: false };
    };
    try {
      const facets = facetsOf(object, deps.nowUs(), { ...deps, hopsLeftOf: () => hopsLeft });
      for (const action of object.type === 'indicator' ? ofIndicators : ofOthers) {
        const decision = deps.decide(facets, owner, action);
        if (isAgainst(decision)) return against(action, decision);
      }
      // A policy counts by the clock, and a marking that cannot be read may come.
      return { takes: true, isLasting: facets.iep === undefined && !facets.unreadMarking };
    } catch (error) {
      return against('store', failedDecision(error, deps.lawHash));
    }
  }

  return {
    takes(object, hopsLeft) {
      const key = isContainer(object) ? undefined : keyOf(object, hopsLeft, deps.nowUs());
      if (key === undefined) return judge(object, hopsLeft).takes;
      // What is not taken is counted each time.
      if (answers.get(key) === true) return true;
      const { takes, isLasting } = judge(object, hopsLeft);
      if (!takes || !isLasting) return takes;
      if (answers.size >= answersMax) answers = new Map();
      answers.set(key, true);
      return true;
    },
  };
}

/** The floor says at each use what may be done; whether something may be here at all is for charter and law. An error is a no. */
function isAgainst({ result, reasons }: Decision): boolean {
  return result === 'deny' && reasons.some(({ layer, ruleId }) => layer !== 'floor' || ruleId === 'floor.error');
}

/** All that a judgement reads of an object; undefined: it reads its text. */
function keyOf(
  { type, tlp, lentPap, leaseUntilUs, traits }: ShareableObject,
  hopsLeft: number,
  nowUs: number,
): string | undefined {
  if (traits === undefined) return undefined;
  const { markingRefs, personal }: ObjectTraits = traits;
  const isRunning = leaseUntilUs === undefined || nowUs < leaseUntilUs;
  return JSON.stringify([type, tlp, lentPap, isRunning, hopsLeft, personal, markingRefs]);
}
