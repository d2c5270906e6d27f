import type { SubjectSchema } from '../store/index.ts';

const recipients = `
create table sharing_recipient (
  key text primary key, kind text not null, name text not null, sector text not null, country text not null,
  token_id text unique) strict, without rowid;
create table sharing_group (id text primary key, name text not null) strict, without rowid;
create table sharing_member (
  group_id text not null, recipient text not null, primary key (group_id, recipient)) strict, without rowid;
create index sharing_member_recipient on sharing_member (recipient);
`;

const laws = `
create table sharing_law (hash text primary key, text text not null, name text not null) strict, without rowid;
-- What was done with a law, for ever. The law in force is that of the last act "activated".
create table sharing_law_act (
  ref integer primary key, hash text not null, act text not null, by text not null, at_us integer not null) strict;
create index sharing_law_act_hash on sharing_law_act (hash, ref);
-- Statements of markings a person has read and found to restrict nothing.
create table sharing_statement (text text primary key, by text not null, at_us integer not null) strict, without rowid;
`;

const decisions = `
-- Recipients, laws and sets of rules, each written once.
create table sharing_word (ref integer primary key, text text not null unique) strict;
-- action: its place in sharingActions, which is only ever added to.
-- One row for what was decided of one version of an object, however often. object '': counted without the object.
create table sharing_decision (
  object text not null, modified_us integer not null, recipient integer not null, action integer not null,
  law integer not null, allowed integer not null, rules integer not null,
  first_us integer not null, last_us integer not null, count integer not null,
  primary key (object, modified_us, recipient, action, law, allowed, rules)) strict, without rowid;
create index sharing_decision_last on sharing_decision (last_us);
create index sharing_decision_recipient on sharing_decision (recipient, last_us);
`;

/** Tables of sharing. Times are µs. */
export const sharingSchema: SubjectSchema = {
  subject: 'sharing',
  steps: [
    { name: 'recipients and groups', sql: recipients },
    { name: 'laws, what became of them, and statements that were read', sql: laws },
    { name: 'decisions', sql: decisions },
  ],
};
