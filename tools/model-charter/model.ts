import { charterHash, electorateOf, nextCharter, promiseAgainst } from '../../packages/protocol/src/charter/index.ts';
import type { Electorate, Proposal, Word } from '../../packages/protocol/src/charter/index.ts';
import { nativeCrypto } from '../../packages/testkit/src/index.ts';
import type { Scenario } from './scenarios.ts';

/** The rules that are checked. A test plants faults in them. */
export interface Rules {
  readonly electorate: typeof electorateOf;
  readonly promise: typeof promiseAgainst;
  /** The charter a node holds that was shown a decision with ballots of these members: what it is called. */
  readonly install: (charter: Scenario['charter'], proposal: Proposal, shown: ReadonlySet<string>) => string;
}

/** The rules as they are. */
export const rules: Rules = {
  electorate: electorateOf,
  promise: promiseAgainst,
  install: (charter, proposal) =>
    charterHash(nextCharter(charter, proposal, nativeCrypto.sha256) ?? charter, nativeCrypto.sha256),
};

/** What the model found. */
export interface ModelResult {
  /** Different states of all members together. */
  readonly states: number;
  /** Rules that were broken, each once. */
  readonly faults: readonly string[];
}

/**
 * What a member said, as bits: for each proposal, that it said yes and witnesses saw that in time (1), or too late (2), and that it
 * confirmed (4). That it said no before or after is no bit: whoever assembles a decision may leave that out, so what follows is what is
 * worst.
 */
const bitsOfProposal = 3;
const [yesBit, lateBit, confirmBit] = [1, 2, 4] as const;

/** Members that are alike, and the order of their states does not matter. */
interface Group {
  readonly members: readonly string[];
  readonly isLiar: boolean;
  readonly isLeaver: boolean;
}

/**
 * Goes through every state a federation can come to, step by step: each member says yes, in time or late, or confirms what carried, as far
 * as the rules let it; a liar as it likes. In each state whoever assembles a decision shows what serves him.
 *
 * @param withLate - whether a yes may be cosigned too late. It binds like any other and never counts, so that such a state is no worse
 *   than one with a yes that nobody shows.
 */
