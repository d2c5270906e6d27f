import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { comparePap, compareTlp, paps, tlps } from '@comity/protocol/markings';
import { isOutside } from '@comity/protocol/sharing';
import type { ObjectFacets, RecipientFacets } from '@comity/protocol/sharing';
import { anyAction, anyObject, anyRecipient, permitAll, clearObject } from '../facets-for-tests.ts';
import { parseLaw, readStarterLaw } from '../index.ts';
import { noCharter } from './charter.ts';
import { decide } from './decide.ts';
import { floorForbids, papOf, tlpOf } from './floor.ts';
import { memoisedDecide } from './memoised.ts';

const rules = { charter: noCharter, law: permitAll };
const object: ObjectFacets = { ...clearObject, tlp: 'green', pap: 'clear' };
const client: RecipientFacets = {
  key: 'client:works',
  kind: 'client',
  groups: [],
  sector: '',
  country: '',
  channel: { encrypted: true, hidesOrigin: false },
};
const iep = {
  period: 'within',
  encrypt: false,
  attribution: 'may',
  asksFirst: false,
  silent: false,
  noResale: false,
} as const;
const ruleIds = (facets: ObjectFacets, recipient = client, action: Parameters<typeof decide>[2] = 'forward') =>
  decide(facets, recipient, action, rules).reasons.map(({ ruleId }) => ruleId);

/** Each way to mark an object more strictly. */
const tightenings: Record<string, (facets: ObjectFacets) => fc.Arbitrary<ObjectFacets>> = {
  tlp: (facets) =>
    fc.constantFrom(...tlps.filter((tlp) => compareTlp(tlp, tlpOf(facets)) >= 0)).map((tlp) => ({ ...facets, tlp })),
  'no label': (facets) =>
    fc.constant(compareTlp(tlpOf(facets), 'amber+strict') > 0 ? facets : { ...facets, tlp: undefined }),
  pap: (facets) =>
    fc.constantFrom(...paps.filter((pap) => comparePap(pap, papOf(facets)) >= 0)).map((pap) => ({ ...facets, pap })),
  'an unread marking': (facets) => fc.constant({ ...facets, unreadMarking: true }),
  'a caveat': (facets) => fc.constant({ ...facets, caveat: true }),
  'a group more': (facets) => fc.constant({ ...facets, groups: [...new Set([...facets.groups, 'new'])].toSorted() }),
  'a person less': (facets) => fc.constant({ ...facets, persons: facets.persons.slice(1) }),
  'not its own': (facets) => fc.constant({ ...facets, origin: 'received' }),
  'an end': (facets) => fc.constantFrom('ended', 'recalled').map((lease) => ({ ...facets, lease })),
  'a hop less': (facets) => fc.constant({ ...facets, hopsLeft: Math.max(0, (facets.hopsLeft ?? 7) - 1) }),
  'another time': (facets) =>
    fc.constantFrom('before', 'after').map((period) => ({ ...facets, iep: { ...(facets.iep ?? iep), period } })),
  encryption: (facets) => fc.constant({ ...facets, iep: { ...(facets.iep ?? iep), encrypt: true } }),
  'no name': (facets) => fc.constant({ ...facets, iep: { ...(facets.iep ?? iep), attribution: 'must-not' } }),
  'a question first': (facets) => fc.constant({ ...facets, iep: { ...(facets.iep ?? iep), asksFirst: true } }),
};

for (const [what, tighten] of Object.entries(tightenings)) {
  test(`tightening never widens an audience: ${what}`, () => {
    const pair = anyObject.chain((before) => tighten(before).map((after) => ({ before, after })));
    fc.assert(
      fc.property(pair, anyRecipient, anyAction, ({ before, after }, recipient, action) => {
        const opened =
          floorForbids(before, recipient, action).length > 0 && floorForbids(after, recipient, action).length === 0;
        assert.ok(!opened);
      }),
      { numRuns: 1000 },
    );
  });
}

