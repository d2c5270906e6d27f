import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceFiles } from '../source-files.ts';
import { exitFaults } from './check-exits.ts';

test('nothing leaves except through the decision and the guard: no module goes past them (ARCHITECTURE.md, invariant 11)', () => {
  assert.deepEqual(exitFaults(sourceFiles(/^packages\/node\/.*\.ts$/)), []);
});

for (const [fault, path, text] of [
  [
    'a route that reads stored objects',
    'packages/node/src/http/routes/x.ts',
    'for await (const b of intel.stored({}))',
  ],
  ['an export with a gate of its own', 'packages/node/src/http/x.ts', 'return { admit, forOthers: true };'],
  ['a connector that exports', 'packages/node/src/connectors/x.ts', "deps.intel.export('stix', {}, gate)"],
  ['an exit that knows the store', 'packages/node/src/exits/taxii.ts', "import { search } from '../intel/index.ts';"],
  [
    'an event that knows the store',
    'packages/node/src/misp/build-event.ts',
    "import { search } from '../intel/index.ts';",
  ],
  ['an answer that reads past the exit', 'packages/node/src/http/misp/take-event.ts', 'deps.intel.arrivals(query, 10)'],
] as const) {
  test(`planted fault is seen: ${fault}`, () => {
    assert.equal(exitFaults([{ path, text }]).length, 1);
  });
}
