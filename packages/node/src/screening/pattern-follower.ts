import { setImmediate } from 'node:timers/promises';
import { ComityError } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';
import { createPatternStream, parsePattern } from '@comity/protocol/pattern';
import { createSigmaEngine, readSigma } from '@comity/protocol/sigma';
import type { SigmaDocument, SigmaEngine, SigmaMatch } from '@comity/protocol/sigma';
import { askPatterns } from '@comity/screen';
import type { FedRecord } from '@comity/screen';
import type { AskedPattern, PatternMark, ValueReader } from './value-reader.ts';

/** Patterns read between two turns of the event loop. */
const readAtOnce = 50;
/** Fields that are named with a match, the values of which are shown. */
const fieldsShown = 5;
const titleCharsMax = 200;

/** A pattern in force that a record answers or completes. */
export interface PatternHit {
  readonly ref: number;
  readonly indicator: string;
  /** Of the rule, else the name of the indicator. */
  readonly title: string;
  /** Names of the fields it rests on; empty where the pattern does not say. */
  readonly field: string;
}

interface Known {
  readonly version: number;
  readonly pattern: AskedPattern;
  /** Of Sigma rules; undefined for a STIX pattern. */
  readonly documents: readonly SigmaDocument[] | undefined;
}

/**
 * The patterns of one worker, kept at the newest committed state: what records are asked beside the values of the table.
 *
 * What several records complete is counted over all sources of the worker, and from its start: observations kept for a
 * window that is open when the worker ends are gone with it. Sigma rules share one engine, which is made anew when one of
 * them comes or goes; the windows of its correlations then begin again.
 */
export class PatternFollower {
  readonly #reader: ValueReader;
  readonly #clock: Clock;
  readonly #stream = createPatternStream();
  #sigma: SigmaEngine | undefined;
  readonly #known = new Map<number, Known>();
  /** Number of the pattern each document of `#sigma` is of. */
  #owners = new Map<SigmaDocument, number>();
  /** Versions that cannot be asked. */
  readonly #unusable = new Map<number, number>();
  #beyond = 0;
  #isFollowing = false;

  constructor(reader: ValueReader, clock: Clock) {
    this.#reader = reader;
    this.#clock = clock;
  }

  /** Patterns that are asked. */
  get count(): number {
    return this.#known.size;
  }

  /** Patterns in force that are not asked: more than are kept, or of a form that cannot be. */
  get unusable(): number {
    return this.#unusable.size + this.#beyond;
  }

  /** Takes in what changed since, other work having its turn in between. Resolves with whether anything did. */
  async follow(): Promise<boolean> {
    if (this.#isFollowing) return false;
    const active = this.#reader.patterns();
    if (active === undefined) return false;
    this.#isFollowing = true;
    try {
      this.#beyond = active.beyond;
      return await this.#take(active.marks);
    } finally {
      this.#isFollowing = false;
    }
  }

  judge(fed: FedRecord): PatternHit[] {
    const stream = this.#stream.figures.patterns > 0 ? this.#stream : undefined;
    const hits: PatternHit[] = [];
    for (const answer of askPatterns({ sigma: this.#sigma, stream }, fed, this.#clock() * 1000)) {
      const hit = answer.kind === 'sigma' ? this.#hitOfSigma(answer.match) : this.#hitOfStix(Number(answer.id));
      if (hit !== undefined) hits.push(hit);
    }
    return hits;
  }

  async #take(marks: readonly PatternMark[]): Promise<boolean> {
    const wanted = new Map(marks.map((mark) => [mark.ref, mark]));
    let changed = false;
    let sigmaChanged = false;
    for (const [ref, known] of this.#known) {
      if (wanted.get(ref)?.version === known.version) continue;
      this.#known.delete(ref);
      changed = true;
      if (known.documents === undefined) this.#stream.remove(String(ref));
      else sigmaChanged = true;
    }
    for (const [ref, version] of this.#unusable) if (wanted.get(ref)?.version !== version) this.#unusable.delete(ref);
    let read = 0;
    for (const mark of marks) {
      if (this.#known.has(mark.ref) || this.#unusable.has(mark.ref)) continue;
      if (read++ % readAtOnce === readAtOnce - 1) await setImmediate();
      changed = true;
      const known = this.#read(mark);
      if (known === undefined) this.#unusable.set(mark.ref, mark.version);
      else {
        this.#known.set(mark.ref, known);
        sigmaChanged ||= known.documents !== undefined;
      }
    }
    if (sigmaChanged) this.#makeEngine();
    return changed;
  }

  #read(mark: PatternMark): Known | undefined {
    const pattern = this.#reader.pattern(mark);
    if (pattern === undefined) return undefined;
    try {
      if (pattern.language === 'stix') {
        this.#stream.add(String(mark.ref), parsePattern(pattern.text, { version: pattern.stixVersion }));
        return { version: mark.version, pattern, documents: undefined };
      }
      const documents = readSigma(pattern.text).flatMap((read) => (read.error === undefined ? [read.document] : []));
      return documents.length === 0 ? undefined : { version: mark.version, pattern, documents };
    } catch (error) {
      if (error instanceof ComityError) return undefined;
      throw error;
    }
  }

  #makeEngine(): void {
    this.#owners = new Map(
      [...this.#known].flatMap(([ref, { documents }]) =>
        (documents ?? []).map((document): [SigmaDocument, number] => [document, ref]),
      ),
    );
    const engine = createSigmaEngine([...this.#owners.keys()]);
    const { rules, correlations } = engine.figures;
    this.#sigma = rules + correlations > 0 ? engine : undefined;
  }

  #hitOfSigma({ rule, fields }: SigmaMatch): PatternHit | undefined {
    const ref = this.#owners.get(rule);
    const pattern = ref === undefined ? undefined : this.#known.get(ref)?.pattern;
    if (ref === undefined || pattern === undefined) return undefined;
    const shown = fields.slice(0, fieldsShown).map(({ field }) => field);
    const field = [...new Set(shown)].join(', ').slice(0, titleCharsMax);
    return { ref, indicator: pattern.indicator, title: rule.title.slice(0, titleCharsMax), field };
  }

  #hitOfStix(ref: number): PatternHit | undefined {
    const pattern = this.#known.get(ref)?.pattern;
    if (pattern === undefined) return undefined;
    const title = (pattern.name ?? pattern.text).slice(0, titleCharsMax);
    return { ref, indicator: pattern.indicator, title, field: '' };
  }
}
