import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Connection, Store } from './index.ts';
import { addNote, newDir, open } from './test-notes.ts';

const texts = (store: Store): string[] =>
  store.reader
    .prepare<{ text: string }>('select text from note order by ref')
    .all()
    .map(({ text }) => text);
const insert = (db: Connection, text: string) => db.prepare('insert into note (text) values (?)').run(text);
const note = (db: Connection): void => void insert(db, 'noted');

test('a note goes with the first write asked for, however deep below, and with no other', async () => {
  const store = await open(newDir());
  await store.noting(note, async () => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    await Promise.all([addNote(store, 'first'), addNote(store, 'second')]);
  });
  await addNote(store, 'later');
  assert.deepEqual(texts(store), ['first', 'noted', 'second', 'later']);
  await store.close();
});

test('two things done at once have a note each', async () => {
  const store = await open(newDir());
  const both = ['one', 'two'].map((text) =>
    store.noting(
      (db) => void insert(db, `noted ${text}`),
      () => addNote(store, text),
    ),
  );
  await Promise.all(both);
  assert.deepEqual(texts(store), ['one', 'noted one', 'two', 'noted two']);
  await store.close();
});

test('what writes nothing still has its note, before it is answered; what fails has none', async () => {
  const store = await open(newDir());
  assert.equal(await store.noting(note, () => 7), 7);
  assert.deepEqual(texts(store), ['noted']);
  await assert.rejects(
    store.noting(note, () => Promise.reject(new Error('no'))),
    /no/,
  );
  assert.deepEqual(texts(store), ['noted']);
  await store.close();
});

for (const kind of ['write', 'write in steps'] as const) {
  const act = (store: Store, then: () => void): Promise<void> => {
    const run = (db: Connection): void => {
      insert(db, 'done');
      then();
    };
    if (kind === 'write') return store.write(run);
    return store.writeInSteps(function* (db) {
      run(db);
      yield;
    });
  };
  const fail = (): never => {
    throw new Error('no');
  };

  test(`a ${kind} and its note are both kept or neither: when the write fails, when the note fails`, async () => {
    const store = await open(newDir());
    await assert.rejects(
      store.noting(note, () => act(store, fail)),
      /no/,
    );
    assert.deepEqual(texts(store), []);
    const failing = (db: Connection): void => {
      note(db);
      fail();
    };
    await assert.rejects(
      store.noting(failing, () => act(store, () => undefined)),
      /no/,
    );
    assert.deepEqual(texts(store), []);
    await store.noting(note, () => act(store, () => undefined));
    assert.deepEqual(texts(store), ['done', 'noted']);
    await store.close();
  });
}
