import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { parseStixId } from '@comity/protocol/base';
import type { Decision } from '@comity/protocol/sharing';
import { openStore } from '../../store/index.ts';
import type { Store } from '../../store/index.ts';
import type { ShareableObject } from '../decide/shareable.ts';
import { readStarterLaw } from '../law/starter-laws.ts';
import { sharingSchema } from '../schema.ts';
import { keptUsMax, openDecisionBook, waitingMax } from './decision-book.ts';
import { openLawBook } from './law-book.ts';
import { openRecipientBook } from './recipient-book.ts';

const root = mkdtempSync(join(tmpdir(), 'comity-sharing-'));
after(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;

async function open(): Promise<{
  store: Store;
  now: { ms: number };
  faults: string[];
  deps: Parameters<typeof openDecisionBook>[1];
}> {
  const now = { ms: Date.UTC(2026, 0, 10) };
  const clock = (): number => now.ms;
  const faults: string[] = [];
  const store = await openStore({ dir: join(root, `${(folders += 1)}`), schemas: [sharingSchema] }, { clock });
  return { store, now, faults, deps: { clock, onFault: (message) => void faults.push(message) } };
}

const alone = { by: 'operator', others: [] };
const two = (by: 'operator' | 'ada') => ({ by, others: [by === 'ada' ? 'operator' : 'ada'] });
const isac = readStarterLaw('isac');
const openLaw = readStarterLaw('open');

test('a node that never activated a law runs under "closed"; a law in force is found again after a start', async () => {
  const { store, deps } = await open();
  assert.equal(openLawBook(store, deps).active().entry.name, 'closed');
  const entry = await openLawBook(store, deps).activate(isac, 'isac', alone);
  assert.deepEqual([entry.state, entry.activatedBy], ['active', 'operator']);
  const again = openLawBook(store, deps).active();
  assert.deepEqual([again.entry.hash, again.law.text], [entry.hash, isac]);
  await store.close();
});

test('where two have the right, the second who activates the same text puts it in force', async () => {
  const { store, deps } = await open();
  const laws = openLawBook(store, deps);
  assert.equal((await laws.activate(isac, 'isac', two('operator'))).state, 'proposed');
  assert.equal((await laws.activate(isac, 'isac', two('operator'))).state, 'proposed', 'twice is not two');
  assert.equal(laws.active().entry.name, 'closed');
  assert.equal((await laws.activate(openLaw, 'open', two('ada'))).state, 'proposed', 'another text');
  const entry = await laws.activate(isac, 'isac', two('ada'));
  assert.deepEqual([entry.state, entry.proposedBy, entry.activatedBy], ['active', 'operator', 'ada']);
  assert.equal(laws.active().entry.name, 'isac');
  assert.deepEqual(
    laws.history().map(({ name, state }) => `${name} ${state}`),
    ['isac active', 'open past', 'isac past'],
    'what was proposed before another law came into force is void',
  );
  assert.equal((await laws.activate(openLaw, 'open', two('operator'))).state, 'proposed');
  await store.close();
});

test('who lost the right since is no second pair of eyes', async () => {
  const { store, deps } = await open();
  const laws = openLawBook(store, deps);
  await laws.activate(isac, 'isac', { by: 'gone', others: ['operator', 'ada'] });
  assert.equal((await laws.activate(isac, 'isac', two('operator'))).state, 'proposed');
  assert.equal((await laws.activate(isac, 'isac', two('ada'))).state, 'active');
  await store.close();
});

test('what throws alongside undoes what was done with a law', async () => {
  const { store, deps } = await open();
  const laws = openLawBook(store, deps);
  const fail = (): never => {
    throw new Error('no');
  };
  await assert.rejects(laws.activate(isac, 'isac', alone, fail), /no/);
  assert.deepEqual([laws.active().entry.name, laws.history()], ['closed', []]);
  await store.close();
});

test('a proposal nobody seconds is void after a month', async () => {
  const { store, deps, now } = await open();
  const laws = openLawBook(store, deps);
  await laws.activate(isac, 'isac', two('operator'));
  now.ms += 31 * 86_400_000;
  assert.equal((await laws.activate(isac, 'isac', two('ada'))).state, 'proposed');
  await store.close();
});

test('a law that cannot be used is refused with its place; a stored one that cannot be read any more closes', async () => {
  const { store, deps, faults } = await open();
  const laws = openLawBook(store, deps);
  const refused = [
    'permit (principal, action, resource);',
    '@id("a") permit (principal, action, resource);',
    '@id("A b") @law("x") permit (principal, action, resource);',
    '@id("a") @law("x") permit (principal, action, resource); @id("a") @law("x") permit (principal, action, resource);',
    '@id("a") @law("x") permit (principal, action, resource) when { context.tlp == Tlp::"GREEN" };',
    '@id("a") @law("x") permit (principal, action == Action::"sell", resource);',
    '@id("a") @law("x") permit (principal, action, resource) when { context.nothing };',
    '@id("a") @law("x") permit (principal == ?principal, action, resource);',
    '\n\nnot a law',
  ];
  for (const text of refused) await assert.rejects(laws.activate(text, 'x', alone), { code: 'LAW_MALFORMED' }, text);
  await assert.rejects(laws.activate('\n\nnot a law', 'x', alone), /in line 3/);
  await assert.rejects(laws.activate(' '.repeat(300_000), 'x', alone), { code: 'INPUT_TOO_LARGE' });
  await laws.activate(openLaw, 'open', alone);
  await store.write((db) => db.prepare('update sharing_law set text = ?').run('damaged'));
  assert.equal(openLawBook(store, deps).active().entry.name, 'closed');
  assert.match(faults[0] ?? '', /the law closed is in force/);
  await store.close();
});

test('recipients and groups are found again by key; a group forgets who is removed', async () => {
  const { store } = await open();
  const book = openRecipientBook(store);
  const works = {
    key: 'client:works',
    kind: 'client',
    name: 'Works',
    sector: 'water',
    country: 'AT',
    tokenId: 'tok-1',
  } as const;
  await book.save(works);
  await book.saveGroup({ id: 'water', name: 'Water', members: ['client:works', 'client:works'] });
  assert.deepEqual(book.get('client:works').groups, ['water']);
  assert.equal(openRecipientBook(store).findByToken('tok-1')?.key, 'client:works');
  await assert.rejects(book.save({ ...works, key: 'client:other' }), { code: 'CONFLICT' });
  await assert.rejects(book.saveGroup({ id: 'water', name: 'Water', members: ['client:nobody'] }), {
    code: 'NOT_FOUND',
  });
  await book.remove('client:works');
  assert.deepEqual(book.groups(), [{ id: 'water', name: 'Water', members: [] }]);
  for (const key of ['owner', 'public', 'client:nobody']) await assert.rejects(book.remove(key), { code: 'NOT_FOUND' });
  for (const key of ['client:', 'client:A', 'works', 'owner', 'member:x', 'client:a:b', `client:${'x'.repeat(65)}`])
    await assert.rejects(book.save({ ...works, key, tokenId: undefined }), { code: 'ARGUMENT_INVALID' }, key);
  await assert.rejects(book.save({ ...works, country: 'Austria' }), { code: 'ARGUMENT_INVALID' });
  await store.close();
});

const id = (number: number) => parseStixId(`indicator--00000000-0000-4000-8000-${number.toString().padStart(12, '0')}`);
const stored = (number: number): ShareableObject => ({
  id: id(number),
  type: 'indicator',
  modifiedUs: 5000,
  text: '{}',
  tlp: 'green',
  leaseUntilUs: undefined,
  recalled: false,
});
const deny: Decision = {
  result: 'deny',
  reasons: [{ layer: 'floor', ruleId: 'floor.x', effect: 'forbid', says: '', citation: '' }],
  obligations: [],
  lawHash: 'h',
};

test('a decision taken again is one row with its first and last time and its count', async () => {
  const { store, deps, now } = await open();
  const book = openDecisionBook(store, deps);
  const firstUs = now.ms * 1000;
  book.record(stored(1), 'client:a', 'forward', deny);
  await book.flush();
  now.ms += 5000;
  book.record(stored(1), 'client:a', 'forward', deny);
  book.record(stored(1), 'client:b', 'forward', deny);
  await book.flush();
  const [row, ...others] = book.find({ object: id(1), recipient: 'client:a' });
  assert.deepEqual(others, []);
  assert.deepEqual(row, {
    object: id(1),
    modifiedUs: 5000,
    recipient: 'client:a',
    action: 'forward',
    result: 'deny',
    ruleIds: ['floor.x'],
    lawHash: 'h',
    firstUs,
    lastUs: firstUs + 5_000_000,
    count: 2,
  });
  assert.equal(book.find({}).length, 2);
  await store.close();
});

test('more than may wait are counted without their object, and none is lost', async () => {
  const { store, deps } = await open();
  const book = openDecisionBook(store, deps);
  for (let index = 0; index < waitingMax + 10; index += 1) book.record(stored(index), 'client:a', 'forward', deny);
  assert.deepEqual(book.state(), { waiting: waitingMax + 1, withoutObject: 10 });
  await book.room();
  assert.equal(book.state().waiting, 0);
  const total = store.reader
    .prepare<{ count: number }>('select sum(count) as count from sharing_decision')
    .get()?.count;
  assert.equal(total, waitingMax + 10);
  const apart = store.reader.prepare<{ count: number }>(`select count from sharing_decision where object = ''`).all();
  assert.deepEqual(apart, [{ count: 10 }]);
  await store.close();
});

test('a disk that fails stops nobody from deciding, and is told', async () => {
  const { store, deps, faults } = await open();
  const book = openDecisionBook({ reader: store.reader, write: () => Promise.reject(new Error('planted')) }, deps);
  book.record(stored(1), 'client:a', 'forward', deny);
  await book.flush();
  assert.deepEqual(faults, ['Cannot keep 1 decisions on sharing']);
  await store.close();
});

test('decisions are removed when they are too old', async () => {
  const { store, deps, now } = await open();
  const book = openDecisionBook(store, deps);
  book.record(stored(1), 'client:a', 'forward', deny);
  await book.flush();
  now.ms += keptUsMax / 1000 + 1000;
  book.record(stored(2), 'client:a', 'forward', deny);
  await book.flush();
  await book.prune();
  assert.deepEqual(
    book.find({}).map(({ object }) => object),
    [id(2)],
  );
  await store.close();
});
