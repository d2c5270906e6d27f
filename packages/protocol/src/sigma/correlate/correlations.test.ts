import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../base/index.ts';
import { createSigmaEngine, eventOfRecord, parseSigma } from '../index.ts';
import type { SigmaEngine, SigmaEngineOptions, SigmaMatch } from '../index.ts';

const logsources = [{ product: 'x' }];
const second = 1e6;

/** Rules `a`, `b`, `c` that find records with `rule` of that name, and what is given beside them. */
function engineOf(correlations: readonly object[], options: SigmaEngineOptions = {}): SigmaEngine {
  const rules = ['a', 'b', 'c'].map((name) => ({
    title: name,
    name,
    id: `id-${name}`,
    logsource: { product: 'x' },
    detection: { s: { 'rule|contains': name }, condition: 's' },
  }));
  const documents = [...rules, ...correlations].flatMap((each) => parseSigma(JSON.stringify(each)));
  return createSigmaEngine(documents, options);
}

function correlation(change: object, beside: object = {}): object {
  const base = { type: 'event_count', rules: ['a'], 'group-by': ['user'], timespan: '10s', condition: { gte: 3 } };
  return { title: 'C', name: 'c0', correlation: { ...base, ...change }, ...beside };
}

type Given = readonly [atS: number, rule: string, record?: JsonObject];

/** What an engine says of records at the given seconds: the second of each match of a correlation, and what it compared. */
function run(
  engine: SigmaEngine,
  given: readonly Given[],
  ends = true,
): (readonly [atS: number, value: number | undefined])[] {
  assert.deepEqual(engine.refused, []);
  const matches: SigmaMatch[] = [];
  for (const [atS, rule, record = { user: 'u' }] of given) {
    const event = eventOfRecord({ rule, ...record }, { logsources, atUs: atS * second });
    matches.push(...engine.advance(event, 1e15));
  }
  if (ends) matches.push(...engine.end());
  return matches.filter(({ rule }) => rule.kind === 'correlation').map(({ atUs, value }) => [atUs / second, value]);
}

test('event_count: so many within a timespan wherever it begins, then anew, for each group alone', () => {
  const given: Given[] = [
    [1, 'a'],
    [6, 'a'],
    [12, 'a'],
    [13, 'b'],
    [16, 'a'],
    [17, 'a'],
    [18, 'a'],
  ];
  assert.deepEqual(run(engineOf([correlation({})]), given), [[16, 3]]);
  assert.deepEqual(run(engineOf([correlation({ condition: { gt: 1 } })]), given), [
    [6, 2],
    [16, 2],
    [18, 2],
  ]);
  const users: Given[] = [1, 2, 3, 4, 5].map((at) => [at, 'a', { user: at % 2 === 0 ? 'x' : 'Y' }]);
  assert.deepEqual(run(engineOf([correlation({})]), users), [[5, 3]]);
  assert.deepEqual(run(engineOf([correlation({ 'group-by': [] })]), users), [[3, 3]]);
});

test('groups are the same without case; an event without a field of the group is in none', () => {
  const given: Given[] = [
    [1, 'a', { user: 'U' }],
    [2, 'a', { user: 'u' }],
    [3, 'a', {}],
    [4, 'a', { user: null }],
    [5, 'a', { user: 'u' }],
  ];
  const engine = engineOf([correlation({})]);
  assert.deepEqual(run(engine, given), [[5, 3]]);
  const [match] = engineOf([correlation({ condition: { gte: 1 }, 'group-by': ['user', 'n', 'o'] })]).advance(
    eventOfRecord({ rule: 'a', user: 'U', n: 7, o: [1] }, { logsources }),
    0,
  );
  assert.deepEqual(match?.fields, [
    { field: 'user', value: 'U' },
    { field: 'n', value: '7' },
    { field: 'o', value: '[1]' },
  ]);
});

test('a condition that more events can undo is judged when its window closes', () => {
  const given: Given[] = [
    [1, 'a'],
    [2, 'a'],
    [20, 'a'],
    [40, 'b'],
  ];
  assert.deepEqual(run(engineOf([correlation({ condition: { lt: 2 } })]), given), [[30, 1]]);
  assert.deepEqual(run(engineOf([correlation({ condition: { eq: 2 } })]), given), [[11, 2]]);
  assert.deepEqual(run(engineOf([correlation({ condition: { neq: 2 } })]), given), [[30, 1]]);
  assert.deepEqual(run(engineOf([correlation({ condition: { gt: 0, lte: 1 } })]), given, false), [[30, 1]]);
});

