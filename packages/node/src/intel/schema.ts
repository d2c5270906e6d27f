import type { SubjectSchema } from '../store/index.ts';

const objects = `
create table intel_source (
  ref integer primary key, id text not null unique, name text not null, kind text not null, url text,
  reliability text not null, default_tlp integer not null);
create table intel_type (code integer primary key, name text not null unique);
-- One row an object, whatever its versions: narrow, so that a filter reads many to a page.
create table intel_object (
  ref integer primary key, key blob not null, type integer not null, kind integer not null, state integer not null,
  tlp integer not null, confidence integer not null, lead integer not null, conflict integer not null,
  complete integer not null, group_ref integer not null, live_ref integer not null, modified_us integer,
  added_us integer not null, next_change_us integer, valid_until_us integer, lease_until_us integer,
  revoked integer not null, made integer not null);
create unique index intel_object_key on intel_object (key);
create index intel_object_state on intel_object (state, ref) where state <> 1;
create index intel_object_type on intel_object (type, ref);
create index intel_object_change on intel_object (next_change_us) where next_change_us is not null;
-- made: by us from list values, the only objects other lists are added to.
create index intel_object_group on intel_object (group_ref, made) where group_ref <> ref;
create table intel_recall (object_ref integer primary key, at_us integer not null, reason text not null);
-- Every content ever received, byte for byte. Versions of an object stand side by side: ref = object_ref * 2^20 + number.
create table intel_version (
  ref integer primary key, object_ref integer not null, number integer not null, modified_us integer,
  received_us integer not null,
  import_ref integer not null, conflict integer not null, text text not null);
create index intel_version_later on intel_version (object_ref, modified_us) where number > 0;
-- The inverted index: value -> the objects that list or state it. "listed" counts indicators in force.
create table intel_value (
  ref integer primary key, kind integer not null, port integer not null, value text not null, group_ref integer,
  listed integer not null, held integer not null, released integer not null);
create unique index intel_value_text on intel_value (value, kind, port);
create table intel_listing (
  value_ref integer not null, object_ref integer not null, primary key (value_ref, object_ref)) without rowid;
create index intel_listing_object on intel_listing (object_ref, value_ref);
-- Indicators of one pattern are one group; a pattern that is one value is found through the value.
create table intel_pattern (normal text primary key, group_ref integer not null) without rowid;
create index intel_pattern_group on intel_pattern (group_ref);
create table intel_provenance (
  object_ref integer not null, source_ref integer not null, first_seen_us integer not null,
  last_seen_us integer not null, confidence integer, foreign_id text, primary key (object_ref, source_ref)) without rowid;
create index intel_provenance_source on intel_provenance (source_ref, object_ref);
create table intel_alias (key blob primary key, object_ref integer not null) without rowid;
create index intel_alias_object on intel_alias (object_ref);
-- What an object refers to; role: 1 source_ref, 2 target_ref, 3 sighting_of_ref, 4 object_refs.
create table intel_reference (
  target blob not null, object_ref integer not null, role integer not null,
  primary key (target, object_ref, role)) without rowid;
-- What each transaction changed in the screen's table: value refs as little-endian u32.
create table intel_delta (sequence integer primary key, added blob not null, removed blob not null);
`;

const imports = `
create table intel_import (
  ref integer primary key, id text not null unique, source_ref integer not null, name text not null,
  format text not null, state text not null, started_us integer not null, finished_us integer, reason text,
  taken integer not null default 0, duplicate integer not null default 0, held_back integer not null default 0,
  rejected integer not null default 0, rows_kept integer not null default 0, rows_not_kept integer not null default 0);
create index intel_import_source on intel_import (source_ref, ref);
create table intel_import_row (
  import_ref integer not null, number integer not null, outcome text not null, place text not null, code text,
  reason text not null, object_ref integer, primary key (import_ref, number)) without rowid;
create table intel_import_loss (
  import_ref integer not null, field text not null, reason text not null, count integer not null,
  primary key (import_ref, field, reason)) without rowid;
`;

const knownGood = `
create table intel_known_good (
  ref integer primary key, id text not null unique, name text not null unique, description text not null,
  type text not null, version integer not null, attributes text not null, entries text not null,
  entry_count integer not null, unusable text not null, built_in integer not null, loaded_us integer not null);
create table intel_held (
  value_ref integer primary key, list text not null, entry text not null, at_us integer not null);
create table intel_release (
  value_ref integer primary key, by text not null, reason text not null, at_us integer not null);
`;

