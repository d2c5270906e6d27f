import { recallReasons } from '@comity/protocol/peer';
import type { RecallReason } from '@comity/protocol/peer';
import { createRandom } from '@comity/testkit';
import type { Random } from '@comity/testkit';
import { lies } from './lies.ts';
import type { Lie } from './lies.ts';
import type { Weather } from './sim-network.ts';

/** Something that happens. Members and objects are numbers; an object belongs to the member that its number leaves when divided. */
type Deed =
  | { readonly do: 'tell'; readonly object: number; readonly tlp: (typeof labels)[number] }
  | { readonly do: 'recall'; readonly object: number; readonly reason: RecallReason }
  | {
      readonly do: 'handle';
      readonly member: number;
      readonly to: number;
      readonly tlp: 'clear' | 'green' | 'amber';
      readonly hops: number;
      readonly days: number;
    }
  | {
      readonly do: 'quota';
      readonly member: number;
      readonly of: number;
      readonly itemsPerDay: number;
      readonly objects: number;
    }
  | { readonly do: 'suspend'; readonly member: number; readonly whom: number; readonly isSuspended: boolean }
  | { readonly do: 'disagree'; readonly member: number; readonly object: number }
  | { readonly do: 'sight'; readonly member: number; readonly object: number }
  | { readonly do: 'hold'; readonly member: number; readonly object: number; readonly isHeld: boolean }
  | { readonly do: 'sync'; readonly member: number; readonly from: number }
  | { readonly do: 'publish'; readonly member: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'leap'; readonly hours: number }
  | { readonly do: 'stop'; readonly member: number; readonly afterWrites: number; readonly keepsLast: boolean }
  | { readonly do: 'start'; readonly member: number }
  | { readonly do: 'copy'; readonly member: number }
  | { readonly do: 'restore'; readonly member: number }
  | { readonly do: 'part'; readonly sides: number }
  | { readonly do: 'slow'; readonly member: number; readonly ms: number }
  | ({ readonly do: 'weather' } & Weather)
  | { readonly do: 'clock'; readonly member: number; readonly seconds: number }
  | { readonly do: 'lie'; readonly member: number; readonly lie: Lie; readonly to: number };

/** A deed with what its luck hangs on, so that leaving out others does not change it. */
export type Step = Deed & { readonly dice: number };

/** All that a simulation is made of. */
export interface Script {
  readonly members: number;
  /** Pairs that exchange. */
  readonly pairs: readonly (readonly [number, number])[];
  /** Members that lie. */
  readonly liars: readonly number[];
  readonly isNative: boolean;
  /** How many of its peers witness a member's ledger: few let many more seeds run. */
  readonly witnesses: number;
  readonly steps: readonly Step[];
}

const labels = ['clear', 'green', 'amber', 'amber+strict', 'red'] as const;
/** Objects a member has. */
const objectsEach = 3;

