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

/** Tables of the TAXII server. Times are µs. */
export const taxiiSchema: SubjectSchema = {
  subject: 'taxii',
  steps: [{ name: 'collections, statuses and the key of cursors', sql: collections }],
};