test('value_count counts different values, of several fields together', () => {
  const of = (n: number | null, m = 'x'): JsonObject => ({ user: 'u', n, m });
  const given: Given[] = [
    [1, 'a', of(1)],
    [2, 'a', of(1)],
    [3, 'a', of(2)],
    [4, 'a', of(null)],
    [15, 'a', of(3)],
    [16, 'a', of(4)],
    [17, 'a', of(5)],
  ];
  const field = { field: 'n', gte: 3 };
  assert.deepEqual(run(engineOf([correlation({ type: 'value_count', condition: field })]), given), [[17, 3]]);
  const partly: Given[] = [
    [1, 'a', of(1)],
    [9, 'a', of(2)],
    [12, 'a', of(3)],
    [13, 'a', of(4)],
  ];
  assert.deepEqual(run(engineOf([correlation({ type: 'value_count', condition: field })]), partly), [[13, 3]]);
  const late: Given[] = [
    [1, 'a', of(1)],
    [2, 'a', of(2)],
    [11, 'a', of(3)],
    [12, 'a', of(1)],
    [12, 'a', of(5)],
  ];
  assert.deepEqual(run(engineOf([correlation({ type: 'value_count', condition: field })]), late), [[11, 3]]);
  const both: Given[] = [
    [1, 'a', of(1)],
    [2, 'a', of(1, 'y')],
    [3, 'a', of(1, 'Y')],
    [4, 'a', of(2)],
  ];
  assert.deepEqual(
    run(engineOf([correlation({ type: 'value_count', condition: { field: ['n', 'm'], gte: 3 } })]), both),
    [[4, 3]],
  );
  assert.deepEqual(run(engineOf([correlation({ type: 'value_count', condition: { field: 'n', lt: 3 } })]), both), [
    [11, 2],
  ]);
});

test('temporal: all rules, or so many of them, within a timespan in any order', () => {
  const given: Given[] = [
    [1, 'b'],
    [9, 'c'],
    [12, 'a'],
    [13, 'b'],
  ];
  const all = { type: 'temporal', rules: ['a', 'b', 'c'], condition: undefined };
  assert.deepEqual(run(engineOf([correlation(all)]), given), [[13, 3]]);
  assert.deepEqual(run(engineOf([correlation({ ...all, condition: { gte: 2 } })]), given), [
    [9, 2],
    [13, 2],
  ]);
  const [refused] = engineOf([correlation({ ...all, condition: { lt: 2 } })]).refused;
  assert.equal(refused?.error.code, 'SIGMA_UNSUPPORTED');
});

test('temporal_ordered: in the order of the rules; one event stands for one rule, a late one for its time', () => {
  const ordered = correlation({ type: 'temporal_ordered', rules: ['a', 'b', 'c'], condition: undefined });
  assert.deepEqual(
    run(engineOf([ordered]), [
      [1, 'b'],
      [2, 'a'],
      [3, 'c'],
      [4, 'b'],
      [5, 'a'],
      [13, 'c'],
    ]),
    [],
  );
  assert.deepEqual(
    run(engineOf([ordered]), [
      [1, 'a'],
      [3, 'b'],
      [9, 'a'],
      [10, 'b'],
      [12, 'c'],
      [13, 'c'],
    ]),
    [[12, 3]],
  );
  assert.deepEqual(
    run(engineOf([ordered]), [
      [1, 'abc'],
      [2, 'abc'],
      [3, 'abc'],
    ]),
    [[3, 3]],
  );
  assert.deepEqual(
    run(engineOf([ordered]), [
      [5, 'a'],
      [4, 'b'],
      [6, 'c'],
    ]),
    [],
  );
  assert.deepEqual(
    run(engineOf([ordered]), [
      [5, 'a'],
      [7, 'b'],
      [6, 'a'],
      [3, 'b'],
      [8, 'c'],
    ]),
    [[8, 3]],
  );
  assert.deepEqual(
    run(engineOf([ordered]), [
      [5, 'a'],
      [4, 'a'],
      [7, 'b'],
      [15, 'c'],
    ]),
    [[15, 3]],
  );
});

