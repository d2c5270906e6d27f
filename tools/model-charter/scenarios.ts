import type { Charter, Proposal, Proposed } from '../../packages/protocol/src/charter/index.ts';
import { makeProposal, makeVotes } from '../../packages/testkit/src/index.ts';

/** A charter, what is proposed in its place, and who does not keep the rules. */
export interface Scenario {
  readonly name: string;
  readonly charter: Charter;
  /** Each with members that left and are bound to nothing. */
  readonly proposals: readonly { readonly proposal: Proposal; readonly gone: ReadonlySet<string> }[];
  /** Ids of members that say whatever they like, as often as they like. */
  readonly liars: ReadonlySet<string>;
  /** Ids of members that left before they said anything. */
  readonly leavers: ReadonlySet<string>;
}

/** What is proposed in which round: its action, and whether it strikes off, or takes off the active list, somebody. */
interface Draft {
  readonly round: number;
  readonly proposed: Proposed;
  readonly gone?: readonly string[];
}

const named = (name: string): Proposed => ({ action: { type: 'amend', name } });

/** Scenarios with so many members: every kind of electorate against every other, somebody away, somebody gone, none, one and two liars. */
export function scenariosOf(memberCount: number): Scenario[] {
  const base = makeVotes(memberCount, 1);
  const ids = base.genesis.members.map(({ member }) => member);
  const [first, second = first] = ids as [string, string | undefined];
  const newcomer = base.voters.at(-1)!.id;
  const admit: Proposed = { action: { type: 'admit', member: newcomer } };
  const entrenched: Proposed = { action: { type: 'amend-entrenched', colludingMax: 2 } };
  const expel: Proposed = { action: { type: 'expel', member: first } };
  const strike: Proposed = { ...named('struck'), left: [{ member: second, act: 'ab'.repeat(32) }] };
  const at = (round: number, proposed: Proposed, gone: readonly string[] = []): Draft => ({ round, proposed, gone });
  const missing = changeMember(base.genesis, first, { missed: 1 });
  const plans: [name: string, charter: Charter, drafts: Draft[], leavers?: string[]][] = [
    ['amendments', base.genesis, [at(0, named('a')), at(0, named('b')), at(1, named('c'))]],
    ['proposed again', base.genesis, [at(0, named('a')), at(1, named('b')), at(2, named('a'))]],
    ['about a member', base.genesis, [at(0, expel), at(0, admit), at(1, named('c'))]],
    ['entrenched', base.genesis, [at(0, entrenched), at(0, admit), at(1, expel)]],
    [
      'one inactive',
      changeMember(base.genesis, first, { missed: 2 }),
      [at(0, entrenched), at(0, admit), at(1, named('c'))],
    ],
    [
      'one suspended',
      changeMember(base.genesis, first, { status: 'suspended' }),
      [at(0, entrenched), at(0, admit), at(1, named('c'))],
    ],
    ['off the list', missing, [at(0, { ...named('a'), absent: [first] }), at(0, admit), at(1, named('c'))]],
    ['one leaves', base.genesis, [at(0, strike, [second]), at(0, admit), at(1, named('c'))], [second]],
  ];
  return plans.flatMap(([name, charter, drafts, leavers = []]) =>
    [0, 1, 2]
      .filter((count) => count < memberCount)
      .map((count) => ({
        name: `${name}, ${memberCount} members, ${count} liars`,
        charter,
        proposals: drafts.map(({ round, proposed, gone }) => ({
          proposal: makeProposal(charter, proposed, [], { round }),
          gone: new Set(gone),
        })),
        liars: new Set(ids.slice(ids.length - count)),
        leavers: new Set(leavers),
      })),
  );
}

function changeMember(charter: Charter, id: string, change: Partial<Charter['members'][number]>): Charter {
  const members = charter.members.map((each) => (each.member === id ? { ...each, ...change } : each));
  return { ...charter, members };
}
