import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ComityError } from '@comity/protocol/base';
import { readMispEvent } from '@comity/protocol/misp';
import { parsePattern } from '@comity/protocol/pattern';
import { createSigmaEngine, parseSigma } from '@comity/protocol/sigma';
import { makeObservable, parseStixObject, validateBundle } from '@comity/protocol/stix';
import { createRandom } from '../../packages/testkit/src/index.ts';
import type { Ask } from './ask.ts';
import { attributesFault, checksOf, findingsFault, matchFault, objectFault, verdictFault } from './checks.ts';
import { drawAsked } from './draw-observed.ts';
import { drawPattern, mutatePattern } from './draw-pattern.ts';
import { check, runChecks } from './run-checks.ts';
import type { Check, RunResult } from './run-checks.ts';
import { rulesFault } from './sigma-check.ts';

interface Verdict {
  readonly good: boolean;
  readonly codes: readonly string[];
}

const isGood = (warningsMax: Readonly<Record<string, number>> = {}): Check =>
  check<number, Verdict>({
    name: 'numbers',
    judge: 'objects',
    needs: [],
    cases: () => [1, 2, 3],
    question: (each) => each,
    fault: (each, { good }) => (good ? undefined : `${each} is not good`),
    warnings: ({ codes }) => codes,
    warningsMax,
  });

/** A judge in this process: what it says of each question. */
const judgeBy = (answer: (question: unknown) => unknown): { ask: Ask } => ({
  ask: <Answer>(_: string, questions: readonly unknown[]) =>
    Promise.resolve(questions.map((question) => answer(question) as Answer)),
});

async function run(
  checks: readonly Check[],
  judges: { ask: Ask } | { missing: string },
): Promise<RunResult & { lines: string[] }> {
  const lines: string[] = [];
  const result = await runChecks(checks, { judges, find: () => undefined, print: (line) => lines.push(line) });
  return { ...result, lines };
}

test('a check passes when the judge agrees on every case', async () => {
  const { passed, failed, lines } = await run(
    [isGood()],
    judgeBy(() => ({ good: true, codes: [] })),
  );
  assert.deepEqual({ passed, failed }, { passed: 3, failed: 0 });
  assert.deepEqual(lines, ['numbers 3/3', '3 passed, 0 failed, 0 skipped']);
});

test('planted fault is seen: the judge refuses one case, throws at one, or gives no answer', async () => {
  for (const second of [{ good: false, codes: [] }, { failed: 'TypeError: planted' }, undefined]) {
    const { failed, lines } = await run(
      [isGood()],
      judgeBy((each) => (each === 2 ? second : { good: true, codes: [] })),
    );
    assert.equal(failed, 1);
    assert.equal(lines[0], 'numbers 2/3');
  }
});

test('planted fault is seen: more warnings of a code than are accepted, or one of a code nobody accepted', async () => {
  const judge = judgeBy((each) => ({ good: true, codes: each === 1 ? ['103', '303'] : ['103'] }));
  assert.equal((await run([isGood({ '103': 3, '303': 1 })], judge)).failed, 0);
  assert.equal((await run([isGood({ '103': 2, '303': 1 })], judge)).failed, 1);
  assert.equal((await run([isGood({ '103': 3 })], judge)).failed, 1);
});

test('planted fault is seen: a check without a case', async () => {
  const none = check({
    name: 'none',
    judge: 'objects',
    needs: [],
    cases: () => [],
    question: () => 1,
    fault: () => undefined,
  });
  assert.equal(
    (
      await run(
        [none],
        judgeBy(() => ({})),
      )
    ).failed,
    1,
  );
});

test('without judges every check is skipped by name, with its number of cases and why', async () => {
  const { skipped, failed, lines } = await run([isGood()], { missing: 'python3 does not start' });
  assert.deepEqual({ skipped, failed }, { skipped: 3, failed: 0 });
  assert.equal(lines[0], 'SKIPPED numbers: 3 cases: python3 does not start');
});

test('every real check has cases, or names the foreign data it lacks', async () => {
  const { lines } = await run(checksOf({ all: false }), { missing: 'not asked' });
  assert.equal(lines.length, checksOf({ all: false }).length + 1);
  for (const line of lines.slice(0, -1)) assert.match(line, /: [1-9]\d* cases: not asked$|foreign test data/);
});

test('planted fault is seen: an object with an error, that is not parsed, or whose id is another one there', () => {
  const observable = makeObservable({ kind: 'ipv4', value: '198.51.100.3' });
  assert.ok(observable);
  const fine = { errors: [], warnings: [], unparsed: null, id: observable.id };
  assert.equal(objectFault(observable, fine), undefined);
  assert.match(objectFault(observable, { ...fine, errors: ['planted'] }) ?? '', /planted/);
  assert.match(objectFault(observable, { ...fine, unparsed: 'planted' }) ?? '', /planted/);
  assert.match(objectFault(observable, { ...fine, id: 'ipv4-addr--other' }) ?? '', /ipv4-addr--other there/);
});

