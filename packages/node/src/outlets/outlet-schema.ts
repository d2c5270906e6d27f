import type { SubjectSchema } from '../store/index.ts';

/** Tables of outlets. Times are µs; `position` is a number of a match. */
export const outletSchema: SubjectSchema = {
  subject: 'outlets',
  steps: [
    {
      name: 'outlets and how far each came',
      sql: `
        create table outlet (
          id text primary key,
          name text not null,
          kind text not null,
          address text not null,
          sealed blob not null,
          has_authorization integer not null,
          form text not null,
          recipient text not null,
          alarms_only integer not null,
          allow_private integer not null,
          enabled integer not null,
          ca text,
          position integer not null,
          sent integer not null default 0,
          withheld integer not null default 0,
          withheld_by text not null default '{}',
          lost integer not null default 0,
          last_sent_us integer,
          failure_count integer not null default 0,
          failing_since_us integer,
          last_error text,
          next_try_us integer not null default 0
        ) strict;`,
    },
  ],
};
