import { limits } from '../../base/index.ts';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import { parsePattern } from '../read/parse.ts';
import type { Pattern } from '../tree.ts';
import { Budget } from './budget.ts';
import { compileComparison } from './comparison.ts';
import type { FaultSink, RootTest } from './comparison.ts';
import { disjunctsOf } from './disjuncts.ts';
import type { Observation } from './observation.ts';
import { search } from './search.ts';
import { shapeOf } from './shape.ts';
import type { EvaluationOptions, Shape } from './shape.ts';

/** Which observation answered which part of a pattern. */
export interface Binding {
  /** Observation expressions are counted from 0 as they stand in the pattern. */
  readonly expression: number;
  /** Index of the observation. */
  readonly observation: number;
  /** The object the paths began at: its id, or its key in `objects`. */
  readonly object: string;
  /** How many of the times it was seen are used. */
  readonly units: number;
}

/** A property that does not hold what it should: no timestamp beside a timestamp, no hexadecimal under `_hex`. */
export interface EvaluationFault {
  readonly observation: number;
  readonly path: string;
  readonly value: JsonValue;
}

/** What evaluating a pattern came to. */
export interface PatternMatch {
  readonly matched: boolean;
  /** One way the observations answer the pattern; empty when they do not. */
  readonly bindings: readonly Binding[];
  /** At most {@link limits.patternFaultsMax}; each counts as a property that is not there (STIX 2.1 §9.6). */
  readonly faults: readonly EvaluationFault[];
}

/** A pattern made ready to be asked of many sets of observations. */
export interface CompiledPattern {
  readonly shape: Shape;
  /** The test of each observation expression, as they stand in the pattern. */
  readonly leaves: readonly RootTest[];
  /**
   * @throws {ComityError} `PATTERN_TOO_COMPLEX` when the ways to answer are too many to search (`limits.patternSearchStepsMax`).
   */
  match(observations: readonly Observation[]): PatternMatch;
}

/**
 * Compiles a pattern for evaluation: STIX 2.1 §9, conformance level 3. How disputed points are read is in
 * docs/spec/pattern-semantics.md.
 *
 * @throws {ComityError} `PATTERN_MALFORMED` for a pattern that can match nothing as its constants mean nothing (§9.4),
 *   `PATTERN_UNSUPPORTED` for an expression of MATCHES that needs backtracking, `PATTERN_TOO_COMPLEX` over a limit.
 */
export function compilePattern(pattern: Pattern, options: EvaluationOptions = {}): CompiledPattern {
  const { shape, leaves: comparisons } = shapeOf(pattern.root, options);
  const leaves = comparisons.map(compileComparison);
  return { shape, leaves, match: (observations) => match(shape, leaves, observations) };
}

/**
 * Evaluates a pattern against observations, for one question; {@link compilePattern} for several.
 *
 * @param pattern - Text is parsed; untrusted.
 * @throws {ComityError} What `parsePattern` and {@link compilePattern} throw, and `PATTERN_TOO_COMPLEX` when the ways to
 *   answer are too many to search; never another error.
 */
export function matchPattern(
  pattern: string | Pattern,
  observations: readonly Observation[],
  options: EvaluationOptions = {},
): PatternMatch {
  return compilePattern(typeof pattern === 'string' ? parsePattern(pattern) : pattern, options).match(observations);
}

function match(shape: Shape, leaves: readonly RootTest[], observations: readonly Observation[]): PatternMatch {
  const faults: EvaluationFault[] = [];
  const objects = leaves.map(() => new Map<number, string>());
  for (const [index, observation] of observations.entries()) {
    const fault: FaultSink = (path, value) => {
      if (faults.length < limits.patternFaultsMax) faults.push({ observation: index, path, value });
    };
    for (const [leaf, test] of leaves.entries()) {
      const object = findRoot(test, observation.objects, fault);
      if (object !== undefined) objects[leaf]!.set(index, object);
    }
  }
  const answers = objects.map((found) => [...found.keys()]);
  const found = findAnswers(shape, answers, observations, new Budget(limits.patternSearchStepsMax));
  const bindings = (found ?? []).map(({ leaf, observation, units }) => ({
    expression: leaf,
    observation,
    object: objects[leaf]!.get(observation)!,
    units,
  }));
  return { matched: found !== undefined, bindings, faults };
}

/** The first object of an observation that answers, by name; its type is not looked at before the test does. */
function findRoot(test: RootTest, objects: ReadonlyMap<string, JsonObject>, fault: FaultSink): string | undefined {
  for (const [name, object] of objects) if (test(object, objects, fault)) return name;
  return undefined;
}

/** The answers to a shape, given which observations answer which leaf. */
export function findAnswers(
  shape: Shape,
  answers: readonly (readonly number[])[],
  observations: readonly Observation[],
  budget: Budget,
): ReturnType<typeof search> {
  for (const plan of disjunctsOf(shape, (leaf) => answers[leaf]!.length > 0)) {
    budget.spend(1);
    const found = search(plan, answers, observations, budget);
    if (found !== undefined) return found;
  }
  return undefined;
}
