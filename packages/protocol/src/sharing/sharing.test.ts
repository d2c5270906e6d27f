import assert from 'node:assert/strict';
import test from 'node:test';
import {
  decisionLayers,
  hopsMax,
  isOutside,
  isPersonal,
  leaseStates,
  obligations,
  originKinds,
  recipientKinds,
  sharingActions,
  traitsOf,
} from './index.ts';

test('clients, members and the public are outside of the organisation; its own people and organisations are not', () => {
  assert.deepEqual(recipientKinds.filter(isOutside), ['client', 'member', 'public']);
});

test('words that stand in databases and laws keep their place and their spelling', () => {
  assert.deepEqual(sharingActions, ['show', 'store', 'match', 'block', 'query-outside', 'forward', 'publish']);
  assert.deepEqual(leaseStates, ['none', 'running', 'ended', 'recalled']);
  assert.deepEqual(originKinds, ['own', 'received']);
  assert.deepEqual(decisionLayers, ['floor', 'charter', 'law']);
  assert.equal(new Set(obligations).size, obligations.length);
  assert.ok(hopsMax > 0);
});

test('traits are a plain list of markings and whether it is personal; anything else is read in the object', () => {
  assert.deepEqual(traitsOf({ type: 'malware' }), { markingRefs: undefined, personal: false });
  assert.deepEqual(traitsOf({ type: 'email-addr', object_marking_refs: ['a', 'b'] }), {
    markingRefs: ['a', 'b'],
    personal: true,
  });
  const many = Array.from({ length: 21 }, () => 'a');
  for (const object_marking_refs of ['a', null, [1], ['a', null], many, ['a'.repeat(101)]])
    assert.equal(traitsOf({ object_marking_refs }), undefined);
  assert.equal(traitsOf({ granular_markings: [] }), undefined);
});

test('personal is what identifies a person, or looks for one', () => {
  assert.ok(isPersonal({ type: 'user-account' }));
  assert.ok(isPersonal({ type: 'identity', identity_class: 'individual' }));
  assert.ok(!isPersonal({ type: 'identity', identity_class: 'class' }));
  assert.ok(isPersonal({ type: 'indicator', pattern: "[email-addr:value = 'a@b.example']" }));
  for (const pattern of ["[url:value = 'x']", 7]) assert.ok(!isPersonal({ type: 'indicator', pattern }));
  assert.ok(!isPersonal({}));
});
