import type { SubjectSchema } from '../store/index.ts';

const members = `
-- This member: its id, once it has one.
create table members_own (only integer primary key check (only = 1), member text not null) strict;
-- Keys this member signs descriptors and messages with, by the hash of the public one. Seeds, sealed.
create table members_key (
  id text primary key, role text not null, sealed blob not null, made_us integer not null) strict, without rowid;
-- What each member said of its node, its own chain included: verified before it is written, never changed.
create table members_descriptor (
  member text not null, sequence integer not null, hash text not null, text text not null,
  primary key (member, sequence)) strict, without rowid;
-- Other members. evidence: two descriptors of one sequence; nothing is followed any more.
create table members_member (
  id text primary key, handle text not null unique, state text not null, source text not null, private_origin text,
  added_us integer not null, checked_us integer, seen_us integer, answer_us integer, failure_count integer not null,
  last_error text, evidence text) strict, without rowid;
-- Open and used invitations: of the secret only the public key that comes of it.
create table members_invitation (
  public_key text primary key, id text not null unique, hint text not null, accepts integer not null,
  allow_private integer not null, made_us integer not null, until_us integer not null, used_by text) strict, without rowid;
-- Nonces that were used, until their signatures end by themselves: kept over a restart, so that none is good twice.
create table members_nonce (
  key_name text not null, nonce text not null, until_seconds integer not null,
  primary key (key_name, nonce)) strict, without rowid;
create index members_nonce_until on members_nonce (until_seconds);
`;

/** Tables of the members. */
export const membersSchema: SubjectSchema = { subject: 'members', steps: [{ name: 'members', sql: members }] };
