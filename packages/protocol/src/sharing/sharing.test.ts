import assert from 'node:assert/strict';
import test from 'node:test';
import {
  decisionLayers,
  hopsMax,
  isOutside,
  leaseStates,
  obligations,
  originKinds,
  recipientKinds,
  sharingActions,
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
