import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../base/index.ts';
import { createSigmaEngine, eventOfRecord, parseSigma, readSigma, SigmaError } from './index.ts';

const rule = `title: A
id: 0e95725d-7320-415d-80f7-004da920fc11
logsource: {product: x, category: y}
detection:
  sel_a:
    Image|endswith: ['\\a.exe', "b?c"]
    CommandLine|contains|all: &x [' -a ', 'b*c']
    Hash|re|i: '^[a-f]{2,8}$'
  sel_b:
    - Ip|cidr: 10.0.0.0/8
    - Text|base64offset|contains: *x
    - Count|gte: 7
      Other|fieldref: Image
      Day|hour|lt: 8
      Gone|exists: false
      None: null
  keywords: [mimi, 'k*z']
  condition: (1 of sel_* and not keywords) or all of them
level: high
---
title: C
correlation: {type: event_count, rules: [0e95725d-7320-415d-80f7-004da920fc11], group-by: [User], timespan: 5m, condition: {gte: 2}}
`;
const logsources = [{ product: 'x', category: 'y' }];

/** Reads a text and asks what can be used of it about a record; throws what the code under test throws. */
function use(text: string, record: JsonObject): number {
  const read = readSigma(text);
  for (const { error } of read) if (error !== undefined) assert.ok(error instanceof SigmaError && error.message !== '');
  const engine = createSigmaEngine(read.flatMap(({ document }) => document ?? []));
  for (const { error } of engine.refused) assert.ok(error instanceof SigmaError && error.details['line'] !== undefined);
  return engine.advance(eventOfRecord(record, { logsources }), 0).length + engine.end().length;
}

test('property: whatever the text, nothing but its own errors comes out', () => {
  const piece = fc.constantFrom(
    "'",
    '"',
    ': ',
    '- ',
    '\n',
    '\n  ',
    '[',
    ']',
    '{',
    '}',
    '|',
    '*',
    '&x ',
    '*x',
    '\\',
    '?',
    '%a%',
    '!',
    '#',
    '---\n',
    '\u0000',
    '\u2028',
    '\ud800',
    '1',
    'not ',
    'of ',
    '(',
    ')',
  );
  const cut = fc.record({ at: fc.nat(rule.length), remove: fc.nat(30), insert: fc.array(piece, { maxLength: 4 }) });
  const mutant = fc.array(cut, { minLength: 1, maxLength: 4 }).map((cuts) => {
    let text = rule;
    for (const { at, remove, insert } of cuts) text = text.slice(0, at) + insert.join('') + text.slice(at + remove);
    return text;
  });
  const record = fc.dictionary(
    fc.constantFrom('Image', 'CommandLine', 'Hash', 'Ip', 'Text', 'Count', 'Day', 'User'),
    fc.jsonValue(),
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        mutant,
        fc.string(),
        fc.array(piece).map((each) => each.join('')),
      ),
      record,
      (text, given) => {
        use(text, given as JsonObject);
      },
    ),
    { numRuns: 800 },
  );
});

/** CPU time in ms, the least of three. */
function cpuMs(run: () => void): number {
  const times = [0, 1, 2].map(() => {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

/** Eight times as much takes no more than some eight times as long: thirty leaves room for caches and collection, 64 would be square. */
function assertLinear(name: string, run: (size: number) => void, size: number): void {
  run(size);
  const [small, large] = [cpuMs(() => run(size)), cpuMs(() => run(size * 8))];
  assert.ok(
    large < 30 * Math.max(small, 2),
    `${name}: ${small.toFixed(1)} ms, eight times as much ${large.toFixed(1)} ms`,
  );
}

test('reading takes time linear in the text, whatever it is made of', () => {
  const pieces = [
    '[',
    '{a: ',
    '- ',
    'a: b\n',
    '"',
    '&a ',
    '*a ',
    '!',
    '---\n',
    '# \n',
    '  \n',
    '%\n',
    "''",
    ']',
    'a, ',
    ': ',
    '|\n',
    '\t\n',
  ];
  for (const piece of pieces)
    assertLinear(`yaml ${JSON.stringify(piece)}`, (size) => readSigma(piece.repeat(size / piece.length)), 1200);
  const many = (size: number): string =>
    `title: A\nlogsource: {product: x}\ndetection:\n  condition: a\n  a:\n${Array.from({ length: size }, (_, index) => `    f${index}: 1\n`).join('')}`;
  assertLinear('keys of one map', (size) => readSigma(many(size)), 200);
});

test('judging takes time linear in the event, whatever the values of the rule', () => {
  const values = ['*a*a*a*a*b', 'a?*b', '*?a?b', 'a'.repeat(200) + 'b'];
  const text = {
    title: 'A',
    logsource: { product: 'x' },
    detection: {
      s: { f: values, 'f|contains': ['ab'.repeat(100)], 'f|re': ['(a*)*b', '(a|aa)+$', '(.*)(.*)(.*)b'] },
      keywords: ['*a*a*a*b'],
      condition: 's or keywords',
    },
  };
  const documents = parseSigma(JSON.stringify(text));
  for (const indexed of [true, false]) {
    const engine = createSigmaEngine(documents, { indexed });
    const ask = (size: number): void => {
      engine.advance(eventOfRecord({ f: 'a'.repeat(size), g: 'ab'.repeat(size / 2) }, { logsources }), 0);
    };
    assertLinear(`texts, indexed ${indexed}`, ask, 4000);
  }
  const lists = createSigmaEngine(documents);
  assertLinear(
    'lists',
    (size) => lists.advance(eventOfRecord({ f: Array.from({ length: size }, () => 'ab') }, { logsources }), 0),
    400,
  );
});
