import type { DecisionReason, ObjectFacets, RecipientFacets, SharingAction } from '@comity/protocol/sharing';

/** A rule of the federation as data: it forbids an action to recipients of a kind. */
interface CharterRule {
  readonly id: string;
  readonly says: string;
  /** The article. */
  readonly citation: string;
  readonly actions: readonly SharingAction[];
  readonly kinds: readonly RecipientFacets['kind'][];
}

/** The federation's rules on sharing. A charter only forbids: nobody can be made to share by a vote. */
export interface Charter {
  /** Names the charter in the key of decisions: another charter, other decisions. */
  readonly hash: string;
  readonly rules: readonly CharterRule[];
}

/** Of a node that is in no federation: it has nothing against anything. Governance brings the one that was voted for. */
export const noCharter: Charter = { hash: 'none', rules: [] };

/** The articles that stand against it. */
export function charterForbids(
  charter: Charter,
  _object: ObjectFacets,
  recipient: RecipientFacets,
  action: SharingAction,
): readonly DecisionReason[] {
  return charter.rules
    .filter(({ actions, kinds }) => actions.includes(action) && kinds.includes(recipient.kind))
    .map(({ id, says, citation }) => ({ layer: 'charter', ruleId: `charter.${id}`, effect: 'forbid', says, citation }));
}
