import { limits } from '../../base/index.ts';
import { Correlator } from '../correlate/correlator.ts';
import type { Correlated, CorrelatorFigures } from '../correlate/correlator.ts';
import { viewOf } from '../correlate/groups.ts';
import type { FieldView } from '../correlate/groups.ts';
import type { FieldMatch } from '../evaluate/compile-node.ts';
import type { SigmaEvent } from '../evaluate/sigma-event.ts';
import { withFilters } from '../plan/apply-filters.ts';
import type { PlannedFilter } from '../plan/apply-filters.ts';
import { planRule } from '../plan/plan-rule.ts';
import type { PlanOptions } from '../plan/plan-rule.ts';
import type { SigmaCorrelation, SigmaDocument, SigmaFilter, SigmaRule, SigmaWarning } from '../read/rule-shape.ts';
import { SigmaError } from '../sigma-error.ts';
import { linkCorrelations } from './link-correlations.ts';
import { RuleSet } from './rule-set.ts';
import type { PlannedRule } from './rule-set.ts';

/** How an engine is made. */
export interface SigmaEngineOptions extends PlanOptions {
  /** Groups a correlation keeps; the one touched longest ago is dropped for a new one. Default `limits.sigmaGroupsMax`. */
  readonly groupsMax?: number;
  /** What is kept of a group; the older half is dropped when there is more. Default `limits.sigmaKeptPerGroupMax`. */
  readonly keptPerGroupMax?: number;
  /** What all correlations keep together. Default `limits.sigmaKeptMax`. */
  readonly keptMax?: number;
  /** false: every rule of a fitting log source is asked of every event; for comparison. Default true. */
  readonly indexed?: boolean;
}

/** A rule that holds. */
export interface SigmaMatch {
  readonly rule: SigmaRule | SigmaCorrelation;
  /** What it rests on; of a correlation its group. */
  readonly fields: readonly FieldMatch[];
  /** Microseconds since the Unix epoch: of the event, of a correlation that of what completed it. */
  readonly atUs: number;
  /** Of a correlation what it compared: a count, sum, average, percentile or share in percent. */
  readonly value?: number;
}

/** A document that cannot be used, and why. */
export interface RefusedDocument {
  readonly document: SigmaDocument;
  readonly error: SigmaError;
}

/** What an engine has done and holds. */
export interface SigmaFigures extends Readonly<CorrelatorFigures> {
  readonly rules: number;
  readonly correlations: number;
  readonly events: number;
  /** How often a rule was asked of an event. */
  readonly asked: number;
}

/** Many rules evaluated on events as they come. */
export interface SigmaEngine {
  readonly refused: readonly RefusedDocument[];
  readonly warnings: readonly { readonly document: SigmaDocument; readonly warning: SigmaWarning }[];
  readonly figures: SigmaFigures;
  /**
   * Which rules an event answers, and which correlations it completes or lets close.
   *
   * @param nowUs - when it is read, microseconds since the Unix epoch: the time of an event that has none, or one more than
   *   a day ahead.
   */
  advance(event: SigmaEvent, nowUs: number): readonly SigmaMatch[];
  /** Judges the windows still open, at the end of the events. */
  end(): readonly SigmaMatch[];
}

/**
 * Makes documents ready to be asked of events. What cannot be used is left out and told in `refused`; filters are applied to
 * the rules they name; rules that only feed correlations are silent unless a correlation says `generate: true`.
 *
 * An event touches the rules of its log sources whose rarest literal it shows, found in one pass over each field. State is
 * bounded by the limits of the options, counted in `figures` where it had to be dropped, and gone when its timespan is over.
 */
export function createSigmaEngine(documents: readonly SigmaDocument[], options: SigmaEngineOptions = {}): SigmaEngine {
  return new Engine(documents, options);
}

/** Something that feeds correlations, and those it feeds. */
interface Feed {
  readonly names: readonly string[];
  readonly isSilent: boolean;
  readonly into: readonly { readonly node: CorrelationNode; readonly ruleIndex: number }[];
}

