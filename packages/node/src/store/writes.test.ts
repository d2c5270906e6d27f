import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { BulkInsert, restoreBackup } from './index.ts';
import { addNote, countNotes, newDir, open, root } from './test-notes.ts';

test('a write that threw leaves nothing, and the next one goes on', async () => {
  const store = await open(newDir());
  await assert.rejects(
    store.write((db) => {
      db.prepare('insert into note (text) values (?)').run('lost');
      throw new Error('no');
    }),
    /no/,
  );
  await addNote(store, 'kept');
  assert.equal(countNotes(store), 1);
  await store.close();
});

test('writes run one after the other in the order they were asked for', async () => {
  const store = await open(newDir());
  const refs = await Promise.all(Array.from({ length: 50 }, (_, index) => addNote(store, `note ${index}`)));
  assert.deepEqual(
    refs,
    Array.from({ length: 50 }, (_, index) => index + 1),
  );
  await store.close();
});

test('a write in steps is one transaction: the loop has its turns, nobody sees half of it, other writes wait', async () => {
  const store = await open(newDir());
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 0);
  const steps = store.writeInSteps(function* (db) {
    for (let row = 0; row < 200; row += 1) {
      db.prepare('insert into note (text) values (?)').run('stepped');
      if (row % 10 === 9) {
        const until = performance.now() + 2;
        while (performance.now() < until);
        yield;
      }
      assert.equal(countNotes(store), 0);
    }
    return 'done';
  });
  const behind = addNote(store, 'behind');
  assert.equal(await steps, 'done');
  clearInterval(timer);
  assert.ok(turns >= 10, `${turns} turns`);
  assert.equal(await behind, 201);
  await store.close();
});

for (const atStep of [0, 1, 2]) {
  test(`a write in steps that throws at step ${atStep} leaves nothing, and the next one goes on`, async () => {
    const store = await open(newDir());
    const failing = store.writeInSteps(function* (db) {
      for (let step = 0; step < 3; step += 1) {
        if (step === atStep) throw new Error('no');
        db.prepare('insert into note (text) values (?)').run('lost');
        yield;
      }
    });
    const next = addNote(store, 'kept');
    await assert.rejects(failing, /no/);
    await next;
    assert.equal(countNotes(store), 1);
    await store.close();
  });
}

test('rows inserted in bulk come in order, and all of them are there once flushed', async () => {
  const store = await open(newDir());
  await store.write((db) => {
    const rows = new BulkInsert(db, { into: 'note (ref, text)', columnCount: 2 });
    for (let ref = 1; ref <= 100; ref += 1) rows.add(ref, `note ${ref}`);
    rows.flush();
    rows.flush();
  });
  const rows = store.reader.prepare<{ ref: number; text: string }>('select ref, text from note order by ref').all();
  assert.deepEqual(
    rows,
    Array.from({ length: 100 }, (_, index) => ({ ref: index + 1, text: `note ${index + 1}` })),
  );
  await store.write((db) => {
    const again = new BulkInsert(db, {
      into: 'note (ref, text)',
      columnCount: 2,
      onConflict: 'on conflict (ref) do update set text = excluded.text',
    });
    for (let ref = 1; ref <= 20; ref += 1) again.add(ref, 'changed');
    again.flush();
    const ignored = new BulkInsert(db, { into: 'note (ref, text)', columnCount: 2, ignore: true });
    ignored.add(1, 'ignored');
    ignored.flush();
  });
  assert.equal(
    store.reader.prepare<{ count: number }>(`select count(*) as count from note where text = 'changed'`).get()?.count,
    20,
  );
  await store.close();
});

test('rows the database numbers follow those that are there, in the order they were added', async () => {
  const store = await open(newDir());
  await addNote(store, 'before');
  await store.write((db) => {
    const rows = new BulkInsert(db, { into: 'note (text)', columnCount: 1 });
    assert.equal(rows.lastRowid, 0);
    for (let ref = 2; ref <= 150; ref += 1) rows.add(`note ${ref}`);
    rows.flush();
    assert.equal(rows.lastRowid, 150);
  });
  const rows = store.reader.prepare<{ ref: number; text: string }>('select ref, text from note where ref > 1').all();
  assert.ok(rows.length === 149 && rows.every(({ ref, text }) => text === `note ${ref}`));
  await store.close();
});

test('of a bulk one of whose rows breaks a constraint nothing is left once the write has failed', async () => {
  const store = await open(newDir());
  await addNote(store, 'before');
  const write = store.write((db) => {
    const rows = new BulkInsert(db, { into: 'note (ref, text)', columnCount: 2 });
    for (let ref = 64; ref >= 1; ref -= 1) rows.add(ref, 'lost');
  });
  await assert.rejects(write, /UNIQUE/);
  assert.equal(countNotes(store), 1);
  await store.close();
});

test('a backup begun while a write in steps is under way has nothing of it', async () => {
  const store = await open(newDir());
  await addNote(store, 'before');
  const file = join(root, 'steps.backup');
  let isOver = false;
  const steps = store.writeInSteps(function* (db) {
    db.prepare('insert into note (text) values (?)').run('half');
    while (!isOver) yield;
  });
  await store.backup(file).finally(() => (isOver = true));
  await steps;
  await store.close();
  const other = newDir();
  await restoreBackup(file, other);
  const restored = await open(other);
  assert.equal(countNotes(restored), 1);
  await restored.close();
});
