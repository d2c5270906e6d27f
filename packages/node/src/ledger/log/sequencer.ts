import { growEdge, leafHash, rootOfEdge } from '@comity/protocol/tlog';
import type { Sha256 } from '@comity/protocol/tlog';
import type { Store } from '../../store/index.ts';
import { readEntries } from './entries.ts';
import { findLog, moveHead } from './log-book.ts';
import type { OwnLog } from './log-book.ts';

/** Entries that come into the log by one transaction: a few milliseconds of hashing, during which nothing else is written. */
const batchMax = 1024;

/** Gives entries their place in a log. */
export interface Sequencer {
  /**
   * Takes the next entries into the log: its head is moved over them, durably, and nothing is signed. `more`: further ones may wait.
   *
   * Asked for after an entry was added, it sees that entry: writes are done in the order they were asked for.
   *
   * @throws {ComityError} `DATA_LOCKED` when another process moved the head; what the store throws.
   */
  sequence(): Promise<{ readonly log: OwnLog; readonly more: boolean }>;
  /** Reads the head from the store again next time: after a write of which nobody knows what became of it. */
  forget(): void;
}

export function createSequencer(store: Pick<Store, 'write'>, deps: { readonly sha256: Sha256 }): Sequencer {
  const { sha256 } = deps;
  /** The log as this process left it. */
  let known: OwnLog | undefined;
  return {
    async sequence() {
      const done = await store.write((db) => {
        const there = findLog(db)!;
        // Another number: a new log was opened in between, by this process.
        const log = known?.number === there.number ? { ...there, size: known.size, root: known.root } : there;
        if (log.frozen !== undefined) return { log, more: false };
        const entries = readEntries(db, log.firstId + log.size, batchMax);
        if (entries.length === 0) return { log, more: false };
        const leaves = entries.map((entry) => leafHash(entry, sha256));
        const edge = growEdge(log.edge, log.size, leaves, sha256);
        const head = { size: log.size + entries.length, root: rootOfEdge(edge, sha256), edge };
        return { log: moveHead(db, log, head), more: entries.length === batchMax };
      });
      known = done.log;
      return done;
    },
    forget: () => (known = undefined),
  };
}
