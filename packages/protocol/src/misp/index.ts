export { isWarninglist, parseWarninglist } from './warninglist.ts';
export type { Warninglist, WarninglistType } from './warninglist.ts';
export { isMispDocument, parseMispEvent, parseMispEvents, readMispEvent, readMispEvents } from './parse-event.ts';
export type { MispAttribute, MispCluster, MispEvent, MispFault, MispObject, MispSighting, MispTag } from './event.ts';
export { mispToStix } from './to-stix.ts';
export type { MispConversion, MispToStixOptions } from './to-stix.ts';
export type { MispLoss } from './loss-tally.ts';
export { attributesOfEvent, hashedTexts, isMispManifest, parseMispHashes, parseMispManifest } from './feed.ts';
export type { MispHash, MispManifest, MispManifestEntry } from './feed.ts';
