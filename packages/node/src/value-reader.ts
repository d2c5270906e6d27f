import { createFeed, createPatternFeed, intelSchema } from './intel/index.ts';
import type { ValueReader } from './screening/index.ts';
import { openStore } from './store/index.ts';

/**
 * What a screening worker reads the values to screen for from: its own read-only connection to the data folder.
 *
 * A worker imports this module by its URL, so it is wiring, like `compose.ts`.
 */
export async function openValueReader({ dir }: { readonly dir: string }): Promise<ValueReader> {
  const store = await openStore({ dir, schemas: [intelSchema], readOnly: true }, { clock: Date.now });
  const feed = createFeed(store);
  const patterns = createPatternFeed(store);
  // Changes when another connection has committed, and costs nothing to ask.
  const dataVersion = store.reader.prepare<{ data_version: number }>('pragma data_version');
  let seen: number | undefined;
  return {
    activeValues: () => feed.activeValues(),
    changesSince: (sequence) => feed.changesSince(sequence),
    patterns: () => {
      const now = dataVersion.get()?.data_version;
      if (now === seen) return undefined;
      seen = now;
      return patterns.active();
    },
    pattern: (mark) => patterns.get(mark),
    close: () => store.close(),
  };
}
