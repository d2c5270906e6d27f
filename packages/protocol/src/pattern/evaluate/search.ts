import { ComityError, limits } from '../../base/index.ts';
import { assign } from './assignment.ts';
import type { Allowed, Assignment, Demand, Seen } from './assignment.ts';
import type { Budget } from './budget.ts';
import type { Plan } from './disjuncts.ts';
import type { Span } from './shape.ts';

/** One leaf, answered by one observation, `units` times. */
export interface Answer {
  readonly leaf: number;
  readonly observation: number;
  readonly units: number;
}

/**
 * Finds observations that answer a plan, each asked for and no two the same (STIX 2.1 §9.5.2), at instants within each
 * observation's time that all qualifiers and FOLLOWEDBY allow together; undefined when there are none.
 *
 * A window has a beginning and a FOLLOWEDBY an instant between its sides. With those chosen, every demand only has a
 * time it may be answered in, and who answers whom is a flow ({@link assign}). They are chosen among the instants
 * observations begin and end, outermost first, and what cannot work is left at once. Polynomial for a given pattern;
 * the degree is its number of windows and FOLLOWEDBYs, so the steps are counted.
 *
 * @param answers - For each leaf, the indexes of the observations that answer it.
 * @throws {ComityError} `PATTERN_TOO_COMPLEX` when the budget is used up.
 */
export function search(
  plan: Plan,
  answers: readonly (readonly number[])[],
  seen: readonly Seen[],
  budget: Budget,
): readonly Answer[] | undefined {
  const problem = new Problem(answers, seen);
  problem.add(plan, []);
  const found = new Search(problem, seen, budget).run();
  return found === undefined ? undefined : problem.read(found, answers);
}

/** What an instant that is still to choose means for a demand. */
interface Bound {
  /** Index of the instant; undefined for a bound that stands from the beginning. */
  readonly instant?: number;
  readonly kind: 'from' | 'to' | 'window';
  readonly span: Span;
}

interface Instant {
  /** The demands whose observations' times it is chosen from. */
  readonly from: number;
  readonly to: number;
  readonly bounds: readonly Bound[];
  /** Another copy's instant, which this one is not before: copies are alike. */
  readonly notBefore: number | undefined;
}

const anyTime: Span = { fromUs: -Number.MAX_SAFE_INTEGER, toUs: Number.MAX_SAFE_INTEGER };

/** The demands, the instants to choose and what binds them, in the order of the plan. */
class Problem {
  readonly demands: Demand[] = [];
  readonly bounds: (readonly Bound[])[] = [];
  readonly instants: Instant[] = [];
  readonly #leaves: (readonly number[])[] = [];
  readonly #answers: readonly (readonly number[])[];
  readonly #seen: readonly Seen[];

  constructor(answers: readonly (readonly number[])[], seen: readonly Seen[]) {
    this.#answers = answers;
    this.#seen = seen;
  }

  /** @returns the number of the first instant chosen for the plan, if any. */
  add(plan: Plan, bounds: readonly Bound[], notBefore?: number): number | undefined {
    const first = this.instants.length;
    if (plan.kind === 'slot') this.#addDemand(plan.leaves, plan.units, bounds);
    else if (plan.kind === 'within') this.#addWindow(plan, bounds, notBefore);
    else if (plan.kind === 'sequence') this.#addSequence(plan.parts, bounds, notBefore);
    else {
      let before = notBefore;
      for (const part of plan.parts) {
        const chosen = this.add(part, bounds, before);
        // Of one copy the first instant comes after that of the copy before; of parts that differ none is bound.
        if (plan.kind === 'copies') before = chosen;
        else if (chosen !== undefined) before = undefined;
      }
    }
    return this.instants.length > first ? first : undefined;
  }

  /** Which leaf each observation answers. */
  read(assignment: Assignment, answers: readonly (readonly number[])[]): Answer[] {
    return assignment.flatMap((taken, demand) =>
      [...taken].flatMap(([observation, units]) => {
        const leaf = this.#leaves[demand]!.find((each) => answers[each]!.includes(observation));
        return units > 0 && leaf !== undefined ? [{ leaf, observation, units }] : [];
      }),
    );
  }

  #addDemand(leaves: readonly number[], units: number, bounds: readonly Bound[]): void {
    if (this.demands.length === limits.patternSlotsMax) {
      throw new ComityError(
        'PATTERN_TOO_COMPLEX',
        `Cannot evaluate pattern: asks for more than ${limits.patternSlotsMax} expressions, repetitions counted`,
      );
    }
    const seen = this.#seen;
    const distinct = new Set(leaves.flatMap((leaf) => this.#answers[leaf]!));
    const candidates = [...distinct].toSorted((a, b) => seen[a]!.firstUs - seen[b]!.firstUs);
    let longestUs = 0;
    for (const index of candidates) longestUs = Math.max(longestUs, seen[index]!.lastUs - seen[index]!.firstUs);
    this.demands.push({ units, candidates, longestUs });
    this.bounds.push(bounds);
    this.#leaves.push(leaves);
  }

  #addWindow(plan: Extract<Plan, { kind: 'within' }>, bounds: readonly Bound[], notBefore: number | undefined): void {
    const { part, span } = plan;
    const fixed = [...bounds, { kind: 'window' as const, span }];
    if (span.widthUs === undefined) {
      this.add(part, fixed, notBefore);
      return;
    }
    const instant = this.#reserve();
    const from = this.demands.length;
    this.add(part, [...fixed, { instant, kind: 'window', span }]);
    this.instants[instant] = { from, to: this.demands.length, bounds: fixed, notBefore };
  }

