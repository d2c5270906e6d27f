import { ComityError, parseRowId, quote } from '@comity/protocol/base';
import type { Intel } from '../../intel/index.ts';
import type { RecipientBook } from '../../sharing/index.ts';
import type { Collection, Taxii } from '../../taxii/index.ts';
import type { Handlers } from '../handler.ts';
import { mispUrl } from '../misp/answer-misp.ts';
import { collectionUrl } from '../taxii/answer-taxii.ts';
import { optional } from '../views/instants.ts';

export interface CollectionRoutesDeps {
  readonly taxii: Pick<Taxii, 'collections'>;
  readonly recipients: Pick<RecipientBook, 'find' | 'groups'>;
  readonly intel: Pick<Intel, 'sources'>;
  readonly uuid: () => string;
  readonly publicUrl: () => string;
}

/** TAXII collections as data: made, changed and removed by whoever says who may have what. */
export function collectionRoutes({
  taxii: { collections },
  recipients,
  intel,
  uuid,
  publicUrl,
}: CollectionRoutesDeps): Pick<Handlers, 'listCollections' | 'saveCollection' | 'removeCollection'> {
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
