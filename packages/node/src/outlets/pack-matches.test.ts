import assert from 'node:assert/strict';
import test from 'node:test';
import { ComityError, parseStixId } from '@comity/protocol/base';
import type { PlacedMatch } from '../screening/index.ts';
import type { AdmittedObject, Exit, ShareableObject } from '../sharing/index.ts';
import { packMatches } from './pack-matches.ts';

const id = (number: number) => parseStixId(`indicator--00000000-0000-4000-8000-00000000000${number}`);
const placed = (position: number, indicator: number | undefined, alarm = true): PlacedMatch =>
  ({
    position,
    match: {
      id: `match-${position}`,
      alarm,
      indicator: { id: indicator === undefined ? '' : id(indicator), listed: 'x' },
    },
  }) as PlacedMatch;

/** An exit that denies indicators 8 and 9 by a rule each, and counts from before. */
function exitForTests() {
  const deniedBy = new Map([['rule-9', 5]]);
  const decided: string[] = [];
  const exit = {
    admit: ([object]: readonly ShareableObject[]): readonly AdmittedObject[] => {
      decided.push(object?.id.slice(-1) ?? '');
      const rule = { '8': 'rule-8', '9': 'rule-9' }[object?.id.slice(-1) ?? ''];
      if (rule === undefined) return [{ object, text: '{}', tlp: 'green', facets: {} } as AdmittedObject];
      deniedBy.set(rule, (deniedBy.get(rule) ?? 0) + 1);
      return [];
    },
    get count() {
      return { allowed: 0, denied: 0, deniedBy };
    },
  } as unknown as Exit;
  return { exit, decided };
}

const findObject = (of: string): ShareableObject | undefined =>
  of.endsWith('7') ? undefined : ({ id: of } as unknown as ShareableObject);

test('what may leave is written in order; what may not is counted by every rule, and both are done with', () => {
  const { exit, decided } = exitForTests();
  const matches = [
    placed(11, 1),
    placed(12, 8),
    placed(13, 9),
    placed(14, 9),
    placed(15, undefined),
    placed(16, 7),
    placed(17, 2),
  ];
  const packed = packMatches(
    matches,
    { alarmsOnly: true, bytesMax: 1000 },
    { exit, findObject, write: (match) => match.id ?? '' },
  );
  assert.deepEqual(packed.texts, ['match-11', 'match-17']);
  assert.deepEqual([packed.through, packed.withheld], [17, 5]);
  assert.deepEqual(Object.fromEntries(packed.withheldBy), { 'rule-8': 1, 'rule-9': 2, 'outlet.indicator-gone': 2 });
  assert.deepEqual(decided, ['1', '8', '9', '9', '2']);
});

test('a batch ends where it would grow too large, has one match at least, and passes those without alarm', () => {
  const { exit } = exitForTests();
  const options = { alarmsOnly: true, bytesMax: 10 };
  const write = (): string => 'éé text';
  const two = packMatches([placed(1, 1, false), placed(2, 1), placed(3, 1)], options, { exit, findObject, write });
  assert.deepEqual([two.texts.length, two.through], [1, 2]);
  const none = packMatches([placed(1, 1, false), placed(2, 8, false)], options, { exit, findObject, write });
  assert.deepEqual([none.texts.length, none.through, none.withheld], [0, 2, 0]);
  const all = packMatches([placed(1, 1, false)], { ...options, alarmsOnly: false }, { exit, findObject, write });
  assert.equal(all.texts.length, 1);
});

test('what the guard stops is withheld by it, and what goes wrong otherwise is no answer', () => {
  const { exit } = exitForTests();
  const options = { alarmsOnly: false, bytesMax: 1000 };
  const stopped = packMatches([placed(1, 1), placed(2, 2)], options, {
    exit,
    findObject,
    write: (match) => {
      if (match.id === 'match-1') throw new ComityError('SHARING_REFUSED', 'planted');
      return 'text';
    },
  });
  assert.deepEqual(
    [stopped.texts, stopped.through, Object.fromEntries(stopped.withheldBy)],
    [['text'], 2, { guard: 1 }],
  );
  const broken = (): never => {
    throw new Error('planted');
  };
  assert.throws(() => packMatches([placed(1, 1)], options, { exit, findObject, write: broken }), /planted/);
});