const search = `
-- Trigrams without positions: a third of the size; a hit is verified against the value itself.
create virtual table intel_value_grams using fts5 (value, content = '', columnsize = 0, detail = none, tokenize = 'trigram');
create virtual table intel_name_words using fts5 (
  words, content = '', contentless_delete = 1, detail = none, tokenize = 'unicode61 remove_diacritics 2');
-- Segments are merged eight at a time, not four: an import writes each entry less often, a search reads a few more. Well
-- below the sixteen at which SQLite merges all of them in one commit and keeps the event loop for most of a second.
insert into intel_value_grams (intel_value_grams, rank) values ('automerge', 8);
insert into intel_name_words (intel_name_words, rank) values ('automerge', 8);
-- Values and objects up to "upto" are in the index; the few above are searched by reading them. A row "judged" stands
-- while lists changed and not every value is judged anew.
create table intel_indexed (name text primary key, upto integer not null) without rowid;
-- "screened" is how many values the screen looks for.
insert into intel_indexed (name, upto) values ('values', 0), ('names', 0), ('screened', 0);
`;

const sentImports = `
-- key: what the sender calls the import; print: digest of all that was sent, once it is in. One that ended early has none.
alter table intel_import add column key text;
alter table intel_import add column print text;
create unique index intel_import_key on intel_import (key) where key is not null;
-- The value held back; the id a rejected object gives itself.
alter table intel_import_row add column value text;
alter table intel_import_row add column given_id text;
`;

const sourceMarking = `
-- The marking a source gives the object: the strictest of all sources holds. Null: it never stood for the content.
alter table intel_provenance add column tlp integer;
update intel_provenance set tlp = (select tlp from intel_object where ref = object_ref);
`;

const withdrawals = `
-- Objects their source took back without a new version of them: "revoked" is 2 while one stands here.
create table intel_withdrawal (object_ref integer primary key, at_us integer not null, reason text not null);
`;

const validFrom = `
-- When an object begins to count, while that lay ahead when it came.
alter table intel_object add column valid_from_us integer;
`;

const importCounts = `
-- Of those taken: what lists nothing to screen for, and what is kept beside and changes nothing.
alter table intel_import add column unscreened integer not null default 0;
alter table intel_import add column conflicts integer not null default 0;
`;

const importFindings = `
alter table intel_import add column validated integer not null default 0;
create table intel_import_finding (
  import_ref integer not null, code text not null, severity text not null, section text not null, place text not null,
  message text not null, count integer not null, primary key (import_ref, code)) without rowid;
`;

const unreadMarkings = `
-- Markings that could not be read when a source told an object (as version_ref has it): the object is handled strictly until
-- the definition comes. judged_ref: the version of the definition that was looked at, 0 for none.
create table intel_unread_marking (
  marking blob not null, object_ref integer not null, source_ref integer not null, version_ref integer not null,
  judged_ref integer not null default 0, primary key (marking, object_ref, source_ref)) without rowid;
create index intel_unread_marking_object on intel_unread_marking (object_ref, source_ref);
`;

const valueSegments = `
-- Which values have a trigram: see admit/value-grams.ts. Made anew of the values when the node starts.
drop table intel_value_grams;
create table intel_value_grams (ref integer primary key, places blob not null);
update intel_indexed set upto = 0 where name = 'values';
`;

const askedPatterns = `
-- Indicators whose values decide only part of the pattern: completeness.partly of admit/object-facts.ts.
create index intel_object_partly on intel_object (ref) where complete = 0;
`;

const arrivals = `
-- When each version began to count here, or last changed who may see it: strictly rising, so that whoever reads in this order
-- goes on behind the last row it has seen. Versions kept beside others are not in it.
create table intel_arrival (at_us integer primary key, version_ref integer not null unique);
insert into intel_arrival (at_us, version_ref)
  select max(received_us - place) over (order by place) + place, ref from (
    select ref, received_us, row_number() over (order by received_us, ref) as place from intel_version
    where conflict = 0 and (modified_us is not null or ref in (select live_ref from intel_object)));
`;

const typeRanges = `
-- Where objects of a type are: ref >> 12 of those there are. A filter reads those rows alone, and an import pays for a row a
-- type, not for one an object.
create table intel_type_range (type integer not null, range integer not null, primary key (type, range)) without rowid;
insert into intel_type_range (type, range) select distinct type, ref >> 12 from intel_object;
alter table intel_type add column objects integer not null default 0;
update intel_type set objects = (select count(*) from intel_object where type = code);
drop index intel_object_type;
`;

