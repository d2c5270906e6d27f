import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { addNote, countNotes, newDir, open } from './test-notes.ts';

const secret = 'the name of a person who asked to be forgotten';

/** Whether the secret lies anywhere in the files of a data folder. */
function isThere(dir: string): boolean {
  return ['comity.db', 'comity.db-wal']
    .map((name) => join(dir, name))
    .some((file) => existsSync(file) && readFileSync(file).includes(secret));
}

test('what is deleted while it is to be overwritten is in no file once the log is folded in', async () => {
  const dir = newDir();
  const store = await open(dir);
  // Longer than a page: it has pages of its own, which a delete gives back as they are.
  for (let at = 0; at < 20; at += 1) await addNote(store, `${secret} `.repeat(400));
  await store.foldIn();
  assert.ok(isThere(dir));
  await store.write((db) => db.overwriting(() => db.prepare('delete from note').run()));
  assert.equal(countNotes(store), 0);
  await store.foldIn();
  assert.equal(isThere(dir), false);
  const { secure_delete: mode } = await store.write((db) =>
    db.prepare<{ secure_delete: number }>('pragma secure_delete').get()!,
  );
  assert.equal(mode, 2, 'and what is deleted later costs no page more');
  await store.close();
});

test('a write that fails while it overwrites leaves all as it was', async () => {
  const store = await open(newDir());
  await addNote(store, 'kept');
  const failing = store.write((db) =>
    db.overwriting(() => {
      db.exec('delete from note');
      throw new Error('too late');
    }),
  );
  await assert.rejects(failing, /too late/);
  assert.equal(countNotes(store), 1);
  await store.close();
});

test('a reader that stays on what was keeps the log, and it is emptied once the reader is gone', async () => {
  const dir = newDir();
  const store = await open(dir);
  await addNote(store, secret);
  await store.foldIn();
  const rows = store.reader.prepare('select * from note').iterate();
  rows.next();
  await store.write((db) => db.overwriting(() => db.prepare('delete from note').run()));
  await store.foldIn();
  assert.ok(isThere(dir));
  rows.return?.();
  await store.foldIn();
  assert.equal(isThere(dir), false);
  await store.close();
});
