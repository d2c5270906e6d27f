import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timestampOfUs } from '../base/index.ts';
import {
  makeMember,
  makeObject,
  makeStatement,
  makeTerms,
  nativeCrypto,
  signStatement,
  statedUs,
} from '../../../testkit/src/index.ts';
import { isContradiction, isNewer, isProvenContradiction, isSignedBy, signedStatementSchema } from './index.ts';
import type { SignedStatement, Statement } from './index.ts';

const [alder, birch] = [makeMember('alder'), makeMember('birch')];
const object = makeObject(1);
const active = makeStatement(alder, object);
const recalled = makeStatement<Extract<Statement, { state: 'recalled' }>>(alder, object, {
  state: 'recalled',
  version: 2,
});
const later = timestampOfUs(statedUs + 1000);
const isForm = (changed: object, of: SignedStatement = active): boolean =>
  signedStatementSchema.safeParse({ ...of, statement: { ...of.statement, ...changed } }).success;

test('a statement says of one object in one version what it is and under which terms, or that it is recalled', () => {
  assert.ok(isForm({}) && isForm({}, recalled));
  for (const changed of [
    { v: 2 },
    { version: 0 },
    { version: 1.5 },
    { version: 2 ** 53 },
    { digest: 'AB'.repeat(32) },
    { digest: undefined },
    { terms: undefined },
    { terms: { ...makeTerms(), leaseUntil: undefined } },
    { origin: alder.id.toUpperCase() },
    { id: 'indicator--1' },
    { statedAt: '2026-11-27T07:00:00Z' },
    { state: 'recalled' },
    { state: 'constructor' },
    { reason: 'mistake' },
  ])
    assert.ok(!isForm(changed), JSON.stringify(changed));
  assert.ok(!isForm({ reason: 'a typing error' }, recalled));
  assert.ok(!isForm({ terms: makeTerms() }, recalled));
  assert.ok(!signedStatementSchema.safeParse({ ...active, signature: `${active.signature.slice(0, -3)}B==` }).success);
});

test('the last version of all is left for a recall', () => {
  const last = Number.MAX_SAFE_INTEGER;
  assert.ok(isForm({ version: last - 1 }) && !isForm({ version: last }));
  assert.ok(isForm({ version: last }, recalled));
});

test('a statement is its origin’s when one of its keys signed just this', () => {
  const isSigned = (signed: SignedStatement, keys = [birch.publicKey, alder.publicKey]): boolean =>
    isSignedBy(signed, keys, nativeCrypto);
  assert.ok(isSigned(active) && isSigned(recalled));
  assert.ok(!isSigned(active, [birch.publicKey]));
  assert.ok(!isSigned(active, []));
  for (const changed of [
    { version: 2 },
    { statedAt: later },
    { digest: '00'.repeat(32) },
    { terms: makeTerms({ hops: 3 }) },
    { origin: birch.id },
  ])
    assert.ok(!isSigned({ ...active, statement: { ...active.statement, ...changed } }), JSON.stringify(changed));
  assert.ok(!isSigned({ ...active, signature: recalled.signature }));
});

test('no byte of a statement’s signature can be changed', () => {
  const bytes = Uint8Array.from(atob(active.signature), (sign) => sign.charCodeAt(0));
  for (let at = 0; at < bytes.length; at++) {
    const signature = btoa(String.fromCharCode(...bytes.with(at, bytes[at]! ^ 1)));
    assert.ok(!isSignedBy({ ...active, signature }, [alder.publicKey], nativeCrypto), `byte ${at}`);
  }
});

test('the higher version holds, and of one version the later', () => {
  const { statement } = active;
  assert.ok(isNewer(recalled.statement, statement) && !isNewer(statement, recalled.statement));
  const restated = { ...statement, statedAt: later };
  assert.ok(isNewer(restated, statement) && !isNewer(statement, restated));
  assert.ok(isNewer(recalled.statement, restated), 'whenever it was stated');
  assert.ok(!isNewer(statement, statement));
});

test('two contents of one version, and two statements of one instant, cannot both be honest', () => {
  const { statement } = active;
  for (const other of [
    { ...recalled.statement, version: 1 },
    { ...statement, digest: '00'.repeat(32) },
    { ...statement, digest: '00'.repeat(32), statedAt: later },
    { ...statement, terms: makeTerms({ tlp: 'clear' }) },
  ] satisfies Statement[]) {
    assert.ok(isContradiction(statement, other), JSON.stringify(other));
    assert.ok(isContradiction(other, statement));
  }
  assert.ok(isContradiction(recalled.statement, { ...recalled.statement, reason: 'order' }));
  for (const other of [
    statement,
    { ...statement, terms: makeTerms({ tlp: 'clear' }), statedAt: later },
    { ...statement, version: 2, digest: '00'.repeat(32) },
    { ...statement, origin: birch.id, digest: '00'.repeat(32) },
    makeStatement(alder, makeObject(2)).statement,
    recalled.statement,
  ])
    assert.ok(!isContradiction(statement, other), JSON.stringify(other));
});

test('evidence is two signed statements that contradict each other, and nobody but the origin can have made it', () => {
  const other = { ...active.statement, digest: '00'.repeat(32) };
  const lie = { statement: other, signature: signStatement(alder, other) };
  const isProven = (statements: readonly [SignedStatement, SignedStatement], isKnown = true): boolean =>
    isProvenContradiction(
      statements,
      (member) => (isKnown && member === alder.id ? [alder.publicKey] : undefined),
      nativeCrypto,
    );
  assert.ok(isProven([active, lie]) && isProven([lie, active]));
  assert.ok(!isProven([active, active]), 'they agree');
  assert.ok(!isProven([active, recalled]), 'they agree');
  assert.ok(!isProven([active, { statement: other, signature: signStatement(birch, other) }]), 'a forgery');
  assert.ok(!isProven([{ ...active, signature: lie.signature }, lie]), 'a forgery');
  assert.ok(!isProven([active, lie], false), 'nobody here knows the origin');
});
