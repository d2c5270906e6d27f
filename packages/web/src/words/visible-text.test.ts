import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findInRecord, visiblePieces, visibleText } from './visible-text.ts';

test('bidi controls, zero-width characters, controls and lone surrogates are shown as what they are', () => {
  assert.equal(visibleText('safe\u202egpj.exe'), 'safe\\u202egpj.exe');
  assert.equal(visibleText('a\u200bb\u2066c\u00ad\ufeff'), 'a\\u200bb\\u2066c\\u00ad\\ufeff');
  assert.equal(visibleText('one\ttwo\0\u001b[31m'), 'one\\ttwo\\0\\u001b[31m');
  assert.equal(visibleText('\ud800x\u{e0041}'), '\\ud800x\\u{e0041}');
  assert.equal(visibleText('بنك.example 銀行 naïve'), 'بنك.example 銀行 naïve');
});

test('whatever the text, nothing unseen is left in what is shown, and nothing of it is lost', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const pieces = visiblePieces(text);
      assert.ok(!/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(visibleText(text)));
      const restored = pieces
        .map((piece) =>
          piece.escaped === undefined ? piece.text : String.fromCodePoint(Number.parseInt(piece.escaped.slice(2), 16)),
        )
        .join('');
      assert.equal(restored, text);
    }),
  );
});

test('a value is found in its record without regard to case, and only where both have the same length', () => {
  assert.deepEqual(findInRecord('query: EVIL.Example IN A', 'evil.example'), { start: 7, end: 19 });
  assert.equal(findInRecord('nothing here', 'evil.example'), undefined);
  assert.equal(findInRecord('anything', ''), undefined);
  const turkish = findInRecord('İ evil.example', 'evil.example');
  assert.deepEqual(turkish, { start: 2, end: 14 });
});
