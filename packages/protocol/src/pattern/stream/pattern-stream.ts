import { limits } from '../../base/index.ts';
import type { JsonObject } from '../../base/index.ts';
import { compileComparison } from '../evaluate/comparison.ts';
import type { FaultSink, RootTest } from '../evaluate/comparison.ts';
import type { Observation } from '../evaluate/observation.ts';
import { shapeOf } from '../evaluate/shape.ts';
import type { EvaluationOptions } from '../evaluate/shape.ts';
import { parsePattern } from '../read/parse.ts';
import type { Pattern } from '../tree.ts';
import { LeafIndex } from './leaf-index.ts';
import { leafKeysOf } from './leaf-keys.ts';
import type { LeafKey } from './leaf-keys.ts';
import { LivePattern } from './live-pattern.ts';
import type { StreamBinding } from './live-pattern.ts';

/** A live pattern that an observation completed. */
export interface StreamMatch {
  readonly id: string;
  readonly bindings: readonly StreamBinding[];
}

/** What a stream has done and holds. */
export interface StreamFigures {
  readonly patterns: number;
  /** Observations kept for patterns that need several, counted for each pattern. */
  readonly kept: number;
  /** Forgotten because their window had passed. */
  readonly expired: number;
  /** Forgotten because a limit was reached: a match may have been missed. */
  readonly dropped: number;
  /** Later than the tolerance when they came: a match may have been missed. */
  readonly late: number;
  /** Searches that took too many steps; the pattern began anew. */
  readonly gaveUp: number;
  /** Properties that did not hold what they should. */
  readonly faults: number;
}

/** Bounds of a stream; each has a default in `limits`. */
export interface StreamOptions extends EvaluationOptions {
  /** How much later than the newest an observation may come and still be judged rightly, in microseconds. */
  readonly toleranceUs?: number;
  /** Observations kept for one pattern; when there are more, the oldest quarter is dropped. */
  readonly keptPerPatternMax?: number;
  /** Observations kept for all patterns together. */
  readonly keptMax?: number;
}

/** Many patterns evaluated on observations as they come. */
export interface PatternStream {
  readonly figures: StreamFigures;
  /**
   * Takes a pattern in, in place of one with the same id; what it lists is found from the next observation on.
   *
   * @throws {ComityError} What `parsePattern` and `compilePattern` throw; the stream stays as it was.
   */
  add(id: string, pattern: string | Pattern): void;
  /** @returns whether there was one. */
  remove(id: string): boolean;
  /**
   * Judges an observation and says which patterns it completes, with what came before it. A pattern begins anew after a
   * match: what it used and what it kept is spent, as `MATCH_RECOGNIZE` skips past the last row.
   *
   * @param atUs - The stream's clock, microseconds since the Unix epoch: what is kept expires by it. May go back by the
   *   tolerance.
   */
  advance(observation: Observation, atUs: number): readonly StreamMatch[];
}

/**
 * Evaluates thousands of live patterns on a stream of observations.
 *
 * The same answers as `matchPattern` over all observations since the pattern was added or last matched, as long as
 * nothing is late or dropped, which {@link StreamFigures} counts. Only patterns an observation can advance are looked at:
 * each is found by a value, beginning, end or network it needs. State is bounded, and gone when its window has passed.
 */
export function createPatternStream(options: StreamOptions = {}): PatternStream {
  return new IndexedStream(options);
}

/** An observation expression of a live pattern. */
interface Leaf {
  readonly pattern: LivePattern;
  readonly leaf: number;
  readonly test: RootTest;
  /** Sets of keys to be found by, one at a time. */
  readonly choices: readonly (readonly LeafKey[])[];
  choice: number;
  /** Looked at in vain since the last choice. */
  misses: number;
  missesMax: number;
  /** Number of the observation it was last true of, so that one object is enough. */
  answeredAt: number;
}

/** Times an expression is first looked at in vain before it is found by something else. */
const missesAtFirst = 16;

const nothing: readonly StreamMatch[] = [];

class IndexedStream implements PatternStream {
  readonly #options: StreamOptions;
  readonly #toleranceUs: number;
  readonly #keptPerPatternMax: number;
  readonly #keptMax: number;
  readonly #leaves = new Map<string, readonly Leaf[]>();
  /** Patterns that keep something, looked through in turn for what has expired. */
  readonly #keeping = new Set<LivePattern>();
  #turn: Iterator<LivePattern> = this.#keeping.values();
  #clockUs = Number.NEGATIVE_INFINITY;
  #number = 0;
  #kept = 0;
  #expired = 0;
  #dropped = 0;
  #late = 0;
  #gaveUp = 0;
  #faults = 0;

