import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../base/index.ts';
import fc from 'fast-check';
import { createSigmaEngine, eventOfRecord, parseSigma } from '../index.ts';
import type { SigmaDocument, SigmaEngineOptions, SigmaLogsource } from '../index.ts';
import { LiteralSearch } from './literal-search.ts';

const windows = { product: 'windows', category: 'process_creation', service: 'sysmon' };

function ruleOf(title: string, selection: object, change: object = {}): SigmaDocument {
  const rule = {
    title,
    name: title,
    logsource: { product: 'windows' },
    detection: { selection, condition: 'selection' },
    ...change,
  };
  return parseSigma(JSON.stringify(rule))[0]!;
}

function titles(
  documents: readonly SigmaDocument[],
  record: JsonObject,
  logsources: readonly SigmaLogsource[] = [windows],
  options: SigmaEngineOptions = {},
): readonly string[] {
  return createSigmaEngine(documents, options)
    .advance(eventOfRecord(record, { logsources }), 0)
    .map(({ rule }) => rule.title);
}

test('a rule is asked of records of its log source only; what it leaves out is open (Sigma rules 2.1.0, "LogSource")', () => {
  const of = (logsource: object): SigmaDocument => ruleOf(JSON.stringify(logsource), { a: 1 }, { logsource });
  const rules = [
    of({ product: 'windows' }),
    of({ category: 'process_creation' }),
    of({ product: 'Windows', service: 'sysmon' }),
    of({ product: 'linux', category: 'process_creation' }),
    of({ product: 'windows', category: 'file_event' }),
    of({ definition: 'any' }),
  ];
  assert.equal(titles(rules, { a: 1 }).length, 4);
  assert.deepEqual(titles(rules, { a: 1 }, []), []);
  const several = [{ product: 'windows', category: 'file_event' }, { product: 'linux' }];
  assert.deepEqual(titles(rules, { a: 1 }, several).length, 3);
});

test('a match names the fields it rests on, each value once; of a list the element that was found', () => {
  const rule = ruleOf('A', [
    {
      'Image|endswith': ['.com', '.exe'],
      'CommandLine|contains|all': ['a', 'b'],
      'List|re': 'y',
      'User|exists': true,
      None: null,
    },
    { Other: 1 },
  ]);
  const record = { Image: 'X.EXE', CommandLine: 'ab', List: ['x', 'y'], User: 'u' };
  const engine = createSigmaEngine([rule]);
  const [match] = engine.advance(eventOfRecord(record, { logsources: [windows], atUs: 5 }), 9);
  assert.deepEqual(match, {
    rule,
    atUs: 5,
    fields: [
      { field: 'Image', value: 'X.EXE' },
      { field: 'CommandLine', value: 'ab' },
      { field: 'List', value: 'y' },
      { field: 'User', value: '' },
      { field: 'None', value: '' },
    ],
  });
  const keyword = createSigmaEngine([
    ruleOf('B', ['mimi'], { detection: { k: ['mimi'], n: { z: 1 }, condition: 'k and not n' } }),
  ]);
  const [found] = keyword.advance(eventOfRecord({ m: 'a Mimikatz' }, { logsources: [windows] }), 9);
  assert.deepEqual(found?.fields, [{ field: '', value: 'a Mimikatz' }]);
  assert.equal(found.atUs, 9);
});

test('an event only touches rules whose literal it shows', () => {
  const rules = Array.from({ length: 500 }, (_, index) =>
    ruleOf(`r${index}`, { 'Image|endswith': `\\tool${index}.exe`, EventID: 1 }),
  );
  const counts = [true, false].map((indexed) => {
    const engine = createSigmaEngine(rules, { indexed });
    const logsources = [windows];
    for (let index = 0; index < 100; index++) {
      const found = engine.advance(eventOfRecord({ Image: `C:\\tool${index}.exe`, EventID: 1 }, { logsources }), 0);
      assert.deepEqual(
        found.map(({ rule }) => rule.title),
        [`r${index}`],
      );
    }
    return engine.figures.asked;
  });
  assert.deepEqual(counts, [100, 50_000]);
});

test('many kinds of log sources are remembered without growing without bound', () => {
  const engine = createSigmaEngine([ruleOf('A', { a: 1 })]);
  for (let index = 0; index < 3000; index++) {
    assert.equal(engine.advance(eventOfRecord({ a: 1 }, { logsources: [{ ...windows }] }), 0).length, 1);
  }
});

