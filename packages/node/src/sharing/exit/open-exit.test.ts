import assert from 'node:assert/strict';
import test from 'node:test';
import { parseStixId } from '@comity/protocol/base';
import { markingIdOfTlp } from '@comity/protocol/markings';
import { noCharter } from '../decide/charter.ts';
import { memoisedDecide } from '../decide/memoised.ts';
import { permitAll } from '../facets-for-tests.ts';
import type { Recipient } from '../sharing.ts';
import { openExit } from './open-exit.ts';
import type { ExitDeps } from './open-exit.ts';

const works: Recipient = {
  key: 'client:works',
  kind: 'client',
  name: 'Works',
  sector: '',
  country: '',
  groups: [],
  tokenId: undefined,
};
const statementId = 'marking-definition--00000000-0000-4000-8000-000000000001';
const statement = {
  type: 'marking-definition',
  id: statementId,
  definition_type: 'statement',
  definition: { statement: 's' },
};
const stored = (number: number, tlp: 'green' | 'red', refs: readonly string[] = []) => {
  const id = parseStixId(`indicator--00000000-0000-4000-8000-00000000000${number}`);
  const text = JSON.stringify({ type: 'indicator', id, ...(refs.length > 0 && { object_marking_refs: refs }) });
  return {
    id,
    type: 'indicator',
    modifiedUs: 1,
    text,
    tlp,
    leaseUntilUs: undefined,
    recalled: false,
    own: false,
  } as const;
};

function open(
  rest: Partial<ExitDeps> = {},
  isRehearsal = false,
  recipient = works,
  action: 'forward' | 'show' | 'publish' = 'forward',
) {
  const recorded: string[] = [];
  const deps: ExitDeps = {
    findMarking: (id) => (id === statementId ? statement : undefined),
    find: () => undefined,
    isRead: () => true,
    hopsLeftOf: () => undefined,
    decide: memoisedDecide({ charter: noCharter, law: permitAll }),
    lawHash: 'h',
    decisions: {
      open: (to, use) => ({
        note: (object, { result }) => void recorded.push(`${object.id.slice(-1)} ${to} ${use} ${result}`),
        count: () => undefined,
        again: () => ({ record: () => void recorded.push('all again'), bytes: 0 }),
      }),
      room: async () => undefined,
    },
    nowUs: () => 1,
    ...rest,
  };
  const channel = { encrypted: true, hidesOrigin: false };
  return { exit: openExit({ recipient, action, channel, isRehearsal }, deps), recorded };
}

test('an exit lets out what may leave, labelled, and records every decision', () => {
  const { exit, recorded } = open();
  const admitted = exit.admit([stored(1, 'green'), stored(2, 'red'), stored(3, 'green', [markingIdOfTlp('red')])]);
  assert.deepEqual(
    admitted.map(({ object, tlp }) => [object.id.slice(-1), tlp]),
    [['1', 'green']],
  );
  assert.deepEqual((JSON.parse(admitted[0]?.text ?? '') as Record<string, unknown>)['object_marking_refs'], [
    markingIdOfTlp('green'),
  ]);
  assert.deepEqual(recorded, [
    '1 client:works forward allow',
    '2 client:works forward deny',
    '3 client:works forward deny',
  ]);
  assert.deepEqual([exit.count.allowed, exit.count.denied, [...exit.count.deniedBy]], [1, 2, [['floor.tlp-red', 2]]]);
});

test('a definition is given once an exit, before what bears it, and the guard then knows it', () => {
  const { exit } = open();
  const marked = [markingIdOfTlp('green'), statementId];
  const [first, second] = exit.admit([stored(1, 'green', marked), stored(2, 'green', marked)]);
  assert.deepEqual([first?.definitions, second?.definitions], [[JSON.stringify(statement)], []]);
  assert.throws(() => exit.guard.stix(first?.text ?? ''), { code: 'SHARING_REFUSED' });
  for (const definition of first?.definitions ?? []) exit.guard.stix(definition);
  assert.equal(exit.guard.stix(second?.text ?? ''), second?.text);
});

test('the owner’s own use changes no byte and is not recorded; what it publishes is', () => {
  const owner: Recipient = { ...works, key: 'owner', kind: 'owner' };
  const looks = open({}, false, owner, 'show');
  assert.equal(looks.exit.admit([stored(1, 'green')])[0]?.text, stored(1, 'green').text);
  assert.deepEqual(looks.recorded, []);
  const publishes = open({}, false, owner, 'publish');
  assert.deepEqual(publishes.exit.admit([stored(1, 'green')]), []);
  assert.deepEqual(publishes.recorded, ['1 owner publish deny']);
});

test('a rehearsal records nothing', () => {
  const { exit, recorded } = open({}, true);
  assert.equal(exit.admit([stored(1, 'green'), stored(2, 'red')]).length, 1);
  assert.deepEqual(recorded, []);
});

test('whatever goes wrong on the way is a no', () => {
  const fail = (): never => {
    throw new Error('planted');
  };
  for (const broken of [{ findMarking: fail }, { decide: fail }, { nowUs: fail }, { isRead: fail }]) {
    const { exit, recorded } = open(broken);
    assert.deepEqual(exit.admit([stored(1, 'green', [markingIdOfTlp('green'), statementId])]), []);
    assert.deepEqual([...exit.count.deniedBy.keys()], ['floor.error']);
    assert.deepEqual(recorded, ['1 client:works forward deny']);
  }
});

test('objects that are alike are judged once, by their traits; what counts by the clock or waits for others does not last', () => {
  let asked = 0;
  const decide: ExitDeps['decide'] = (...of) => {
    asked += 1;
    return memoisedDecide({ charter: noCharter, law: permitAll })(...of);
  };
  const traits = { markingRefs: [markingIdOfTlp('green')], personal: false };
  const alike = (number: number) => ({ ...stored(number, 'green', traits.markingRefs), traits });
  const { exit, recorded } = open({ decide });
  assert.equal(exit.admit([alike(1), alike(2), alike(3)]).length, 3);
  assert.equal(asked, 1);
  assert.equal(exit.admit([{ ...alike(4), tlp: 'red' }]).length, 0, 'the label in force counts beside the traits');
  exit.again()?.record();
  assert.equal(recorded.at(-1), 'all again');

  const report = { ...stored(5, 'green'), type: 'report' };
  const text = JSON.stringify({ type: 'report', object_refs: ['indicator--00000000-0000-4000-8000-000000000009'] });
  for (const object of [
    { ...alike(1), leaseUntilUs: 5 },
    { ...report, text },
  ]) {
    const { exit: passing } = open();
    passing.admit([object]);
    assert.equal(passing.again(), undefined);
  }
});
