import type { Decision, DecisionReason, ObjectFacets, RecipientFacets, SharingAction } from '@comity/protocol/sharing';
import { askLaw } from '../law/ask-law.ts';
import type { Law } from '../law/law.ts';
import { charterForbids } from './charter.ts';
import type { Charter } from './charter.ts';
import { floorForbids, obligationsOf } from './floor.ts';

/** The rules a decision is made under. */
export interface Rules {
  readonly charter: Charter;
  readonly law: Law;
}

/**
 * Decides whether a recipient may have an object for a use. The one place where Comity decides that.
 *
 * Every layer is asked, so that the answer names everything that stands against it: the floor, which nobody can change; the
 * charter; the law, which must permit. Any no is a no, a missing permit is a no, an error is a no.
 *
 * Pure: the same facets under the same rules give the same answer. The clock is in the facets.
 */
export function decide(
  object: ObjectFacets,
  recipient: RecipientFacets,
  action: SharingAction,
  rules: Rules,
): Decision {
  try {
    return weigh(object, recipient, action, rules);
  } catch (error) {
    return failedDecision(error, rules.law.hash);
  }
}

/** The answer when there is none: a no. */
export function failedDecision(error: unknown, lawHash: string): Decision {
  const says = `It could not be decided: ${error instanceof Error ? error.message : String(error)}`.slice(0, 500);
  const citation = 'Comity, sharing law: an error is a no';
  const reason: DecisionReason = { layer: 'floor', ruleId: 'floor.error', effect: 'forbid', says, citation };
  return { result: 'deny', reasons: [reason], obligations: [], lawHash };
}

function weigh(
  object: ObjectFacets,
  recipient: RecipientFacets,
  action: SharingAction,
  { charter, law }: Rules,
): Decision {
  const answer = askLaw(law, object, recipient, action);
  const against: DecisionReason[] = [
    ...floorForbids(object, recipient, action),
    ...charterForbids(charter, object, recipient, action),
    ...(answer.permits ? [] : answer.reasons),
  ];
  if (against.length > 0) return { result: 'deny', reasons: against, obligations: [], lawHash: law.hash };
  return { result: 'allow', reasons: answer.reasons, obligations: obligationsOf(object), lawHash: law.hash };
}
