import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseStixId } from '@comity/protocol/base';
import { markingIdOfTlp } from '@comity/protocol/markings';
import { traitsOf } from '@comity/protocol/sharing';
import type { Decision, SharingAction } from '@comity/protocol/sharing';
import { noCharter } from '../decide/charter.ts';
import { memoisedDecide } from '../decide/memoised.ts';
import type { ShareableObject } from '../decide/shareable.ts';
import { parseLaw } from '../law/law.ts';
import { readStarterLaw } from '../law/starter-laws.ts';
import { openArrivals } from './open-arrivals.ts';
import type { ArrivalDeps } from './open-arrivals.ts';

const noPersons = parseLaw(`${readStarterLaw('open')}
@id("mine.no-persons") @law("GDPR Art. 5(1)(c)") @says("What may identify a person is not taken from others")
forbid (principal, action == Action::"store", resource)
when { principal.kind == Kind::"owner" && context.origin == Origin::"received" && context.personalData };
@id("mine.no-mutexes") @law("test") @says("Not looked for")
forbid (principal, action == Action::"match", resource)
when { principal.kind == Kind::"owner" && context.pap == Pap::"red" };`);

function open(rest: Partial<ArrivalDeps> = {}) {
  const counted: string[] = [];
  let asked = 0;
  const decide = memoisedDecide({ charter: noCharter, law: noPersons });
  const arrivals = openArrivals({
    findMarking: () => undefined,
    find: () => undefined,
    isRead: () => false,
    decide: (...question) => {
      asked += 1;
      return decide(...question);
    },
    lawHash: 'h',
    owner: {
      key: 'owner',
      kind: 'owner',
      groups: [],
      sector: '',
      country: '',
      channel: { encrypted: true, hidesOrigin: false },
    },
    decisions: {
      open: (to: string, action: SharingAction) => ({
        note: () => assert.fail('an object that is not taken is not named'),
        count: ({ reasons }: Decision) =>
          void counted.push(`${to} ${action} ${reasons.map(({ ruleId }) => ruleId).join()}`),
        again: () => undefined,
      }),
    },
    nowUs: () => 1000,
    ...rest,
  });
  return { arrivals, counted, asked: () => asked };
}

function lent(type: string, rest: Record<string, unknown> = {}, under: Partial<ShareableObject> = {}): ShareableObject {
  const id = parseStixId(`${type}--00000000-0000-4000-8000-000000000001`);
  const value = { type, id, ...rest };
  return {
    id,
    type,
    modifiedUs: 1,
    text: JSON.stringify(value),
    tlp: 'green',
    leaseUntilUs: 2000,
    lentPap: 'amber',
    recalled: false,
    own: false,
    traits: traitsOf(value),
    ...under,
  };
}

test('what the law forbids to keep, or of an indicator to match, is not taken; it is counted and not named', () => {
  const { arrivals, counted } = open();
  assert.equal(arrivals.takes(lent('indicator'), 1), true);
  assert.equal(arrivals.takes(lent('user-account'), 1), false);
  assert.equal(arrivals.takes(lent('indicator', {}, { lentPap: 'red' }), 1), false);
  assert.equal(arrivals.takes(lent('malware', {}, { lentPap: 'red' }), 1), true, 'only indicators are matched');
  assert.deepEqual(counted, ['owner store mine.no-persons', 'owner match mine.no-mutexes']);
});

test('the floor keeps nothing out: what may be done with it is said at each use', () => {
  const { arrivals } = open();
  const ended = lent('indicator', {}, { leaseUntilUs: 1000, traits: undefined });
  assert.equal(arrivals.takes(ended, 0), true);
  assert.equal(
    arrivals.takes(lent('indicator', { object_marking_refs: [`marking-definition--${'0'.repeat(8)}`] }), 1),
    true,
  );
});

test('an error is a no, and a law that permits nobody to keep takes nothing', () => {
  const failing = open({
    decide: () => {
      throw new Error('broken');
    },
  });
  assert.equal(failing.arrivals.takes(lent('indicator'), 1), false);
  assert.deepEqual(failing.counted, ['owner store floor.error']);
  const law = parseLaw('@id("a") @law("test") permit (principal, action == Action::"show", resource);');
  const { arrivals, counted } = open({ decide: memoisedDecide({ charter: noCharter, law }) });
  assert.equal(arrivals.takes(lent('indicator'), 1), false);
  assert.deepEqual(counted, ['owner store law.no-permit']);
});

test('objects that are alike are judged once, and those that are not each for itself', () => {
  const { arrivals, asked } = open();
  for (let time = 0; time < 1000; time += 1) arrivals.takes(lent('indicator', { name: `${time}` }), 1);
  assert.equal(asked(), 2);
  const others = [
    lent('indicator', { object_marking_refs: [markingIdOfTlp('green')] }),
    lent('indicator', {}, { tlp: 'amber' }),
    lent('indicator', {}, { lentPap: 'green' }),
    lent('indicator', { pattern: "[email-addr:value = 'a@b.example']" }),
  ];
  for (const [at, other] of others.entries()) {
    arrivals.takes(other, 1);
    assert.ok(asked() > 2 + at, `${at}`);
  }
  const before = asked();
  arrivals.takes(lent('indicator'), 0);
  assert.equal(asked(), before + 2, 'of other hops');
});
