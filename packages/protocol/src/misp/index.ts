export { isWarninglist, parseWarninglist } from './warninglist.ts';
export type { Warninglist, WarninglistType } from './warninglist.ts';
export type { MispAttribute, MispCluster, MispEvent, MispFault, MispObject, MispSighting, MispTag } from './event.ts';
