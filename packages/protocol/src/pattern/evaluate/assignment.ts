import type { Budget } from './budget.ts';

/** One observation, as far as time and number go. */
export interface Seen {
  readonly firstUs: number;
  readonly lastUs: number;
  readonly numberObserved: number;
}

/** What asks for observations. */
export interface Demand {
  readonly units: number;
  /** Indexes of the observations that answer, by `firstUs`. */
  readonly candidates: readonly number[];
  /** Longest time from `firstUs` to `lastUs` among them. */
  readonly longestUs: number;
}

/** Instants allowed to a demand, both ends included. */
export interface Allowed {
  fromUs: number;
  toUs: number;
}

/** How many times each demand (outer) is answered by an observation (inner, by index). */
export type Assignment = readonly ReadonlyMap<number, number>[];

/**
 * Gives every demand as many different observations as it asks for, each within the demand's time, an observation no
 * more often than it was seen; undefined when that cannot be. A maximum flow by augmenting paths: polynomial, however
 * many orders there are.
 */
export function assign(
  demands: readonly Demand[],
  allowed: readonly Allowed[],
  seen: readonly Seen[],
  budget: Budget,
): Assignment | undefined {
  const flow = demands.map(() => new Map<number, number>());
  const used = new Map<number, number>();
  for (const [index, { units }] of demands.entries()) {
    let missing = units;
    while (missing > 0) {
      const moved = augment(index, missing, { demands, allowed, seen, budget, flow, used });
      if (moved === 0) return undefined;
      missing -= moved;
    }
  }
  return flow;
}

interface Network {
  readonly demands: readonly Demand[];
  readonly allowed: readonly Allowed[];
  readonly seen: readonly Seen[];
  readonly budget: Budget;
  readonly flow: Map<number, number>[];
  readonly used: Map<number, number>;
}

/** Finds a free observation for a demand, others giving way if they can take another; how many units it got. */
function augment(start: number, missing: number, network: Network): number {
  const { demands, allowed, seen, budget, flow, used } = network;
  const queue = [start];
  /** Which demand reached an observation, and from which observation a demand was reached. */
  const reachedBy = new Map<number, number>();
  const gaveWay = new Map<number, number>([[start, -1]]);
  for (const demand of queue) {
    const { candidates, longestUs } = demands[demand]!;
    const { fromUs, toUs } = allowed[demand]!;
    for (let at = firstFrom(candidates, seen, fromUs - longestUs); at < candidates.length; at++) {
      const index = candidates[at]!;
      const { firstUs, lastUs, numberObserved } = seen[index]!;
      budget.spend(1);
      if (Math.max(firstUs, fromUs) > toUs) break;
      if (lastUs < fromUs || reachedBy.has(index)) continue;
      reachedBy.set(index, demand);
      const free = numberObserved - (used.get(index) ?? 0);
      if (free > 0) return push(start, index, Math.min(free, missing), reachedBy, gaveWay, network);
      budget.spend(demands.length);
      for (let other = 0; other < demands.length; other++) {
        if (gaveWay.has(other) || (flow[other]!.get(index) ?? 0) === 0) continue;
        gaveWay.set(other, index);
        queue.push(other);
      }
    }
  }
  return 0;
}

/** Moves units along the path that ended at a free observation. */
function push(
  start: number,
  end: number,
  most: number,
  reachedBy: ReadonlyMap<number, number>,
  gaveWay: ReadonlyMap<number, number>,
  { flow, used }: Network,
): number {
  let units = most;
  for (let index = end; ;) {
    const demand = reachedBy.get(index)!;
    if (demand === start) break;
    index = gaveWay.get(demand)!;
    units = Math.min(units, flow[demand]!.get(index)!);
  }
  for (let index = end; ;) {
    const demand = reachedBy.get(index)!;
    const taken = flow[demand]!;
    taken.set(index, (taken.get(index) ?? 0) + units);
    if (demand === start) break;
    index = gaveWay.get(demand)!;
    taken.set(index, taken.get(index)! - units);
  }
  used.set(end, (used.get(end) ?? 0) + units);
  return units;
}

/** Place of the first candidate that begins at `us` or later. */
function firstFrom(candidates: readonly number[], seen: readonly Seen[], us: number): number {
  let low = 0;
  let high = candidates.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (seen[candidates[middle]!]!.firstUs < us) low = middle + 1;
    else high = middle;
  }
  return low;
}
