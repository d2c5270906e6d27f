import type { RecipientFacets } from '@comity/protocol/sharing';
import { isOutside } from '@comity/protocol/sharing';
import { recipientFacets } from '../book/recipient-book.ts';
import type { DecisionBook } from '../book/decision-book.ts';
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
  readonly decisions: Pick<DecisionBook, 'record' | 'room'>;
  readonly nowUs: () => number;
}

/** Opens an exit. An exit lives as long as one answer: it keeps to the rules it was opened under. */
export function openExit({ recipient, action, channel, isRehearsal = false }: ExitOptions, deps: ExitDeps): Exit {
  const facetsOfRecipient: RecipientFacets = recipientFacets(recipient, channel);
  const guard = new Guard(recipient.kind, action, deps.isRead);
  const isLeaving = isOutside(recipient.kind) || action === 'publish' || action === 'query-outside';
  const given = new Set<string>();
  const deniedBy = new Map<string, number>();
  let allowed = 0;
  let denied = 0;

  function admitOne(object: ShareableObject): AdmittedObject | undefined {
    const facets = facetsOf(object, deps.nowUs(), deps);
    const decision = deps.decide(facets, facetsOfRecipient, action);
    // What the owner does with its own is no act of sharing.
    if (recipient.kind !== 'owner' && !isRehearsal) deps.decisions.record(object, recipient.key, action, decision);
    if (decision.result === 'deny') {
      denied += 1;
      for (const { ruleId } of decision.reasons) deniedBy.set(ruleId, (deniedBy.get(ruleId) ?? 0) + 1);
      return undefined;
    }
    const tlp = tlpOf(facets);
    allowed += 1;
    if (!isLeaving) return { object, facets, decision, tlp, text: object.text, definitions: [] };
    const { text, definitionIds } = labelledText(object.text, tlp, deps.findMarking);
    return { object, facets, decision, tlp, text, definitions: definitionsOf(definitionIds) };
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
