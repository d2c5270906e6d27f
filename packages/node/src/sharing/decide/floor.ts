import { isPap, isTlp, unmarkedPap } from '@comity/protocol/markings';
import type { Pap, Tlp } from '@comity/protocol/markings';
import { isOutside, recipientKinds, sharingActions } from '@comity/protocol/sharing';
import type {
  DecisionReason,
  ObjectFacets,
  Obligation,
  RecipientFacets,
  SharingAction,
} from '@comity/protocol/sharing';

/** One rule that holds whatever charter and law say. */
interface FloorRule {
  readonly id: string;
  readonly says: string;
  readonly citation: string;
  readonly forbids: (object: ObjectFacets, recipient: RecipientFacets, action: SharingAction) => boolean;
}

const ownUses: ReadonlySet<SharingAction> = new Set(['show', 'store', 'match']);
const tlp2 = 'FIRST, Traffic Light Protocol 2.0';
const pap = 'MISP taxonomy PAP, version 3';
const iep2 = 'FIRST, Information Exchange Policy 2.0';
const own = 'Comity, sharing law';

/** What an object without a label, or with a marking nobody can read, is handled as. */
const closedTlp: Tlp = 'amber+strict';

/**
 * The floor: each rule only ever forbids, so that an object is open to a recipient when no rule speaks against it, and a
 * further rule can only narrow. What is none of the words it knows counts as missing.
 */
const rules: readonly FloorRule[] = [
  {
    id: 'unknown',
    says: 'It was asked for a use or for a recipient of a kind that the floor does not know',
    citation: `${own}, actions and recipients`,
    forbids: (_, { kind }, action) => !sharingActions.includes(action) || !recipientKinds.includes(kind),
  },
  {
    id: 'tlp-red',
    says: 'TLP:RED is for the persons it was given to by name: no node, no list and no other person gets it',
    citation: `${tlp2}, definition of TLP:RED`,
    forbids: (object, recipient, action) => {
      if (tlpOf(object) !== 'red') return false;
      if (recipient.kind === 'owner') return !ownUses.has(action);
      return recipient.kind !== 'person' || action !== 'show' || !object.persons.includes(recipient.key);
    },
  },
  {
    id: 'tlp-unlabelled',
    says: 'It bears no TLP label, so it is handled as TLP:AMBER+STRICT: it stays in the organisation',
    citation: `${own}, what is not labelled`,
    forbids: (object, { kind }, action) => !isTlp(object.tlp) && leaves(kind, action),
  },
  {
    id: 'marking-unread',
    says: 'It bears a marking nobody here can read, so it stays in the organisation',
    citation: `${own}, what is not labelled`,
    forbids: (object, { kind }, action) => object.unreadMarking && leaves(kind, action),
  },
  {
    id: 'tlp-amber-strict',
    says: 'TLP:AMBER+STRICT stays in the organisation',
    citation: `${tlp2}, definition of TLP:AMBER+STRICT`,
    forbids: (object, { kind }, action) => object.tlp === 'amber+strict' && leaves(kind, action),
  },
  {
    id: 'tlp-amber',
    says: 'TLP:AMBER reaches the organisation and its clients, and never goes sideways to another member or to the public',
    citation: `${tlp2}, definition of TLP:AMBER`,
    forbids: (object, { kind }, action) =>
      object.tlp === 'amber' && (isOpen(kind, action) || (kind === 'member' && object.origin !== 'own')),
  },
  {
    id: 'tlp-green',
    says: 'TLP:GREEN stays in the community and is never public',
    citation: `${tlp2}, definition of TLP:GREEN`,
    forbids: (object, { kind }, action) => object.tlp === 'green' && isOpen(kind, action),
  },
  {
    id: 'pap-red',
    says: 'PAP:RED is matched against one’s own records and nothing else: no query outside, no blocking, no publishing',
    citation: `${pap}, PAP:RED`,
    forbids: (object, _, action) =>
      papOf(object) === 'red' && (action === 'block' || action === 'query-outside' || action === 'publish'),
  },
  {
    id: 'pap-amber',
    says: 'PAP:AMBER, and what bears no PAP, is not blocked: whoever is watched would notice',
    citation: `${pap}, PAP:AMBER`,
    forbids: (object, _, action) => papOf(object) === 'amber' && action === 'block',
  },
  {
    id: 'iep-period',
    says: 'Its policy gives permission for another time',
    citation: `${iep2}, start_date and end_date`,
    forbids: ({ iep }, recipient, action) => iep !== undefined && iep.period !== 'within' && !isLook(recipient, action),
  },
  {
    id: 'iep-asks-first',
    says: 'Its policy wants its origin asked before anything is done with it',
    citation: `${iep2}, permitted_actions`,
    forbids: ({ iep }, { kind }, action) => iep?.asksFirst === true && acts(kind, action),
  },
  {
    id: 'iep-encrypt',
    says: 'Its policy wants it encrypted in transit, and this way is not',
    citation: `${iep2}, encrypt_in_transit`,
    forbids: ({ iep }, { kind, channel }, action) =>
      iep?.encrypt === true && leaves(kind, action) && !channel.encrypted,
  },
  {
    id: 'iep-attribution',
    says: 'Its policy forbids naming its origin, and this way names it',
    citation: `${iep2}, attribution`,
    forbids: ({ iep }, { kind, channel }, action) =>
      iep?.attribution === 'must-not' && leaves(kind, action) && !channel.hidesOrigin,
  },
  {
    id: 'group',
    says: 'It was given to a group that the recipient is not in; a group without members is nobody',
    citation: `${own}, groups`,
    forbids: ({ groups }, { kind, groups: memberOf }, action) =>
      (kind !== 'owner' || action === 'publish') && groups.some((group) => !memberOf.includes(group)),
  },
  {
    id: 'caveat',
    says: 'It bears a restriction in words that no person here has read yet',
    citation: `${tlp2}, usage: the source may state further restrictions`,
    forbids: ({ caveat }, { kind }, action) => caveat && acts(kind, action),
  },
  {
    id: 'lease',
    says: 'The time its origin lent it for is over',
    citation: `${own}, leases`,
    forbids: ({ lease }, recipient, action) => lease === 'ended' && !isLook(recipient, action),
  },
  {
    id: 'recalled',
    says: 'Its origin has recalled it',
    citation: `${own}, recalls`,
    forbids: ({ lease }, recipient, action) => lease === 'recalled' && !isLook(recipient, action),
  },
  {
    id: 'hops',
    says: 'It has been passed on from member to member as often as its origin allows',
    citation: `${own}, hops`,
    forbids: ({ hopsLeft }, { kind }) => hopsLeft === 0 && kind === 'member',
  },
];