interface CorrelationNode {
  readonly correlator: Correlator;
  feed: Feed;
}

const dayUs = 86_400e6;
const nothing: readonly SigmaMatch[] = [];

class Engine implements SigmaEngine {
  readonly refused: RefusedDocument[] = [];
  readonly warnings: { readonly document: SigmaDocument; readonly warning: SigmaWarning }[] = [];
  readonly #options: SigmaEngineOptions;
  readonly #planned: readonly PlannedRule[];
  readonly #set: RuleSet;
  readonly #feeds: readonly Feed[];
  readonly #nodes: readonly CorrelationNode[];
  readonly #closing: readonly CorrelationNode[];
  readonly #state: CorrelatorFigures = { groups: 0, kept: 0, dropped: 0, expired: 0, late: 0 };
  #events = 0;
  #clockUs = Number.NEGATIVE_INFINITY;
  #turn = 0;

  constructor(documents: readonly SigmaDocument[], options: SigmaEngineOptions) {
    this.#options = options;
    const filters = documents.filter((each) => each.kind === 'filter').flatMap((each) => this.#planFilter(each));
    this.#planned = documents.filter((each) => each.kind === 'rule').flatMap((each) => this.#planRule(each, filters));
    this.#set = new RuleSet(this.#planned, options.indexed ?? true);
    const correlations = documents.filter((each) => each.kind === 'correlation');
    const usable = this.#planned.map(({ rule }) => rule);
    const refuse = (document: SigmaDocument, error: unknown): void => this.#refuse(document, error);
    const linked = linkCorrelations(correlations, usable, refuse).flatMap((each) => {
      const correlator = this.#try(each.correlation, () => new Correlator(each.correlation, this.#state, options));
      return correlator === undefined ? [] : [{ ...each, node: { correlator, feed: noFeed } }];
    });
    const feedOf = (source: SigmaRule | SigmaCorrelation): Feed => {
      const into = linked.flatMap(({ sources, node }) => {
        const ruleIndex = sources.indexOf(source);
        return ruleIndex < 0 ? [] : [{ node, ruleIndex }];
      });
      const isSilent = into.length > 0 && into.every(({ node }) => node.correlator.correlation.generate !== true);
      return { names: [source.id, source.name].filter((name) => name !== undefined), isSilent, into };
    };
    this.#nodes = linked.map(({ node, correlation }) => {
      node.feed = feedOf(correlation);
      return node;
    });
    this.#closing = this.#nodes.filter(({ correlator }) => correlator.closes);
    this.#feeds = usable.map(feedOf);
  }

  get figures(): SigmaFigures {
    return {
      rules: this.#planned.length,
      correlations: this.#nodes.length,
      events: this.#events,
      asked: this.#set.asked,
      ...this.#state,
    };
  }

  advance(event: SigmaEvent, nowUs: number): readonly SigmaMatch[] {
    this.#events++;
    const numbers = this.#set.match(event);
    if (this.#nodes.length === 0 && numbers.length === 0) return nothing;
    // Times of records are text: read only where one is needed.
    const ownUs = event.atUs;
    const atUs = ownUs === undefined || ownUs > nowUs + dayUs ? nowUs : ownUs;
    const matches: SigmaMatch[] = [];
    if (atUs > this.#clockUs) this.#clockUs = atUs;
    this.#expire(matches);
    const view = viewOf(event);
    const found: { readonly feed: Feed; readonly place: Feed['into'][number] }[] = [];
    for (const number of numbers) {
      const feed = this.#feeds[number]!;
      if (!feed.isSilent) matches.push({ rule: this.#planned[number]!.rule, fields: this.#set.fieldsOf(number), atUs });
      for (const place of feed.into) found.push({ feed, place });
    }
    // An event stands for one rule of a row only, so it is tried at the later places first.
    if (found.length > 1) found.sort((a, b) => b.place.ruleIndex - a.place.ruleIndex);
    for (const { feed, place } of found) this.#feed(feed, place, view, atUs, matches);
    return matches;
  }

  end(): readonly SigmaMatch[] {
    const matches: SigmaMatch[] = [];
    // In the order of their chain: what one gives, a later one may close with.
    for (const node of this.#closing) this.#close(node, Number.POSITIVE_INFINITY, matches);
    return matches;
  }

  #feed(
    feed: Feed,
    { node, ruleIndex }: Feed['into'][number],
    view: FieldView,
    atUs: number,
    matches: SigmaMatch[],
  ): void {
    const { correlator } = node;
    const correlated = correlator.add({ ruleIndex, ruleNames: feed.names, view, atUs }, this.#clockUs);
    if (correlated !== undefined) this.#tell(node, correlated, view, matches);
    const keptMax = this.#options.keptMax ?? limits.sigmaKeptMax;
    if (this.#state.kept > keptMax) correlator.dropOldest();
  }

  #tell(node: CorrelationNode, correlated: Correlated, view: FieldView, matches: SigmaMatch[]): void {
    const { correlation } = node.correlator;
    const { outcome, group, atUs } = correlated;
    const fields = correlation.groupBy.map((field, index) => ({ field, value: group[index]! }));
    const [valueField = ''] = correlation.valueFields;
    if (outcome.of !== undefined) fields.push({ field: valueField, value: outcome.of });
    if (!node.feed.isSilent) matches.push({ rule: correlation, fields, atUs, value: outcome.value });
    const own: FieldView = (name) => fields.find(({ field }) => field === name)?.value ?? view(name);
    for (const place of node.feed.into) this.#feed(node.feed, place, own, atUs, matches);
  }

  #expire(matches: SigmaMatch[]): void {
    for (const node of this.#closing) this.#close(node, this.#clockUs, matches);
    // One correlation an event: state nobody touches any more goes as well.
    const next = this.#nodes[this.#turn++ % Math.max(1, this.#nodes.length)];
    if (next?.correlator.closes === false) next.correlator.expire(this.#clockUs);
  }

  #close(node: CorrelationNode, clockUs: number, matches: SigmaMatch[]): void {
    for (const correlated of node.correlator.expire(clockUs)) this.#tell(node, correlated, noFields, matches);
  }

  #planFilter(filter: SigmaFilter): PlannedFilter[] {
    const plan = this.#try(filter, () => planRule(filter, this.#options));
    if (plan === undefined) return [];
    for (const warning of plan.warnings) this.warnings.push({ document: filter, warning });
    if (!filter.detection.conditions.some((text) => /\bnot\b/i.test(text))) {
      const message = 'keeps only what the filter finds; to take it away, say "not selection"';
      const path = ['filter', 'condition'];
      this.warnings.push({ document: filter, warning: { path: path.join('.'), line: filter.lineOf(path), message } });
    }
    return [{ filter, root: plan.root }];
  }

  #planRule(rule: SigmaRule, filters: readonly PlannedFilter[]): PlannedRule[] {
    const plan = this.#try(rule, () => planRule(rule, this.#options));
    if (plan === undefined) return [];
    for (const warning of plan.warnings) this.warnings.push({ document: rule, warning });
    return [{ rule, root: withFilters(rule, plan.root, filters) }];
  }

  #try<T>(document: SigmaDocument, make: () => T): T | undefined {
    try {
      return make();
    } catch (error) {
      this.#refuse(document, error);
      return undefined;
    }
  }

  #refuse(document: SigmaDocument, error: unknown): void {
    if (!(error instanceof SigmaError)) throw error;
    const { code, message, path, cause } = error;
    const placed = new SigmaError(code, message, { path, line: document.lineOf(path), cause });
    this.refused.push({ document, error: placed });
  }
}

/** What is left of the events of a window that closed, beside its group. */
const noFields: FieldView = () => undefined;
const noFeed: Feed = { names: [], isSilent: false, into: [] };
