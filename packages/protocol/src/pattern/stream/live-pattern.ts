import type { Answer } from '../evaluate/search.ts';
import { Budget } from '../evaluate/budget.ts';
import { findAnswers } from '../evaluate/match-pattern.ts';
import type { Observation } from '../evaluate/observation.ts';
import type { Shape } from '../evaluate/shape.ts';
import { ComityError } from '../../base/index.ts';

/** An observation that answers something of a pattern. */
interface Kept {
  readonly observation: Observation;
  /** The object that answers, by leaf. */
  readonly objects: ReadonlyMap<number, string>;
}

/** Which observation answered which part of a live pattern. */
export interface StreamBinding {
  /** Observation expressions are counted from 0 as they stand in the pattern. */
  readonly expression: number;
  readonly observation: Observation;
  /** The object the paths began at, by its name in the observation. */
  readonly object: string;
  readonly units: number;
}

/** What a live pattern did with an observation. */
export type Advance =
  | { readonly kind: 'matched'; readonly bindings: readonly StreamBinding[] }
  | { readonly kind: 'kept' | 'passed' | 'gave up' };

const passed: Advance = { kind: 'passed' };

/** What of a pattern has been seen since its last match. */
export class LivePattern {
  readonly id: string;
  readonly #shape: Shape;
  readonly #leafCount: number;
  readonly #steps: number;
  /** A single observation decides, so nothing is kept. */
  readonly #isSingle: boolean;
  /** Nothing that ended before this long ago can answer together with what comes. */
  readonly #memoryUs: number;
  #kept: Kept[] = [];
  /** Places in what is kept, by the leaf they answer. */
  #answers: number[][] = [];
  #seen: Observation[] = [];
  /** When the first of what is kept ended. */
  #earliestUs = Number.POSITIVE_INFINITY;

  constructor(id: string, shape: Shape, leafCount: number, steps: number) {
    this.id = id;
    this.#shape = shape;
    this.#leafCount = leafCount;
    this.#steps = steps;
    const inner = shape.kind === 'within' ? shape.part : shape;
    this.#isSingle = inner.kind === 'slot' && inner.units === 1;
    this.#memoryUs = memoryUsOf(shape);
    this.#keep([]);
  }

  get keptCount(): number {
    return this.#kept.length;
  }

  /** Judges an observation that answers the given leaves. It is kept when it may answer with a later one. */
  advance(observation: Observation, objects: ReadonlyMap<number, string>): Advance {
    if (!mayAnswer(this.#shape, observation)) return passed;
    if (this.#isSingle) {
      const [[expression, object] = [0, '']] = objects;
      return { kind: 'matched', bindings: [{ expression, observation, object, units: 1 }] };
    }
    this.#add({ observation, objects });
    let found: readonly Answer[] | undefined;
    try {
      found = findAnswers(this.#shape, this.#answers, this.#seen, new Budget(this.#steps));
    } catch (error) {
      this.#keep([]);
      if (error instanceof ComityError) return { kind: 'gave up' };
      throw error;
    }
    if (found === undefined) return { kind: 'kept' };
    const kept = this.#kept;
    this.#keep([]);
    const bindings = found.map(({ leaf, observation: index, units }) => ({
      expression: leaf,
      observation: kept[index]!.observation,
      object: kept[index]!.objects.get(leaf)!,
      units,
    }));
    return { kind: 'matched', bindings };
  }

  /**
   * Forgets what can answer no more when nothing from before `us` will come: what ended a window before it, all when the
   * time the pattern is asked for is over. How many were forgotten.
   */
  expire(us: number): number {
    const isOver = this.#shape.kind === 'within' && us > this.#shape.span.toUs;
    const limitUs = isOver ? Number.POSITIVE_INFINITY : us - this.#memoryUs;
    if (this.#earliestUs >= limitUs) return 0;
    const before = this.#kept.length;
    this.#keep(this.#kept.filter(({ observation }) => observation.lastUs >= limitUs));
    return before - this.#kept.length;
  }

  /** Forgets the oldest quarter. How many. */
  dropOldest(): number {
    const count = Math.ceil(this.#kept.length / 4);
    this.#keep(this.#kept.slice(count));
    return count;
  }

  #keep(kept: readonly Kept[]): void {
    this.#kept = [];
    this.#seen = [];
    this.#answers = Array.from({ length: this.#leafCount }, (): number[] => []);
    this.#earliestUs = Number.POSITIVE_INFINITY;
    for (const each of kept) this.#add(each);
  }

  #add(each: Kept): void {
    const index = this.#kept.push(each) - 1;
    this.#seen.push(each.observation);
    for (const leaf of each.objects.keys()) this.#answers[leaf]!.push(index);
    this.#earliestUs = Math.min(this.#earliestUs, each.observation.lastUs);
  }
}

/** Whether qualifiers around the whole pattern let an observation in at all. */
function mayAnswer(shape: Shape, observation: Observation): boolean {
  if (shape.kind !== 'within') return true;
  return observation.lastUs >= shape.span.fromUs && observation.firstUs <= shape.span.toUs;
}

/** Longest time between what a pattern uses together; infinite when nothing limits it. */
function memoryUsOf(shape: Shape): number {
  if (shape.kind === 'within') return shape.span.widthUs ?? memoryUsOf(shape.part);
  if (shape.kind === 'any') return Math.max(...shape.parts.map(memoryUsOf));
  return shape.kind === 'slot' && shape.units === 1 ? 0 : Number.POSITIVE_INFINITY;
}
