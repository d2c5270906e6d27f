import { useSyncExternalStore } from 'react';
import type { QueryClient } from '@tanstack/react-query';
import type { ImportReportView, FeedView, Match, OutletView, RecordSourceView } from '@comity/protocol/api';
import { subscribe } from '@comity/protocol/client';
import type { Client, LiveEvent } from '@comity/protocol/client';

interface Beat {
  readonly recordsPerSecond: number;
  readonly bytesPerSecond: number;
}

export interface LiveState {
  readonly status: 'connecting' | 'live' | 'stalled';
  /** In this status since, ms since the epoch. */
  readonly sinceMs: number;
  /** The latest last; at most {@link beatsMax}. */
  readonly beats: readonly Beat[];
}

/** Beats come every 15 s: a quarter of an hour. */
const beatsMax = 60;
/** Rows of queries are written at most this often, in ms, however fast events come. */
const flushMs = 250;

let state: LiveState = { status: 'connecting', sinceMs: Date.now(), beats: [] };
const listeners = new Set<() => void>();
const matchListeners = new Set<(matches: readonly Match[]) => void>();

function set(change: Partial<LiveState>): void {
  state = { ...state, ...change };
  for (const listener of listeners) listener();
}

function setStatus(status: LiveState['status']): void {
  if (state.status !== status) set({ status, sinceMs: Date.now() });
}

/** Calls `listener` with the matches that came in, newest first, a few times a second at most. */
export function onMatches(listener: (matches: readonly Match[]) => void): () => void {
  matchListeners.add(listener);
  return () => matchListeners.delete(listener);
}

export function useLive(): LiveState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}

/** Follows the node's events until `signal` aborts, and writes what they tell into the queries that show it. */
export async function followLive(client: Client, queries: QueryClient, signal: AbortSignal): Promise<void> {
  let waiting: LiveEvent[] = [];
  const flush = (): void => {
    const events = waiting;
    waiting = [];
    if (events.length > 0) takeIn(events, queries);
  };
  const timer = setInterval(flush, flushMs);
  const onState = (to: 'open' | 'broken'): void => {
    // What happened while the stream was broken is only in the answers to new questions.
    if (to === 'open' && state.status === 'stalled') void queries.invalidateQueries();
    setStatus(to === 'open' ? 'live' : 'stalled');
  };
  try {
    for await (const event of subscribe(client, { signal, onState }, { wait })) {
      if (event.name === 'beat') set({ beats: [...state.beats, event.data].slice(-beatsMax) });
      else waiting.push(event);
    }
  } catch {
    // The session ended: the next question to the node is refused and the sign-in page says so.
    setStatus('stalled');
    void queries.invalidateQueries({ queryKey: ['session'] });
  } finally {
    clearInterval(timer);
  }
}

function takeIn(events: readonly LiveEvent[], queries: QueryClient): void {
  const matches: Match[] = [];
  for (const event of events) {
    if (event.name === 'match') matches.push(event.data);
    else if (event.name === 'source') replaceRow(queries, 'sources', event.data);
    else if (event.name === 'feed') replaceRow(queries, 'feeds', event.data);
    else if (event.name === 'outlet') replaceRow(queries, 'outlets', event.data);
    else if (event.name === 'import') takeInImport(queries, event.data);
  }
  if (matches.length > 0) {
    matches.reverse();
    for (const listener of matchListeners) listener(matches);
    void queries.invalidateQueries({ queryKey: ['overview'] }, { cancelRefetch: false });
  }
}

interface Rows<T> {
  readonly rows: readonly T[];
}

type Row = RecordSourceView | FeedView | OutletView;

function replaceRow(queries: QueryClient, key: 'sources' | 'feeds' | 'outlets', row: Row): void {
  queries.setQueryData<Rows<Row>>([key], (old) => {
    if (!old) return old;
    const known = old.rows.some(({ id }) => id === row.id);
    return { rows: known ? old.rows.map((one) => (one.id === row.id ? row : one)) : [row, ...old.rows] };
  });
  if (key === 'sources') queries.setQueryData(['source', row.id], row);
}

function takeInImport(queries: QueryClient, report: ImportReportView): void {
  queries.setQueryData(['import', report.id], report);
  void queries.invalidateQueries({ queryKey: ['imports'] }, { cancelRefetch: false });
  if (report.status === 'running') return;
  for (const key of ['intel', 'held-back', 'overview', 'intel-sources', 'lookup']) {
    void queries.invalidateQueries({ queryKey: [key] });
  }
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
