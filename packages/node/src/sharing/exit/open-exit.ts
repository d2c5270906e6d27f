import type { Decision, ObjectFacets, ObjectTraits, RecipientFacets } from '@comity/protocol/sharing';
import { papMarkingObjects } from '@comity/protocol/markings';
import type { Tlp } from '@comity/protocol/markings';
import { recipientFacets } from '../book/recipient-book.ts';
import type { DecisionBook } from '../book/decision-book.ts';
import { failedDecision } from '../decide/decide.ts';
import { facetsOf, isContainer, markedAs } from '../decide/facets-of.ts';
import type { FacetsDeps } from '../decide/facets-of.ts';
import { tlpOf } from '../decide/floor.ts';
import type { Decide } from '../decide/memoised.ts';
import type { ShareableObject } from '../decide/shareable.ts';
import { Guard } from '../guard/guard.ts';
import type { AdmittedObject, Exit, ExitOptions } from '../sharing.ts';
import { labelledText, labellingOf } from './labelled-text.ts';
import type { Labelling } from './labelled-text.ts';

export interface ExitDeps extends FacetsDeps {
  /** Under the rules in force when the exit is opened. */
  readonly decide: Decide;
  readonly lawHash: string;
  readonly decisions: Pick<DecisionBook, 'open' | 'room'>;
  readonly nowUs: () => number;
}

/** What was found of an object, which holds for all that are alike to a decision. */
interface Judgement {
  readonly facets: ObjectFacets;
  readonly decision: Decision;
  readonly tlp: Tlp;
  /** Undefined: to be read from the text of each. */
  readonly labelling: Labelling | undefined;
}

/** Opens an exit. An exit lives as long as one answer: it keeps to the rules it was opened under. */
export function openExit({ recipient, action, channel, isRehearsal = false }: ExitOptions, deps: ExitDeps): Exit {
  const facetsOfRecipient: RecipientFacets = recipientFacets(recipient, channel);
  const guard = new Guard(recipient.kind, action, deps.isRead);
  // What the owner does with its own, for itself, is no act of sharing.
  const isOwnUse = recipient.kind === 'owner' && action !== 'publish' && action !== 'query-outside';
  const sheet = isOwnUse || isRehearsal ? undefined : deps.decisions.open(recipient.key, action);
  const given = new Set<string>();
  const deniedBy = new Map<string, number>();
  const judgements = new Map<ObjectTraits, Map<string, Judgement>>();
  /** The object judged last that may stand for others, and how. */
  let last: { readonly of: ShareableObject; readonly judgement: Judgement } | undefined;
  let allowed = 0;
  let denied = 0;
  /** Whether all that was decided stands until edition or store change. */
  let isLasting = true;

  const find = (id: string): ShareableObject | undefined => {
    const part = deps.find(id);
    // What is not here yet, or not under this id, may come and be stricter.
    if (part?.id !== id) isLasting = false;
    return part;
  };

  function admitOne(object: ShareableObject): AdmittedObject | undefined {
    const answer = decideOne(object);
    const { decision } = answer;
    sheet?.note(object, decision);
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
      const { facets, decision, tlp, labelling } = judge(object);
      if (decision.result === 'deny') return { decision };
      const common = { object, facets, decision, tlp };
      if (isOwnUse) return { decision, admitted: { ...common, text: object.text, definitions: [] } };
      const { text, definitionIds } =
        labelling?.isSaid === true
          ? { text: object.text, definitionIds: labelling.definitionIds }
          : labelledText(object.text, facets, deps.findMarking);
      return { decision, admitted: { ...common, text, definitions: definitionsOf(definitionIds) } };
    } catch (error) {
      isLasting = false;
      return { decision: failedDecision(error, deps.lawHash) };
    }
  }

  /** Objects of the same traits, type, labels and origin, without a lease, are alike: they are judged once an answer. */
  function judge(object: ShareableObject): Judgement {
    const { traits, type, tlp, lentPap, leaseUntilUs, recalled, own } = object;
    if (traits === undefined || leaseUntilUs !== undefined || recalled || isContainer(object))
      return judgeAlone(object);
    // As a rule an object is like the one before it, and finding that out is cheaper than making a key.
    if (
      last !== undefined &&
      last.of.traits === traits &&
      last.of.type === type &&
      last.of.tlp === tlp &&
      last.of.lentPap === lentPap &&
      last.of.own === own
    )
      return last.judgement;
    let ofTraits = judgements.get(traits);
    if (ofTraits === undefined) judgements.set(traits, (ofTraits = new Map<string, Judgement>()));
    const key = `${tlp} ${lentPap} ${type} ${own}`;
    const known = ofTraits.get(key);
    const judgement = known ?? judgeAlone(object);
    // A policy counts by the clock.
    if (judgement.facets.iep !== undefined) return judgement;
    ofTraits.set(key, judgement);
    last = { of: object, judgement };
    return judgement;
  }

  function judgeAlone(object: ShareableObject): Judgement {
    const { traits } = object;
    const facets = facetsOf(object, deps.nowUs(), { ...deps, find });
    if (facets.lease !== 'none' || facets.iep !== undefined) isLasting = false;
    const decision = deps.decide(facets, facetsOfRecipient, action);
    const tlp = tlpOf(facets);
    const labelling = traits === undefined ? undefined : labellingOf(markedAs(traits), facets, deps.findMarking);
    return { facets, decision, tlp, labelling };
  }

  /** Definitions this exit has not given yet: whoever gets the object must be able to read its markings. */
  function definitionsOf(ids: readonly string[]): readonly string[] {
    if (ids.length === 0) return none;
    return ids.flatMap((id) => {
      if (given.has(id)) return [];
      given.add(id);
      const definition = deps.findMarking(id);
      return definition === undefined ? (publishedPaps.get(id) ?? none) : [JSON.stringify(definition)];
    });
  }

  return {
    recipient: facetsOfRecipient,
    action,
    admit(objects) {
      const admitted: AdmittedObject[] = [];
      for (const object of objects) {
        const one = admitOne(object);
        if (one !== undefined) admitted.push(one);
      }
      return admitted;
    },
    room: () => deps.decisions.room(),
    get count() {
      return { allowed, denied, deniedBy };
    },
    again: () => (isLasting ? (sheet === undefined ? nothingToRecord : sheet.again()) : undefined),
    guard,
  };
}

/** Texts of the published PAP markings, by id: nobody else may have said them here. */
const publishedPaps = new Map(papMarkingObjects.map(({ id, text }): [string, readonly string[]] => [id, [text]]));
const none: readonly string[] = [];
const nothingToRecord = { record: () => undefined, bytes: 0 };
