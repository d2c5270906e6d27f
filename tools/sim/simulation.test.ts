import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runScript } from './run-script.ts';
import { drawScript } from './script.ts';
import type { Script, Step } from './script.ts';
import { shrink } from './shrink.ts';
import type { PlantedFaults } from './sim-world.ts';

const seedsMax = 200;
/** Where the machine is slow, fewer seeds do. */
const cpuSecondsMax = 20;

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

test('whatever happens to a federation, every rule is kept', async (t) => {
  const began = cpuSeconds();
  let seeds = 0;
  for (; seeds < seedsMax && cpuSeconds() - began < cpuSecondsMax; seeds += 1) {
    const script = drawScript(100_000 + seeds, { members: 3, steps: 30 });
    assert.deepEqual(await runScript(script), [], `npm run sim -- --seed ${100_000 + seeds} --members 3 --steps 30`);
  }
  t.diagnostic(`${seeds} seeds`);
});

test('a seed is the same simulation each time', async () => {
  const script = drawScript(7, { members: 4, steps: 60 });
  assert.deepEqual(drawScript(7, { members: 4, steps: 60 }), script);
  const planted = { ignoresLeaseEnds: true };
  assert.deepEqual(await runScript(script, planted), await runScript(script, planted));
});

const everyPair = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;
const calm = { members: 3, pairs: everyPair, liars: [], isNative: true, witnesses: 2 } as const;
const steps = (deeds: readonly object[]): Step[] => deeds.map((deed) => ({ ...deed, dice: 1 }) as Step);

test('a script with real cryptography is kept to as well', async () => {
  const script: Script = {
    ...calm,
    steps: steps([
      { do: 'tell', object: 0, tlp: 'green' },
      { do: 'publish', member: 0 },
      { do: 'wait', ms: 200 },
      { do: 'sync', member: 1, from: 0 },
      { do: 'recall', object: 0, reason: 'mistake' },
    ]),
  };
  assert.deepEqual(await runScript(script), []);
});

/** Three in a row: what goes from one end to the other is passed on. */
const row = { ...calm, isNative: false, pairs: calm.pairs.filter(([one, other]) => other === one + 1) } as const;

test('a relay that stops at any write, kept or lost, passes on what it took', async () => {
  for (const keepsLast of [true, false]) {
    for (let afterWrites = 1; afterWrites <= 12; afterWrites += 1) {
      const script: Script = {
        ...row,
        steps: steps([
          { do: 'tell', object: 0, tlp: 'green' },
          { do: 'wait', ms: 1500 },
          { do: 'sync', member: 1, from: 0 },
          { do: 'wait', ms: 1500 },
          { do: 'sync', member: 2, from: 1 },
          { do: 'recall', object: 0, reason: 'mistake' },
          { do: 'wait', ms: 1500 },
          { do: 'stop', member: 1, afterWrites, keepsLast },
          { do: 'sync', member: 1, from: 0 },
          { do: 'wait', ms: 1500 },
        ]),
      };
      assert.deepEqual(await runScript(script), [], `${afterWrites} writes`);
    }
  }
});

/** A member goes back to a copy, and says other things than it did. */
const goneBack = steps([
  { do: 'tell', object: 0, tlp: 'green' },
  { do: 'wait', ms: 1500 },
  { do: 'copy', member: 0 },
  { do: 'tell', object: 0, tlp: 'green' },
  { do: 'tell', object: 3, tlp: 'green' },
  { do: 'wait', ms: 3000 },
  { do: 'sync', member: 1, from: 0 },
  { do: 'wait', ms: 1500 },
  { do: 'restore', member: 0 },
  { do: 'start', member: 0 },
  { do: 'wait', ms: 3000 },
  { do: 'tell', object: 0, tlp: 'clear' },
  { do: 'tell', object: 3, tlp: 'clear' },
  { do: 'wait', ms: 3000 },
]);

test('a member that went back to a backup is believed, has no second story and is heard in what it says anew', async () => {
  assert.deepEqual(await runScript({ ...calm, isNative: false, steps: goneBack }), []);
});

test('planted fault is found: witnesses that forget, and a ledger that asks none of them', async () => {
  const found = await runScript({ ...calm, isNative: false, steps: goneBack }, { forgetsTrees: true });
  assert.ok(found.some(({ rule }) => rule === 'no witness cosigns two trees of one size'));
});

/** A member signs for what it was lent, and its ledger does not speak of it. */
const withholding: Script = {
  ...calm,
  isNative: false,
  liars: [1],
  steps: steps([
    { do: 'lie', member: 1, lie: 'withhold', to: 0 },
    { do: 'tell', object: 0, tlp: 'green' },
    { do: 'wait', ms: 1500 },
    { do: 'sync', member: 1, from: 0 },
    { do: 'wait', ms: 1500 },
  ]),
};