test('value_sum, value_avg, value_percentile reckon with numbers', () => {
  const of = (n: unknown): JsonObject => ({ user: 'u', n }) as JsonObject;
  const numbers: Given[] = [
    [1, 'a', of(10)],
    [2, 'a', of('20')],
    [3, 'a', of('x')],
    [4, 'a', of(null)],
    [5, 'a', of(60)],
  ];
  const by = (type: string, condition: object): SigmaEngine =>
    engineOf([correlation({ type, condition: { field: 'n', ...condition } })]);
  assert.deepEqual(run(by('value_sum', { gte: 30 }), numbers), [
    [2, 30],
    [5, 60],
  ]);
  assert.deepEqual(
    run(by('value_sum', { gt: 80 }), [
      [1, 'a', of(50)],
      [12, 'a', of(50)],
      [13, 'a', of(31)],
    ]),
    [[13, 81]],
  );
  const partly: Given[] = [
    [1, 'a', of(50)],
    [9, 'a', of(20)],
    [12, 'a', of(30)],
    [13, 'a', of(40)],
  ];
  assert.deepEqual(run(by('value_sum', { gt: 80 }), partly), [[13, 90]]);
  assert.deepEqual(run(by('value_sum', { lt: 100 }), numbers), [[11, 90]]);
  assert.deepEqual(run(by('value_avg', { gt: 29 }), numbers), [[11, 30]]);
  assert.deepEqual(run(by('value_avg', { gt: 29 }), [[1, 'a', of('x')]]), []);
  assert.deepEqual(run(by('value_percentile', { percentile: 50, gte: 20 }), numbers), [[11, 20]]);
  assert.deepEqual(run(by('value_percentile', { percentile: 0, lte: 10 }), numbers), [[11, 10]]);
  assert.deepEqual(run(by('value_percentile', { percentile: 50, gte: 20 }), [[1, 'a', of('x')]]), []);
});

test('value_percentile without a percentile looks for a value with such a share of all', () => {
  const engine = engineOf([correlation({ type: 'value_percentile', condition: { field: 'n', lte: 30 } })]);
  const given = ['x', 'x', 'X', 'rare', 7].map((n, at) =>
    eventOfRecord({ rule: 'a', user: 'u', n }, { logsources, atUs: at }),
  );
  for (const event of given) engine.advance(event, 0);
  const [match] = engine.end();
  assert.deepEqual(
    [match?.value, match?.fields],
    [
      20,
      [
        { field: 'user', value: 'u' },
        { field: 'n', value: 'rare' },
      ],
    ],
  );
  assert.deepEqual(
    run(engineOf([correlation({ type: 'value_percentile', condition: { field: 'n', lte: 30 } })]), [[1, 'a']]),
    [],
  );
});

test('aliases name the field of each rule, by its id or name (Sigma correlations 2.1.0, "Field Name Aliases")', () => {
  const aliases = { ip: { a: 'src', 'id-b': 'dst' } };
  const both = correlation({
    type: 'temporal',
    rules: ['a', 'id-b', 'c'],
    condition: { gte: 2 },
    'group-by': ['ip'],
    aliases,
  });
  assert.deepEqual(
    run(engineOf([both]), [
      [1, 'a', { src: '1' }],
      [2, 'b', { dst: '2' }],
      [3, 'b', { dst: '1' }],
    ]),
    [[3, 2]],
  );
  assert.deepEqual(
    run(engineOf([both]), [
      [1, 'a', { src: '1' }],
      [2, 'c', { ip: '1' }],
    ]),
    [[2, 2]],
  );
});

test('correlations feed correlations; what only feeds is silent unless it says generate', () => {
  const failed = correlation({}, { title: 'many', name: 'many' });
  const then = correlation(
    { type: 'temporal_ordered', rules: ['many', 'b'], condition: undefined },
    { title: 'then', name: 'then' },
  );
  const engine = engineOf([then, failed]);
  const given: Given[] = [
    [1, 'a'],
    [2, 'a'],
    [3, 'a'],
    [4, 'b'],
    [5, 'c'],
  ];
  const all = given.flatMap(([at, rule]) =>
    engine.advance(eventOfRecord({ rule, user: 'u' }, { logsources, atUs: at * second }), 1e15),
  );
  assert.deepEqual(
    all.map(({ rule }) => rule.title),
    ['then', 'c'],
  );
  assert.equal(
    run(engineOf([then, failed]), [
      [1, 'a'],
      [2, 'a'],
      [3, 'a'],
      [4, 'b', { user: 'v' }],
    ]).length,
    0,
  );
  const generated = engineOf([correlation({}, { generate: true })]);
  assert.equal(generated.advance(eventOfRecord({ rule: 'a', user: 'u' }, { logsources }), 0).length, 1);
  const closing = correlation({ condition: { lt: 3 } }, { title: 'few', name: 'few' });
  const twice = correlation(
    { rules: ['few'], condition: { eq: 2 }, timespan: '100s' },
    { title: 'twice', name: 'twice' },
  );
  assert.deepEqual(
    run(engineOf([twice, closing]), [
      [1, 'a'],
      [20, 'a'],
      [21, 'a'],
    ]),
    [[111, 2]],
  );
  const other = correlation(
    { rules: ['few'], condition: { gte: 1 }, 'group-by': ['ip'] },
    { title: 'other', name: 'other' },
  );
  assert.deepEqual(run(engineOf([other, closing]), [[1, 'a']]), []);
});

