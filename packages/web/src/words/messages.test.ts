import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileMessageOrThrow } from '@lingui/message-utils/compileMessage';
import { createFigures } from './figures.ts';
import { fillMessage } from './messages.ts';
import type { Message, MessageValues } from './messages.ts';

const said = (text: string, values: MessageValues, locale = 'en-GB'): string =>
  fillMessage(compileMessageOrThrow(text) as Message, values, createFigures(locale));

test('what a message is filled with is text: an override in it is shown, an escape written out in it stays written out', () => {
  assert.equal(said('Removed {name}', { name: 'safe\u202egpj.exe' }), 'Removed safe\\u202egpj.exe');
  assert.equal(
    said('Removed {name}', { name: String.raw`safe\u202e\x3cb\u0022` }),
    String.raw`Removed safe\u202e\x3cb\u0022`,
  );
  assert.equal(
    said('{count, plural, other {# from {name}}}', { count: 2, name: '{count} # $&' }),
    '2 from {count} # $&',
  );
});

test('a plural takes the exact number first, then the category of the language', () => {
  const text = '{count, plural, =0 {none} zero {no} one {one} two {two} few {# few} many {# many} other {# of them}}';
  assert.deepEqual(
    [0, 1, 2, 3, 11, 100].map((count) => said(text, { count }, 'ar-AE-u-nu-latn')),
    ['none', 'one', 'two', '3 few', '11 many', '100 of them'],
  );
  assert.equal(said(text, { count: 1234 }), '1,234 of them');
});
