import { AsyncLocalStorage } from 'node:async_hooks';
import type { Connection } from './store.ts';

type Note = (db: Connection) => void;

/** Carries a note to the first write that is asked for while something is done. */
interface Noting {
  during<T>(note: Note, act: () => T | Promise<T>): Promise<T>;
  /** The note that waits for a write, for the one that is being asked for; it then waits no longer. */
  take(): Note | undefined;
}

/** @param write - A write for the note alone, when what was done asked for none. */
export function createNoting(write: (note: Note) => Promise<void>): Noting {
  const waiting = new AsyncLocalStorage<{ note: Note | undefined }>();
  const take = (): Note | undefined => {
    const place = waiting.getStore();
    const note = place?.note;
    if (place !== undefined) place.note = undefined;
    return note;
  };
  return {
    take,
    during: (note, act) =>
      waiting.run({ note }, async () => {
        const done = await act();
        const left = take();
        if (left !== undefined) await write(left);
        return done;
      }),
  };
}
