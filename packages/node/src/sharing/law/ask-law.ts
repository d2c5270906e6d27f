import type { EntityJson, StatefulAuthorizationCall } from '@cedar-policy/cedar-wasm';
import type { DecisionReason, ObjectFacets, RecipientFacets, SharingAction } from '@comity/protocol/sharing';
import { hopsMax } from '@comity/protocol/sharing';
import { isTlp } from '@comity/protocol/markings';
import { papOf, tlpOf } from '../decide/floor.ts';
import { lawSchema } from './cedar-schema.ts';
import { withCedar } from './cedar-engine.ts';
import type { Cedar } from './cedar-engine.ts';
import { policiesOf } from './law.ts';
import type { Law } from './law.ts';

/** Why what no policy speaks of is a no. */
const noPermit: DecisionReason = {
  layer: 'law',
  ruleId: 'law.no-permit',
  effect: 'forbid',
  says: 'No policy of the law permits it',
  citation: 'Comity, sharing law: what is not permitted is forbidden',
};

/** What the law says: reasons that permit (then none forbids), or reasons that forbid. */
export interface LawAnswer {
  readonly permits: boolean;
  readonly reasons: readonly DecisionReason[];
}

/**
 * Laws the engine holds parsed at one time: the one in force and drafts that are compared with it. It keeps them by name for
 * ever, so names are used again.
 */
const slotsMax = 4;
const schemaName = 'law';
/** What an engine was told: slots by the hash of the law, the oldest first. */
let told = { generation: -1, slots: new Map<string, string>() };

/**
 * Asks a law. Everything that is no plain permit is a no: an answer with errors in it, though the engine itself would skip the
 * policy that failed and let the others decide; a request that does not fit the schema; whatever the engine throws.
 */
export function askLaw(law: Law, object: ObjectFacets, recipient: RecipientFacets, action: SharingAction): LawAnswer {
  try {
    return withCedar((cedar, generation) => {
      if (told.generation !== generation) told = { generation, slots: tellSchema(cedar) };
      return ask(law, cedar, requestOf(object, recipient, action));
    });
  } catch (error) {
    return refuse('law.error', `The law could not be asked: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function ask(law: Law, cedar: Cedar, request: Request): LawAnswer {
  const answer = cedar.statefulIsAuthorized({
    ...request,
    preparsedPolicySetId: slotOf(law, cedar),
    preparsedSchemaName: schemaName,
    validateRequest: true,
  });
  if (answer.type === 'failure')
    return refuse('law.error', `The law could not be asked: ${answer.errors[0]?.message ?? 'no reason is given'}`);
  const { decision, diagnostics } = answer.response;
  const [failed] = diagnostics.errors;
  if (failed !== undefined)
    return refuse(
      'law.error',
      `The policy ${failed.policyId} failed, so the law counts as a no: ${failed.error.message}`,
    );
  const rules = law.rules.filter(({ id }) => diagnostics.reason.includes(id));
  if (decision === 'allow' && rules.length > 0) return { permits: true, reasons: rules.map(reasonOf) };
  if (rules.length === 0) return { permits: false, reasons: [noPermit] };
  return { permits: false, reasons: rules.map(reasonOf) };
}

/** The rule a decision names by its id, of the law it was made under; undefined: it is none of that law, or the law is gone. */
export function findLawReason(law: Law | undefined, ruleId: string): DecisionReason | undefined {
  if (ruleId === noPermit.ruleId) return noPermit;
  const rule = law?.rules.find(({ id }) => id === ruleId);
  return rule && reasonOf(rule);
}

function reasonOf({ id, effect, says, citation }: Law['rules'][number]): DecisionReason {
  return { layer: 'law', ruleId: id, effect, says, citation };
}

function refuse(ruleId: string, says: string): LawAnswer {
  return { permits: false, reasons: [{ ...noPermit, ruleId, says: says.slice(0, 500) }] };
}

function tellSchema(cedar: Cedar): Map<string, string> {
  mustParse(cedar.preparseSchema(schemaName, lawSchema));
  return new Map();
}

/** The name the engine holds the law under, parsed. */
function slotOf(law: Law, cedar: Cedar): string {
  const { slots } = told;
  const known = slots.get(law.hash);
  if (known !== undefined) return known;
  let slot = `law-${slots.size}`;
  if (slots.size === slotsMax) {
    const [oldest] = slots;
    if (oldest !== undefined) {
      slots.delete(oldest[0]);
      [, slot] = oldest;
    }
  }
  mustParse(cedar.preparsePolicySet(slot, { staticPolicies: policiesOf(law.rules) }));
  slots.set(law.hash, slot);
  return slot;
}

function mustParse(
  answer: { readonly type: 'success' } | { readonly type: 'failure'; readonly errors: readonly { message: string }[] },
): void {
  if (answer.type === 'failure') throw new Error(answer.errors[0]?.message ?? 'the engine gives no reason');
}

type Request = Pick<StatefulAuthorizationCall, 'principal' | 'action' | 'resource' | 'context' | 'entities'>;

function requestOf(object: ObjectFacets, recipient: RecipientFacets, action: SharingAction): Request {
  const principal: EntityJson = {
    uid: { type: 'Recipient', id: recipient.key },
    attrs: {
      kind: entity('Kind', recipient.kind),
      sector: recipient.sector,
      country: recipient.country,
      encrypted: recipient.channel.encrypted,
    },
    parents: recipient.groups.map((id) => ({ type: 'Group', id })),
  };
  return {
    principal: { type: 'Recipient', id: recipient.key },
    action: { type: 'Action', id: action },
    resource: { type: 'Type', id: object.type },
    context: {
      tlp: entity('Tlp', tlpOf(object)),
      pap: entity('Pap', papOf(object)),
      origin: entity('Origin', object.origin),
      lease: entity('Lease', object.lease),
      labelled: isTlp(object.tlp),
      policy: object.iep !== undefined,
      personalData: object.personalData,
      caveat: object.caveat,
      groups: object.groups.map((id) => entity('Group', id)),
      hopsLeft: object.hopsLeft ?? hopsMax,
    },
    entities: [principal],
  };
}

function entity(type: string, id: string): { __entity: { type: string; id: string } } {
  return { __entity: { type, id } };
}