const revision = `
-- What a decision on sharing reads in a text, by number: a JSON array of ObjectTraits. Null in a version: it is read in the text.
create table intel_traits (ref integer primary key, text text not null unique) strict;
alter table intel_version add column traits integer;
-- Grows with each change of what pages were made of that were given away: whoever kept one asks. What only comes in addition
-- does not count; a further version of an object does, and whoever writes it says so, since a trigger would look at each first
-- one too. States 2, 3 and 5 are those in which an object is given to nobody.
create table intel_revision (value integer not null) strict;
insert into intel_revision values (0);
create trigger intel_object_changed
  after update of state, tlp, type, kind, live_ref, lease_until_us, revoked on intel_object
  when (old.state in (2, 3, 5)) <> (new.state in (2, 3, 5)) or old.tlp <> new.tlp or old.type <> new.type
    or old.kind <> new.kind or old.live_ref <> new.live_ref or old.lease_until_us is not new.lease_until_us
    or old.revoked <> new.revoked
  begin update intel_revision set value = value + 1; end;
create trigger intel_version_changed after update of text, modified_us, conflict on intel_version
  begin update intel_revision set value = value + 1; end;
create trigger intel_arrival_moved after delete on intel_arrival
  begin update intel_revision set value = value + 1; end;
create trigger intel_withdrawal_came after insert on intel_withdrawal
  begin update intel_revision set value = value + 1; end;
create trigger intel_withdrawal_changed after update on intel_withdrawal
  begin update intel_revision set value = value + 1; end;
create trigger intel_withdrawal_went after delete on intel_withdrawal
  begin update intel_revision set value = value + 1; end;
`;

const loans = `
-- What members lend, each as the source it is: until when, or when and why they took it back. of_loans: the recall follows from them.
create table intel_loan (
  object_ref integer not null, source_ref integer not null, until_us integer not null, ended_us integer, reason text, pap integer,
  primary key (object_ref, source_ref)) without rowid;
create index intel_loan_source on intel_loan (source_ref, until_us) where ended_us is null;
alter table intel_recall add column of_loans integer not null default 0;
-- own: the member answers for what it says, as its own.
alter table intel_source add column own integer not null default 0;
alter table intel_object add column own integer not null default 0;
-- The strictest PAP of the running loans of an object.
alter table intel_object add column lent_pap integer;
create trigger intel_object_lent_otherwise
  after update of lent_pap on intel_object when old.lent_pap is not new.lent_pap
  begin update intel_revision set value = value + 1; end;
`;

const ownImports = `
-- own: what came with it came as our own, whatever is said of its source later. Of a version it tells whether we may lend it as ours.
alter table intel_import add column own integer not null default 0;
update intel_import set own = (select own from intel_source where ref = source_ref);
`;

const erased = `
-- Objects that were erased: a version that says nothing is left of them, and nothing more is taken in under their ids. reason: a clause.
create table intel_erased (object_ref integer primary key, at_us integer not null, reason text not null) strict;
`;

/** Tables of the intelligence. Times are µs, booleans 0 or 1, words are codes of codes.ts. */
export const intelSchema: SubjectSchema = {
  subject: 'intel',
  steps: [
    { name: 'objects, values and where they came from', sql: objects },
    { name: 'imports', sql: imports },
    { name: 'the known-good gate', sql: knownGood },
    { name: 'substring and word search', sql: search },
    { name: 'imports that may be sent again, and what their rows are about', sql: sentImports },
    { name: 'the marking of each source', sql: sourceMarking },
    { name: 'what a source took back', sql: withdrawals },
    { name: 'what is not in force yet', sql: validFrom },
    { name: 'what taken means for screening', sql: importCounts },
    { name: 'what an import breaks of the standard', sql: importFindings },
    { name: 'markings that cannot be read yet', sql: unreadMarkings },
    { name: 'substring search in segments that stay as they are', sql: valueSegments },
    { name: 'patterns that are asked of records', sql: askedPatterns },
    { name: 'in what order versions came', sql: arrivals },
    { name: 'where objects of a type are', sql: typeRanges },
    { name: 'traits, and what changed of what was given away', sql: revision },
    { name: 'what members lend, and what is our own', sql: loans },
    { name: 'what came as our own', sql: ownImports },
    { name: 'what was erased', sql: erased },
  ],
};
