/** What the tests of the store share; used by tests only. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { openStore } from './index.ts';
import type { Store, SubjectSchema } from './index.ts';

export const root = mkdtempSync(join(tmpdir(), 'comity-store-'));
after(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
export const newDir = (): string => join(root, `data-${(folders += 1)}`);

export const clock = (): number => 1_700_000_000_000;
export const notes: SubjectSchema = {
  subject: 'notes',
  steps: [
    { name: 'notes', sql: 'create table note (ref integer primary key, text text not null)' },
    { name: 'authors', sql: `alter table note add column author text not null default 'nobody'` },
    {
      name: 'index by author',
      sql: `create index note_author on note (author); update note set author = 'unknown' where author = 'nobody'`,
    },
  ],
};
export const firstSteps = (count: number): SubjectSchema => ({ subject: 'notes', steps: notes.steps.slice(0, count) });
export const open = (dir: string, schema = notes): Promise<Store> => openStore({ dir, schemas: [schema] }, { clock });
export const addNote = (store: Store, text: string): Promise<number> =>
  store.write((db) => db.prepare('insert into note (text) values (?)').run(text).lastRowid);
export const countNotes = (store: Store): number =>
  store.reader.prepare<{ count: number }>('select count(*) as count from note').get()?.count ?? -1;
export const isCode = (code: string, words: RegExp) => (error: { code?: string; message: string }) =>
  error.code === code && words.test(error.message);