test('references to what is not there, is refused, or to itself are refused with their place', () => {
  const refused = (correlations: readonly object[]): string[] =>
    engineOf(correlations).refused.map(
      ({ document, error }) => `${document.title} ${error.code} ${error.details['path']}`,
    );
  assert.deepEqual(refused([correlation({ rules: ['a', 'z'] })]), ['C SIGMA_MALFORMED correlation.rules[1]']);
  const loop = ['p', 'q', 'r'].map((name, index) =>
    correlation({ rules: [['q', 'r', 'p'][index]] }, { title: name, name }),
  );
  assert.deepEqual(refused(loop).length, 3);
  assert.deepEqual(refused([correlation({ rules: ['z'] }, { name: 'p' }), correlation({ rules: ['p'] })]).length, 2);
  assert.deepEqual(refused([correlation({ rules: ['p'] }), correlation({ rules: ['z'] }, { name: 'p' })]).length, 2);
  assert.deepEqual(refused([correlation({ rules: ['a', 'id-a'] })]), ['C SIGMA_MALFORMED correlation.rules']);
  const chain = Array.from({ length: 20 }, (_, index) =>
    correlation({ rules: [index === 19 ? 'a' : `n${index + 1}`] }, { name: `n${index}` }),
  );
  assert.ok(refused(chain).some((each) => each.includes('SIGMA_TOO_COMPLEX')));
  assert.deepEqual(refused([correlation({ condition: { gte: 1e6 } })]), ['C SIGMA_TOO_COMPLEX correlation.condition']);
});

test('state is bounded: groups and entries are dropped oldest first, counted, and gone when their timespan is over', () => {
  const user = (index: number): JsonObject => ({ user: `u${index}`, n: index });
  const flood: Given[] = Array.from({ length: 50 }, (_, index) => [1, 'a', user(index)]);
  const few = engineOf([correlation({})], { groupsMax: 10 });
  run(few, flood, false);
  assert.deepEqual([few.figures.groups, few.figures.kept, few.figures.dropped], [10, 10, 40]);
  run(
    few,
    [
      [100, 'b'],
      [101, 'b'],
    ],
    false,
  );
  assert.deepEqual([few.figures.groups, few.figures.kept, few.figures.expired], [0, 0, 10]);

  const all = engineOf([correlation({})], { keptMax: 10 });
  run(all, flood, false);
  assert.deepEqual([all.figures.kept, all.figures.dropped], [10, 40]);

  const same: Given[] = Array.from({ length: 50 }, (_, index) => [1, 'a', { user: 'u', n: index }]);
  for (const condition of [
    { type: 'value_count', condition: { field: 'n', lt: 5 } },
    { type: 'value_percentile', condition: { field: 'n', gte: 1000, percentile: 50 } },
    { type: 'value_sum', condition: { field: 'n', gte: 1e6 } },
    { type: 'event_count', condition: { lt: 10 } },
    { type: 'value_sum', condition: { field: 'n', lt: 10 } },
    { type: 'temporal', rules: ['a', 'b'], condition: undefined },
    { type: 'temporal_ordered', rules: ['a', 'b'], condition: undefined },
  ]) {
    const engine = engineOf([correlation(condition)], { keptPerGroupMax: 10 });
    run(engine, same, false);
    assert.ok(engine.figures.kept <= 12, `${JSON.stringify(condition)} keeps ${engine.figures.kept}`);
    const tight = engineOf([correlation(condition)], { keptMax: 0 });
    run(
      tight,
      [
        [1, 'a'],
        [1, 'b'],
      ],
      false,
    );
    assert.equal(tight.figures.kept, 0);
  }
});

test('what comes after its timespan is counted as late; a time far ahead of the reader is that of the reading', () => {
  const engine = engineOf([correlation({})]);
  assert.deepEqual(
    run(engine, [
      [100, 'a'],
      [100, 'a'],
      [50, 'a'],
      [95, 'a'],
    ]),
    [[95, 3]],
  );
  assert.equal(engine.figures.late, 1);
  const ahead = engineOf([correlation({})]);
  const at = (atUs: number): number =>
    ahead.advance(eventOfRecord({ rule: 'a', user: 'u' }, { logsources, atUs }), 100 * second).length;
  assert.deepEqual([at(9e15), at(101 * second), at(102 * second)], [0, 0, 1]);
});

test('events that come late are counted in their place', () => {
  assert.deepEqual(
    run(engineOf([correlation({})]), [
      [12, 'a'],
      [5, 'a'],
      [13, 'a'],
      [4, 'a'],
    ]),
    [[13, 3]],
  );
});
