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
