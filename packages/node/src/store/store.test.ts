import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { openStore, restoreBackup } from './index.ts';
import { addNote, clock, countNotes, firstSteps, isCode, newDir, notes, open, root } from './test-notes.ts';

test('invariant 6: every commit waits for the disk (synchronous=FULL), pages are 8 KB, the journal is a WAL', async () => {
  const store = await open(newDir());
  const settings = await store.write((db) => [
    db.prepare<{ synchronous: number }>('pragma synchronous').get()?.synchronous,
    db.prepare<{ page_size: number }>('pragma page_size').get()?.page_size,
    db.prepare<{ journal_mode: string }>('pragma journal_mode').get()?.journal_mode,
  ]);
  assert.deepEqual(settings, [2, 8192, 'wal']);
  await store.close();
});

test('a data folder of every earlier version is brought forward with its data', async () => {
  for (let steps = 1; steps <= notes.steps.length; steps += 1) {
    const dir = newDir();
    const old = await open(dir, firstSteps(steps));
    await addNote(old, `written at step ${steps}`);
    await old.close();
    const store = await open(dir);
    const row = store.reader.prepare<{ text: string; author: string }>('select text, author from note').get();
    assert.equal(row?.text, `written at step ${steps}`);
    assert.equal(row?.author, steps === notes.steps.length ? 'nobody' : 'unknown');
    await store.close();
  }
});

test('a data folder of a newer version is refused, also for an unknown subject', async () => {
  const dir = newDir();
  await (await open(dir)).close();
  await assert.rejects(open(dir, firstSteps(2)), isCode('DATA_TOO_NEW', /newer version/));
  await assert.rejects(
    openStore({ dir, schemas: [{ subject: 'others', steps: [] }] }, { clock }),
    isCode('DATA_TOO_NEW', /notes/),
  );
  const reader = await openStore({ dir, schemas: [notes], readOnly: true }, { clock });
  await assert.rejects(addNote(reader, 'x'), /reading only/);
  await reader.close();
  await (await open(dir)).close();
});

