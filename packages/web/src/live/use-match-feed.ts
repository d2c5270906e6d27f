import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Match } from '@comity/protocol/api';
import { node } from '../app/node.ts';
import { onMatches } from './live.ts';

export interface MatchFilter {
  readonly source?: string | undefined;
  readonly value?: string | undefined;
  readonly indicator?: string | undefined;
  readonly alarmsOnly?: boolean | undefined;
}

export interface MatchFeed {
  readonly rows: readonly Match[];
  /** Arrived, but kept back so that what is read does not move. */
  readonly waitingCount: number;
  readonly showWaiting: () => void;
  /** While at rest (at the top, nothing pointed at), new rows come in by themselves. */
  readonly setAtRest: (atRest: boolean) => void;
  readonly status: 'pending' | 'error' | 'success';
  readonly error: unknown;
  readonly retry: () => void;
  readonly hasMore: boolean;
  readonly more: () => void;
}

/** More than these wait for nobody: showing them asks the node anew. */
const waitingMax = 999;

interface Arrived {
  /** Name of the filters these passed. */
  readonly of: string;
  readonly shown: readonly Match[];
  readonly waiting: readonly Match[];
}

const none: readonly Match[] = [];

/** Matches, newest first: the stored ones by pages and the live ones on top. */
export function useMatchFeed(filter: MatchFilter): MatchFeed {
  const { source, value, indicator, alarmsOnly = false } = filter;
  const key = ['matches', source, value, indicator, alarmsOnly];
  const stored = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      node.listMatches(
        { query: { source, value, indicator, alarm: alarmsOnly ? 'true' : undefined, cursor: pageParam, limit: 100 } },
        { signal },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
  });
  const name = key.join(' ');
  const [kept, setArrived] = useState<Arrived>({ of: name, shown: [], waiting: [] });
  // What arrived for other filters is not of this list.
  const { shown, waiting } = kept.of === name ? kept : { shown: none, waiting: none };
  const atRest = useRef(true);
  const { refetch, fetchNextPage, isFetchingNextPage } = stored;

  useEffect(
    () =>
      onMatches((arrived) => {
        const mine = arrived.filter(
          (match) =>
            (source === undefined || match.sourceId === source) &&
            (value === undefined || match.value === value) &&
            (indicator === undefined || match.indicator.id === indicator) &&
            (!alarmsOnly || match.alarm),
        );
        if (mine.length === 0) return;
        setArrived((old) => {
          const own = old.of === name ? old : { of: name, shown: none, waiting: none };
          const place = atRest.current && own.waiting.length === 0 ? 'shown' : 'waiting';
          return { ...own, [place]: [...mine, ...own[place]].slice(0, waitingMax + 1) };
        });
      }),
    [name, source, value, indicator, alarmsOnly],
  );

  const showWaiting = useCallback(() => {
    const isTooMany = waiting.length > waitingMax;
    if (isTooMany) void refetch();
    setArrived({ of: name, shown: isTooMany ? none : [...waiting, ...shown], waiting: none });
  }, [name, shown, waiting, refetch]);
  const setAtRest = useCallback((rest: boolean) => {
    atRest.current = rest;
  }, []);
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage]);

  const rows = useMemo(() => {
    const seen = new Set<string>(waiting.map(({ id }) => id));
    const all = [...shown, ...(stored.data?.pages.flatMap((page) => page.rows) ?? [])];
    return all.filter(({ id }) => !seen.has(id) && seen.add(id));
  }, [shown, waiting, stored.data]);
  return {
    rows,
    waitingCount: waiting.length,
    showWaiting,
    setAtRest,
    status: stored.status,
    error: stored.error,
    retry: () => void refetch(),
    hasMore: stored.hasNextPage,
    more,
  };
}
