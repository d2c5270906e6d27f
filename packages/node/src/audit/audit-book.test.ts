import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { openStore } from '../store/index.ts';
import { hashRow } from './chain.ts';
import { auditSchema, openAuditBook } from './index.ts';
import type { AuditEntry } from './index.ts';

async function openBook(context: TestContext) {
  const dir = mkdtempSync(join(tmpdir(), 'comity-audit-'));
  let now = Date.UTC(2026, 5, 1);
  const store = await openStore({ dir, schemas: [auditSchema] }, { clock: () => now });
  context.after(async () => {
    await store.close();
    rmSync(dir, { recursive: true });
  });
  const book = openAuditBook(store, { clock: () => now });
  const append = (entry: Partial<AuditEntry> = {}) =>
    store.write((db) =>
      book.append(db, { act: 'sign-in', by: 'ada', via: 'session', address: '', about: '', ...entry }),
    );
  return { store, book, append, pass: (ms: number) => (now += ms) };
}

const tamper = {
  'a row that was changed': ['update audit_row set by = ? where number = 3', 'row 3 is not as it was written'],
  'a row that was taken out': ['delete from audit_row where by = ? or number = 3', 'row 3 is gone'],
  'rows cut off at the end': ['delete from audit_row where by = ? or number > 4', '2 rows after number 4 are gone'],
  'a hash made to fit': ['update audit_row set by = ?, hash = zeroblob(32) where number = 6', 'row 6 is not as it was'],
} as const;

for (const [what, [sql, fault]] of Object.entries(tamper)) {
  test(`the chain shows ${what}, though whoever did it dropped the triggers`, async (context) => {
    const { store, book, append } = await openBook(context);
    for (let index = 0; index < 6; index += 1) await append({ about: `thing ${index}` });
    assert.deepEqual(await book.verify().then(({ rows, fault: none }) => [rows, none]), [6, undefined]);
    await store.write((db) => {
      db.exec('drop trigger audit_row_stays; drop trigger audit_row_remains');
      db.prepare(sql).run('mallory');
    });
    assert.match((await book.verify()).fault ?? '', new RegExp(fault));
  });
}

test('rows cut off at the end stay gone, however many rows come after them', async (context) => {
  const { store, book, append } = await openBook(context);
  for (let index = 0; index < 6; index += 1) await append();
  await store.write((db) => {
    db.exec('drop trigger audit_row_remains');
    db.exec('delete from audit_row where number > 4');
  });
  const faults: (string | undefined)[] = [];
  for (let index = 0; index < 4; index += 1) {
    await append();
    faults.push((await book.verify()).fault);
  }
  assert.deepEqual(
    faults,
    faults.map(() => 'row 5 is gone'),
  );
  assert.deepEqual(
    book.list({}, { limit: 5 }).map(({ number }) => number),
    [10, 9, 8, 7, 4],
  );
});

test('a row that was changed together with its own hash shows in the next one', async (context) => {
  const { store, book, append } = await openBook(context);
  for (let index = 0; index < 4; index += 1) await append();
  const [first, second] = book.list({}, { limit: 4 }).toReversed();
  const { number, atUs, act, via, address, about } = second!;
  const content = { number, atUs, act, by: 'mallory', via, address, about, details: '{}' };
  const hash = hashRow(Buffer.from(first!.hash, 'hex'), content);
  await store.write((db) => {
    db.exec('drop trigger audit_row_stays');
    db.prepare('update audit_row set by = ?, hash = ? where number = 2').run('mallory', hash);
  });
  assert.equal((await book.verify()).fault, 'row 3 is not as it was written');
});

test('the database refuses to change or remove a row', async (context) => {
  const { store, append } = await openBook(context);
  await append();
  for (const sql of ["update audit_row set by = 'eve'", 'delete from audit_row', 'update audit_row set number = 9'])
    await assert.rejects(
      store.write((db) => db.exec(sql)),
      /audit trail (?:never|is never)/,
    );
});

