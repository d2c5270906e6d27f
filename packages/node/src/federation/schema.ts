import type { SubjectSchema } from '../store/index.ts';

const refs = `
-- Members, and objects each of one origin, in the order they were heard of: see refs.ts.
create table peer_member (ref integer primary key, member text not null unique);
create table peer_object (ref integer primary key, id text not null, origin integer not null);
create unique index peer_object_id on peer_object (id, origin);
`;

const outbox = `
-- Each member's outbox: how far the order of arrival was read for it, the sequence of its next item, and up to where it has everything.
create table peer_outbox (
  ref integer primary key, member text not null unique, position_us integer not null default 0,
  next_sequence integer not null default 1, acknowledged integer not null default 0, renewed_us integer not null default 0);
-- What this member stated as the origin of an object. reason: of a recall.
create table peer_stated (
  object_ref integer primary key, version integer not null, digest text not null, recalled integer not null, reason text,
  stated_us integer not null, terms text);
-- What stands with a member of an object: 1 lent, 2 ended, 3 recalled. print: of content and terms, so that nothing is sent twice.
-- again: its origin said it anew since, so it is to be looked at again.
create table peer_edge (
  object_ref integer not null, outbox_ref integer not null, version integer not null, state integer not null,
  print text not null, sequence integer not null, sent_us integer not null, lease_until_us integer,
  effect text, reason text, receipt_us integer, again integer not null default 0,
  primary key (object_ref, outbox_ref)) without rowid;
create unique index peer_edge_sequence on peer_edge (outbox_ref, sequence);
create index peer_edge_repeat on peer_edge (outbox_ref) where print = '' and state <> 1;
create index peer_edge_refused on peer_edge (outbox_ref, receipt_us) where effect = 'refused';
create index peer_edge_again on peer_edge (outbox_ref) where again = 1;
-- Batches whose receipt has not come yet. act: as the ledger calls it; sent: what was in it, to know it again in the receipt.
create table peer_batch (
  outbox_ref integer not null, first integer not null, count integer not null, act integer not null, entry blob not null,
  openings text not null, sent text not null, primary key (outbox_ref, first)) without rowid;
create table peer_item (
  outbox_ref integer not null, sequence integer not null, item text not null, object_ref integer, digest text,
  primary key (outbox_ref, sequence)) without rowid;
create index peer_item_object on peer_item (object_ref) where object_ref is not null;
-- Texts of what is on its way, one for all members.
create table peer_text (object_ref integer not null, digest text not null, text text not null, primary key (object_ref, digest)) without rowid;
-- What is for some members alone: a sighting is its origin's affair.
create table peer_addressed (id text not null, member text not null, primary key (id, member)) without rowid;
-- Behind which sequence everything is put out, since the ledger was opened anew; the key all that stands with members was stated
-- under, null: nobody knows.
create table peer_begun (sequence integer not null, key text);
insert into peer_begun (sequence) values (0);
-- What receivers said they did, as they signed it. act: that the receipt answers, as the ledger calls it: whoever verifies looks there.
create table peer_receipt (
  ref integer primary key, outbox_ref integer not null, first integer not null, act integer not null, at_us integer not null,
  text text not null, unique (outbox_ref, first));
`;

