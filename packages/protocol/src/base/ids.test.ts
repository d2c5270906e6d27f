import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStixId, parseMemberId, parseRowId, parseStixId, shortMemberId, typeOfStixId } from './index.ts';

const uuid = '0c7b5b88-8ff7-4a4d-aa9d-feb398cd0061';

test('a STIX id is type--UUID, in capitals too, and keeps its text (STIX 2.1 §2.9, RFC 4122 §3)', () => {
  assert.equal(parseStixId(`x-a--${uuid.toUpperCase()}`), `x-a--${uuid.toUpperCase()}`);
  assert.equal(typeOfStixId(parseStixId(`x--a--${uuid}`)), 'x--a');
  for (const wrong of ['', uuid, `--${uuid}`, `A--${uuid}`, `a--${uuid}0`, `${'a'.repeat(251)}--${uuid}`]) {
    assert.throws(() => parseStixId(wrong), { name: 'ComityError', code: 'ID_MALFORMED' }, wrong);
  }
  assert.equal(isStixId(7), false);
});

test('the id of a row is a short prefix and letters and digits', () => {
  assert.equal(parseRowId('imp-0123abcd'), 'imp-0123abcd');
  for (const wrong of ['imp', 'imp-0123ABCD', 'imp-0123abc', "imp-0123abcd' or '1"]) {
    assert.throws(() => parseRowId(wrong), { name: 'ComityError', code: 'ID_MALFORMED' }, wrong);
  }
});

test('the id of a member is a SHA-256 in lower-case hexadecimal; people see its first four groups', () => {
  const id = parseMemberId('0a1b2c3d4e5f6071'.repeat(4));
  assert.equal(shortMemberId(id), '0a1b-2c3d-4e5f-6071');
  for (const wrong of ['', id.slice(1), id.toUpperCase(), `${id}0`, shortMemberId(id)]) {
    assert.throws(() => parseMemberId(wrong), { name: 'ComityError', code: 'ID_MALFORMED' }, wrong);
  }
});