export function checkScenario(scenario: Scenario, by: Rules, withLate: boolean): ModelResult {
  const { charter, proposals, liars, leavers } = scenario;
  const electorates = proposals.map(({ proposal, gone }) => by.electorate(charter, proposal, gone));
  const tolerated = Math.min(...electorates.map((each) => each.tolerated));
  const groups = groupsOf(scenario, electorates);
  const moves = proposals.flatMap(({ proposal }, place) =>
    (withLate ? [yesBit, lateBit, confirmBit] : [yesBit, confirmBit]).map((bit) => ({
      place,
      proposal,
      bit,
      shifted: bit << (bitsOfProposal * place),
    })),
  );
  const wordsOf = memo((state: number): Word[] =>
    proposals.flatMap(({ proposal }, place) => {
      const bits = state >> (bitsOfProposal * place);
      const words: Word[] = (bits & (yesBit | lateBit)) === 0 ? [] : [{ kind: 'yes', proposal }];
      return (bits & confirmBit) === 0 ? words : [...words, { kind: 'confirmation', proposal }];
    }),
  );
  /** Steps a member that keeps the rules may take. */
  const steps = memo((state: number) =>
    moves.filter(({ proposal, bit, shifted }) => {
      // A ballot is seen once for the first time.
      const said = shifted | (bit === confirmBit ? 0 : shifted << 1) | (bit === lateBit ? shifted >> 1 : 0);
      if ((state & said) !== 0) return false;
      return by.promise(wordsOf(state), { kind: bit === confirmBit ? 'confirmation' : 'yes', proposal }) === undefined;
    }),
  );
  const held = new Map<string, string>();
  const installed = (place: number, proposal: Proposal, shown: ReadonlySet<string>): string => {
    const key = `${place} ${[...shown].join(' ')}`;
    const known = held.get(key) ?? by.install(charter, proposal, shown);
    held.set(key, known);
    return known;
  };
  const faults = new Set<string>();
  // A liar has said everything from the beginning; whoever assembles a decision shows of it what he likes.
  const everything = 2 ** (bitsOfProposal * proposals.length) - 1;
  const start = groups.map(({ members, isLiar }) => members.map(() => (isLiar ? everything : 0)));
  const seen = new Set([start.join(';')]);
  const open = [start];
  const countOf = (state: readonly (readonly number[])[], place: number, bit: number, withLiars = true): number =>
    groups.reduce(
      (sum, group, at) =>
        electorates[place]!.voters.has(group.members[0]!) && (withLiars || !group.isLiar)
          ? sum + state[at]!.filter((each) => ((each >> (bitsOfProposal * place)) & bit) !== 0).length
          : sum,
      0,
    );
  /** Words of a liar by which both of two decisions could stand, as few as there are: yes and confirmation of each. */
  const wordsShown = (shown: number, pair: readonly Proposal[]): Word[] =>
    pair.flatMap((proposal, at) => [
      ...((shown >> (2 * at)) & 1 ? [{ kind: 'yes', proposal } as const] : []),
      ...((shown >> (2 * at)) & 2 ? [{ kind: 'confirmation', proposal } as const] : []),
    ]);
  /** Whether more are convicted than may speak double, however little liars let be shown of them. */
  function areConvicted(
    state: readonly (readonly number[])[],
    decided: readonly { readonly proposal: Proposal; readonly place: number }[],
  ): boolean {
    const pairs = decided.flatMap((one, at) =>
      decided.slice(at + 1).flatMap((other) => (one.proposal.target === other.proposal.target ? [] : [[one, other]])),
    );
    return pairs.every((pair) => {
      const convicts = (shown: number): boolean =>
        !canBeHonest(
          wordsShown(
            shown,
            pair.map(({ proposal }) => proposal),
          ),
          by.promise,
        );
      return choicesOf(liars.size).every((choice) => {
        const stands = pair.every(({ place }, at) => {
          const { voters, needed, confirming } = electorates[place]!;
          const ofLiars = (bit: number): number =>
            [...liars].filter((liar, index) => voters.has(liar) && ((choice[index]! >> (2 * at)) & bit) !== 0).length;
          const others = (bit: number): number => countOf(state, place, bit, false);
          return others(yesBit) + ofLiars(1) >= needed && others(confirmBit) + ofLiars(2) >= confirming;
        });
        return !stands || choice.filter(convicts).length > tolerated;
      });
    });
  }
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const here = state;
    const carried = proposals.map((_, place) => countOf(here, place, yesBit) >= electorates[place]!.needed);
    const decided = proposals.flatMap(({ proposal }, place) =>
      carried[place] && countOf(here, place, confirmBit) >= electorates[place]!.confirming ? [{ proposal, place }] : [],
    );
    if (new Set(decided.map(({ proposal }) => proposal.target)).size > 1) {
      if (liars.size <= tolerated) faults.add('two charters come of one');
      else if (!areConvicted(here, decided)) faults.add('two charters come of one, and too few are convicted');
    }
    for (const { proposal, place } of decided) {
      const shown = shownIn(groups, here, place);
      const least = new Set([...shown].slice(0, electorates[place]!.needed));
      if (installed(place, proposal, shown) !== installed(place, proposal, least))
        faults.add('what is installed depends on what is shown');
    }
    if (
      liars.size === 0 &&
      leavers.size === 0 &&
      !canGoOn(here, { scenario, groups, electorates, carried, wordsOf, by })
    )
      faults.add('nothing can be decided any more');
    for (const [at, { isLiar, isLeaver }] of groups.entries()) {
      if (isLeaver || isLiar) continue;
      for (const one of new Set(here[at])) {
        for (const { place, bit, shifted } of steps(one)) {
          if (bit === confirmBit && !carried[place]) continue;
          const changed = here[at]!.with(here[at]!.indexOf(one), one | shifted).toSorted((a, b) => a - b);
          const next = here.with(at, changed);
          const key = next.join(';');
          if (!seen.has(key)) {
            seen.add(key);
            open.push(next);
          }
        }
      }
    }
  }
  return { states: seen.size, faults: [...faults] };
}

