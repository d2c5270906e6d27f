import assert from 'node:assert/strict';
import test from 'node:test';
import { rights, roleNames, roles, rolesWith, scopes } from './index.ts';

test('each right and role is in its list, and a role further down has what those above it have where they build on it', () => {
  assert.deepEqual([...scopes].toSorted(), Object.keys(rights).toSorted());
  assert.deepEqual([...roleNames].toSorted(), Object.keys(roles).toSorted());
  for (const [less, more] of [
    ['viewer', 'analyst'],
    ['analyst', 'releaser'],
    ['viewer', 'officer'],
    ['officer', 'administrator'],
  ] as const)
    for (const right of roles[less].rights) assert.ok((roles[more].rights as readonly string[]).includes(right));
});

test('a right is known by the roles that have it', () => {
  assert.deepEqual(rolesWith('read'), roleNames);
  assert.deepEqual(rolesWith('govern'), ['officer', 'administrator']);
  assert.deepEqual(rolesWith('release'), ['releaser', 'administrator']);
  assert.deepEqual(rolesWith('admin'), ['administrator']);
});
