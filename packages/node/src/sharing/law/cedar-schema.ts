import { paps, tlps } from '@comity/protocol/markings';
import { leaseStates, originKinds, recipientKinds, sharingActions } from '@comity/protocol/sharing';

const words = (list: readonly string[]): string => list.map((word) => JSON.stringify(word)).join(', ');

/**
 * What a law may speak of (a Cedar schema). The words of TLP, PAP and the rest are entities with a closed list of names: a
 * law that says `Tlp::"GREEN"` is refused when it is checked, where a comparison of texts would be false for ever and its
 * `forbid` never forbid.
 *
 * The resource is the STIX type and not the object: a decision holds for every object of the same facets, which stand in the
 * context. A marking that is missing stands there as what the floor handles it as.
 */
export const lawSchema = `
entity Kind enum [${words(recipientKinds)}];
entity Tlp enum [${words(tlps)}];
entity Pap enum [${words(paps)}];
entity Origin enum [${words(originKinds)}];
entity Lease enum [${words(leaseStates)}];
entity Type;
entity Group;
entity Recipient in [Group] {
  kind: Kind,
  sector: String,
  country: String,
  encrypted: Bool,
};
action ${words(sharingActions)} appliesTo {
  principal: [Recipient],
  resource: [Type],
  context: {
    tlp: Tlp,
    pap: Pap,
    origin: Origin,
    lease: Lease,
    labelled: Bool,
    policy: Bool,
    personalData: Bool,
    caveat: Bool,
    groups: Set<Group>,
    hopsLeft: Long,
  },
};
`;
