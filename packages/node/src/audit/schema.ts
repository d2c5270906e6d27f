import type { SubjectSchema } from '../store/index.ts';

/**
 * Who did what. Rows are appended; the database itself refuses to change or remove one, and `autoincrement` remembers how many
 * there were. Whoever can write the file can take that away too. What they then do to a row shows in the hashes after it; that
 * they cut off the end and set the count back shows only beside a copy kept elsewhere.
 */
export const auditSchema: SubjectSchema = {
  subject: 'audit',
  steps: [
    {
      name: 'rows in a chain',
      sql: `
        create table audit_row (
          number integer primary key autoincrement,
          at_us integer not null,
          act text not null,
          by text not null,
          via text not null,
          address text not null,
          about text not null,
          details text not null,
          hash blob not null
        ) strict;
        create index audit_row_at on audit_row (at_us);
        create index audit_row_act on audit_row (act, number);
        create index audit_row_by on audit_row (by, number);
        create index audit_row_about on audit_row (about, number);
        create trigger audit_row_stays before update on audit_row
          begin select raise(abort, 'a row of the audit trail never changes'); end;
        create trigger audit_row_remains before delete on audit_row
          begin select raise(abort, 'a row of the audit trail is never removed'); end;
      `,
    },
  ],
};
