import type { SubjectSchema } from '../store/index.ts';

const collections = `
-- Lists are JSON arrays of texts; an empty list of types or kinds is any.
create table taxii_collection (
  id text primary key, alias text unique, title text not null, description text not null, types text not null,
  kinds text not null, source text, audience text not null, takes integer not null, created_us integer not null) strict;
-- What became of objects that were sent, for who sent them.
create table taxii_status (id text primary key, caller text not null, at_us integer not null, text text not null) strict;
create index taxii_status_at on taxii_status (at_us);
-- The key of cursors, sealed with the key of the data folder.
create table taxii_key (name text primary key, sealed blob not null) strict;
`;

const pushes = `
-- Collections that are sent elsewhere. sealed: JSON of the URL and the token; pending: JSON of a PendingSend.
create table taxii_push (
  id text primary key, collection text not null, recipient text not null, url text not null, sealed blob not null, remote text,
  interval_minutes integer not null, allow_private integer not null, enabled integer not null, status text not null,
  position_us integer not null, pending text, sent_count integer not null, last_push_us integer, next_push_us integer not null,
  last_error text, failure_count integer not null) strict;
-- Objects a server did not take.
create table taxii_push_failure (
  push_id text not null, object_id text not null, message text not null, attempts integer not null, last_us integer not null,
  primary key (push_id, object_id)) strict, without rowid;
`;

/** Tables of the TAXII server and of what is pushed to others. Times are µs. */
export const taxiiSchema: SubjectSchema = {
  subject: 'taxii',
  steps: [
    { name: 'collections, statuses and the key of cursors', sql: collections },
    { name: 'collections that are pushed to other servers', sql: pushes },
  ],
};
