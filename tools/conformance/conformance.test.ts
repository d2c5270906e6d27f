import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { itemRefusals, receiptRefusals } from '@comity/protocol/peer';
import { repositoryDir } from '../source-files.ts';
import { judges } from './judge-peer.ts';
import type { Case } from './peer-cases.ts';
import { peerVectors } from './peer-vectors.ts';

const dir = join(repositoryDir, 'conformance/peer');
const read = (name: string): string => readFileSync(join(dir, name), 'utf8');
const casesOf = (subject: string): Case[] => JSON.parse(read(`${subject}.json`)) as Case[];
/** Names of the cases that are answered otherwise than the file says. */
const disagreements = (subject: string, cases: readonly Case[]): string[] =>
  cases.filter((one) => judges[subject]!(one as never) !== one.expect).map(({ name }) => name);

test('the vectors are what is made of their seeds, the manifest names each file, and no other is there', () => {
  const made = peerVectors();
  for (const [name, text] of made) assert.equal(read(name), text, `${name} is out of date: run npm run vectors:write`);
  assert.deepEqual(readdirSync(dir).sort(), [...made.keys(), 'README.md'].sort());
});

test('we answer each case as its file says, knowing nothing but the file', () => {
  const subjects = [...peerVectors().keys()].filter((name) => name !== 'manifest.json');
  assert.deepEqual(
    subjects.sort(),
    Object.keys(judges)
      .map((subject) => `${subject}.json`)
      .sort(),
  );
  for (const subject of Object.keys(judges)) assert.deepEqual(disagreements(subject, casesOf(subject)), [], subject);
});

test('every reason against an item or a receipt has its case', () => {
  const expected = (subject: string): Set<unknown> => new Set(casesOf(subject).map(({ expect }) => expect));
  for (const reason of itemRefusals.filter((one) => one !== 'contradiction'))
    assert.ok(expected('items').has(reason), reason);
  for (const reason of receiptRefusals) assert.ok(expected('receipts').has(reason), reason);
});

test('planted fault is seen: a case that expects another answer', () => {
  for (const subject of Object.keys(judges)) {
    const [first, ...rest] = casesOf(subject) as [Case, ...Case[]];
    assert.deepEqual(disagreements(subject, [{ ...first, expect: 'another' }, ...rest]), [first.name]);
  }
});
