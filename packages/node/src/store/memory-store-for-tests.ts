import type { Clock } from '@comity/protocol/base';
import { openConnection } from './connection.ts';
import type { OwnedConnection } from './connection.ts';
import { migrate } from './migrate.ts';
import type { Connection, Store, SubjectSchema } from './store.ts';

/** What of a store a simulated node has: hundreds of them fit into one process. */
export type MemoryStore = Pick<Store, 'reader' | 'write'> & {
  /** The whole database, to go back to. */
  image(): Uint8Array;
  close(): void;
};

/**
 * A store in memory: SQLite and the real schemas, without a file, a lock and a wait for the disk. Each write is a transaction of its own, done
 * in the order they were asked for; it outlives whoever writes to it.
 */
export function openMemoryStore(
  schemas: readonly SubjectSchema[],
  { clock, image }: { readonly clock: Clock; readonly image?: Uint8Array },
): MemoryStore {
  const connection: OwnedConnection = openConnection({ file: image ?? ':memory:' });
  connection.pragma('foreign_keys = ON');
  migrate(connection, schemas, clock);
  let last: Promise<unknown> = Promise.resolve();
  return {
    reader: connection,
    write<T>(fn: (db: Connection) => T): Promise<T> {
      const done = last.then(() => connection.transaction(() => fn(connection)));
      last = done.catch(() => undefined);
      return done;
    },
    image: () => connection.serialize(),
    close: () => connection.close(),
  };
}