test('a member whose ledger lacks the acts it signed for is told of by name', async () => {
  assert.deepEqual(await runScript(withholding), []);
});

test('planted fault is found: a member that does not look whether the acts receipts name are there', async () => {
  const found = await runScript(withholding, { looksForNoActs: true });
  assert.ok(
    found.some(({ rule }) => rule === 'an act that is withheld is told'),
    JSON.stringify(found),
  );
});

const four = {
  members: 4,
  pairs: [
    [0, 1],
    [0, 2],
    [0, 3],
    [1, 2],
    [1, 3],
    [2, 3],
  ],
  liars: [],
  isNative: false,
  witnesses: 3,
} as const;

/** One version in two texts, of which some come to hear both. */
const twoTexts: Script = {
  ...four,
  liars: [2],
  witnesses: 1,
  steps: [
    { do: 'lie', member: 2, lie: 'equivocate', to: 1, dice: 1039606827 },
    { do: 'wait', ms: 1746, dice: 4003118212 },
    { do: 'sync', member: 3, from: 2, dice: 3153691045 },
    { do: 'lie', member: 2, lie: 'equivocate', to: 1, dice: 1802233990 },
  ],
};

test('what one member can show of another, the others come to know', async () => {
  assert.deepEqual(await runScript(twoTexts), []);
});

test('planted fault is found: members that hear of no evidence', async () => {
  const found = await runScript(twoTexts, { hearsNoEvidence: true });
  assert.ok(
    found.some(({ rule }) => rule === 'evidence is told'),
    JSON.stringify(found),
  );
});

/** What seeds found once, and what it was made shorter to. */
for (const [what, script] of [
  [
    'a recall from a clock that is ahead is refused, and arrives when it can be believed',
    {
      ...four,
      steps: [
        { do: 'tell', object: 1, tlp: 'amber', dice: 2136143794 },
        { do: 'clock', member: 1, seconds: 900, dice: 3412965743 },
        { do: 'recall', object: 1, reason: 'mistake', dice: 573430378 },
      ],
    },
  ],
  [
    'whoever kept what was stated of an object cannot lend it on once its label lets nobody have it',
    {
      ...four,
      liars: [3],
      steps: [
        { do: 'tell', object: 4, tlp: 'clear', dice: 1546540724 },
        { do: 'clock', member: 2, seconds: 0, dice: 2023747550 },
        { do: 'tell', object: 4, tlp: 'red', dice: 273094900 },
        { do: 'sync', member: 3, from: 1, dice: 4009981276 },
        { do: 'tell', object: 6, tlp: 'amber', dice: 2752948787 },
        { do: 'sync', member: 3, from: 0, dice: 990904959 },
        { do: 'lie', member: 3, lie: 'replay', to: 1, dice: 3070217638 },
      ],
    },
  ],
  [
    'relays that have an object of each other come to rest',
    {
      ...four,
      witnesses: 1,
      steps: [
        { do: 'tell', object: 5, tlp: 'green', dice: 63354628 },
        { do: 'handle', member: 1, to: 3, tlp: 'green', hops: 0, days: 7, dice: 461742574 },
        { do: 'wait', ms: 200, dice: 1207162136 },
        { do: 'sync', member: 2, from: 1, dice: 3949860377 },
        { do: 'tell', object: 5, tlp: 'clear', dice: 2173694922 },
      ],
    },
  ],
] as const satisfies readonly (readonly [string, Script])[]) {
  test(what, async () => {
    assert.deepEqual(await runScript(script), []);
  });
}

for (const [fault, planted, rule] of [
  ['a receiver that ignores when leases end', { ignoresLeaseEnds: true }, /nobody uses what nobody lends/],
  ['a receiver that keeps in use what was taken back', { ignoresEnds: true }, /nobody/],
  ['a receiver that believes every signature', { believesAll: true }, /its origin/],
] as const satisfies readonly (readonly [string, PlantedFaults, RegExp])[]) {
  test(`planted fault is found: ${fault}`, async (t) => {
    const found = await firstThatBreaks(planted, rule);
    assert.ok(found !== undefined, 'within so many seeds');
    const shortest = await shrink(found.script, planted, found.rule, 40);
    assert.ok(shortest.script.steps.length < found.script.steps.length);
    assert.ok(shortest.violations.some((each) => each.rule === found.rule));
    t.diagnostic(`seed ${found.seed}, ${shortest.script.steps.length} steps of ${found.script.steps.length}`);
  });
}

async function firstThatBreaks(planted: PlantedFaults, rule: RegExp) {
  for (let seed = 1; seed <= 400; seed += 1) {
    const script = drawScript(seed, { members: 3, steps: 40 });
    // Only where somebody lies is there something to be believed.
    if (planted.believesAll === true && script.liars.length === 0) continue;
    const found = (await runScript(script, planted)).find((each) => rule.test(each.rule));
    if (found !== undefined) return { seed, script, rule: found.rule };
  }
  return undefined;
}