/** How often each kind of deed is drawn, of all these together. */
const likely: readonly (readonly [number, (random: Random, members: number) => Deed])[] = [
  [30, (random, members) => ({ do: 'sync', ...pairOf(random, members, 'from') })],
  [
    14,
    (random, members) => ({
      do: 'tell',
      object: objectOf(random, members),
      tlp: random.pick([...labels, 'clear', 'green', 'green', 'green', 'amber']),
    }),
  ],
  [6, (random, members) => ({ do: 'recall', object: objectOf(random, members), reason: random.pick(recallReasons) })],
  [
    4,
    (random, members) => ({
      do: 'handle',
      ...pairOf(random, members, 'to'),
      tlp: random.pick(['clear', 'green', 'amber']),
      hops: random.below(3),
      days: random.pick([1, 7, 30]),
    }),
  ],
  [3, (random, members) => ({ do: 'suspend', ...pairOf(random, members, 'whom'), isSuspended: random.below(2) === 0 })],
  [2, (random, members) => ({ do: 'disagree', member: random.below(members), object: objectOf(random, members) })],
  [2, (random, members) => ({ do: 'sight', member: random.below(members), object: objectOf(random, members) })],
  [
    2,
    (random, members) => ({
      do: 'hold',
      member: random.below(members),
      object: objectOf(random, members),
      isHeld: random.below(3) > 0,
    }),
  ],
  [4, (random, members) => ({ do: 'publish', member: random.below(members) })],
  [8, (random) => ({ do: 'wait', ms: random.pick([20, 200, 1500, 8000]) })],
  [3, (random) => ({ do: 'leap', hours: random.pick([1, 25, 24 * 8, 24 * 35]) })],
  [
    5,
    (random, members) => ({
      do: 'stop',
      member: random.below(members),
      afterWrites: random.below(6),
      keepsLast: random.below(2) === 0,
    }),
  ],
  [6, (random, members) => ({ do: 'start', member: random.below(members) })],
  [2, (random, members) => ({ do: 'part', sides: random.below(2) === 0 ? 0 : random.below(2 ** members) })],
  [1, (random, members) => ({ do: 'slow', member: random.below(members), ms: random.pick([0, 400, 6000]) })],
  [2, (random) => ({ do: 'weather', ...random.pick([calm, calm, wet, storm]) })],
];
const calm: Weather = { drop: 0, duplicate: 0, cut: 0, delayMs: 0 };
const wet: Weather = { drop: 60, duplicate: 100, cut: 60, delayMs: 300 };
const storm: Weather = { drop: 250, duplicate: 250, cut: 250, delayMs: 4000 };

/** What happens in some seeds only. */
const rare = {
  backups: [
    [5, (random: Random, members: number): Deed => ({ do: 'copy', member: random.below(members) })],
    [5, (random: Random, members: number): Deed => ({ do: 'restore', member: random.below(members) })],
  ],
  quotas: [
    [
      20,
      (random: Random, members: number): Deed => ({
        do: 'quota',
        ...pairOf(random, members, 'of'),
        itemsPerDay: random.pick([0, 2, 1000, 1000]),
        objects: random.pick([0, 1, 2]),
      }),
    ],
  ],
  clocks: [
    [
      4,
      (random: Random, members: number): Deed => ({
        do: 'clock',
        member: random.below(members),
        seconds: random.pick([0, -240, 240, -900, 900]),
      }),
    ],
  ],
} as const;

/** The script of a seed: the same for ever. */
export function drawScript(
  seed: number,
  { members, steps }: { readonly members: number; readonly steps: number },
): Script {
  const random = createRandom(seed);
  const everyPair = Array.from({ length: members }, (_, one) =>
    Array.from({ length: members - one - 1 }, (_each, at) => [one, one + at + 1] as const),
  ).flat();
  const isLine = random.below(3) === 0;
  const pairs = isLine ? everyPair.filter(([one, other]) => other === one + 1) : everyPair;
  const liars = random.below(3) === 0 && members > 2 ? [random.below(members)] : [];
  const kinds = [
    ...likely,
    ...(liars.length === 0 && random.below(4) === 0 ? rare.backups : []),
    ...(random.below(5) === 0 ? rare.clocks : []),
    ...(seed % 4 === 0 ? rare.quotas : []),
    ...liars.map(
      (member) => [30, (): Deed => ({ do: 'lie', member, lie: random.pick(lies), to: random.below(members) })] as const,
    ),
  ];
  const total = kinds.reduce((sum, [weight]) => sum + weight, 0);
  const draw = (): Deed => {
    let left = random.below(total);
    for (const [weight, make] of kinds) {
      if (left < weight) return make(random, members);
      left -= weight;
    }
    throw new Error('Assertion failed: the weights come to their total');
  };
  const isNative = random.below(50) === 0;
  return {
    members,
    pairs,
    liars,
    isNative,
    witnesses: random.below(4) === 0 ? members - 1 : 1,
    steps: Array.from({ length: steps }, () => ({ ...draw(), dice: random.u32() })),
  };
}

function objectOf(random: Random, members: number): number {
  return random.below(objectsEach * members);
}

function pairOf<Name extends string>(
  random: Random,
  members: number,
  name: Name,
): { member: number } & Record<Name, number> {
  const member = random.below(members);
  return { member, [name]: (member + 1 + random.below(members - 1)) % members } as { member: number } & Record<
    Name,
    number
  >;
}
