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

const decided = `
-- One row for all objects that were decided alike at one time, however often that was done again: what an exit writes down of a
-- page is a row or two. digest: of all but the times. Objects stand apart, so that counting one up writes a short row.
create table sharing_decided (
  ref integer primary key, digest blob not null unique, recipient integer not null, action integer not null,
  law integer not null, allowed integer not null, rules integer not null, object_count integer not null,
  first_us integer not null, last_us integer not null, count integer not null) strict;
create index sharing_decided_last on sharing_decided (last_us);
create index sharing_decided_recipient on sharing_decided (recipient, last_us);
-- A line each: id, blank, modified in µs or 0. Empty: counted without the object.
create table sharing_decided_objects (ref integer primary key, objects text not null) strict;
insert into sharing_decided (digest, recipient, action, law, allowed, rules, object_count, first_us, last_us, count)
  select cast(object || ' ' || modified_us || ' ' || recipient || ' ' || action || ' ' || law || ' ' || allowed || ' ' ||
      rules as blob), recipient, action, law, allowed, rules, 1, first_us, last_us, count
    from sharing_decision order by last_us;
insert into sharing_decided_objects
  select ref, case when object = '' then '' else object || ' ' || modified_us end
    from sharing_decision d join sharing_decided on digest = cast(object || ' ' || modified_us || ' ' || d.recipient || ' ' ||
      d.action || ' ' || d.law || ' ' || d.allowed || ' ' || d.rules as blob);
drop table sharing_decision;
`;

/** Tables of sharing. Times are µs. */
export const sharingSchema: SubjectSchema = {
  subject: 'sharing',
  steps: [
    { name: 'recipients and groups', sql: recipients },
    { name: 'laws, what became of them, and statements that were read', sql: laws },
    { name: 'decisions', sql: decisions },
    { name: 'decisions by the page', sql: decided },
  ],
};
