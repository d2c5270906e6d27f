import { createFeed, intelSchema } from './intel/index.ts';
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
  return {
    activeValues: () => feed.activeValues(),
    changesSince: (sequence) => feed.changesSince(sequence),
    close: () => store.close(),
  };
}