test('a row is kept with the write it tells of or not at all', async (context) => {
  const { store, book, append } = await openBook(context);
  const failing = store.write((db) => {
    book.append(db, { act: 'released', by: 'ada', via: 'session', address: '', about: 'x' });
    throw new Error('no');
  });
  await assert.rejects(failing, /no/);
  await append();
  const { rows, fault } = await book.verify();
  assert.deepEqual([rows, fault], [1, undefined]);
});

test('a text that is no Unicode, or would be none where it is cut, is written down all the same', async (context) => {
  const { book, append } = await openBook(context);
  const long = `${'x'.repeat(498)}\u{1f600} and on`;
  await append({ about: long, by: long, via: long, address: long, details: { long } });
  await append({ about: '\ud800', details: { lone: '\ud800' } });
  const [lone, parted] = book.list({}, { limit: 2 });
  const shown = `${'x'.repeat(498)}\ufffd…`;
  const { about, by, via, address, details } = parted!;
  assert.deepEqual(
    { about, by, via, address, details },
    { about: shown, by: shown, via: shown, address: shown, details: { long: shown } },
  );
  assert.deepEqual([lone?.about, lone?.details], ['\ufffd', { lone: '\ufffd' }]);
  assert.equal((await book.verify()).fault, undefined);
});

test('what was done to something long is found by all of it, and by what is shown of it', async (context) => {
  const { book, append } = await openBook(context);
  const long = `https://${'a'.repeat(2000)}.example`;
  await append({ about: long });
  await append({ about: 'https://short.example' });
  const shown = book.list({ about: long }, { limit: 5 });
  assert.deepEqual(
    shown.map(({ number }) => number),
    [1],
  );
  assert.deepEqual(book.list({ about: shown[0]!.about }, { limit: 5 }), shown);
});

test('rows come newest first, page by page, by each filter alone and by all together', async (context) => {
  const { book, append, pass } = await openBook(context);
  const at: number[] = [];
  for (let index = 0; index < 9; index += 1) {
    await append({ act: index % 2 === 0 ? 'sign-in' : 'export', by: index < 6 ? 'ada' : 'bob', about: `${index % 3}` });
    at.push(book.list({}, { limit: 1 })[0]?.atUs ?? 0);
    pass(1000);
  }
  const numbers = (filter: Parameters<typeof book.list>[0], beforeNumber?: number, limit = 100) =>
    book.list(filter, { limit, ...(beforeNumber !== undefined && { beforeNumber }) }).map(({ number }) => number);
  assert.deepEqual(numbers({}, undefined, 4), [9, 8, 7, 6]);
  assert.deepEqual(numbers({}, 6, 4), [5, 4, 3, 2]);
  assert.deepEqual(numbers({ act: 'export' }), [8, 6, 4, 2]);
  assert.deepEqual(numbers({ by: 'bob' }), [9, 8, 7]);
  assert.deepEqual(numbers({ about: '2' }), [9, 6, 3]);
  assert.deepEqual(numbers({ sinceUs: at[3]!, untilUs: at[5]! }), [5, 4]);
  assert.deepEqual(numbers({ act: 'export', by: 'ada', about: '1', sinceUs: at[0]! }), [2]);
});

test('the trail as lines is whole, oldest first, and its hashes can be computed again from them', async (context) => {
  const { book, append } = await openBook(context);
  for (let index = 0; index < 1203; index += 1) await append({ details: { index, text: 'x'.repeat(2000) } });
  let text = '';
  for await (const part of book.lines({})) text += part;
  const rows = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { number: number; hash: string; details: { index: number; text: string } });
  assert.deepEqual(
    rows.map(({ number, details }) => number - details.index),
    rows.map(() => 1),
  );
  assert.equal(rows.length, 1203);
  assert.equal(rows[0]?.details.text.length, 500, 'a text is cut');
  assert.equal(rows.at(-1)?.hash, (await book.verify()).head);
});
