import type { Proposal } from './proposal.ts';
import type { NamedAct } from './voting-act.ts';

/** A word a member is held to: a yes, or a confirmation, and the proposal it is about. */
export interface Word {
  readonly kind: 'yes' | 'confirmation';
  readonly proposal: Pick<Proposal, 'base' | 'round' | 'target'>;
}

/**
 * Why a member must not give its word, after those it gave. Stable words.
 *
 * `other-yes`: in this round it said yes to another charter. `confirmed-other`: the last it confirmed is another charter. `confirmed-this`:
 * it confirmed that it carried, so that its yes cannot have been one of those that carried it. `later-yes`: it said yes to another in a
 * later round, so that it no longer speaks in this one. `other-confirmation`: it confirmed another in this round or a later one.
 */
export type PromiseFault = 'other-yes' | 'confirmed-other' | 'confirmed-this' | 'later-yes' | 'other-confirmation';

/**
 * Whether a member may say yes, or confirm what it has seen carry: what every node asks before it writes such an act. On this alone rests
 * that no two charters come of one (docs/spec/charter.md §6). Other ballots bind nobody.
 *
 * @param given - every yes and every confirmation of the member, also those it has since taken back by another ballot.
 * @returns undefined when it may.
 */
export function promiseAgainst(given: readonly Word[], { kind, proposal }: Word): PromiseFault | undefined {
  // An emergency has no target, and binds nobody.
  if (proposal.target === undefined) return undefined;
  const there = given.filter((word) => word.proposal.base === proposal.base && word.proposal.target !== undefined);
  const others = there.filter((word) => word.proposal.target !== proposal.target);
  const isOther = (wanted: Word['kind'], isIn: (round: number) => boolean): boolean =>
    others.some((word) => word.kind === wanted && isIn(word.proposal.round));
  if (kind === 'confirmation') {
    if (isOther('yes', (round) => round > proposal.round)) return 'later-yes';
    return isOther('confirmation', (round) => round >= proposal.round) ? 'other-confirmation' : undefined;
  }
  if (isOther('yes', (round) => round === proposal.round)) return 'other-yes';
  const confirmed = there.filter((word) => word.kind === 'confirmation').map((word) => word.proposal);
  if (confirmed.some(({ round, target }) => round === proposal.round && target === proposal.target))
    return 'confirmed-this';
  const last = Math.max(...confirmed.map(({ round }) => round));
  return confirmed.some(({ round, target }) => round === last && target !== proposal.target)
    ? 'confirmed-other'
    : undefined;
}

/** How a member contradicts itself; see {@link Contradiction}. */
export type ContradictionKind = 'two-yes' | 'two-confirmations' | 'broken-word' | 'after-leaving' | 'two-stories';

/**
 * Two acts of one member that no honest member writes both. With what shows that both stand in its ledgers it is evidence: anybody can
 * verify it, and nobody without the member’s keys can have made it. Whoever holds some against so many that two charters came of one
 * keeps to the one before, and people decide.
 *
 * `two-yes`, `two-confirmations`: to two charters in one round. `broken-word`: confirmed one, and later said yes to another or confirmed
 * another of no later round, with nothing between that would let it. `after-leaving`: it spoke after it left, or left as if it had
 * given no word. `two-stories`: both name the same act as the one before them.
 */
export interface Contradiction {
  readonly member: string;
  readonly kind: ContradictionKind;
  /** Names of the two. */
  readonly acts: readonly [string, string];
}

/**
 * How members contradict themselves in some acts.
 *
 * @param acts - shown to stand in ledgers. `broken-word` is found where all acts between the two are there.
 * @param proposals - by their hashes. What is about another one is only looked at for `two-stories` and `after-leaving`. The work grows
 *   with the acts, times the proposals.
 */
export function findContradictions(
  acts: readonly NamedAct[],
  proposals: ReadonlyMap<string, Proposal>,
): Contradiction[] {
  return [...Map.groupBy(acts, ({ act }) => act.member)].flatMap(([member, all]) => {
    const own = new Map(all.map((each) => [each.name, each]));
    const spoken = [...own.values()].flatMap((each): Spoken[] => {
      const word = wordOf(each, proposals);
      return word === undefined ? [] : [{ name: each.name, word }];
    });
    const pairs = [
      ...twoStories(own),
      ...rivalWords(spoken),
      ...afterLeaving(own, spoken),
      ...brokenWords(own, spoken),
    ];
    return pairs.map(([kind, ...names]): Contradiction => ({ member, kind, acts: names }));
  });
}

