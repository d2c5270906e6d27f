import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceFiles } from '../source-files.ts';
import { importsOf, layerFaults } from './check-layers.ts';

test('imports run down only (ARCHITECTURE.md, table of rooms)', () => {
  assert.deepEqual(layerFaults(sourceFiles(/^(packages|tools|bench)\/.*\.tsx?$/)), []);
});

test('the check sees every form of import', () => {
  const text = [
    "import { a } from './a.ts';",
    "import type { B } from '@comity/protocol/values';",
    "export { c } from './c.ts';",
    "const d = await import('./d.ts');",
    "import './e.ts';",
    'import {\n  f,\n  g,\n} from "./f.ts";',
  ].join('\n');
  assert.deepEqual(
    importsOf(text).map((found) => found.specifier),
    ['./a.ts', '@comity/protocol/values', './c.ts', './d.ts', './e.ts', './f.ts'],
  );
});

for (const [fault, path, text] of [
  [
    'a subject that imports another subject',
    'packages/node/src/intel/a.ts',
    "import { x } from '../screening/index.ts';",
  ],
  [
    'protocol that imports the node',
    'packages/protocol/src/stix/a.ts',
    "import { x } from '../../../node/src/store/index.ts';",
  ],
  ['the page that imports the node', 'packages/web/src/a.tsx', "import { x } from '@comity/node';"],
  ['protocol that opens files', 'packages/protocol/src/stix/a.ts', "import { readFileSync } from 'node:fs';"],
  ['a back door past index.ts', 'packages/node/src/http/a.ts', "import { x } from '../intel/admit.ts';"],
  ['base that imports upwards', 'packages/protocol/src/base/a.ts', "import { x } from '../values/index.ts';"],
  ['a module that imports what is for tests', 'packages/node/src/intel/a.ts', "import { x } from './b-for-tests.ts';"],
  ['a file outside every room', 'packages/extra/src/a.ts', "import { x } from '../../protocol/src/base/index.ts';"],
] as const) {
  test(`planted fault is seen: ${fault}`, () => {
    assert.equal(layerFaults([{ path, text }]).length, 1);
  });
}
