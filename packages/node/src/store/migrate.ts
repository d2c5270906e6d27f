import { ComityError } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';
import type { OwnedConnection } from './connection.ts';
import type { SubjectSchema } from './store.ts';

interface Recorded {
  readonly subject: string;
  readonly steps: number;
}

/**
 * Brings the schemas of all subjects forward to what this program knows, each step in its own transaction.
 *
 * A crash between two steps leaves an older but whole schema: the next start goes on from there.
 *
 * @throws {ComityError} `DATA_TOO_NEW` when the file has steps or subjects this program does not know.
 */
export function migrate(connection: OwnedConnection, schemas: readonly SubjectSchema[], clock: Clock): void {
  connection.exec(
    `create table if not exists schema_step (
       subject text not null, step integer not null, name text not null, applied_us integer not null,
       primary key (subject, step)) without rowid`,
  );
  assertNotNewer(connection, schemas, { subjectsToo: true });
  const done = new Map(recordedSteps(connection).map((row) => [row.subject, row.steps]));
  for (const { subject, steps } of schemas) {
    for (const [index, step] of steps.entries()) {
      if (index < (done.get(subject) ?? 0)) continue;
      connection.transaction(() => {
        connection.exec(step.sql);
        connection
          .prepare('insert into schema_step (subject, step, name, applied_us) values (?, ?, ?, ?)')
          .run(subject, index + 1, step.name, clock() * 1000);
      });
    }
  }
}

/** @throws {ComityError} `DATA_TOO_NEW`. */
export function assertNotNewer(
  connection: OwnedConnection,
  schemas: readonly SubjectSchema[],
  { subjectsToo }: { subjectsToo: boolean },
): void {
  const known = new Map(schemas.map((schema) => [schema.subject, schema.steps.length]));
  for (const { subject, steps } of recordedSteps(connection)) {
    const ours = known.get(subject);
    if (ours === undefined && !subjectsToo) continue;
    if (ours !== undefined && steps <= ours) continue;
    throw new ComityError(
      'DATA_TOO_NEW',
      `Cannot open the data folder: a newer version of the program wrote it (${subject} is at step ${steps}, this program knows ${ours ?? 'none'}). Run that version, or restore a backup made before`,
    );
  }
}

function recordedSteps(connection: OwnedConnection): Recorded[] {
  return connection
    .prepare<{ subject: string; steps: number }>('select subject, max(step) as steps from schema_step group by subject')
    .all();
}