const inbox = `
-- Each member's outbox as read here: how far; its ledger's newest checkpoint seen there; until when all it lends runs on.
create table peer_inbox (
  ref integer primary key, member text not null unique, after integer not null default 0, renewed_until_us integer not null default 0,
  pulled_us integer, failed_us integer, failure text);
-- What is known of an object of an origin: its newest statement as it was signed.
create table peer_known (
  object_ref integer primary key, version integer not null, statement text not null, signature text not null,
  recalled integer not null);
-- Who lends it: the origin itself or members it came through, each under its terms. 1 lent, 2 ended. standing: of its origin alone.
create table peer_loan (
  object_ref integer not null, sender integer not null, terms text not null, path text not null, standing integer not null,
  state integer not null, lease_until_us integer not null, received_us integer not null,
  primary key (object_ref, sender)) without rowid;
-- How many objects each member lends now is counted, and what of it runs out is found.
create index peer_loan_kept on peer_loan (sender, lease_until_us) where state = 1;
-- What a member lends, its own and others': a suspension takes it out of use.
create index peer_loan_lender on peer_loan (sender, object_ref) where state = 1;
-- Receipts that wait to be sent. act: that says we received what each is for.
create table peer_receipt_due (
  ref integer primary key, member text not null, text text not null, made_us integer not null, act integer not null);
create index peer_receipt_due_member on peer_receipt_due (member, ref);
-- What shows that a member said two things that cannot both be honest.
create table peer_evidence (
  ref integer primary key, member text not null, kind text not null, text text not null unique, found_us integer not null);
-- How far what goes to a member is tightened, where somebody said so.
create table peer_handling (
  member text primary key, tlp text not null, hops integer not null, indicator_days integer not null,
  report_days integer not null) without rowid;
-- What a member may make us read, keep and send, where somebody said so.
create table peer_quota (
  member text primary key, items integer not null, bytes integer not null, objects integer not null,
  sent_bytes integer not null) without rowid;
-- What of it was used on one day, of UTC, since 1970: on another it is nothing.
create table peer_used (
  member text primary key, day integer not null, items integer not null, bytes integer not null, sent_bytes integer not null,
  receipts integer not null, restarts integer not null) without rowid;
-- The last day on which a member reached each limit.
create table peer_reached (member text not null, what text not null, day integer not null, primary key (member, what)) without rowid;
-- Objects the law keeps in use here whatever their origin says.
create table peer_hold (id text primary key, reason text not null, by text not null, at_us integer not null) without rowid;
-- Members what they lent is out of use of.
create table peer_suspended (member text primary key) without rowid;
-- What the origin of an indicator was told of matches on it: how often, and when last, as minimised.
create table peer_sighting (
  indicator text primary key, sighting text not null, count integer not null, last_seen text not null,
  modified_us integer not null) without rowid;
-- Up to which match origins were told.
create table peer_told_matches (position integer not null);
insert into peer_told_matches values (0);
`;

const keptActs = `
-- What opens each act of our ledger that exchanged something, and what it committed to: as long as it is not erased. act: as the ledger
-- calls it. openings: of content, recipients and decision, 32 bytes each; the payloads are the very bytes. reason without erased_us: it is
-- erased as soon as the exchange is over. redaction: the act that says so.
create table peer_act (
  act integer primary key, openings blob, content blob, recipients blob, decision blob, reason text, approvals integer,
  erased_us integer, redaction integer);
create index peer_act_due on peer_act (act) where reason is not null and erased_us is null;
-- Which objects each is about. version: 0 of what ended.
create table peer_act_object (
  object_ref integer not null, act integer not null, version integer not null, primary key (object_ref, act)) without rowid;
create index peer_act_object_act on peer_act_object (act);
`;

const recalls = `
-- Of all that stands with members, little was taken back, and that is what people look for.
create index peer_edge_recalled on peer_edge (object_ref, outbox_ref) where state = 3;
`;

const unanswered = `
-- Since when a member has what a batch holds, whose receipt has not come: it may be lost.
alter table peer_batch add column taken_us integer;
`;

/** Tables of what goes between members. Times are µs, booleans 0 or 1. */
export const federationSchema: SubjectSchema = {
  subject: 'federation',
  steps: [
    { name: 'members and objects by number', sql: refs },
    { name: 'what is sent to members', sql: outbox },
    { name: 'what came from members', sql: inbox },
    { name: 'what opens the acts of our ledger', sql: keptActs },
    { name: 'what was taken back is found', sql: recalls },
    { name: 'receipts that are lost', sql: unanswered },
  ],
};