test('planted fault is seen: a pattern accepted here and refused there, and the other way round', () => {
  const [good, bad] = ["[a:b = 'c']", "[a:b = 'c'"];
  assert.equal(verdictFault(good, { faults: [] }), undefined);
  assert.equal(verdictFault(bad, { faults: ['no bracket'] }), undefined);
  assert.match(verdictFault(good, { faults: ['planted'] }) ?? '', /accepted here, planted there/);
  assert.match(verdictFault(bad, { faults: [] }) ?? '', /accepted there/);
});

test('planted fault is seen: an error or a warning found in a published object only here or only there', () => {
  const id = 'identity--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f';
  const times = '"created": "2026-01-05T12:00:00.000Z", "modified": "2026-01-05T12:00:00.000Z"';
  const object = parseStixObject(`{"type": "identity", "spec_version": "2.1", "id": "${id}", ${times}, "name": "x"}`);
  const wrong = parseStixObject(object.text.replace('"name": "x"', '"name": 1'));
  const found = { errors: [], warnings: [...new Set(checkNumbers(object.text))], unparsed: null };
  assert.equal(findingsFault(object, found), undefined);
  assert.match(findingsFault(object, { ...found, errors: ['planted'] }) ?? '', /no error here, planted there/);
  assert.match(findingsFault(wrong, found) ?? '', /value-type at name here, no error there/);
  assert.match(findingsFault(object, { ...found, warnings: [...found.warnings, '999'] }) ?? '', /only there 999/);
});

const checkNumbers = (text: string): string[] =>
  validateBundle(text).flatMap(({ check }) => (check === undefined ? [] : String(check)));

test('planted fault is seen: an attribute read only here or only there', () => {
  const document = { info: 'x', Attribute: [{ type: 'domain', value: 'a.example' }] };
  const read = { path: 'x', document, events: [readMispEvent(document, 'x')] };
  assert.equal(attributesFault(read, { attributes: [['domain', 'a.example']] }), undefined);
  assert.match(attributesFault(read, { attributes: [] }) ?? '', /1 attributes here, 0 there/);
  assert.match(
    attributesFault(read, { attributes: [['domain', 'b.example']] }) ?? '',
    /only there \["domain b.example"\]/,
  );
});

test('drawn patterns parse, mutated ones are accepted and refused, and the same seed draws the same', () => {
  const draw = (): { drawn: string[]; mutated: string[] } => {
    const random = createRandom(23);
    const drawn = Array.from({ length: 200 }, () => drawPattern(random));
    return { drawn, mutated: drawn.map((pattern) => mutatePattern(pattern, random)) };
  };
  const { drawn, mutated } = draw();
  for (const pattern of drawn) parsePattern(pattern);
  const accepted = mutated.filter(isAccepted).length;
  assert.ok(accepted > 10 && accepted < 190, `${accepted} of 200`);
  assert.deepEqual(draw(), { drawn, mutated });
});

test('drawn observed data answers some drawn patterns and not others; planted fault is seen: a judge that says the opposite', () => {
  const random = createRandom(31);
  const asked = Array.from({ length: 200 }, () => drawAsked(random));
  const agreeing = asked.filter((each) => matchFault(each, { matched: true }) === undefined).length;
  assert.ok(agreeing > 40 && agreeing < 160, `${agreeing} of 200 match`);
  for (const each of asked) {
    const says = (matched: boolean): boolean => matchFault(each, { matched }) === undefined;
    assert.notEqual(says(true), says(false));
  }
});

function isAccepted(pattern: string): boolean {
  try {
    parsePattern(pattern);
    return true;
  } catch (error) {
    if (error instanceof ComityError) return false;
    throw error;
  }
}

test('planted fault is seen: a rule that finds an event only here, only there, or a judge that reads too few', () => {
  const rule = (id: string, value: string): string =>
    JSON.stringify({
      title: 'A',
      id,
      logsource: { product: 'windows', category: 'process_creation' },
      detection: { s: { Image: value }, condition: 's' },
    });
  const engine = createSigmaEngine([rule('x', 'a'), rule('y', 'b')].flatMap((text) => parseSigma(text)));
  const record = { EventID: 1, Channel: 'Microsoft-Windows-Sysmon/Operational', Image: 'A' };
  const asked = { record, fields: record, categories: ['process_creation'] };
  const faultOf = (matched: readonly string[], unread: readonly string[] = []): string | undefined =>
    rulesFault(asked, { matched, unread }, engine);
  assert.equal(faultOf(['x']), undefined);
  assert.match(faultOf([]) ?? '', /only here x, only there none/);
  assert.match(faultOf(['x', 'y']) ?? '', /only here none, only there y/);
  assert.match(faultOf(['x'], ['1', '2', '3']) ?? '', /cannot read/);
});
