import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { node } from './node.ts';
import type { IntelSearch } from './search.ts';

/** Questions that more than one place asks. */
export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: ({ signal }) => node.overview({}, { signal }),
  staleTime: 2000,
  refetchInterval: 15_000,
});

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => node.session({}, { signal }),
  staleTime: 60_000,
});

export const sourcesQuery = queryOptions({
  queryKey: ['sources'],
  queryFn: ({ signal }) => node.listSources({}, { signal }),
});

export const feedsQuery = queryOptions({
  queryKey: ['feeds'],
  queryFn: ({ signal }) => node.listFeeds({}, { signal }),
});

export const intelSourcesQuery = queryOptions({
  queryKey: ['intel-sources'],
  queryFn: ({ signal }) => node.listIntelSources({}, { signal }),
  staleTime: 60_000,
});

export const importsQuery = infiniteQueryOptions({
  queryKey: ['imports'],
  queryFn: ({ pageParam, signal }) => node.listImports({ query: { cursor: pageParam, limit: 50 } }, { signal }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next,
});

export function intelQuery({ text, type, kind, state, source, tlp, seen, matched }: IntelSearch) {
  const filter = { text, type, kind, state, source, tlp, seen };
  return infiniteQueryOptions({
    queryKey: ['intel', filter, matched],
    queryFn: ({ pageParam, signal }) =>
      node.searchIntel(
        {
          query: {
            ...filter,
            matched: matched === undefined ? undefined : matched ? 'true' : 'false',
            cursor: pageParam,
            limit: 200,
          },
        },
        { signal },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    placeholderData: (previous) => previous,
  });
}

export const intelObjectQuery = (id: string) =>
  queryOptions({
    queryKey: ['intel', 'object', id],
    queryFn: ({ signal }) => node.getIntel({ params: { id } }, { signal }),
  });