/** The rules of the floor that stand against it; none when the floor has nothing against it. */
export function floorForbids(
  object: ObjectFacets,
  recipient: RecipientFacets,
  action: SharingAction,
): readonly DecisionReason[] {
  return rules.filter(({ forbids }) => forbids(object, recipient, action)).map(reasonOf);
}

/** The rule of the floor a decision named by its id; undefined: there is none of that id. */
export function findFloorReason(ruleId: string): DecisionReason | undefined {
  return rules.map(reasonOf).find((reason) => reason.ruleId === ruleId);
}

function reasonOf({ id, says, citation }: FloorRule): DecisionReason {
  return { layer: 'floor', ruleId: `floor.${id}`, effect: 'forbid', says, citation };
}

/** What whoever gets the object has to keep. */
export function obligationsOf({ iep, pap: papOfObject }: ObjectFacets): readonly Obligation[] {
  const list: Obligation[] = [];
  if (iep?.attribution === 'must') list.push('name-origin');
  if (iep?.attribution === 'must-not') list.push('hide-origin');
  if (iep?.silent === true) list.push('no-notification');
  if (iep?.noResale === true) list.push('no-resale');
  if (papOfObject === 'red') list.push('no-live-links');
  return list;
}

/** The label an object is handled under. */
export function tlpOf({ tlp, unreadMarking }: Pick<ObjectFacets, 'tlp' | 'unreadMarking'>): Tlp {
  if (!isTlp(tlp)) return closedTlp;
  return unreadMarking && tlp !== 'red' ? closedTlp : tlp;
}

/** The PAP an object is handled under. */
export function papOf(object: Pick<ObjectFacets, 'pap'>): Pap {
  return isPap(object.pap) ? object.pap : unmarkedPap;
}

/** Whether it would be in the open: whoever is asked about a value has learnt it, and is bound by no label. */
function isOpen(kind: RecipientFacets['kind'], action: SharingAction): boolean {
  return kind === 'public' || action === 'publish' || action === 'query-outside';
}

/** Whether it would be out of the organisation's hands. */
function leaves(kind: RecipientFacets['kind'], action: SharingAction): boolean {
  return isOutside(kind) || isOpen(kind, action);
}

/** Whether more happens than that somebody of the organisation sees, keeps or looks for it. */
function acts(kind: RecipientFacets['kind'], action: SharingAction): boolean {
  return leaves(kind, action) || !ownUses.has(action);
}

/** The owner looks at what its node holds, also at what it may no longer use: else nobody could see why. */
function isLook(recipient: RecipientFacets, action: SharingAction): boolean {
  return recipient.kind === 'owner' && action === 'show';
}
