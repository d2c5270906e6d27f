import type { SubjectSchema } from '../store/index.ts';

/**
 * Sources, how far each of their streams is judged, and matches.
 *
 * A *stream* is one sequence of bytes with offsets of its own: a file by its identity, a member of an archive, a
 * socket between two starts, one push. Its state and the matches found up to there are written in one transaction, so a
 * crash re-reads and never skips; the unique index makes what is judged twice count once.
 */
export const screeningSchema: SubjectSchema = {
  subject: 'screening',
  steps: [
    {
      name: 'sources, streams and matches',
      sql: `
        create table screening_source (
          id integer primary key autoincrement,
          kind text not null,
          name text not null,
          location text not null,
          format text not null,
          start_from text not null,
          state text not null default 'on',
          error text,
          next_stream integer not null default 1,
          bytes integer not null default 0,
          records integer not null default 0,
          matches integer not null default 0,
          dropped integer not null default 0,
          created_us integer not null,
          changed_us integer not null,
          last_record_us integer
        );
        create table screening_stream (
          source integer not null,
          number integer not null,
          path text not null,
          resume text not null,
          device text not null,
          inode text not null,
          head_bytes integer not null,
          head_print text not null,
          tail_at integer not null,
          tail_print text not null,
          modified_ms real not null,
          born_ms real not null,
          offset integer not null,
          lines integer,
          done integer not null,
          updated_us integer not null,
          primary key (source, number)
        ) without rowid;
        create table screening_match (
          id integer primary key autoincrement,
          source integer not null,
          stream text not null,
          offset integer not null,
          line integer not null,
          file text not null,
          seen_us integer not null,
          recorded_us integer,
          record text not null,
          kind text not null,
          value text not null,
          listed text not null,
          relation text not null,
          port text,
          field text not null,
          ref integer not null,
          sequence integer not null,
          alarm integer not null
        );
        create unique index screening_match_once
          on screening_match (source, stream, offset, listed, value, field, relation, kind);
        create index screening_match_source on screening_match (source);
        create index screening_match_value on screening_match (value, kind);
        create index screening_match_ref on screening_match (ref, seen_us);
        create index screening_match_seen on screening_match (seen_us);
        create table screening_hour (
          hour integer primary key,
          matches integer not null,
          alarms integer not null
        );`,
    },
    {
      name: 'pushes that may be sent again',
      sql: `
        create table screening_push (
          source integer not null,
          key text not null,
          stream text not null,
          print text,
          records integer not null default 0,
          matches integer not null default 0,
          updated_us integer not null,
          primary key (source, key)
        ) without rowid;
        create index screening_push_updated on screening_push (updated_us);`,
    },
    {
      name: 'values seen, and hunts for them',
      sql: `
        create table screening_seen (
          id integer primary key autoincrement,
          source integer not null,
          epoch integer not null,
          number integer not null,
          hour integer not null,
          keys blob not null
        );
        create index screening_seen_source on screening_seen (source, epoch, number);
        create table screening_hunt (id integer primary key check (id = 1), sequence integer not null);
        alter table screening_match add column hunt text;
        alter table screening_match add column from_us integer;
        alter table screening_match add column to_us integer;
        alter table screening_match add column times integer;
        create index screening_match_hunt on screening_match (hunt, source) where hunt is not null;`,
    },
  ],
};
