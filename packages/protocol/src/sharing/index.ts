export { isOutside, recipientKinds, sharingActions } from './actions.ts';
export type { RecipientKind, SharingAction } from './actions.ts';
export { hopsMax, leaseStates, originKinds } from './facets.ts';
export type { Channel, IepFacets, LeaseState, ObjectFacets, OriginKind, RecipientFacets } from './facets.ts';
export { decisionLayers, obligations } from './decision.ts';
export type { Decision, DecisionLayer, DecisionReason, Obligation } from './decision.ts';
export { isPersonal, traitsOf } from './traits.ts';
export type { ObjectTraits } from './traits.ts';
