import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDecisionSearch, readGivenSearch, readIntelSearch, readLedgerSearch, readMatchSearch } from './search.ts';

test('an address keeps the filters it knows and leaves out the rest', () => {
  const search = readIntelSearch({
    kind: 'domain',
    state: 'active',
    tlp: 'purple',
    seen: 'week',
    matched: true,
    evil: 1,
  });
  assert.deepEqual(search, { kind: 'domain', state: 'active', seen: 'week', matched: true });
});

test('a number in the address is text again, and text is bounded', () => {
  assert.deepEqual(readIntelSearch({ text: 8443 }), { text: '8443' });
  assert.equal(readIntelSearch({ text: 'x'.repeat(5000) }).text?.length, 500);
  assert.deepEqual(readIntelSearch({ text: ['a'], open: {} }), {});
});

test('only a plain true narrows matches to alarms', () => {
  assert.deepEqual(readMatchSearch({ alarms: 'true', match: 'mat-1' }), { match: 'mat-1' });
  assert.deepEqual(readMatchSearch({ alarms: true }), { alarms: true });
});

test('decisions are narrowed by a recipient and by an answer that is one', () => {
  assert.deepEqual(readDecisionSearch({ recipient: 'client:works', result: 'allow' }), {
    recipient: 'client:works',
    result: 'allow',
  });
  assert.deepEqual(readDecisionSearch({ recipient: ['x'], result: 'maybe' }), {});
});

test('what was given is narrowed by what it waits for, and an act is opened by a place that is one', () => {
  assert.deepEqual(readGivenSearch({ member: 'aa', only: 'refused', open: 'x' }), {
    member: 'aa',
    only: 'refused',
    open: 'x',
  });
  assert.deepEqual(readGivenSearch({ only: 'lent' }), {});
  assert.deepEqual(readLedgerSearch({ what: 'sent', entry: 0 }), { what: 'sent', entry: 0 });
  for (const entry of [-1, 1.5, '7', Number.NaN]) assert.deepEqual(readLedgerSearch({ entry }), {});
});
