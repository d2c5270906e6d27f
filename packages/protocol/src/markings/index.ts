export { compareTlp, isTlp, parseTlp, strictestTlp, tlpLabel, tlps } from './tlp.ts';
export type { Tlp } from './tlp.ts';
export { comparePap, isPap, papInForce, papLabel, paps, parsePap, strictestPap, unmarkedPap } from './pap.ts';
export type { Pap } from './pap.ts';
export { papOfIep, parseIep } from './iep.ts';
export type { Iep } from './iep.ts';
export {
  markingIdOfPap,
  markingIdOfTlp,
  papMarkingObjects,
  papOfMarkingId,
  tlpMarkingObjects,
  tlpOfMarkingId,
} from './marking-objects.ts';
export type { PapMarkingObject, TlpMarkingObject } from './marking-objects.ts';
export { markingsOf, tlpInForce, unreadMarkingTlp } from './object-markings.ts';
export type { GranularMarking, MarkingLookup, Markings } from './object-markings.ts';
export { findSelected, isSelector } from './selectors.ts';
export { addMarkings, clearMarkings, isMarked, markingsAt, removeMarkings, setMarkings } from './granular-markings.ts';
export type { MarkingKinds, MarkingScope } from './granular-markings.ts';
