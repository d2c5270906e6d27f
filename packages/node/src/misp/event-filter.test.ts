import assert from 'node:assert/strict';
import test from 'node:test';
import type { JsonObject } from '@comity/protocol/base';
import { eventMatches, parseEventFilter } from './index.ts';

const event = {
  published: true,
  timestamp: '100',
  publish_timestamp: '100',
  Attribute: [{ type: 'domain', value: 'Host-1.example', uuid: 'a' }],
  Object: [{ Attribute: [{ type: 'ip-dst|port', value: '192.0.2.1|443', uuid: 'b' }] }],
};
const finds = (asked: JsonObject): boolean => eventMatches(parseEventFilter(asked, 1000), event);
const refuses = (asked: JsonObject, message: RegExp): void =>
  assert.throws(() => parseEventFilter(asked, 1000), { code: 'ARGUMENT_INVALID', message }, JSON.stringify(asked));

test('a filter that is given under two names is refused: one of them would be dropped', () => {
  const asked: JsonObject[] = [
    { uuid: 'a', eventid: 'b' },
    { value: 'x', Value: 'y' },
    { searchtag: 'x', tags: 'y' },
    { last: '1d', publish_timestamp: '2d' },
  ];
  for (const each of asked) refuses(each, /twice/);
  assert.equal(finds({ uuid: 'a', eventid: null, value: '' }), true, 'what is empty is not given');
});

test('a flag is yes or no; what is neither is refused', () => {
  for (const yes of [true, 1, '1', 'true']) assert.equal(finds({ published: yes }), true);
  for (const no of [false, 0, '0', 'false']) assert.equal(finds({ published: no }), false);
  for (const name of ['published', 'minimal', 'metadata'])
    for (const neither of ['maybe', 2, [0, 1], [], {}]) refuses({ [name]: neither }, new RegExp(name));
});

test('a word is a whole text, or with % at an end a part of one; of the latter there are few', () => {
  const cases: [JsonObject, boolean][] = [
    [{ value: 'HOST-1.example' }, true],
    [{ value: 'host-1' }, false],
    [{ value: ['x', 'host-1.example'] }, true],
    [{ value: 'host-1%' }, true],
    [{ value: '1.example%' }, false],
    [{ value: '%1.example' }, true],
    [{ value: '%host-1' }, false],
    [{ value: '%st-1%' }, true],
    [{ value: '%st-2%' }, false],
    [{ value: '%' }, true],
    [{ value: '%%st-1' }, false],
    [{ value: '443' }, true],
    [{ value: { OR: ['host%'], NOT: ['443'] } }, false],
    [{ value: ['host%', '!%.2.1%'] }, false],
    [{ value: { NOT: ['444', '%444'] } }, true],
    [{ type: 'ip-dst|port' }, true],
    [{ value: [...Array.from({ length: 980 }, (_, index) => `${index}`), '%.1', '192%'] }, true],
  ];
  for (const [asked, wanted] of cases) assert.equal(finds(asked), wanted, JSON.stringify(asked).slice(0, 80));
  const parts = (count: number): string[] => Array.from({ length: count }, (_, index) => `%${index}x`);
  assert.equal(finds({ value: parts(20) }), false);
  refuses({ value: parts(21) }, /more than 20 of values with %/);
  refuses({ tags: { OR: parts(11), NOT: parts(10) } }, /more than 20 of tags with %/);
});

test('what would narrow an answer by what is not looked at is refused, unless it says no', () => {
  for (const name of ['enforceWarninglist', 'excludeDecayed']) {
    for (const no of [false, 0, '0']) assert.equal(finds({ [name]: no }), true);
    for (const yes of [true, 1, 'maybe']) refuses({ [name]: yes }, new RegExp(name));
  }
});