test('RED, AMBER+STRICT, what bears no label and what nobody can read leave to nobody, for no use', () => {
  fc.assert(
    fc.property(anyObject, anyRecipient, anyAction, (facets, recipient, action) => {
      fc.pre(isOutside(recipient.kind) || action === 'publish' || action === 'query-outside');
      for (const closed of [
        { ...facets, tlp: 'red' as const },
        { ...facets, tlp: 'amber+strict' as const },
        { ...facets, tlp: undefined },
        { ...facets, unreadMarking: true },
        { ...facets, tlp: 'purple' as never },
      ])
        assert.equal(decide(closed, recipient, action, rules).result, 'deny');
    }),
  );
});

test('what bears no label is decided as AMBER+STRICT, what bears no PAP as AMBER', () => {
  fc.assert(
    fc.property(anyObject, anyRecipient, anyAction, (facets, recipient, action) => {
      const resultOf = (one: ObjectFacets) => floorForbids(one, recipient, action).length === 0;
      assert.equal(resultOf({ ...facets, tlp: undefined }), resultOf({ ...facets, tlp: 'amber+strict' }));
      assert.equal(resultOf({ ...facets, pap: undefined }), resultOf({ ...facets, pap: 'amber' }));
    }),
  );
});

test('RED reaches a person it names, when shown, and no other person, node or use', () => {
  const red: ObjectFacets = { ...object, tlp: 'red', persons: ['person:ada'] };
  const person = (key: string): RecipientFacets => ({ ...client, key, kind: 'person' });
  assert.deepEqual(ruleIds(red, person('person:ada'), 'show'), ['all']);
  assert.deepEqual(ruleIds(red, person('person:ada'), 'forward'), ['floor.tlp-red']);
  assert.deepEqual(ruleIds(red, person('person:ben'), 'show'), ['floor.tlp-red']);
  assert.deepEqual(ruleIds(red, { ...client, kind: 'organisation' }, 'show'), ['floor.tlp-red']);
  assert.deepEqual(ruleIds(red, { ...client, key: 'owner', kind: 'owner' }, 'match'), ['all']);
  assert.deepEqual(ruleIds(red, { ...client, key: 'owner', kind: 'owner' }, 'block'), ['floor.tlp-red']);
});

test('AMBER reaches clients, and another member only from its origin', () => {
  const amber: ObjectFacets = { ...object, tlp: 'amber' };
  const member: RecipientFacets = { ...client, kind: 'member' };
  assert.deepEqual(ruleIds(amber), ['all']);
  assert.deepEqual(ruleIds(amber, member), ['floor.tlp-amber']);
  assert.deepEqual(ruleIds({ ...amber, origin: 'own' }, member), ['all']);
  assert.deepEqual(ruleIds(amber, { ...client, kind: 'public' }), ['floor.tlp-amber']);
});

test('GREEN is never public, and nothing but CLEAR is published, to whomever', () => {
  const owner: RecipientFacets = { ...client, key: 'owner', kind: 'owner' };
  assert.deepEqual(ruleIds(object, { ...client, kind: 'public' }), ['floor.tlp-green']);
  for (const recipient of [owner, client]) assert.deepEqual(ruleIds(object, recipient, 'publish'), ['floor.tlp-green']);
  assert.deepEqual(ruleIds({ ...object, tlp: 'clear' }, { ...client, kind: 'public' }, 'publish'), ['all']);
});

test('PAP says what is done with it (PAP: RED own records, AMBER no blocking, GREEN blocking)', () => {
  const owner: RecipientFacets = { ...client, key: 'owner', kind: 'owner' };
  const allowed = (pap: ObjectFacets['pap']) =>
    (['match', 'query-outside', 'block', 'publish'] as const).filter(
      (action) => decide({ ...object, tlp: 'clear', pap }, owner, action, rules).result === 'allow',
    );
  assert.deepEqual(allowed('red'), ['match']);
  assert.deepEqual(allowed('amber'), ['match', 'query-outside', 'publish']);
  assert.deepEqual(allowed(undefined), ['match', 'query-outside', 'publish']);
  assert.deepEqual(allowed('green'), ['match', 'query-outside', 'block', 'publish']);
});