  #addSequence(parts: readonly Plan[], bounds: readonly Bound[], notBefore: number | undefined): void {
    let own = bounds;
    for (const [index, part] of parts.slice(0, -1).entries()) {
      const instant = this.#reserve();
      const from = this.demands.length;
      this.add(part, [...own, { instant, kind: 'to', span: anyTime }]);
      const to = this.demands.length;
      this.instants[instant] = { from, to, bounds: own, notBefore: index === 0 ? notBefore : undefined };
      own = [...bounds, { instant, kind: 'from', span: anyTime }];
    }
    this.add(parts.at(-1)!, own);
  }

  #reserve(): number {
    this.instants.push({ from: 0, to: 0, bounds: [], notBefore: undefined });
    return this.instants.length - 1;
  }
}

class Search {
  readonly #problem: Problem;
  readonly #seen: readonly Seen[];
  readonly #budget: Budget;
  /** Chosen so far, by index of the instant. */
  readonly #chosenUs: number[] = [];

  constructor(problem: Problem, seen: readonly Seen[], budget: Budget) {
    this.#problem = problem;
    this.#seen = seen;
    this.#budget = budget;
  }

  run(): Assignment | undefined {
    const { instants } = this.#problem;
    // Places among the possible values of each instant, instead of recursion: a pattern may have a thousand.
    const values: number[][] = [];
    const places: number[] = [];
    let found = this.#assign();
    if (found === undefined || instants.length === 0) return found;
    values.push(this.#valuesOf(0));
    places.push(0);
    while (places.length > 0) {
      const depth = places.length - 1;
      const value = values[depth]![places[depth]!];
      if (value === undefined) {
        values.pop();
        places.pop();
        this.#chosenUs.length = depth;
        continue;
      }
      places[depth]!++;
      this.#chosenUs[depth] = value;
      this.#chosenUs.length = depth + 1;
      found = this.#assign();
      if (found === undefined) continue;
      if (depth + 1 === instants.length) return found;
      values.push(this.#valuesOf(depth + 1));
      places.push(0);
    }
    return undefined;
  }

  #assign(): Assignment | undefined {
    const { demands, bounds } = this.#problem;
    const allowed = bounds.map((each) => this.#allowedBy(each));
    this.#budget.spend(demands.length);
    return assign(demands, allowed, this.#seen, this.#budget);
  }

  #allowedBy(bounds: readonly Bound[]): Allowed {
    const allowed = { fromUs: anyTime.fromUs, toUs: anyTime.toUs };
    for (const { instant, kind, span } of bounds) {
      const us = instant === undefined ? undefined : this.#chosenUs[instant];
      if (instant === undefined) {
        allowed.fromUs = Math.max(allowed.fromUs, span.fromUs);
        allowed.toUs = Math.min(allowed.toUs, span.toUs);
      } else if (us !== undefined) {
        if (kind !== 'to') allowed.fromUs = Math.max(allowed.fromUs, us);
        if (kind === 'to') allowed.toUs = Math.min(allowed.toUs, us);
        if (kind === 'window') allowed.toUs = Math.min(allowed.toUs, us + (span.widthUs ?? 0));
      }
    }
    return allowed;
  }

  /** The first and the last instant each observation concerned may have, as far as things are chosen; ascending. */
  #valuesOf(index: number): number[] {
    const { from, to, bounds, notBefore } = this.#problem.instants[index]!;
    const { fromUs, toUs } = this.#allowedBy(bounds);
    const least = notBefore === undefined ? fromUs : Math.max(fromUs, this.#chosenUs[notBefore]!);
    const values = new Set<number>();
    for (let demand = from; demand < to; demand++) {
      const { candidates } = this.#problem.demands[demand]!;
      const own = this.#allowedBy(this.#problem.bounds[demand]!);
      this.#budget.spend(candidates.length);
      for (const candidate of candidates) {
        const firstUs = Math.max(this.#seen[candidate]!.firstUs, own.fromUs, least);
        const lastUs = Math.min(this.#seen[candidate]!.lastUs, own.toUs, toUs);
        if (firstUs > lastUs) continue;
        values.add(firstUs);
        values.add(lastUs);
      }
    }
    return [...values].toSorted((a, b) => a - b);
  }
}