test('filters are added to the rules they name, of their log source or a narrower one (Sigma filters 2.1.0)', () => {
  const filter = (
    rules: unknown,
    condition = 'not selection',
    logsource: object = { product: 'windows' },
  ): SigmaDocument =>
    parseSigma(
      JSON.stringify({ title: 'F', logsource, filter: { rules, selection: { User: 'root' }, condition } }),
    )[0]!;
  const rule = ruleOf('A', { a: 1 }, { id: 'x', logsource: { product: 'windows', category: 'process_creation' } });
  const root = { a: 1, User: 'root' };
  for (const rules of [['x'], ['A'], 'any', ['other', 'x']]) {
    assert.deepEqual(titles([rule, filter(rules)], root), []);
    assert.deepEqual(titles([filter(rules), rule], { a: 1, User: 'u' }), ['A']);
  }
  assert.deepEqual(titles([rule, filter(['other'])], root), ['A']);
  assert.deepEqual(titles([rule, filter(['x'], 'not selection', { product: 'linux' })], root), ['A']);
  const engine = createSigmaEngine([rule, filter(['x'], 'selection'), filter(['x'], 'other')]);
  assert.deepEqual(
    engine.warnings.map(({ warning }) => warning.path),
    ['filter.condition'],
  );
  assert.deepEqual(
    engine.refused.map(({ error }) => error.details['path']),
    ['filter.condition'],
  );
  assert.equal(engine.advance(eventOfRecord(root, { logsources: [windows] }), 0).length, 1);
  const unused = parseSigma(
    JSON.stringify({
      title: 'F',
      logsource: {},
      filter: { rules: ['x'], a: { b: 1 }, c: { d: 1 }, condition: 'not a' },
    }),
  );
  assert.deepEqual(
    createSigmaEngine(unused).warnings.map(({ warning }) => warning.path),
    ['filter.c'],
  );
});

test('a fault of our own is not taken for one of a rule', () => {
  const rule = ruleOf('A', { 'a|expand': '%x%' });
  const placeholders = new Map<string, string[]>();
  placeholders.get = () => {
    throw new TypeError('planted');
  };
  assert.throws(() => createSigmaEngine([rule], { placeholders }), TypeError);
});

test('of a list so many elements are looked at', () => {
  const list = [...Array.from({ length: 4096 }, () => ({})), 'evil'];
  assert.deepEqual(titles([ruleOf('A', { a: 'evil' })], { a: list }), []);
});

test('property: the search for many literals finds what looking for each finds', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é', '\\'), minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      fc.uniqueArray(word, { maxLength: 12 }),
      fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é', '\\', 'x', '€') }),
      (words, text) => {
        const found = new Set<number>();
        new LiteralSearch(new Map(words.map((each, index) => [each, [index]]))).find(text, (index) => found.add(index));
        assert.deepEqual(
          [...found].sort((a, b) => a - b),
          words.flatMap((each, index) => (text.includes(each) ? [index] : [])),
        );
      },
    ),
  );
});

/** Rules and records of few signs, so that they meet. */
const letter = fc.constantFrom('a', 'b', 'A', 'σ', 'ς', '*', '?', '\\', '-', '/', ' ');
const value = fc.oneof(fc.string({ unit: letter, maxLength: 4 }), fc.constantFrom(1, 2, true, null));
const key = fc
  .tuple(
    fc.constantFrom('f', 'g', ''),
    fc.subarray(['contains', 'startswith', 'endswith', 'windash', 'all', 'neq', 'cased'], { maxLength: 3 }),
  )
  .map(([field, modifiers]) => [field, ...modifiers].join('|'));
const search = fc.oneof(
  fc.dictionary(key, fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 })), {
    minKeys: 1,
    maxKeys: 3,
    noNullPrototype: true,
  }),
  fc.array(value, { minLength: 1, maxLength: 3 }),
);
const condition = fc.constantFrom(
  's',
  'not s',
  's and t',
  's or t',
  's and not t',
  '1 of them',
  'all of them',
  'not (s or t)',
);

test('property: the index changes no answer', () => {
  let found = 0;
  fc.assert(
    fc.property(
      search,
      search,
      condition,
      fc.array(fc.record({ f: value, g: value }, { requiredKeys: [] }), { maxLength: 4 }),
      (s, t, asked, records) => {
        const document = parseSigma(
          JSON.stringify({ title: 'A', logsource: windows, detection: { s, t, condition: asked } }),
        );
        const [indexed, naive] = [true, false].map((each) => createSigmaEngine(document, { indexed: each }));
        for (const record of records) {
          const event = eventOfRecord(record, { logsources: [windows] });
          const matches = naive!.advance(event, 0);
          found += matches.length;
          assert.deepEqual(indexed!.advance(event, 0), matches);
        }
      },
    ),
    { numRuns: 2000 },
  );
  assert.ok(found > 200, `only ${found} matches: the test proves little`);
});
