import { ComityError, quote } from '@comity/protocol/base';
import type { Collection, Taxii } from '../../taxii/index.ts';
import { assertMayRead, getCollection } from '../taxii/audience.ts';
import type { TaxiiCaller } from '../taxii/audience.ts';
import type { MispPlace } from './misp-path.ts';

/** Who asks for what of a MISP. */
export interface MispCall {
  /** Id or alias; untrusted. */
  readonly collection: string;
  readonly place: MispPlace;
  readonly caller: TaxiiCaller;
}

/** What gives events. */
const readingKinds: ReadonlySet<MispPlace['kind']> = new Set([
  'manifest',
  'hashes',
  'index',
  'search',
  'view',
  'event-file',
]);

/**
 * The collection a call is about, of somebody who may call it. Asked before a body is read, and once more when it was: what is
 * allowed may have changed while it came.
 *
 * @throws {ComityError} `NOT_FOUND`, `NOT_ALLOWED`.
 */
export function collectionFor(
  { collection: name, place, caller }: MispCall,
  { taxii }: { readonly taxii: Pick<Taxii, 'collections'> },
): Collection {
  const collection = getCollection(taxii.collections.find(name), name, caller);
  if (readingKinds.has(place.kind)) assertMayRead(caller);
  if ((place.kind === 'add' || place.kind === 'edit') && !mayPush(collection, caller))
    throw new ComityError(
      'NOT_ALLOWED',
      `Cannot take events into the collection ${quote(collection.title)}: it takes none of yours`,
    );
  return collection;
}

/** Whether somebody may send events into a collection. */
export function mayPush({ takesObjects }: Collection, { maySend }: TaxiiCaller): boolean {
  return takesObjects && maySend;
}
