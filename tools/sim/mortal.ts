import type { MemoryDisk } from '@comity/testkit';
import type { MemoryStore } from '../../packages/node/src/store/memory-store-for-tests.ts';
import type { Connection, Store } from '../../packages/node/src/store/index.ts';

/** A member from one start to its stop. */
export interface Life {
  isAlive: boolean;
  /** Writes until it stops; undefined: it goes on. */
  writesLeft: number | undefined;
  /** Whether the last of them is kept. */
  keepsLast: boolean;
}

/** What a member that stopped waits for. */
export const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** A store whose owner may stop at any write. @param stop - ends the life. */
export function mortalStore(store: MemoryStore, life: Life, stop: () => void): Pick<Store, 'reader' | 'write'> {
  const died = new Error('the member stopped');
  return {
    reader: store.reader,
    write: async <T>(fn: (db: Connection) => T): Promise<T> => {
      if (!life.isAlive) return await never();
      let isLast = false;
      try {
        const done = await store.write((db) => {
          isLast = life.writesLeft !== undefined && (life.writesLeft -= 1) <= 0;
          if (!life.isAlive || (isLast && !life.keepsLast)) throw died;
          return fn(db);
        });
        if (isLast) stop();
        return life.isAlive ? done : await never();
      } catch (error) {
        if (isLast) stop();
        if (error === died || !life.isAlive) return await never();
        throw error;
      }
    },
  };
}

/** The same of a disk: of what is written when it stops, some files may be there. */
export function mortalDisk(
  disk: MemoryDisk,
  life: Life,
  stop: () => void,
): Pick<MemoryDisk, 'read' | 'write' | 'remove'> {
  return {
    read: (path) => disk.read(path),
    write: async (files) => {
      for (const file of files) {
        if (life.writesLeft !== undefined && (life.writesLeft -= 1) <= 0) stop();
        if (!life.isAlive) return await never();
        await disk.write([file]);
      }
    },
    remove: async (paths) => (life.isAlive ? await disk.remove(paths) : await never()),
  };
}
