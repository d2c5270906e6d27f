import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { node, queries } from '../app/node.ts';
import type { GivenSearch } from '../app/search.ts';

/** How often what other nodes do is asked for anew while somebody looks, in ms: no event tells of it. */
const lookMs = 4000;

/** Every page of a list is asked for anew: of one that was scrolled far down that is too much. */
export const whileShort = ({
  state,
}: {
  readonly state: { readonly data?: { readonly pages: readonly unknown[] } | undefined };
}): number | false => ((state.data?.pages.length ?? 0) > 2 ? false : lookMs);

export const ownMemberQuery = queryOptions({
  queryKey: ['federation', 'self'],
  queryFn: ({ signal }) => node.ownMember({}, { signal }),
  staleTime: 30_000,
});

export const membersQuery = queryOptions({
  queryKey: ['federation', 'members'],
  queryFn: ({ signal }) => node.listMembers({}, { signal }),
  refetchInterval: lookMs,
});

export const memberQuery = (id: string) =>
  queryOptions({
    queryKey: ['federation', 'member', id],
    queryFn: ({ signal }) => node.getMember({ params: { id } }, { signal }),
    refetchInterval: lookMs,
  });

export const stepsQuery = (id: string) =>
  queryOptions({
    queryKey: ['federation', 'steps', id],
    queryFn: ({ signal }) => node.listMemberSteps({ params: { id } }, { signal }),
  });

export const memberLedgerQuery = (id: string) =>
  queryOptions({
    queryKey: ['federation', 'member-ledger', id],
    queryFn: ({ signal }) => node.showMemberLedger({ params: { id } }, { signal }),
    refetchInterval: lookMs,
  });

export const peersQuery = queryOptions({
  queryKey: ['federation', 'peers'],
  queryFn: ({ signal }) => node.listPeers({}, { signal }),
  refetchInterval: lookMs,
});

export const invitationsQuery = queryOptions({
  queryKey: ['federation', 'invitations'],
  queryFn: ({ signal }) => node.listInvitations({}, { signal }),
  refetchInterval: lookMs,
});

export const ledgerQuery = queryOptions({
  queryKey: ['federation', 'ledger'],
  queryFn: ({ signal }) => node.showLedger({}, { signal }),
  refetchInterval: lookMs,
});

export const evidenceQuery = queryOptions({
  queryKey: ['federation', 'evidence'],
  queryFn: ({ signal }) => node.listEvidence({}, { signal }),
  refetchInterval: lookMs * 4,
});

export const recallsQuery = queryOptions({
  queryKey: ['federation', 'recalls'],
  queryFn: ({ signal }) => node.listRecalls({ query: {} }, { signal }),
  refetchInterval: lookMs,
});

export const offersQuery = queryOptions({
  queryKey: ['federation', 'lookups'],
  queryFn: ({ signal }) => node.listLookups({}, { signal }),
});

/** What stands with members, narrowed; `limit` rows a page. */
export const givenQuery = ({ member, only }: GivenSearch, limit = 100) =>
  infiniteQueryOptions({
    queryKey: ['federation', 'given', member, only, limit],
    queryFn: ({ pageParam, signal }) =>
      node.listGiven({ query: { member, state: only, cursor: pageParam, limit } }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    refetchInterval: whileShort,
  });

export const loansQuery = (member: string, limit: number) =>
  queryOptions({
    queryKey: ['federation', 'loans', member, limit],
    queryFn: ({ signal }) => node.listLoans({ query: { member, limit } }, { signal }),
    refetchInterval: lookMs * 2,
  });

export const deliveriesQuery = (id: string) =>
  queryOptions({
    queryKey: ['federation', 'deliveries', id],
    queryFn: ({ signal }) => node.listDeliveries({ params: { id } }, { signal }),
    // Most objects are with nobody, and stay so while one looks.
    refetchInterval: ({ state }) => ((state.data?.rows.length ?? 0) > 0 ? lookMs : false),
  });

/** Asks everything about members anew, once something was done about one. */
export function federationChanged(): void {
  void queries.invalidateQueries({ queryKey: ['federation'] });
  for (const key of ['recipients', 'sharing']) void queries.invalidateQueries({ queryKey: [key] });
}
