import type { SubjectSchema } from '../store/index.ts';

/** Tables of private look-ups. Times are µs; days are counted from 1970, UTC; `withheld_by` is JSON: rule to count. */
export const lookupSchema: SubjectSchema = {
  subject: 'lookup',
  steps: [
    {
      name: 'keys of epochs, what is offered to whom, who asked how much, and keys of others',
      sql: `
        -- The key of an epoch is made of a seed, sealed with the key of the data folder. act: that publishes it in the ledger.
        create table lookup_epoch (
          epoch integer primary key, sealed blob not null, public_key blob not null, until_us integer not null,
          act integer not null) strict;
        -- Outputs of values in an epoch, so that each is evaluated once in it. input: kind, newline, value.
        create table lookup_output (
          epoch integer not null, input text not null, output blob not null, primary key (epoch, input)) strict, without rowid;
        -- What a recipient may ask for; the files of a generation are in the data folder.
        create table lookup_offer (
          recipient text primary key, generation blob not null, epoch integer not null, value_count integer not null,
          left_out integer not null, withheld integer not null, withheld_by text not null, built_us integer not null,
          asked_us integer not null) strict;
        create table lookup_use (
          recipient text not null, epoch integer not null, day integer not null, evaluations integer not null,
          record_bytes integer not null, refused integer not null, last_us integer not null,
          primary key (recipient, epoch, day)) strict, without rowid;
        -- The key another member used first in an epoch: it may use no other.
        create table lookup_peer_key (
          member text not null, epoch integer not null, public_key blob not null, seen_us integer not null,
          primary key (member, epoch)) strict, without rowid;`,
    },
  ],
};