test('a group without members is nobody, and all groups count', () => {
  fc.assert(
    fc.property(anyObject, anyRecipient, anyAction, (facets, recipient, action) => {
      fc.pre(recipient.kind !== 'owner');
      assert.equal(decide({ ...facets, groups: ['empty'] }, recipient, action, rules).result, 'deny');
    }),
  );
  const both = { ...object, groups: ['a', 'b'] };
  assert.deepEqual(ruleIds(both, { ...client, groups: ['a'] }), ['floor.group']);
  assert.deepEqual(ruleIds(both, { ...client, groups: ['a', 'b'] }), ['all']);
});

test('a policy is kept: time, encryption, name, question, and what is owed goes with the answer (IEP 2.0)', () => {
  const under = (change: Partial<NonNullable<ObjectFacets['iep']>>) => ({ ...object, iep: { ...iep, ...change } });
  assert.deepEqual(ruleIds(under({ period: 'after' })), ['floor.iep-period']);
  assert.deepEqual(ruleIds(under({ period: 'before' }), { ...client, kind: 'owner' }, 'match'), ['floor.iep-period']);
  assert.deepEqual(ruleIds(under({ period: 'after' }), { ...client, kind: 'owner' }, 'show'), ['all']);
  const open = { ...client, channel: { encrypted: false, hidesOrigin: false } };
  assert.deepEqual(ruleIds(under({ encrypt: true }), open), ['floor.iep-encrypt']);
  assert.deepEqual(ruleIds(under({ attribution: 'must-not' })), ['floor.iep-attribution']);
  assert.deepEqual(ruleIds(under({ asksFirst: true })), ['floor.iep-asks-first']);
  const owed = decide(under({ attribution: 'must', silent: true, noResale: true }), client, 'forward', rules);
  assert.deepEqual(owed.obligations, ['name-origin', 'no-notification', 'no-resale']);
});

test('caveat, lease, recall and hops keep it here', () => {
  assert.deepEqual(ruleIds({ ...object, caveat: true }), ['floor.caveat']);
  assert.deepEqual(ruleIds({ ...object, lease: 'ended' }), ['floor.lease']);
  assert.deepEqual(ruleIds({ ...object, lease: 'recalled' }), ['floor.recalled']);
  assert.deepEqual(ruleIds({ ...object, hopsLeft: 0 }, { ...client, kind: 'member' }), ['floor.hops']);
  assert.deepEqual(ruleIds({ ...object, hopsLeft: 0 }), ['all'], 'clients are no further member');
  assert.deepEqual(ruleIds({ ...object, hopsLeft: 1, lease: 'running' }), ['all']);
});

test('a use or a kind nobody knows is a no', () => {
  assert.ok(ruleIds(object, client, 'sell' as never).includes('floor.unknown'));
  assert.ok(ruleIds(object, { ...client, kind: 'friend' as never }).includes('floor.unknown'));
});

test('an article of the charter forbids, whatever the law permits', () => {
  const charter = {
    hash: 'one',
    rules: [{ id: 'no-export', says: 'No', citation: 'Art. 7', actions: ['forward'], kinds: ['client'] }],
  } as const;
  const { result, reasons } = decide(object, client, 'forward', { charter, law: permitAll });
  assert.deepEqual([result, reasons.map(({ ruleId }) => ruleId)], ['deny', ['charter.no-export']]);
});

test('what the law does not permit is forbidden, and a forbid wins over a permit', () => {
  const closed = { charter: noCharter, law: parseLaw(readStarterLaw('closed')) };
  assert.deepEqual(
    decide(object, client, 'forward', closed).reasons.map(({ ruleId }) => ruleId),
    ['law.no-permit'],
  );
  const law = parseLaw(
    `@id("a") @law("x") permit (principal, action, resource);
     @id("b") @law("§ 2") forbid (principal, action, resource) when { principal.sector == "water" };`,
  );
  const { result, reasons } = decide(object, { ...client, sector: 'water' }, 'forward', { charter: noCharter, law });
  assert.deepEqual(
    [result, reasons],
    ['deny', [{ layer: 'law', ruleId: 'b', effect: 'forbid', says: 'The law forbids it: b', citation: '§ 2' }]],
  );
});