  // The object being judged: fields, so that no closure is made for each.
  #objects: ReadonlyMap<string, JsonObject> = new Map();
  #object: JsonObject = {};
  #name = '';
  #advanced = new Map<LivePattern, Map<number, string>>();
  readonly #fault: FaultSink = () => {
    this.#faults++;
  };
  readonly #visit = (leaf: Leaf): void => {
    if (leaf.answeredAt === this.#number) return;
    if (!leaf.test(this.#object, this.#objects, this.#fault)) {
      if (++leaf.misses >= leaf.missesMax && leaf.choices.length > 1) this.#chooseNext(leaf);
      return;
    }
    leaf.answeredAt = this.#number;
    const known = this.#advanced.get(leaf.pattern);
    if (known === undefined) this.#advanced.set(leaf.pattern, new Map([[leaf.leaf, this.#name]]));
    else known.set(leaf.leaf, this.#name);
  };

  readonly #index = new LeafIndex<Leaf>(this.#visit);

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#toleranceUs = options.toleranceUs ?? limits.streamToleranceUs;
    this.#keptPerPatternMax = options.keptPerPatternMax ?? limits.streamKeptPerPatternMax;
    this.#keptMax = options.keptMax ?? limits.streamKeptMax;
  }

  get figures(): StreamFigures {
    return {
      patterns: this.#leaves.size,
      kept: this.#kept,
      expired: this.#expired,
      dropped: this.#dropped,
      late: this.#late,
      gaveUp: this.#gaveUp,
      faults: this.#faults,
    };
  }

  add(id: string, pattern: string | Pattern): void {
    const { root } = typeof pattern === 'string' ? parsePattern(pattern) : pattern;
    const { shape, leaves: comparisons } = shapeOf(root, this.#options);
    const live = new LivePattern(id, shape, comparisons.length, limits.streamSearchStepsMax);
    const leaves = comparisons.map((comparison, leaf) => ({
      pattern: live,
      leaf,
      test: compileComparison(comparison),
      choices: leafKeysOf(comparison),
      choice: 0,
      misses: 0,
      missesMax: missesAtFirst,
      answeredAt: 0,
    }));
    this.remove(id);
    this.#leaves.set(id, leaves);
    for (const leaf of leaves) this.#enter(leaf);
  }

  remove(id: string): boolean {
    const leaves = this.#leaves.get(id);
    if (leaves === undefined) return false;
    this.#leaves.delete(id);
    for (const leaf of leaves) {
      this.#leave(leaf);
      if (this.#keeping.delete(leaf.pattern)) this.#kept -= leaf.pattern.keptCount;
    }
    return true;
  }

  advance(observation: Observation, atUs: number): readonly StreamMatch[] {
    this.#clockUs = Math.max(this.#clockUs, atUs);
    this.#number++;
    if (observation.lastUs < this.#clockUs - this.#toleranceUs) this.#late++;
    this.#objects = observation.objects;
    for (const [name, object] of observation.objects) {
      this.#name = name;
      this.#object = object;
      this.#index.find(object, observation.objects);
    }
    this.#expireInTurn();
    if (this.#advanced.size === 0) return nothing;
    const advanced = this.#advanced;
    this.#advanced = new Map();
    const matches: StreamMatch[] = [];
    for (const [pattern, objects] of advanced) {
      const bindings = this.#advance(pattern, observation, objects);
      if (bindings !== undefined) matches.push({ id: pattern.id, bindings });
    }
    return matches;
  }

  #enter(leaf: Leaf): void {
    for (const key of leaf.choices[leaf.choice]!) this.#index.add(key, leaf);
  }

  #leave(leaf: Leaf): void {
    for (const key of leaf.choices[leaf.choice]!) this.#index.delete(key, leaf);
  }

  /**
   * What every record shows is no way to find an expression: another test under its AND is tried. In turn, each time for
   * twice as long, so that whichever is rare is soon the one used nearly always, whatever the records are.
   */
  #chooseNext(leaf: Leaf): void {
    this.#leave(leaf);
    leaf.choice = (leaf.choice + 1) % leaf.choices.length;
    if (leaf.choice === 0) leaf.missesMax *= 2;
    leaf.misses = 0;
    this.#enter(leaf);
  }

  #advance(
    pattern: LivePattern,
    observation: Observation,
    objects: ReadonlyMap<number, string>,
  ): readonly StreamBinding[] | undefined {
    this.#expire(pattern);
    const before = pattern.keptCount;
    const advance = pattern.advance(observation, objects);
    if (advance.kind === 'gave up') this.#gaveUp++;
    if (pattern.keptCount > this.#keptPerPatternMax || this.#kept + pattern.keptCount - before > this.#keptMax) {
      this.#dropped += pattern.dropOldest();
    }
    this.#kept += pattern.keptCount - before;
    if (pattern.keptCount > 0) this.#keeping.add(pattern);
    else this.#keeping.delete(pattern);
    return advance.kind === 'matched' ? advance.bindings : undefined;
  }

  #expire(pattern: LivePattern): void {
    if (pattern.keptCount === 0) return;
    const expired = pattern.expire(this.#clockUs - this.#toleranceUs);
    this.#expired += expired;
    this.#kept -= expired;
  }

  /** One pattern an observation: state nobody advances any more goes as well. */
  #expireInTurn(): void {
    const next = this.#turn.next();
    if (next.done === true) {
      this.#turn = this.#keeping.values();
      return;
    }
    const pattern = next.value;
    this.#expire(pattern);
    if (pattern.keptCount === 0) this.#keeping.delete(pattern);
  }
}
