import type { SubjectSchema } from '../store/index.ts';

/**
 * Tables of the ledger. Times are µs, sizes are numbers of entries, notes are signed notes as text.
 *
 * `ledger_entry` holds what every log of this node says, in order, without gaps: entry `index` of a log has the id `first_id + index`. All
 * files of a log are made from it and can be made again.
 */
export const ledgerSchema: SubjectSchema = {
  subject: 'ledger',
  steps: [
    {
      name: 'own logs, their keys and witnesses, and what is witnessed and seen of others',
      sql: `
        create table ledger_entry (id integer primary key, entry blob not null) strict;

        create table ledger_log (
          number integer primary key,
          origin text not null,
          first_id integer not null,
          size integer not null,
          root blob not null,
          edge blob not null,
          published_size integer,
          published_us integer,
          published_note text,
          swept_size integer not null default 0,
          frozen_us integer,
          frozen_reason text,
          frozen_note text
        ) strict;

        create table ledger_key (
          id integer primary key,
          role text not null,
          name text not null,
          verifier_key text not null,
          sealed blob not null,
          made_us integer not null,
          retired_us integer
        ) strict;

        create table ledger_witness (
          id integer primary key,
          name text not null,
          url text not null,
          monitoring_url text not null,
          verifier_keys text not null,
          allow_private integer not null,
          -- 1: it is there because it is a member.
          of_member integer not null,
          added_us integer not null,
          removed_us integer
        ) strict;

        create table ledger_quorum (since_us integer primary key, quorum integer) strict;

        create table ledger_witnessed (
          origin_hash text primary key,
          origin text not null,
          size integer not null,
          root blob not null,
          note text not null,
          cosigned_us integer not null
        ) strict, without rowid;

        create table ledger_seen (
          origin text not null,
          size integer not null,
          root blob not null,
          note text not null,
          seen_us integer not null,
          cosigned_s integer,
          proven_us integer,
          due_us integer not null,
          primary key (origin, size)
        ) strict, without rowid;

        create table ledger_evidence (
          origin text primary key,
          size integer not null,
          note text not null,
          other_note text not null,
          found_us integer not null
        ) strict, without rowid;

        -- Nobody knows at which place it will stand. place: up to there origin was looked through.
        create table ledger_promise (
          ref integer primary key,
          owner text not null,
          leaf_hash blob not null,
          what text not null,
          due_us integer not null,
          origin text,
          place integer not null,
          unique (owner, leaf_hash)
        ) strict;
        create index ledger_promise_due on ledger_promise (owner, due_us);`,
    },
  ],
};
