import type { Conjunction } from './conjunctions.ts';

/** A way to answer a pattern: no OR is left in it but below a repetition. `key` is equal exactly when terms are. */
export type Term =
  | { readonly kind: 'one'; readonly key: string; readonly way: Conjunction }
  | { readonly kind: 'and' | 'followedby'; readonly key: string; readonly parts: readonly Term[] }
  /** Time limits, sorted, around a term. */
  | { readonly kind: 'limited'; readonly key: string; readonly part: Term; readonly limits: readonly string[] }
  /** Repetitions of any of several terms. */
  | { readonly kind: 'repeated'; readonly key: string; readonly parts: readonly Term[]; readonly times: number };

/** A way of answering an observation expression. */
export function oneOf(way: Conjunction): Term {
  return { kind: 'one', key: `[${way.tests.join(' AND ')}]`, way };
}

/** Terms that are all answered; the order counts only for FOLLOWEDBY. */
export function joined(kind: 'and' | 'followedby', terms: readonly Term[]): Term {
  const flat = terms.flatMap((term) => (term.kind === kind ? term.parts : [term]));
  const parts = kind === 'and' ? sortedByKey(flat) : flat;
  return { kind, parts, key: `(${parts.map(({ key }) => key).join(kind === 'and' ? ' AND ' : ' FOLLOWEDBY ')})` };
}

/** A term under time limits as well. */
export function limited(term: Term, limit: string): Term {
  const part = term.kind === 'limited' ? term.part : term;
  const limits = [...new Set([...(term.kind === 'limited' ? term.limits : []), limit])].toSorted();
  return { kind: 'limited', part, limits, key: `${part.key} ${limits.join(' ')}` };
}

/** Any of several terms, several times: of repetitions of one term the numbers multiply (STIX 2.1 §9.5.1). */
export function repeated(terms: readonly Term[], times: number): Term {
  const [only] = terms;
  if (terms.length === 1 && only?.kind === 'repeated') return repeated(only.parts, only.times * times);
  return {
    kind: 'repeated',
    parts: terms,
    times,
    key: `(${terms.map(({ key }) => key).join(' OR ')}) REPEATS ${times}`,
  };
}

/** In the order of their keys. */
export function sortedByKey(terms: readonly Term[]): Term[] {
  return terms.toSorted((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)));
}

/** What has been found out, by the stronger term: without it nesting would be exponential. */
export type KnownImplications = Map<Term, Map<Term, boolean>>;

/**
 * Whether whatever answers `strong` also answers `weak`: then `weak OR strong` is `weak`. Never wrongly yes, and never yes
 * both ways for two terms that differ.
 */
export function impliesTerm(strong: Term, weak: Term, known: KnownImplications): boolean {
  if (strong.key === weak.key) return true;
  let verdicts = known.get(strong);
  if (verdicts === undefined) known.set(strong, (verdicts = new Map<Term, boolean>()));
  let verdict = verdicts.get(weak);
  if (verdict === undefined) verdicts.set(weak, (verdict = implies(strong, weak, known)));
  return verdict;
}

function implies(strong: Term, weak: Term, known: KnownImplications): boolean {
  switch (strong.kind) {
    case 'one': {
      if (weak.kind !== 'one') return false;
      const tests = new Set(strong.way.tests);
      return weak.way.tests.every((test) => tests.has(test));
    }
    case 'limited':
      return impliesLimited(strong, weak, known) || impliesTerm(strong.part, weak, known);
    case 'repeated':
      return strong.parts.every((part) => impliesTerm(part, weak, known));
    case 'and':
    case 'followedby':
      return impliesParts(strong, weak, known);
  }
}

function impliesLimited(strong: Term & { readonly kind: 'limited' }, weak: Term, known: KnownImplications): boolean {
  if (weak.kind !== 'limited') return false;
  return weak.limits.every((limit) => strong.limits.includes(limit)) && impliesTerm(strong.part, weak.part, known);
}

function impliesParts(
  strong: Term & { readonly kind: 'and' | 'followedby' },
  weak: Term,
  known: KnownImplications,
): boolean {
  const does = (part: Term, wanted: Term): boolean => impliesTerm(part, wanted, known);
  if (strong.parts.some((part) => does(part, weak))) return true;
  if (weak.kind === 'followedby') return strong.kind === 'followedby' && inOrder(strong.parts, weak.parts, does);
  return weak.kind === 'and' && eachToItsOwn(strong.parts, weak.parts, does);
}

type Implication = (strong: Term, weak: Term) => boolean;

/** Whether the weak parts are answered by some of the strong ones in the same order. */
function inOrder(strong: readonly Term[], weak: readonly Term[], does: Implication): boolean {
  let at = 0;
  for (const part of strong) {
    const wanted = weak[at];
    if (wanted !== undefined && does(part, wanted)) at++;
  }
  return at === weak.length;
}

/** Whether each weak part is answered by a strong one of its own: different observations (§9.5.2). */
function eachToItsOwn(strong: readonly Term[], weak: readonly Term[], does: Implication): boolean {
  const takenBy = new Map<number, number>();
  const place = (index: number, seen: Set<number>): boolean =>
    strong.some((part, candidate) => {
      if (seen.has(candidate) || !does(part, weak[index]!)) return false;
      seen.add(candidate);
      const holder = takenBy.get(candidate);
      if (holder !== undefined && !place(holder, seen)) return false;
      takenBy.set(candidate, index);
      return true;
    });
  return weak.length <= strong.length && weak.every((_, index) => place(index, new Set()));
}
