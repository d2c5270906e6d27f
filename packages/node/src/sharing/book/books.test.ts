import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
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
  own: false,
});
const deny: Decision = {
  result: 'deny',
  reasons: [{ layer: 'floor', ruleId: 'floor.x', effect: 'forbid', says: '', citation: '' }],
  obligations: [],
  lawHash: 'h',
};

const allow: Decision = {
  result: 'allow',
  reasons: [{ layer: 'law', ruleId: 'law.all', effect: 'permit', says: '', citation: '' }],
  obligations: [],
  lawHash: 'h',
};

test('a decision taken again is one row with its first and last time and its count', async () => {
  const { store, deps, now } = await open();
  const book = openDecisionBook(store, deps);
  const firstUs = now.ms * 1000;
  book.open('client:a', 'forward').note(stored(1), deny);
  await book.flush();
  now.ms += 5000;
  book.open('client:a', 'forward').note(stored(1), deny);
  book.open('client:b', 'forward').note(stored(1), deny);
  await book.flush();
  const [row, ...others] = await book.find({ object: id(1), recipient: 'client:a' });
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
  assert.equal((await book.find({})).length, 2);
  await store.close();
});

test('more than may wait are counted without their object, and none is lost', async () => {
  const { store, deps } = await open();
  const book = openDecisionBook(store, deps);
  const sheet = book.open('client:a', 'forward');
  for (let index = 0; index < waitingMax + 10; index += 1) sheet.note(stored(index), deny);
  assert.deepEqual(book.state(), { waiting: waitingMax, withoutObject: 10 });
  assert.equal(sheet.again(), undefined, 'what is not known by its object cannot be told again');
  await book.room();
  assert.equal(book.state().waiting, 0);
  const total = store.reader
    .prepare<{ count: number }>('select sum(count * object_count) as count from sharing_decided')
    .get()?.count;
  assert.equal(total, waitingMax + 10);
  const apart = store.reader
    .prepare<{ count: number }>(
      `select count from sharing_decided join sharing_decided_objects using (ref) where objects = ''`,
    )
    .all();
  assert.deepEqual(apart, [{ count: 10 }]);
  await store.close();
});

test('a page given again and again is one row, counted for each of its objects', async () => {
  const { store, deps, now } = await open();
  const book = openDecisionBook(store, deps);
  const sheet = book.open('client:a', 'forward');
  for (const number of [1, 2, 3]) sheet.note(stored(number), number === 2 ? deny : allow);
  const again = sheet.again();
  await book.flush();
  now.ms += 7000;
  for (let turn = 0; turn < 4; turn += 1) again?.record();
  await book.flush();
  assert.deepEqual(
    (await book.find({ object: id(1) })).map(({ count, result, lastUs }) => [count, result, lastUs]),
    [[5, 'allow', now.ms * 1000]],
  );
  assert.deepEqual(
    new Set((await book.find({})).map(({ object, count }) => `${object} ${count}`)),
    new Set([1, 2, 3].map((number) => `${id(number)} 5`)),
  );
  // The same from another exit, cut elsewhere: counted together.
  book.open('client:a', 'forward').note(stored(1), allow);
  await book.flush();
  assert.equal((await book.find({ object: id(1) }))[0]?.count, 6);
  assert.equal(store.reader.prepare('select ref from sharing_decided').all().length, 3);
  await store.close();
});

test('decisions an earlier version kept are there', async () => {
  const { now, deps } = await open();
  const dir = join(root, 'old');
  const steps = sharingSchema.steps.slice(0, 3);
  const old = await openStore({ dir, schemas: [{ subject: 'sharing', steps }] }, { clock: deps.clock });
  await old.write((db) =>
    db.exec(`insert into sharing_word values (1, 'client:a'), (2, 'h'), (3, 'floor.x');
      insert into sharing_decision values ('${id(1)}', 5000, 1, 0, 2, 0, 3, 10, 20, 7), ('', 0, 1, 0, 2, 1, 3, 11, 19, 2);`),
  );
  await old.close();
  const store = await openStore({ dir, schemas: [sharingSchema] }, { clock: () => now.ms });
  const found = await openDecisionBook(store, deps).find({});
  assert.deepEqual(
    found.map(({ object, modifiedUs, recipient, result, ruleIds, firstUs, lastUs, count }) =>
      [object, modifiedUs, recipient, result, ruleIds, firstUs, lastUs, count].flat(),
    ),
    [
      [id(1), 5000, 'client:a', 'deny', 'floor.x', 10, 20, 7],
      [undefined, undefined, 'client:a', 'allow', 'floor.x', 11, 19, 2],
    ],
  );
  await store.close();
});

test('what is decided while others are written waits for its own time, unless somebody waits for it', async () => {
  const { store, deps } = await open();
  const gate = Promise.withResolvers<void>();
  let writes = 0;
  const slow: typeof store.write = async (fn) => {
    writes += 1;
    await gate.promise;
    return await store.write(fn);
  };
  const book = openDecisionBook({ reader: store.reader, write: slow }, deps);
  book.open('client:a', 'forward').note(stored(1), deny);
  const first = book.flush();
  await nextTurn();
  for (const client of ['client:b', 'client:c']) book.open(client, 'forward').note(stored(2), deny);
  gate.resolve();
  await first;
  assert.deepEqual([writes, book.state().waiting], [1, 2], 'a commit for each that comes would be one for every few');
  const second = book.flush();
  book.open('client:d', 'forward').note(stored(3), deny);
  await Promise.all([second, book.flush()]);
  assert.deepEqual([book.state().waiting, (await book.find({})).length], [0, 4]);
  await store.close();
});

test('a disk that fails stops nobody from deciding, and is told', async () => {
  const { store, deps, faults } = await open();
  const book = openDecisionBook({ reader: store.reader, write: () => Promise.reject(new Error('planted')) }, deps);
  book.open('client:a', 'forward').note(stored(1), deny);
  await book.flush();
  assert.deepEqual(faults, ['Cannot keep 1 decisions on sharing']);
  await store.close();
});

test('decisions are removed when they are too old', async () => {
  const { store, deps, now } = await open();
  const book = openDecisionBook(store, deps);
  book.open('client:a', 'forward').note(stored(1), deny);
  await book.flush();
  now.ms += keptUsMax / 1000 + 1000;
  book.open('client:a', 'forward').note(stored(2), deny);
  await book.flush();
  await book.prune();
  assert.deepEqual(
    (await book.find({})).map(({ object }) => object),
    [id(2)],
  );
  await store.close();
});
