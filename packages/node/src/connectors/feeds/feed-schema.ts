import type { SubjectSchema } from '../../store/index.ts';

export const feedSchema: SubjectSchema = {
  subject: 'feeds',
  steps: [
    {
      name: 'feeds and the events of MISP feeds that were read',
      sql: `
        create table feed (
          id text primary key,
          name text not null,
          url text not null unique,
          format text not null,
          mapping text,
          reliability text not null,
          default_tlp text not null,
          interval_minutes integer not null,
          allow_private integer not null,
          enabled integer not null,
          status text not null,
          last_pull_us integer,
          next_pull_us integer not null,
          last_error text,
          failure_count integer not null,
          last_import_id text,
          object_count integer not null,
          etag text,
          last_modified text
        ) without rowid;
        create index feed_due on feed (next_pull_us) where enabled = 1;
        create table feed_event (
          feed_id text not null references feed (id) on delete cascade,
          uuid text not null,
          timestamp_seconds integer not null,
          primary key (feed_id, uuid)
        ) without rowid;
      `,
    },
    {
      name: 'addresses with credentials are sealed',
      // The rows that hold credentials in clear are sealed when the feeds are opened: SQL has no ciphers. Here and
      // there, what is freed is overwritten.
      sql: `
        pragma secure_delete = on;
        create table feed_sealed (
          id text primary key,
          name text not null,
          url text not null,
          sealed_url blob,
          format text not null,
          mapping text,
          reliability text not null,
          default_tlp text not null,
          interval_minutes integer not null,
          allow_private integer not null,
          enabled integer not null,
          status text not null,
          last_pull_us integer,
          next_pull_us integer not null,
          last_error text,
          failure_count integer not null,
          last_import_id text,
          object_count integer not null,
          etag text,
          last_modified text
        ) without rowid;
        insert into feed_sealed select id, name, url, null, format, mapping, reliability, default_tlp, interval_minutes,
          allow_private, enabled, status, last_pull_us, next_pull_us, last_error, failure_count, last_import_id,
          object_count, etag, last_modified from feed;
        create table event_kept (feed_id text not null, uuid text not null, timestamp_seconds integer not null);
        insert into event_kept select feed_id, uuid, timestamp_seconds from feed_event;
        drop table feed_event;
        drop table feed;
        alter table feed_sealed rename to feed;
        create index feed_due on feed (next_pull_us) where enabled = 1;
        create table feed_event (
          feed_id text not null references feed (id) on delete cascade,
          uuid text not null,
          timestamp_seconds integer not null,
          primary key (feed_id, uuid)
        ) without rowid;
        insert into feed_event select feed_id, uuid, timestamp_seconds from event_kept;
        drop table event_kept;
        pragma secure_delete = off;
      `,
    },
    {
      name: 'collections of TAXII servers, bearer tokens, and how far a collection was read',
      // `cursor` is JSON of a CollectionCursor: it is read and written whole.
      sql: `
        alter table feed add column collection text;
        alter table feed add column sealed_token blob;
        create table feed_cursor (
          feed_id text primary key references feed (id) on delete cascade,
          cursor text not null
        ) without rowid;
      `,
    },
    {
      name: 'feeds that are our own',
      sql: 'alter table feed add column own integer not null default 0;',
    },
  ],
};