test('one process has the folder; kill -9 frees it and a stale file does not hold it', async () => {
  const dir = newDir();
  const program = `
    import { openStore } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
    await openStore({ dir: ${JSON.stringify(dir)}, schemas: ${JSON.stringify([notes])} }, { clock: Date.now });
    console.log('open');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(child.stdout, 'data');
    await assert.rejects(open(dir), isCode('DATA_LOCKED', new RegExp(`process ${child.pid} has it open`)));
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  const store = await open(dir);
  await assert.rejects(open(dir), isCode('DATA_LOCKED', /has it open/));
  await store.close();
  await (await open(dir)).close();
});

test('a damaged database is refused in plain words that name the way out', async () => {
  const build = async (): Promise<string> => {
    const dir = newDir();
    const store = await open(dir);
    await store.write((db) => {
      for (let row = 0; row < 2000; row += 1) db.prepare('insert into note (text) values (?)').run('x'.repeat(200));
    });
    await store.close();
    return dir;
  };
  const overwrite = (file: string, at: number, bytes: Uint8Array): void => {
    const descriptor = openSync(file, 'r+');
    writeSync(descriptor, bytes, 0, bytes.length, at);
    closeSync(descriptor);
  };
  const damages: [string, (file: string) => void][] = [
    ['header overwritten', (file) => overwrite(file, 0, Buffer.from('nonsense'))],
    ['cut in the middle', (file) => truncateSync(file, Math.floor(statSync(file).size / 2))],
    ['cut in the header', (file) => truncateSync(file, 50)],
    ['emptied but for a page of zeros', (file) => writeFileSync(file, Buffer.alloc(8192))],
    ['pages inside overwritten', (file) => overwrite(file, 8192 * 5, Buffer.alloc(8192 * 4, 0xa5))],
  ];
  for (const [name, damage] of damages) {
    const dir = await build();
    damage(join(dir, 'comity.db'));
    await assert.rejects(open(dir), isCode('DATA_DAMAGED', /comity restore/), name);
  }
  const sound = await build();
  await (await open(sound)).close();
});

test(
  'a folder that cannot be written is refused',
  { skip: process.getuid?.() === 0 && 'root may write anywhere' },
  async () => {
    const dir = newDir();
    await (await open(dir)).close();
    chmodSync(dir, 0o500);
    await assert.rejects(open(dir), isCode('DATA_UNWRITABLE', /data folder/));
    chmodSync(dir, 0o700);
  },
);

const modeOf = (path: string): number => statSync(path).mode & 0o777;

test('whatever the umask: nobody but its owner reads a data folder or a backup, also one that was open before', async () => {
  const umask = process.umask(0);
  try {
    const dir = newDir();
    const file = join(root, 'rights.backup');
    const store = await open(dir);
    await addNote(store, 'private');
    await store.backup(file);
    assert.equal(modeOf(dir), 0o700);
    assert.ok(readdirSync(dir).includes('comity.db-wal'));
    for (const name of readdirSync(dir)) assert.equal(modeOf(join(dir, name)), 0o600, name);
    assert.equal(modeOf(file), 0o600);
    await store.close();

    chmodSync(dir, 0o755);
    for (const name of ['comity.db', 'comity.lock']) chmodSync(join(dir, name), 0o644);
    await (await open(dir)).close();
    assert.equal(modeOf(dir), 0o700);
    for (const name of readdirSync(dir)) assert.equal(modeOf(join(dir, name)), 0o600, name);

    const restored = newDir();
    chmodSync(file, 0o644);
    await restoreBackup(file, restored);
    assert.deepEqual([modeOf(restored), modeOf(join(restored, 'comity.db'))], [0o700, 0o600]);
  } finally {
    process.umask(umask);
  }
});

test('whatever folders a node makes in it, a data folder that was open before is closed', async () => {
  const dir = newDir();
  await (await open(dir)).close();
  for (const name of ['spool', 'ledger', 'seen', 'comity.lookup']) mkdirSync(join(dir, name));
  chmodSync(dir, 0o755);
  await (await open(dir)).close();
  assert.equal(modeOf(dir), 0o700);
});

test('a folder that is shared with something else keeps its rights; the files in it are still closed', async () => {
  const dir = newDir();
  mkdirSync(dir, { mode: 0o755 });
  writeFileSync(join(dir, 'of-somebody-else'), '');
  await (await open(dir)).close();
  assert.deepEqual([modeOf(dir), modeOf(join(dir, 'comity.db'))], [0o755, 0o600]);
});

test('a folder that nobody can make is refused at once', async (t) => {
  if (!existsSync('/proc/self')) return t.skip('there is no /proc here');
  await assert.rejects(open('/proc/comity/data'), isCode('DATA_UNWRITABLE', /Cannot use the data folder/));
});

test('a folder that is a file is refused', async () => {
  const dir = newDir();
  writeFileSync(dir, '');
  await assert.rejects(open(dir), isCode('DATA_UNWRITABLE', /data folder/));
});

test('a full disk fails the write in plain words and loses nothing that was acknowledged', async () => {
  const dir = newDir();
  const store = await open(dir);
  await addNote(store, 'before');
  // max_page_count makes SQLite answer SQLITE_FULL exactly as a full disk does.
  const pages = await store.write(
    (db) => db.prepare<{ page_count: number }>('pragma page_count').get()?.page_count ?? 0,
  );
  await store.write((db) => void db.prepare(`pragma max_page_count = ${pages}`).get());
  await assert.rejects(
    store.write((db) => {
      for (let row = 0; row < 1000; row += 1) db.prepare('insert into note (text) values (?)').run('x'.repeat(1000));
    }),
    isCode('DATA_UNWRITABLE', /disk is full/),
  );
  await store.write((db) => void db.prepare('pragma max_page_count = 1000000').get());
  assert.equal(countNotes(store), 1);
  await addNote(store, 'after');
  await store.close();
});

test('a backup taken while writing is whole, and restores; nothing is ever overwritten', async () => {
  const dir = newDir();
  const store = await open(dir);
  for (let batch = 0; batch < 20; batch += 1) {
    await store.write((db) => {
      for (let row = 0; row < 500; row += 1) db.prepare('insert into note (text) values (?)').run('y'.repeat(500));
    });
  }
  const file = join(root, 'one.backup');
  let written = 0;
  let done = false;
  const backup = store.backup(file).finally(() => {
    done = true;
  });
  while (!done) {
    await addNote(store, 'while backing up');
    written += 1;
    await setTimeout(1);
  }
  assert.equal(await backup, statSync(file).size);
  assert.ok(written > 0);
  await assert.rejects(store.backup(file), isCode('CONFLICT', /exists/));
  await assert.rejects(restoreBackup(file, dir), isCode('DATA_LOCKED', /has it open/));
  await store.close();
  await assert.rejects(restoreBackup(file, dir), isCode('CONFLICT', /holds comity\.db/));

  const other = newDir();
  await restoreBackup(file, other);
  const restored = await open(other);
  const count = countNotes(restored);
  assert.ok(count >= 10_000 && count <= 10_000 + written, `${count} notes`);
  assert.deepEqual(await restored.check(), []);
  await restored.close();
  assert.deepEqual(
    readdirSync(root).filter((name) => name.includes('partial')),
    [],
  );
});

test('a backup that cannot be written says so in plain words and leaves nothing', async () => {
  const store = await open(newDir());
  const folder = newDir();
  await assert.rejects(store.backup(join(folder, 'x')), isCode('DATA_UNWRITABLE', /no such folder/));
  mkdirSync(folder);
  const file = join(folder, 'x'.repeat(250));
  await assert.rejects(store.backup(file), isCode('DATA_UNWRITABLE', /ENAMETOOLONG/));
  assert.deepEqual(readdirSync(folder), []);
  await store.close();
});

test('a file that is no backup, or a damaged one, is not restored', async () => {
  const dir = newDir();
  const store = await open(dir);
  await store.write((db) => {
    for (let row = 0; row < 2000; row += 1) db.prepare('insert into note (text) values (?)').run('z'.repeat(300));
  });
  const file = join(root, 'damaged.backup');
  await store.backup(file);
  await store.close();
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(8192 * 3, 0x5a), 0, 8192 * 3, 8192 * 6);
  closeSync(descriptor);
  const target = newDir();
  await assert.rejects(restoreBackup(file, target), isCode('BACKUP_MALFORMED', /no sound backup/));
  const text = join(root, 'text.backup');
  writeFileSync(text, 'not a database, though long enough to have a header of a hundred bytes'.repeat(3));
  await assert.rejects(restoreBackup(text, target), isCode('BACKUP_MALFORMED', /overwritten/));
  await assert.rejects(restoreBackup(join(root, 'none'), target), isCode('FILE_UNREADABLE', /no such file/));
  assert.equal(existsSync(join(target, 'comity.db')), false);
});

test('the full check finds an index that disagrees with its table, which the check of the start passes over', async () => {
  const dir = newDir();
  const store = await open(dir);
  await addNote(store, 'indexed');
  assert.deepEqual(await store.check(), []);
  await store.close();
  const program = `
    import Database from 'better-sqlite3';
    const db = new Database(${JSON.stringify(join(dir, 'comity.db'))});
    db.unsafeMode();
    db.pragma('writable_schema = on');
    const { sql, rootpage } = db.prepare("select sql, rootpage from sqlite_schema where name = 'note_author'").get();
    const row = ['index', 'note_author', 'note', rootpage, sql];
    db.exec("delete from sqlite_schema where name = 'note_author'");
    db.pragma('schema_version = 100');
    db.exec("update note set author = 'not in the index'");
    db.prepare('insert into sqlite_schema (type, name, tbl_name, rootpage, sql) values (?, ?, ?, ?, ?)').run(...row);
    db.pragma('schema_version = 101');
    db.close();`;
  const planted = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: 'inherit',
    cwd: import.meta.dirname,
  });
  assert.deepEqual(await once(planted, 'exit'), [0, null]);
  const damaged = await open(dir);
  assert.match((await damaged.check()).join('\n'), /missing from index note_author/);
  await damaged.close();
});

test('a damaged database that is large is still refused at once when its edges are gone', async () => {
  const dir = newDir();
  const store = await open(dir);
  for (let batch = 0; batch < 10; batch += 1) {
    await store.write((db) => {
      for (let row = 0; row < 700; row += 1) db.prepare('insert into note (text) values (?)').run('w'.repeat(8100));
    });
  }
  await store.close();
  const file = join(dir, 'comity.db');
  assert.ok(statSync(file).size > 48 * 1024 * 1024, 'larger than what is checked whole');
  const begun = process.cpuUsage();
  const again = await open(dir);
  assert.ok(process.cpuUsage(begun).user < 1_000_000);
  await again.close();
  truncateSync(file, statSync(file).size - 8192 * 100);
  await assert.rejects(open(dir), isCode('DATA_DAMAGED', /cut short/));
});
