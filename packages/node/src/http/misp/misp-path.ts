import { recogniseMispUuid } from '@comity/protocol/misp';

/** What of a MISP server is asked for, below a collection. */
export type MispPlace =
  | { readonly kind: PlainPlace }
  /** One event: as a file of the feed, or by the sync API. */
  | { readonly kind: 'event-file' | 'view' | 'edit'; readonly uuid: string };

type PlainPlace = (typeof plainPlaces)[number][1];

/** Paths as MISP's own synchronisation, its feeds and PyMISP ask for them. */
const plainPlaces = [
  ['manifest.json', 'manifest'],
  ['hashes.csv', 'hashes'],
  ['servers/getVersion', 'version'],
  ['servers/postTest', 'post-test'],
  ['users/view/me', 'me'],
  ['sharing_groups/index', 'sharing-groups'],
  ['sharingGroups/index', 'sharing-groups'],
  ['events/index', 'index'],
  ['events', 'index'],
  ['events/restSearch', 'search'],
  ['events/restSearch/json', 'search'],
  ['events/add', 'add'],
  ['events/filterEventIdsForPush', 'filter'],
  ['shadow_attributes/index', 'proposals'],
  ['sightings/restSearch/event', 'sightings'],
] as const;

const kindOfPath: ReadonlyMap<string, PlainPlace> = new Map(plainPlaces);

/** Methods of each place, beside HEAD where there is GET. */
export const mispMethods: Readonly<Record<MispPlace['kind'], readonly string[]>> = {
  manifest: ['GET'],
  hashes: ['GET'],
  'event-file': ['GET'],
  version: ['GET'],
  'post-test': ['POST'],
  me: ['GET'],
  'sharing-groups': ['GET'],
  index: ['GET', 'POST'],
  view: ['GET', 'POST'],
  search: ['GET', 'POST'],
  add: ['POST'],
  edit: ['POST', 'PUT'],
  filter: ['POST'],
  proposals: ['GET'],
  sightings: ['POST'],
};

/**
 * Splits `/misp/COLLECTION/…`. What MISP puts behind a path as `/name:value` changes nothing here and is left out; `.json` too.
 *
 * @param path - Without its query; untrusted.
 */
export function recogniseMispPath(
  path: string,
): { readonly collection: string; readonly place: MispPlace } | undefined {
  const [, collection, rest] = /^\/misp\/([\w-]{1,100})\/(.{1,2000})$/.exec(path) ?? [];
  if (collection === undefined || rest === undefined) return undefined;
  const asked = rest.replace(/\/+$/, '');
  const file = /^([^/]+)\.json$/.exec(asked)?.[1];
  const ofFile = recogniseMispUuid(file);
  if (ofFile !== undefined) return { collection, place: { kind: 'event-file', uuid: ofFile } };
  const steps = asked.split('/').filter((step) => !/^[^/:]+(?::|%3A)/i.test(step));
  const plain = kindOfPath.get(steps.join('/')) ?? kindOfPath.get(steps.join('/').replace(/\.json$/, ''));
  if (plain !== undefined) return { collection, place: { kind: plain } };
  const [events, action, name, ...more] = steps;
  const uuid = recogniseMispUuid(name?.replace(/\.json$/, ''));
  if (events !== 'events' || uuid === undefined || more.length > 0) return undefined;
  return action === 'view' || action === 'edit' ? { collection, place: { kind: action, uuid } } : undefined;
}