test('a policy that fails is a no, though the engine skips it and lets the others decide', () => {
  const law = parseLaw(
    `@id("a") @law("x") permit (principal, action, resource);
     @id("overflows") @law("x") forbid (principal, action, resource) when { context.hopsLeft * 9223372036854775807 > 0 };`,
  );
  const { result, reasons } = decide({ ...object, hopsLeft: 7 }, client, 'forward', { charter: noCharter, law });
  assert.deepEqual([result, reasons[0]?.ruleId], ['deny', 'law.error']);
  assert.match(reasons[0]?.says ?? '', /overflows/);
});

test('a request that does not fit the schema, and an engine that throws, are a no', () => {
  const odd = { ...client, sector: 7 as never };
  assert.deepEqual(ruleIds(object, odd), ['law.error']);
  const throwing = {
    ...client,
    get sector(): never {
      throw new Error('planted');
    },
  };
  assert.deepEqual(ruleIds(object, throwing), ['law.error']);
  assert.deepEqual(ruleIds(object), ['all'], 'and the next question is answered');
});

test('every decision has a reason; one that was kept is the one that would be taken', () => {
  const kept = memoisedDecide({ charter: noCharter, law: parseLaw(readStarterLaw('cert-nis2')) });
  const law = parseLaw(readStarterLaw('cert-nis2'));
  fc.assert(
    fc.property(anyObject, anyRecipient, anyAction, (facets, recipient, action) => {
      const fresh = decide(facets, recipient, action, { charter: noCharter, law });
      assert.ok(fresh.reasons.length > 0);
      assert.deepEqual(kept(facets, recipient, action), fresh);
      assert.deepEqual(kept({ ...facets }, { ...recipient }, action), fresh);
    }),
    { numRuns: 300 },
  );
});

test('what was decided for one thing is not taken for another that differs in one facet', () => {
  const law = parseLaw(
    `@id("all") @law("x") permit (principal, action, resource);
     @id("no") @law("x") forbid (principal, action, resource) when {
       context.personalData || context.origin == Origin::"own" || context.policy || context.hopsLeft == 3 ||
       resource == Type::"report" || principal.country == "AT" || principal in Group::"water" };`,
  );
  const kept = memoisedDecide({ charter: noCharter, law });
  const facetOf = <T extends object>(one: T) => fc.constantFrom(...(Object.keys(one) as (keyof T)[]));
  const objects = fc
    .tuple(anyObject, anyObject, facetOf(object))
    .map(([a, b, facet]) => [a, { ...a, [facet]: b[facet] }] as const);
  const recipients = fc
    .tuple(anyRecipient, anyRecipient, facetOf(client))
    .map(([a, b, facet]) => [a, { ...a, [facet]: b[facet] }] as const);
  fc.assert(
    fc.property(objects, recipients, anyAction, (twoObjects, twoRecipients, action) => {
      for (const facets of twoObjects)
        for (const recipient of twoRecipients)
          assert.deepEqual(
            kept(facets, recipient, action),
            decide(facets, recipient, action, { charter: noCharter, law }),
          );
    }),
    { numRuns: 300 },
  );
});

test('decisions are kept in bounded memory, and forgotten ones are taken again', () => {
  let asked = 0;
  const charter = {
    hash: 'counts',
    get rules() {
      asked += 1;
      return [];
    },
  };
  const quick = memoisedDecide({ charter, law: permitAll }, 2);
  const ask = (type: string) => quick({ ...object, type }, client, 'forward');
  assert.equal(ask('a'), ask('a'));
  ask('b');
  assert.equal(asked, 2);
  ask('c');
  ask('a');
  assert.equal(asked, 4, 'the third made all be forgotten');
});