/** A word, and the act it is given in. */
interface Spoken {
  readonly name: string;
  readonly word: Word;
}
type Pair = readonly [kind: ContradictionKind, one: string, other: string];
type Own = ReadonlyMap<string, NamedAct>;

function wordOf({ act, proposal: hash }: NamedAct, proposals: ReadonlyMap<string, Proposal>): Word | undefined {
  const proposal = proposals.get(hash ?? '');
  if (proposal?.target === undefined) return undefined;
  if (act.type === 'confirmation') return { kind: 'confirmation', proposal };
  return act.type === 'ballot' && act.content.choice === 'yes' ? { kind: 'yes', proposal } : undefined;
}

function twoStories(own: Own): Pair[] {
  const firsts = new Map<string | undefined, string>();
  return [...own.values()].flatMap(({ name, previous }): Pair[] => {
    const other = firsts.get(previous);
    if (other !== undefined) return [['two-stories', other, name]];
    firsts.set(previous, name);
    return [];
  });
}

/** Each word once: how often it was given does not matter, and there are no more than proposals. */
function distinct(spoken: readonly Spoken[]): Spoken[] {
  const known = new Map<Word['proposal'], Set<Word['kind']>>();
  return spoken.filter(({ word: { kind, proposal } }) => {
    const kinds = known.get(proposal) ?? new Set();
    const isNew = !kinds.has(kind);
    known.set(proposal, kinds.add(kind));
    return isNew;
  });
}

function rivalWords(spoken: readonly Spoken[]): Pair[] {
  const words = distinct(spoken);
  return words.flatMap((one, at) =>
    words
      .slice(at + 1)
      .filter(({ word }) => areRivals(one.word, word))
      .map(({ name }): Pair => [one.word.kind === 'yes' ? 'two-yes' : 'two-confirmations', one.name, name]),
  );
}

/** Whether two words are of one kind, for two charters in place of one, in one round. */
function areRivals({ kind, proposal: one }: Word, { kind: otherKind, proposal: other }: Word): boolean {
  return kind === otherKind && one.base === other.base && one.round === other.round && one.target !== other.target;
}

/** What a member said after it left, and the words it left with without naming what they were for. */
function afterLeaving(own: Own, spoken: readonly Spoken[]): Pair[] {
  const words = distinct(spoken);
  const after = [...own.values()].flatMap(({ name, previous = '' }): Pair[] =>
    own.get(previous)?.act.type === 'leaving' ? [['after-leaving', previous, name]] : [],
  );
  const silent = [...own.values()].flatMap(({ act, name }) => {
    // Who names any word stays a voter, so it hides none: of those it gave in several rounds there is room for one.
    if (act.type !== 'leaving' || act.content.bound !== undefined) return [];
    const { charter } = act.content;
    return words
      .filter(({ word: { proposal } }) => proposal.base === charter)
      .map((word): Pair => ['after-leaving', name, word.name]);
  });
  return [...after, ...silent];
}

/** Words that break one given before, along each chain of acts from the first that is shown. */
function brokenWords(own: Own, spoken: readonly Spoken[]): Pair[] {
  const words = new Map(spoken.map((each) => [each.name, each]));
  const followers = Map.groupBy(own.values(), ({ previous = '' }) => previous);
  const open = [...own.values()]
    .filter(({ previous = '' }) => !own.has(previous))
    .map((act) => ({ act, given: [] as readonly Spoken[] }));
  const found: Pair[] = [];
  for (let here = open.pop(); here !== undefined; here = open.pop()) {
    const { act, given } = here;
    const spokenHere = words.get(act.name);
    const broken = spokenHere === undefined ? undefined : brokenBy(spokenHere.word, given);
    if (broken !== undefined) found.push(['broken-word', broken, act.name]);
    // What is said again counts from when it was said last.
    const since = spokenHere === undefined ? given : [...given.filter((each) => !isSame(each, spokenHere)), spokenHere];
    for (const next of followers.get(act.name) ?? []) open.push({ act: next, given: since });
  }
  return found;
}

function isSame({ word: one }: Spoken, { word: other }: Spoken): boolean {
  return one.kind === other.kind && one.proposal === other.proposal;
}

/** The last of some words that lets another not be given. Two of one kind in one round are told for themselves. */
function brokenBy(word: Word, given: readonly Spoken[]): string | undefined {
  const others = given.filter((each) => !areRivals(each.word, word));
  const isBroken = (from: number): boolean =>
    promiseAgainst(
      others.slice(from).map((each) => each.word),
      word,
    ) !== undefined;
  const last = others.findLastIndex((_, from) => isBroken(from));
  return others[last]?.name;
}
