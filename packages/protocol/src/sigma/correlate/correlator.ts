import { limits } from '../../base/index.ts';
import type { SigmaCorrelation } from '../read/rule-shape.ts';
import { tooComplex, unsupported } from '../sigma-error.ts';
import { ClosingWindow } from './closing-windows.ts';
import { fieldOf, groupOf } from './groups.ts';
import type { FieldView, Group } from './groups.ts';
import { CountWindow, OrderedWindow, SumWindow, TogetherWindow, ValueWindow } from './sliding-windows.ts';
import { leastOf, valuesOf } from './window.ts';
import type { Outcome, Window } from './window.ts';

/** A correlation that came true for a group. */
export interface Correlated {
  readonly outcome: Outcome;
  /** Values of its `group-by`, in their order. */
  readonly group: readonly string[];
  /** Time of what completed it; of a window that closed, its end. */
  readonly atUs: number;
}

/** Bounds of what correlations keep; each has a default in `limits`. */
export interface CorrelatorBounds {
  readonly groupsMax?: number;
  readonly keptPerGroupMax?: number;
}

/** What a correlator has done and holds. */
export interface CorrelatorFigures {
  groups: number;
  kept: number;
  /** Entries forgotten because a limit was reached: a match may have been missed. */
  dropped: number;
  /** Entries forgotten because their timespan was over. */
  expired: number;
  /** Events that came when their timespan was over: not judged. */
  late: number;
}

/** An event that a rule found. */
export interface FoundEvent {
  /** Index of the rule among those of the correlation. */
  readonly ruleIndex: number;
  /** Its id and name, by which aliases name it. */
  readonly ruleNames: readonly string[];
  readonly view: FieldView;
  readonly atUs: number;
}

interface Kept extends Group {
  window: Window;
}

/** Keeps the state of one correlation: a window for each group, no more than the limits allow. */
export class Correlator {
  readonly correlation: SigmaCorrelation;
  readonly #create: (firstUs: number) => Window;
  /** Whether windows are judged when they close. */
  readonly closes: boolean;
  readonly #groupsMax: number;
  readonly #keptPerGroupMax: number;
  readonly #figures: CorrelatorFigures;
  /** Least recently touched first; of closing windows first opened first. */
  readonly #groups = new Map<string, Kept>();

  /**
   * @param figures - shared by all correlators of an engine; counted up here.
   * @throws {SigmaError} `SIGMA_TOO_COMPLEX` when the condition asks for more than is kept of a group.
   */
  constructor(correlation: SigmaCorrelation, figures: CorrelatorFigures, bounds: CorrelatorBounds) {
    this.correlation = correlation;
    this.#figures = figures;
    this.#groupsMax = bounds.groupsMax ?? limits.sigmaGroupsMax;
    this.#keptPerGroupMax = bounds.keptPerGroupMax ?? limits.sigmaKeptPerGroupMax;
    const create = slidingOf(correlation, this.#keptPerGroupMax);
    this.closes = create === undefined;
    this.#create = create ?? ((firstUs) => new ClosingWindow(correlation, firstUs));
  }

  /** Takes an event that a rule of the correlation found. */
  add({ ruleIndex, ruleNames, view, atUs }: FoundEvent, clockUs: number): Correlated | undefined {
    const { correlation } = this;
    if (atUs < clockUs - correlation.timespanUs) {
      this.#figures.late++;
      return undefined;
    }
    const group = groupOf(correlation, ruleNames, view);
    if (group === undefined) return undefined;
    const fields = correlation.valueFields.map((name) => fieldOf(correlation, name, ruleNames));
    const values = valuesOf(fields, view);
    const kept = this.#open(group, atUs);
    const before = kept.window.kept;
    const outcome = kept.window.add({ atUs, ruleIndex, values });
    this.#figures.kept += kept.window.kept - before;
    if (outcome !== undefined) {
      this.#remove(kept);
      return { outcome, group: group.values, atUs };
    }
    this.#bound(kept);
    return undefined;
  }

  /** Forgets what no event can complete any more, and gives the windows that closed with what they were asked for. */
  expire(clockUs: number): readonly Correlated[] {
    const correlated: Correlated[] = [];
    for (const kept of this.#groups.values()) {
      const endUs = kept.window.dueFromUs + this.correlation.timespanUs;
      if (endUs >= clockUs) break;
      this.#figures.expired += kept.window.kept;
      this.#remove(kept);
      const outcome = kept.window.close?.();
      if (outcome !== undefined) correlated.push({ outcome, group: kept.values, atUs: endUs });
    }
    return correlated;
  }

  /** Forgets the group that was touched longest ago; there must be one. */
  dropOldest(): void {
    const [oldest] = this.#groups.values();
    this.#figures.dropped += oldest!.window.kept;
    this.#remove(oldest!);
  }

  #open(group: Group, atUs: number): Kept {
    const known = this.#groups.get(group.key);
    if (known !== undefined) {
      if (!this.closes) {
        this.#groups.delete(group.key);
        this.#groups.set(group.key, known);
      }
      return known;
    }
    if (this.#groups.size >= this.#groupsMax) this.dropOldest();
    const kept = { ...group, window: this.#create(atUs) };
    this.#groups.set(group.key, kept);
    this.#figures.groups++;
    this.#figures.kept += kept.window.kept;
    return kept;
  }

  #remove(kept: Kept): void {
    this.#groups.delete(kept.key);
    this.#figures.groups--;
    this.#figures.kept -= kept.window.kept;
  }

  #bound(kept: Kept): void {
    const { window } = kept;
    if (window.kept === 0) this.#remove(kept);
    else if (window.drop !== undefined && window.kept > this.#keptPerGroupMax) {
      const dropped = window.drop();
      this.#figures.dropped += dropped;
      this.#figures.kept -= dropped;
    }
  }
}

/** How windows are made that are judged with each event; undefined when they have to close first. */
function slidingOf(correlation: SigmaCorrelation, keptMax: number): ((firstUs: number) => Window) | undefined {
  const { type, timespanUs, comparisons } = correlation;
  const least = leastOf(correlation);
  switch (type) {
    case 'temporal':
      if (comparisons.length > 0 && least === undefined) {
        unsupported('temporal asks for rules that find nothing', ['correlation', 'condition']);
      }
      return () => new TogetherWindow(correlation);
    case 'temporal_ordered':
      return () => new OrderedWindow(correlation);
    case 'event_count':
    case 'value_count':
      if (least === undefined) return undefined;
      if (least > keptMax)
        tooComplex(`it counts to ${least}; at most ${keptMax} are kept`, ['correlation', 'condition']);
      return type === 'event_count'
        ? () => new CountWindow(least, timespanUs)
        : () => new ValueWindow(least, timespanUs);
    case 'value_sum':
      return least === undefined ? undefined : () => new SumWindow(correlation);
    case 'value_avg':
    case 'value_percentile':
      return undefined;
  }
}
