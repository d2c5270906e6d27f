import { ComityError, parseRowId, quote } from '@comity/protocol/base';
import type { Intel } from '../../intel/index.ts';
import type { RecipientBook, Sharing } from '../../sharing/index.ts';
import { isFor, objectsOf } from '../../taxii/index.ts';
import type { Collection, Taxii } from '../../taxii/index.ts';
import type { Handlers } from '../handler.ts';
import { mispUrl } from '../misp/answer-misp.ts';
import { collectionUrl } from '../taxii/answer-taxii.ts';
import { optional } from '../views/instants.ts';
import { collectionShareView } from '../views/sharing-view.ts';

export interface CollectionRoutesDeps {
  readonly taxii: Pick<Taxii, 'collections'>;
  readonly sharing: Pick<Sharing, 'recipients' | 'countShares' | 'laws'>;
  readonly intel: Pick<Intel, 'sources' | 'arrivals'>;
  readonly uuid: () => string;
  readonly publicUrl: () => string;
}

/** Objects of a collection that are looked at to say who gets something of it: some seconds. */
const countedMax = 100_000;

/** TAXII collections as data: made, changed and removed by whoever says who may have what. */
export function collectionRoutes({
  taxii: { collections },
  sharing,
  intel,
  uuid,
  publicUrl,
}: CollectionRoutesDeps): Pick<
  Handlers,
  'listCollections' | 'saveCollection' | 'removeCollection' | 'explainCollection'
> {
  const { recipients } = sharing;
  /** It may go through a whole collection: one at a time. */
  let isCounting = false;
  const viewOf = (collection: Collection) => ({
    ...collection,
    ...lists(collection),
    url: collectionUrl(publicUrl(), collection.id),
    listsUrl: `${publicUrl()}/api/v1/lists/${collection.alias ?? collection.id}/`,
    mispUrl: mispUrl(publicUrl(), collection.id),
  });
  return {
    listCollections: () => ({ rows: collections.list().map(viewOf) }),
    async saveCollection({ body }) {
      const { id = uuid(), alias, source, audience, ...rest } = body;
      for (const each of audience) assertAudience(each, recipients);
      const told = source === undefined ? undefined : parseRowId(source);
      if (told !== undefined && !(await intel.sources()).some((each) => each.id === told))
        throw new ComityError('NOT_FOUND', `Cannot find the source ${quote(told)}`);
      if (body.id !== undefined && !collections.list().some((each) => each.id === id))
        throw new ComityError('NOT_FOUND', `Cannot find the collection ${quote(id)}`);
      const collection = { ...rest, id, alias, source: told, audience: [...new Set(audience)] };
      await collections.save(collection);
      return viewOf(collection);
    },
    removeCollection: ({ params }) => collections.remove(params.id),
    async explainCollection({ params }) {
      const collection = collections.find(params.id);
      if (collection === undefined)
        throw new ComityError('NOT_FOUND', `Cannot find the collection ${quote(params.id)}`);
      if (isCounting)
        throw new ComityError(
          'TOO_MANY_REQUESTS',
          'Cannot go through the collection yet: another one is gone through',
          {
            details: { retryAfterSeconds: 5 },
          },
        );
      isCounting = true;
      try {
        const lawHash = sharing.laws.active().law.hash;
        const others = recipients.list().filter(({ kind }) => kind !== 'owner' && kind !== 'public');
        const objects = objectsOf(collection, (query, rowsMax) => intel.arrivals(query, rowsMax), countedMax);
        const counted = await sharing.countShares(objects, others);
        const rows = counted.rows.map((row) => collectionShareView(row, isFor(collection, row.recipient)));
        return { id: collection.id, lawHash, objects: counted.objects, isWhole: counted.objects < countedMax, rows };
      } finally {
        isCounting = false;
      }
    },
  };
}

function lists({ types, kinds, audience, alias, source }: Collection) {
  return {
    types: [...types],
    kinds: [...kinds],
    audience: [...audience],
    ...optional('alias', alias),
    ...optional('source', source),
  };
}

/** Somebody misspelt would be nobody. @throws {ComityError} `NOT_FOUND`. */
function assertAudience(entry: string, recipients: Pick<RecipientBook, 'find' | 'groups'>): void {
  const group = /^group:(.+)$/.exec(entry)?.[1];
  const isThere =
    group === undefined ? recipients.find(entry) !== undefined : recipients.groups().some(({ id }) => id === group);
  if (!isThere) throw new ComityError('NOT_FOUND', `Cannot find the recipient or group ${quote(entry)}`);
}
