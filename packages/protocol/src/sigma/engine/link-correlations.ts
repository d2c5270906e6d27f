import { quote } from '../../base/index.ts';
import type { SigmaCorrelation, SigmaRule } from '../read/rule-shape.ts';
import { malformed, tooComplex } from '../sigma-error.ts';

/** Correlations of correlations of correlations. */
const chainMax = 16;

/** What a correlation refers to, in the order of its `rules`. */
export interface Linked {
  readonly correlation: SigmaCorrelation;
  readonly sources: readonly (SigmaRule | SigmaCorrelation)[];
}

/**
 * Finds what each correlation refers to, by id or name (Sigma correlations 2.1.0, "Related rules").
 *
 * @param usable - rules that are not refused.
 * @param refuse - told of a correlation that refers to what is not there, is refused, or to itself.
 */
export function linkCorrelations(
  correlations: readonly SigmaCorrelation[],
  usable: readonly SigmaRule[],
  refuse: (correlation: SigmaCorrelation, error: unknown) => void,
): readonly Linked[] {
  const byName = new Map<string, SigmaRule | SigmaCorrelation>();
  for (const each of [...usable, ...correlations]) {
    for (const name of [each.id, each.name]) if (name !== undefined && !byName.has(name)) byName.set(name, each);
  }
  const linked = new Map<SigmaCorrelation, Linked & { readonly depth: number }>();
  const underWay = new Set<SigmaCorrelation>();
  const failed = new Set<SigmaCorrelation>();

  const depthOf = (correlation: SigmaCorrelation): number => {
    const known = linked.get(correlation);
    if (known !== undefined) return known.depth;
    underWay.add(correlation);
    let depth = 1;
    const sources = correlation.rules.map((name, index) => {
      const path = ['correlation', 'rules', index];
      const source = byName.get(name) ?? malformed(`no rule that can be used is called ${quote(name)}`, path);
      if (source.kind === 'rule') return source;
      if (underWay.has(source)) malformed(`it refers to itself by ${quote(name)}`, path);
      if (failed.has(source)) malformed(`no rule that can be used is called ${quote(name)}`, path);
      if (underWay.size > chainMax) tooComplex(`more than ${chainMax} correlations refer to one another`, path);
      depth = Math.max(depth, depthOf(source) + 1);
      return source;
    });
    if (new Set(sources).size < sources.length) malformed('it names a rule twice', ['correlation', 'rules']);
    linked.set(correlation, { correlation, sources, depth });
    underWay.delete(correlation);
    return depth;
  };

  for (const correlation of correlations) {
    try {
      depthOf(correlation);
    } catch (error) {
      // What the one at fault made fail on the way is at fault as well.
      for (const each of underWay) failed.add(each);
      underWay.clear();
      failed.add(correlation);
      refuse(correlation, error);
    }
  }
  return [...linked.values()].toSorted((a, b) => a.depth - b.depth);
}
