import { covers } from '../plan/apply-filters.ts';
import { EventReader, FieldNumbers } from '../evaluate/event-reader.ts';
import { NodeCompiler } from '../evaluate/compile-node.ts';
import type { CompiledNode, FieldMatch } from '../evaluate/compile-node.ts';
import type { SigmaEvent } from '../evaluate/sigma-event.ts';
import type { SigmaNode } from '../plan/tree.ts';
import type { SigmaLogsource, SigmaRule } from '../read/rule-shape.ts';
import { RuleIndex } from './rule-index.ts';
import { keysOf } from './rule-keys.ts';

/** A rule with its plan. */
export interface PlannedRule {
  readonly rule: SigmaRule;
  readonly root: SigmaNode;
}

interface SetRule extends PlannedRule {
  readonly compiled: CompiledNode;
  /** Number of the event it was last asked of. */
  askedAt: number;
}

/** Rules of one log source. */
interface Bucket {
  readonly logsource: SigmaLogsource;
  readonly numbers: readonly number[];
  readonly index: RuleIndex;
}

/** Combinations of log sources whose buckets are remembered. */
const knownSourcesMax = 1024;

/** Many rules asked of one event after another, each only if the event shows what the rule needs. */
export class RuleSet {
  readonly #fields = new FieldNumbers();
  readonly #reader = new EventReader(this.#fields);
  readonly #rules: readonly SetRule[];
  readonly #buckets: readonly Bucket[];
  readonly #indexed: boolean;
  #bySources = new Map<readonly SigmaLogsource[], readonly Bucket[]>();
  #answered: number[] = [];
  #asked = 0;
  readonly #ask = (number: number): void => {
    const rule = this.#rules[number]!;
    if (rule.askedAt === this.#reader.stamp) return;
    rule.askedAt = this.#reader.stamp;
    this.#asked++;
    if (rule.compiled.test(this.#reader)) this.#answered.push(number);
  };

  /** @param indexed - false: every rule of a fitting log source is asked; the same answers, for comparison. */
  constructor(planned: readonly PlannedRule[], indexed: boolean) {
    const compiler = new NodeCompiler(this.#fields);
    this.#indexed = indexed;
    this.#rules = planned.map((each) => ({ ...each, compiled: compiler.compile(each.root), askedAt: 0 }));
    const byLogsource = new Map<string, number[]>();
    for (const [number, { rule }] of planned.entries()) {
      const key = keyOfLogsource(rule.logsource);
      const numbers = byLogsource.get(key);
      if (numbers === undefined) byLogsource.set(key, [number]);
      else numbers.push(number);
    }
    this.#buckets = [...byLogsource.values()].map((numbers) => ({
      logsource: planned[numbers[0]!]!.rule.logsource,
      numbers,
      index: new RuleIndex(
        numbers.map((number) => ({ number, keys: keysOf(planned[number]!.root) })),
        this.#fields,
      ),
    }));
  }

  /** How often a rule was asked of an event. */
  get asked(): number {
    return this.#asked;
  }

  /** Numbers of the rules the event answers, ascending. */
  match(event: SigmaEvent): readonly number[] {
    this.#reader.open(event);
    this.#answered = [];
    for (const bucket of this.#bucketsOf(event.logsources)) {
      if (this.#indexed) bucket.index.find(this.#reader, this.#ask);
      else for (const number of bucket.numbers) this.#ask(number);
    }
    return this.#answered.length > 1 ? this.#answered.sort((a, b) => a - b) : this.#answered;
  }

  /** What the answer of a rule to the event last matched rests on, each field and value once. */
  fieldsOf(number: number): readonly FieldMatch[] {
    const found: FieldMatch[] = [];
    this.#rules[number]!.compiled.collect(this.#reader, found);
    const seen = new Set<string>();
    return found.filter(({ field, value }) => {
      const key = `${field}\u0000${value}`;
      return seen.has(key) ? false : seen.add(key);
    });
  }

  #bucketsOf(logsources: readonly SigmaLogsource[]): readonly Bucket[] {
    const known = this.#bySources.get(logsources);
    if (known !== undefined) return known;
    const buckets = this.#buckets.filter((bucket) => logsources.some((each) => covers(bucket.logsource, each)));
    // Mappings give the same list for the same kind of record; for callers that do not, nothing grows without bound.
    if (this.#bySources.size >= knownSourcesMax) this.#bySources = new Map();
    this.#bySources.set(logsources, buckets);
    return buckets;
  }
}

function keyOfLogsource({ product, category, service }: SigmaLogsource): string {
  return JSON.stringify([product, category, service]);
}
