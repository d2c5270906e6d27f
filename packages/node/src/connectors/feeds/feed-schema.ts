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
  ],
};