/** Members whose yes to a proposal can be shown. */
function shownIn(groups: readonly Group[], state: readonly (readonly number[])[], place: number): Set<string> {
  return new Set(
    groups.flatMap(({ members }, at) =>
      members.filter((_, index) => ((state[at]![index]! >> (bitsOfProposal * place)) & yesBit) !== 0),
    ),
  );
}

/** Members that every proposal treats alike. */
function groupsOf({ charter, liars, leavers }: Scenario, electorates: readonly Electorate[]): Group[] {
  const groups = Map.groupBy(
    charter.members.map(({ member }) => member),
    (member) =>
      [liars.has(member), leavers.has(member), ...electorates.map(({ voters }) => voters.has(member))].join(','),
  );
  return [...groups.values()].map((members) => ({
    members,
    isLiar: liars.has(members[0]!),
    isLeaver: leavers.has(members[0]!),
  }));
}

/** Every choice of what is shown of so many liars: four bits each. */
function choicesOf(count: number): number[][] {
  if (count === 0) return [[]];
  return choicesOf(count - 1).flatMap((choice) => Array.from({ length: 16 }, (_, shown) => [...choice, shown]));
}

/** Whether words can have been given one after the other by a member that keeps the rules. */
function canBeHonest(words: readonly Word[], promise: Rules['promise'], given: readonly Word[] = []): boolean {
  if (words.length === 0) return true;
  return words.some(
    (word, at) => promise(given, word) === undefined && canBeHonest(words.toSpliced(at, 1), promise, [...given, word]),
  );
}

/**
 * Whether all members together can still decide something: they confirm the latest that carried and somebody confirmed, and vote on it
 * once more.
 */
function canGoOn(
  state: readonly (readonly number[])[],
  given: {
    readonly scenario: Scenario;
    readonly groups: readonly Group[];
    readonly electorates: readonly Electorate[];
    readonly carried: readonly boolean[];
    readonly wordsOf: (state: number) => readonly Word[];
    readonly by: Rules;
  },
): boolean {
  const { scenario, groups, electorates, carried, wordsOf, by } = given;
  const confirmed = scenario.proposals
    .map(({ proposal }, place) => ({ proposal, place }))
    .filter(
      ({ place }) =>
        carried[place] && state.flat().some((each) => ((each >> (bitsOfProposal * place)) & confirmBit) !== 0),
    )
    .toSorted((one, other) => one.proposal.round - other.proposal.round)
    .at(-1);
  const { proposal, place } = confirmed ?? { proposal: scenario.proposals[0]!.proposal, place: 0 };
  const { voters, needed, confirming } = electorates[place]!;
  // Too few members for that electorate at all: no vote of theirs decides.
  if (Math.max(needed, confirming) > voters.size) return true;
  const again = { ...proposal, round: 1000 };
  let able = 0;
  for (const [at, { members }] of groups.entries()) {
    if (!voters.has(members[0]!)) continue;
    for (const each of state[at]!) {
      const given: Word[] = [...wordsOf(each)];
      const confirmation: Word = { kind: 'confirmation', proposal };
      if (confirmed !== undefined && by.promise(given, confirmation) === undefined) given.push(confirmation);
      const yes: Word = { kind: 'yes', proposal: again };
      if (by.promise(given, yes) !== undefined) continue;
      if (by.promise([...given, yes], { kind: 'confirmation', proposal: again }) === undefined) able += 1;
    }
  }
  return able >= Math.max(needed, confirming);
}

function memo<Value>(of: (state: number) => Value): (state: number) => Value {
  const known = new Map<number, Value>();
  return (state) => {
    const found = known.get(state);
    if (found !== undefined) return found;
    const value = of(state);
    known.set(state, value);
    return value;
  };
}
