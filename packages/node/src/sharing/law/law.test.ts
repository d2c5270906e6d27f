import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ComityError } from '@comity/protocol/base';
import { noCharter } from '../decide/charter.ts';
import { decide } from '../decide/decide.ts';
import { clearObject } from '../facets-for-tests.ts';
import { withCedar } from './cedar-engine.ts';
import { parseLaw } from './law.ts';
import { readStarterLaw, starterLaws } from './starter-laws.ts';

const when = (condition: string) => `@id("a") @law("x") permit (principal, action, resource) when { ${condition} };`;
const chainOf = (count: number) => Array.from({ length: count }, () => 'true').join(' && ');
const owner = {
  key: 'owner',
  kind: 'owner',
  groups: [],
  sector: '',
  country: '',
  channel: { encrypted: true, hidesOrigin: false },
} as const;

test('a law made to run over the engine’s stack is refused before the engine sees it', () => {
  const hostile = {
    brackets: when(`${'('.repeat(50_000)}true${')'.repeat(50_000)}`),
    sets: when(`${'['.repeat(20_000)}1${']'.repeat(20_000)} == []`),
    records: when(`${'{a:'.repeat(20_000)}1${'}'.repeat(20_000)} == {a: 1}`),
    chain: when(chainOf(5000)),
    'a chain in each policy': Array.from({ length: 20 }, () => when(chainOf(120))).join(' '),
    conditions: when(`${'if true then '.repeat(5000)}true${' else true'.repeat(5000)}`),
    'behind a string': when(`"\\"" like "*" && ${'('.repeat(100)}true${')'.repeat(100)}`),
  };
  for (const [name, text] of Object.entries(hostile))
    assert.throws(
      () => parseLaw(text),
      (error) => error instanceof ComityError && error.code === 'LAW_MALFORMED' && error.message.includes('in line 1'),
      name,
    );
  assert.equal(parseLaw(when(`"${'('.repeat(500)}" like "*" // ${'!'.repeat(500)}\n`)).rules.length, 1);
});

test('a law at the limits is read, and decides', () => {
  const deep = when(`${'('.repeat(30)}true${')'.repeat(30)}`);
  const long = when(chainOf(129));
  const many = Array.from({ length: 200 }, (_, index) => when('true').replace('"a"', `"p${index}"`)).join('\n');
  for (const text of [deep, long, many])
    assert.equal(decide(clearObject, owner, 'show', { charter: noCharter, law: parseLaw(text) }).result, 'allow');
  assert.throws(() => parseLaw(`${many}\n${when('true')}`), { code: 'LAW_MALFORMED' });
});

test('an engine that broke is replaced, and what was decided before is decided again', () => {
  const law = parseLaw(readStarterLaw('closed'));
  const ask = () => decide(clearObject, owner, 'show', { charter: noCharter, law }).result;
  assert.equal(ask(), 'allow');
  const before = withCedar((_, generation) => generation);
  assert.throws(() =>
    withCedar((cedar) => cedar.policySetTextToParts(when(`${'('.repeat(50_000)}true${')'.repeat(50_000)}`))),
  );
  assert.equal(
    withCedar((_, generation) => generation),
    before + 1,
  );
  assert.equal(ask(), 'allow');
});

test('more laws than the engine holds at a time are all answered right, in any order', () => {
  const laws = Array.from({ length: 9 }, (_, index) => parseLaw(when(`context.hopsLeft == ${index % 8}`)));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 20 }), (order) => {
      for (const index of order) {
        const law = laws[index];
        assert.ok(law !== undefined);
        const facets = { ...clearObject, hopsLeft: index };
        assert.equal(decide(facets, owner, 'show', { charter: noCharter, law }).result, 'allow');
        assert.equal(
          decide({ ...facets, hopsLeft: (index + 1) % 8 }, owner, 'show', { charter: noCharter, law }).result,
          'deny',
        );
      }
    }),
    { numRuns: 30 },
  );
});

test('an error names its line of the law, whichever check found it', () => {
  const sound = `// first\n${when('true')}\n\n`;
  const line = (text: string): unknown => {
    try {
      parseLaw(text);
    } catch (error) {
      assert.ok(error instanceof ComityError && error.code === 'LAW_MALFORMED', String(error));
      assert.ok(error.message.includes(`in line ${error.details['line']}: `), error.message);
      return error.details['line'];
    }
    return undefined;
  };
  const policy = '@id("b")\n@law("x")\npermit (principal, action, resource)';
  assert.equal(line(`${sound}${policy}\nwhen { true`), 7, 'not Cedar');
  assert.equal(line(`${sound}${policy}\nwhen { context.nothing };`), 7, 'what a law may not speak of');
  assert.equal(line(`${sound}// é\n${policy}\nwhen { principal.kind == Kind::"nobody" };`), 8, 'a word that is none');
  assert.equal(line(`${sound}@id("B")\n@law("x") permit (principal, action, resource);`), 4, 'an @id that is none');
  assert.equal(line(`${sound}@id("b") permit (principal, action, resource);`), 4, 'no citation');
  assert.equal(line(`${sound}${when('true')}`), 4, 'the same @id twice');
  assert.equal(line(`\n${when(`${'('.repeat(50)}true${')'.repeat(50)}`)}`), 2, 'too deep');
});

test('any text is a law or LAW_MALFORMED', () => {
  const pieces = starterLaws.flatMap((name) => readStarterLaw(name).split(/(?=[(){}[\];"@.])/));
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((list) => list.join('')),
  );
  fc.assert(
    fc.property(text, (one) => {
      try {
        parseLaw(one);
      } catch (error) {
        assert.ok(error instanceof ComityError && error.code === 'LAW_MALFORMED', String(error));
      }
    }),
    { numRuns: 500 },
  );
});
