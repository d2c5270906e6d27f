import type { Decision, RecipientFacets } from '@comity/protocol/sharing';
import { recipientFacets } from '../book/recipient-book.ts';
import type { DecisionBook } from '../book/decision-book.ts';
import { failedDecision } from '../decide/decide.ts';
import { facetsOf } from '../decide/facets-of.ts';
import type { FacetsDeps } from '../decide/facets-of.ts';
import { tlpOf } from '../decide/floor.ts';
import type { Decide } from '../decide/memoised.ts';
import type { ShareableObject } from '../decide/shareable.ts';
import { Guard } from '../guard/guard.ts';
import type { AdmittedObject, Exit, ExitOptions } from '../sharing.ts';
import { labelledText } from './labelled-text.ts';

export interface ExitDeps extends FacetsDeps {
  /** Under the rules in force when the exit is opened. */
  readonly decide: Decide;
  readonly lawHash: string;
  readonly decisions: Pick<DecisionBook, 'record' | 'room'>;
  readonly nowUs: () => number;
}

/** Opens an exit. An exit lives as long as one answer: it keeps to the rules it was opened under. */
export function openExit({ recipient, action, channel, isRehearsal = false }: ExitOptions, deps: ExitDeps): Exit {
  const facetsOfRecipient: RecipientFacets = recipientFacets(recipient, channel);
  const guard = new Guard(recipient.kind, action, deps.isRead);
  // What the owner does with its own, for itself, is no act of sharing.
  const isOwnUse = recipient.kind === 'owner' && action !== 'publish' && action !== 'query-outside';
  const given = new Set<string>();
  const deniedBy = new Map<string, number>();
  let allowed = 0;
  let denied = 0;

  function admitOne(object: ShareableObject): AdmittedObject | undefined {
    const answer = decideOne(object);
    const { decision } = answer;
    if (!isOwnUse && !isRehearsal) deps.decisions.record(object, recipient.key, action, decision);
    if ('admitted' in answer) {
      allowed += 1;
      return answer.admitted;
    }
    denied += 1;
    for (const { ruleId } of decision.reasons) deniedBy.set(ruleId, (deniedBy.get(ruleId) ?? 0) + 1);
    return undefined;
  }

  /** Whatever goes wrong before the text is there that would leave is a no. */
  function decideOne(
    object: ShareableObject,
  ): { readonly decision: Decision } | { readonly decision: Decision; readonly admitted: AdmittedObject } {
    try {
      const facets = facetsOf(object, deps.nowUs(), deps);
      const decision = deps.decide(facets, facetsOfRecipient, action);
      if (decision.result === 'deny') return { decision };
      const tlp = tlpOf(facets);
      const common = { object, facets, decision, tlp };
      if (isOwnUse) return { decision, admitted: { ...common, text: object.text, definitions: [] } };
      const { text, definitionIds } = labelledText(object.text, tlp, deps.findMarking);
      return { decision, admitted: { ...common, text, definitions: definitionsOf(definitionIds) } };
    } catch (error) {
      return { decision: failedDecision(error, deps.lawHash) };
    }
  }

  /** Definitions this exit has not given yet: whoever gets the object must be able to read its markings. */
  function definitionsOf(ids: readonly string[]): readonly string[] {
    return ids.flatMap((id) => {
      if (given.has(id)) return [];
      given.add(id);
      const definition = deps.findMarking(id);
      return definition === undefined ? [] : [JSON.stringify(definition)];
    });
  }

  return {
    recipient: facetsOfRecipient,
    action,
    admit: (objects) => objects.flatMap((object) => admitOne(object) ?? []),
    room: () => deps.decisions.room(),
    get count() {
      return { allowed, denied, deniedBy };
    },
    guard,
  };
}
