import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { ComityError } from '@comity/protocol/base';
import { parseGoldenTests, runGoldenTests } from './golden-tests.ts';
import { parseLaw } from './law.ts';
import { readStarterLaw, starterLawDir, starterLaws } from './starter-laws.ts';

for (const name of starterLaws) {
  test(`the starter law ${name} is sound, warns of nothing and answers its golden tests`, () => {
    const law = parseLaw(readStarterLaw(name));
    assert.deepEqual(law.warnings, []);
    const file = `${name}.tests.json`;
    const tests = parseGoldenTests(readFileSync(join(starterLawDir, file), 'utf8'), file);
    assert.ok(tests.length >= 6);
    for (const { name: what, passed, decision } of runGoldenTests(law, tests))
      assert.ok(passed, `${what}: ${decision.result}, ${decision.reasons.map(({ ruleId }) => ruleId).join(' ')}`);
  });
}

test('a golden test that expects another answer fails, and so does one that expects another rule', () => {
  const law = parseLaw(readStarterLaw('closed'));
  const results = runGoldenTests(
    law,
    parseGoldenTests(
      JSON.stringify([
        {
          name: 'a',
          given: { tlp: 'clear' },
          when: { recipient: { kind: 'public' }, action: 'publish' },
          expect: { result: 'allow' },
        },
        {
          name: 'b',
          given: {},
          when: { recipient: { kind: 'owner' }, action: 'show' },
          expect: { result: 'allow', rules: ['x'] },
        },
      ]),
      'test',
    ),
  );
  assert.deepEqual(
    results.map(({ passed }) => passed),
    [false, false],
  );
});

test('a golden test with a field nobody knows is refused and names it', () => {
  const text = JSON.stringify([
    {
      name: 'a',
      given: { tpl: 'red' },
      when: { recipient: { kind: 'owner' }, action: 'show' },
      expect: { result: 'deny' },
    },
  ]);
  assert.throws(
    () => parseGoldenTests(text, 'x.json'),
    (error) => error instanceof ComityError && error.code === 'ARGUMENT_INVALID' && error.message.includes('0.given'),
  );
});
