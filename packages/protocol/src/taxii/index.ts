/**
 * TAXII 2.1 without a network: what a server reads of a request and writes into an answer, and what a client reads of that.
 */
export { acceptsTaxii, isTaxiiContent, stixMediaType, taxiiMediaType } from './media-type.ts';
export { allVersions, lastVersion, parseTaxiiQuery, passesVersion } from './filters.ts';
export type { FilteredEndpoint, TaxiiFilter, TaxiiQuery, VersionFilter } from './filters.ts';
export { readCursor, writeCursor } from './cursor.ts';
export type { CursorMac, TaxiiCursor } from './cursor.ts';
export { recogniseTaxiiPath, taxiiMethods } from './path.ts';
export type { TaxiiPlace } from './path.ts';
export { envelopeText, taxiiTimestamp } from './resources.ts';
export type {
  TaxiiApiRoot,
  TaxiiCollection,
  TaxiiDiscovery,
  TaxiiError,
  TaxiiManifestRecord,
  TaxiiStatus,
  TaxiiStatusDetail,
} from './resources.ts';
export {
  findCollection,
  recogniseApiRoot,
  recogniseCollection,
  recogniseCollections,
  recogniseDiscovery,
  recogniseStatus,
  recogniseTaxiiDate,
  recogniseTaxiiError,
} from './read-resources.ts';
export type { RemoteApiRoot, RemoteCollection, RemoteDate, RemoteOutcome, RemoteStatus } from './read-resources.ts';
