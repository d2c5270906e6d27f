import { queryOptions, useQuery } from '@tanstack/react-query';
import { node, queries } from '../app/node.ts';
import { sessionQuery } from '../app/shared-queries.ts';

/** The law in force, or the one of a hash, with what became of each. */
export const lawQuery = (hash?: string) =>
  queryOptions({
    queryKey: ['law', hash],
    queryFn: ({ signal }) => node.getLaw({ query: { hash } }, { signal }),
  });

export const recipientsQuery = queryOptions({
  queryKey: ['recipients'],
  queryFn: ({ signal }) => node.listRecipients({}, { signal }),
});

export const collectionsQuery = queryOptions({
  queryKey: ['collections'],
  queryFn: ({ signal }) => node.listCollections({}, { signal }),
});

/** Whether who is signed in says who may have what; the others only look. */
export function useMayGovern(): boolean {
  return useQuery(sessionQuery).data?.scopes.includes('govern') ?? false;
}

/** What depends on who may have what is asked for anew: a change of the law may mean others now. */
export function recipientsChanged(): void {
  for (const key of ['recipients', 'collections', 'sharing', 'law-diff', 'tokens'])
    void queries.invalidateQueries({ queryKey: [key] });
}
