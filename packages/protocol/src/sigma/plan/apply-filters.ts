import type { SigmaFilter, SigmaLogsource, SigmaRule } from '../read/rule-shape.ts';
import type { SigmaNode } from './tree.ts';

/** A filter with what it asks. */
export interface PlannedFilter {
  readonly filter: SigmaFilter;
  readonly root: SigmaNode;
}

/**
 * A rule's plan with the filters that name it: both must hold, so a filter that takes matches away says `not selection`, as
 * in pySigma (docs/spec/sigma.md). A filter applies to rules of its own log source or a narrower one.
 */
export function withFilters(rule: SigmaRule, root: SigmaNode, filters: readonly PlannedFilter[]): SigmaNode {
  const applied = filters.filter(
    ({ filter }) => namesRule(filter.rules, rule) && covers(filter.logsource, rule.logsource),
  );
  return applied.length === 0 ? root : { kind: 'and', nodes: [root, ...applied.map((each) => each.root)] };
}

/** Whether one of the names is that of the rule, by id or name; `any` is every rule's. */
function namesRule(names: readonly string[], { id, name }: SigmaRule): boolean {
  return names.some((each) => each === 'any' || each === id || each === name);
}

/** Whether every record of `inner` is one of `outer`. */
export function covers(outer: SigmaLogsource, inner: SigmaLogsource): boolean {
  return (
    (outer.product === undefined || outer.product === inner.product) &&
    (outer.category === undefined || outer.category === inner.category) &&
    (outer.service === undefined || outer.service === inner.service)
  );
}
