import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ComityError } from '../base/index.ts';
import {
  comparePap,
  compareTlp,
  isTlp,
  papInForce,
  parsePap,
  parseTlp,
  paps,
  strictestPap,
  strictestTlp,
  tlpLabel,
  tlps,
} from './index.ts';

test('a TLP label is read in every spelling people use (TLP 2.0, TLP 1.0)', () => {
  const spellings: Record<string, string> = {
    'TLP:CLEAR': 'clear',
    'tlp:white': 'clear',
    WHITE: 'clear',
    ' tlp: green ': 'green',
    Amber: 'amber',
    'TLP:AMBER+STRICT': 'amber+strict',
    'tlp:amber-strict': 'amber+strict',
    amber_strict: 'amber+strict',
    'TLP AMBER': 'amber',
    'TLP:RED': 'red',
  };
  for (const [text, tlp] of Object.entries(spellings)) assert.equal(parseTlp(text), tlp, text);
});

test('what is no label is an error, never a guess', () => {
  for (const text of ['', 'TLP', 'TLP:', 'TLP:PURPLE', 'AMBER RED', 'constructor', 'x'.repeat(10_000)]) {
    assert.throws(
      () => parseTlp(text),
      (error) => error instanceof ComityError && error.code === 'MARKING_MALFORMED',
      text,
    );
    assert.throws(
      () => parsePap(text),
      (error) => error instanceof ComityError && error.code === 'MARKING_MALFORMED',
      text,
    );
  }
});

test('labels come out exactly as FIRST writes them and are read back', () => {
  assert.deepEqual(tlps.map(tlpLabel), ['TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED']);
  for (const tlp of tlps) assert.equal(parseTlp(tlpLabel(tlp)), tlp);
});

test('combining labels never widens the audience, whatever the order', () => {
  const labels = fc.array(fc.constantFrom(...tlps), { minLength: 1 });
  fc.assert(
    fc.property(labels, labels, (some, more) => {
      const strictest = strictestTlp(some);
      assert.ok(
        strictest !== undefined && some.every((tlp) => compareTlp(tlp, strictest) <= 0) && some.includes(strictest),
      );
      const all = strictestTlp([...more, ...some]);
      assert.ok(all !== undefined && compareTlp(all, strictest) >= 0);
    }),
  );
  assert.equal(strictestTlp([]), undefined);
  assert.equal(strictestPap(paps), 'red');
});

test('PAP in force is the stricter of an object’s own and of what it is lent under; saying nothing is AMBER', () => {
  for (const [own, lent, expected] of [
    [undefined, undefined, undefined],
    ['red', undefined, 'red'],
    ['green', 'red', 'red'],
    ['green', 'amber', 'amber'],
    ['red', 'clear', 'red'],
    [undefined, 'green', undefined],
    [undefined, 'red', 'red'],
  ] as const)
    assert.equal(papInForce(own, lent), expected, `${own} ${lent}`);
});

test('PAP:WHITE is PAP:CLEAR', () => {
  assert.equal(parsePap('PAP:WHITE'), 'clear');
  assert.equal(parsePap('amber'), 'amber');
});

test('labels are compared by how much they permit', () => {
  assert.ok(comparePap('clear', 'red') < 0 && comparePap('red', 'green') > 0 && comparePap('amber', 'amber') === 0);
  assert.ok(isTlp('red') && !isTlp('RED') && !isTlp('constructor') && !isTlp(1));
});
